//! A customer's way in: a link that opens the AWS console with the stack of our role filled in.

use crate::{NodeRoute, hash_text};

/// Name of the stack that a customer makes, unless they choose another.
pub const STACK_NAME: &str = "plimsoll";

/// The template of the role, as it is called at every location.
const ROLE_TEMPLATE: &str = "role.yaml";

/// What the template of the role (`infra/onboarding/role.yaml`) is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleParameters {
    /// Made by us for the connection.
    pub external_id: String,
    /// The account in which Plimsoll runs, twelve digits.
    pub vendor_account: String,
    /// The role there that finds clusters.
    pub account_scanner_role: String,
    /// The role there that reads clusters.
    pub cluster_scanner_role: String,
    /// The role to be made in the customer's account.
    pub role_name: String,
    /// The way to evidence of nodes that the connection's tenant chose.
    pub node_evidence: Option<NodeRoute>,
}

impl RoleParameters {
    /// The template's parameters by name; none is `NoEcho`, which a link could not fill in.
    #[must_use]
    pub fn by_name(&self) -> [(&'static str, &str); 6] {
        let node_evidence = match self.node_evidence {
            Some(NodeRoute::Ssm) => NodeRoute::Ssm.as_str(),
            // Other ways need no right of their own in the account.
            _ => "none",
        };
        [
            ("ExternalId", &self.external_id),
            ("VendorAccountId", &self.vendor_account),
            ("AccountScannerRole", &self.account_scanner_role),
            ("ClusterScannerRole", &self.cluster_scanner_role),
            ("RoleName", &self.role_name),
            ("NodeEvidence", node_evidence),
        ]
    }
}

/// Where a version of the role's template lies below `base`, an HTTPS address in S3 (CloudFormation takes no other). The
/// version is a hash of the template's text: what a link has named never changes.
#[must_use]
pub fn template_location(base: &str, template: &str) -> String {
    let base = base.trim_end_matches('/');
    format!("{base}/{}/{ROLE_TEMPLATE}", template_version(template))
}

/// The version of a template, for example `v-3f8k2m9q1xtz`.
#[must_use]
pub fn template_version(template: &str) -> String {
    format!("v-{}", &hash_text(&[template])[..12])
}

/// The link that makes the role's stack in `region` of whichever account is signed in to the console. The form is that of
/// CloudFormation's quick-create links.
#[must_use]
pub fn quick_create_link(
    region: &str,
    stack: &str,
    template_url: &str,
    parameters: &RoleParameters,
) -> String {
    let mut link = format!(
        "https://{}/cloudformation/home?region={}#/stacks/quickcreate?stackName={}&templateURL={}",
        console(region),
        encoded(region),
        encoded(stack),
        encoded(template_url)
    );
    for (name, value) in parameters.by_name() {
        link.push_str(&format!("&param_{name}={}", encoded(value)));
    }
    link
}

/// The console of a region's partition.
fn console(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "console.amazonaws.cn",
        _ if region.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    }
}

/// Percent-encoded but for the letters that RFC 3986 calls unreserved.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../infra/onboarding/role.yaml");

    fn parameters() -> RoleParameters {
        RoleParameters {
            external_id: "plm-0123456789abcdefghjk".to_owned(),
            vendor_account: "123456789012".to_owned(),
            account_scanner_role: "a+b=c,d@e-scan-account".to_owned(),
            cluster_scanner_role: "plimsoll-scan-cluster".to_owned(),
            role_name: "PlimsollScanner".to_owned(),
            node_evidence: Some(NodeRoute::Collector),
        }
    }

    #[test]
    fn the_link_fills_in_the_parameters_that_the_template_declares() {
        let declared = TEMPLATE.split("\nParameters:\n").nth(1).unwrap();
        let declared = declared.split("\nResources:").next().unwrap();
        let mut declared: Vec<&str> = declared
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
            .filter(|name| !name.starts_with(' '))
            .collect();
        declared.sort_unstable();
        let parameters = parameters();
        let mut given: Vec<&str> = parameters.by_name().iter().map(|(name, _)| *name).collect();
        given.sort_unstable();
        assert_eq!(given, declared);
        assert!(!TEMPLATE.contains("NoEcho"));
    }

    #[test]
    fn a_link_has_the_form_of_quick_create_links() {
        let url = template_location(
            "https://b.s3.eu-central-1.amazonaws.com/onboarding/",
            "text",
        );
        let version = template_version("text");
        assert_eq!(
            quick_create_link("eu-central-1", STACK_NAME, &url, &parameters()),
            format!(
                "https://console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/quickcreate\
                 ?stackName=plimsoll\
                 &templateURL=https%3A%2F%2Fb.s3.eu-central-1.amazonaws.com%2Fonboarding%2F{version}%2Frole.yaml\
                 &param_ExternalId=plm-0123456789abcdefghjk&param_VendorAccountId=123456789012\
                 &param_AccountScannerRole=a%2Bb%3Dc%2Cd%40e-scan-account\
                 &param_ClusterScannerRole=plimsoll-scan-cluster&param_RoleName=PlimsollScanner\
                 &param_NodeEvidence=none"
            )
        );
        let by_ssm = RoleParameters {
            node_evidence: Some(NodeRoute::Ssm),
            ..parameters()
        };
        let link = quick_create_link("eu-central-1", STACK_NAME, &url, &by_ssm);
        assert!(link.ends_with("&param_NodeEvidence=ssm"), "{link}");
        let china = quick_create_link("cn-north-1", "s", "u", &parameters());
        assert!(china.starts_with("https://console.amazonaws.cn/"));
    }

    #[test]
    fn another_template_lies_elsewhere() {
        assert_ne!(template_version(TEMPLATE), template_version("other"));
        assert_eq!(template_version("text").len(), 14);
    }
}
