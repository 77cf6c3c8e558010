//! How an account lets us in: the link that makes our role there, the same as a command, and what both are made of.

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::Result;
use plimsoll_inventory::aws::wire::{Account, Pace};
use plimsoll_model::onboarding::{
    RoleParameters, STACK_NAME, quick_create_link, template_location, template_version,
};
use plimsoll_model::{Connection, ConnectionKind};
use plimsoll_report::{Diagnostic, Look};
use serde_json::{Value, json};

use super::stop::Stop;
use super::target::Target;
use crate::args::InvitedArgs;
use crate::console::Console;
use crate::exit::Exit;

/// The template of the customer's role, as this version of Plimsoll wants it.
const TEMPLATE: &str = include_str!("../../../../infra/onboarding/role.yaml");

/// What `ScannerRolePrefix` is unless it is set.
pub(super) const PREFIX: &str = "plimsoll";

/// What is sent to a customer.
#[derive(Debug)]
pub(super) struct Invitation {
    parameters: RoleParameters,
    region: String,
    /// The link; none while nobody has said where the templates lie.
    link: Option<String>,
}

impl Invitation {
    /// The invitation to a connection; none for one that is no account.
    pub(super) async fn of(
        target: &Target,
        connection: &Connection,
        given: &InvitedArgs,
    ) -> Result<Option<Self>, Stop> {
        let ConnectionKind::Aws {
            role,
            external_id,
            regions,
            ..
        } = &connection.kind
        else {
            return Ok(None);
        };
        let prefix = given.scanner_role_prefix.as_deref();
        let prefix = prefix
            .or(target.about.scanner_role_prefix.as_deref())
            .unwrap_or(PREFIX);
        let parameters = RoleParameters {
            external_id: external_id.clone(),
            vendor_account: vendor_account(target, given).await?,
            account_scanner_role: format!("{prefix}-scan-account"),
            cluster_scanner_role: format!("{prefix}-scan-cluster"),
            role_name: role.clone(),
            node_evidence: connection.node_evidence,
        };
        // IAM is the same everywhere: any region does, one of theirs is where they look.
        let region = regions
            .first()
            .map_or("us-east-1", String::as_str)
            .to_owned();
        let base = given
            .templates
            .as_deref()
            .or(target.about.templates.as_deref());
        let link = base.map(|base| {
            let url = template_location(base, TEMPLATE);
            quick_create_link(&region, STACK_NAME, &url, &parameters)
        });
        Ok(Some(Self {
            parameters,
            region,
            link,
        }))
    }

    /// For people.
    pub(super) fn write(&self, out: &mut dyn Write, look: Look) -> io::Result<()> {
        match &self.link {
            Some(link) => {
                writeln!(out, "Send this link to whoever administers the account:")?;
                writeln!(out, "  {link}")?;
                writeln!(out, "Or, with that account's credentials:")?;
            }
            None => writeln!(out, "Once, with that account's credentials:")?,
        }
        writeln!(
            out,
            "  aws cloudformation deploy --region {} --stack-name {STACK_NAME} --template-file role.yaml \\",
            self.region
        )?;
        write!(
            out,
            "    --capabilities CAPABILITY_NAMED_IAM --parameter-overrides"
        )?;
        for (name, value) in self.parameters.by_name() {
            write!(out, " \\\n    {name}={value}")?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "role.yaml is what `plimsoll onboarding template` prints."
        )?;
        if self.link.is_none() {
            let hint = "For a link, put it where customers can read it, and name the place: --templates URL.";
            writeln!(out, "{}", look.marks(hint))?;
        }
        Ok(())
    }

    /// For programs: what stands beside the connection.
    pub(super) fn describe(&self, json: &mut Value) {
        let parameters = self.parameters.by_name().into_iter();
        let parameters: serde_json::Map<String, Value> = parameters
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        json["link"] = json!(self.link);
        json["stackName"] = STACK_NAME.into();
        json["region"] = json!(self.region);
        json["templateVersion"] = template_version(TEMPLATE).into();
        json["parameters"] = parameters.into();
    }
}

/// The account that customers are to trust: ours.
pub(super) async fn vendor_account(target: &Target, given: &InvitedArgs) -> Result<String, Stop> {
    let unknown = |message: String| {
        Stop::usage(
            Diagnostic::error("no-vendor-account", message)
                .help("--vendor-account ACCOUNT, the account in which Plimsoll runs"),
        )
    };
    if let Some(account) = &given.vendor_account {
        let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        return match digits {
            true => Ok(account.clone()),
            false => Err(unknown(format!(
                "`{account}` is no account: it has twelve digits"
            ))),
        };
    }
    let Some(sdk) = &target.sdk else {
        return Err(unknown(
            "a data folder does not say which account Plimsoll runs in".to_owned(),
        ));
    };
    let ours = Account::new(sdk.clone(), "ours", Arc::new(Pace::default()));
    let answer = ours.call("sts", "GetCallerIdentity", &json!({})).await;
    let answer = answer.map_err(|error| unknown(error.to_string()))?;
    let account = answer["Account"].as_str().map(str::to_owned);
    account.ok_or_else(|| unknown("sts:GetCallerIdentity named no account".to_owned()))
}

/// `plimsoll onboarding template`.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn template(location: Option<&str>, console: &Console) -> Result<Exit> {
    console.print(|out| match location {
        Some(base) => writeln!(out, "{}", template_location(base, TEMPLATE)),
        None => out.write_all(TEMPLATE.as_bytes()),
    })?;
    Ok(Exit::Done)
}
