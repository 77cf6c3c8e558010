//! `plimsoll.exceptions.yaml`: a list of rules, each for one policy and the resources it names.

use std::sync::Arc;

use plimsoll_model::{Excepted, ExceptionOrigin, PolicyId, kind};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::reason;
use crate::catalogue::Catalogue;
use crate::error::{LoadError, nearest};

/// One rule of a file: what it covers, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionRule {
    /// The one policy it is about.
    pub policy: PolicyId,
    /// Only resources whose kind fits this glob; all if none.
    pub kind: Option<String>,
    /// Only resources in namespaces that fit this glob; all if none.
    pub namespace: Option<String>,
    /// Only resources whose name fits this glob; all if none.
    pub name: Option<String>,
    /// Only elements (containers, rules of a role) that fit this glob; all if none.
    pub element: Option<String>,
    /// What is said of what it covers.
    pub excepted: Arc<Excepted>,
    /// Line and column in the file, from 1.
    pub place: (u32, u32),
}

/// Findings that somebody accepts: they go on being judged, count apart, and stop no pipeline.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RuleFile {
    /// The one policy whose findings are accepted.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    policy: Spanned<String>,
    /// Which resources.
    #[cfg_attr(feature = "schema", schemars(with = "ResourceFile"))]
    resource: Spanned<ResourceFile>,
    /// Only this container, rule or other element; `*` stands for any letters.
    #[serde(default)]
    element: Option<String>,
    /// Why this is acceptable.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    reason: Spanned<String>,
    /// Who approved it.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    approved_by: Spanned<String>,
    /// The last day on which it counts, like 2027-01-31.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    until: Option<Spanned<String>>,
}

/// The resources that a rule covers; `*` stands for any letters. What is left out is any.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourceFile {
    /// For example Deployment.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    kind: Option<Spanned<String>>,
    /// Only in namespaces of that name.
    #[serde(default)]
    namespace: Option<String>,
    /// Only resources of that name.
    #[serde(default)]
    name: Option<String>,
}

/// Reads the rules of a file, which is called `name` where it is mentioned.
///
/// # Errors
/// Everything wrong in it, with positions: also policies and kinds that do not exist, and rules that cover everything.
pub fn read_rules(
    name: &str,
    text: &str,
    catalogue: &Catalogue,
) -> Result<Vec<ExceptionRule>, Vec<LoadError>> {
    let written: Option<Vec<RuleFile>> =
        serde_saphyr::from_str(text).map_err(|error| vec![LoadError::of_yaml(name, &error)])?;
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    for rule in written.unwrap_or_default() {
        let mut reader = Reader {
            name,
            catalogue,
            errors: &mut errors,
        };
        rules.extend(reader.rule(rule));
    }
    match errors.is_empty() {
        true => Ok(rules),
        false => Err(errors),
    }
}

struct Reader<'r> {
    name: &'r str,
    catalogue: &'r Catalogue,
    errors: &'r mut Vec<LoadError>,
}

impl Reader<'_> {
    fn rule(&mut self, rule: RuleFile) -> Option<ExceptionRule> {
        self.policy(&rule.policy);
        self.resource(&rule.resource);
        let reason = rule.reason.value.trim();
        if reason.is_empty() {
            self.wrong(&rule.reason, "gives no reason");
        }
        if rule.approved_by.value.trim().is_empty() {
            self.wrong(&rule.approved_by, "names nobody who approved it");
        }
        let until = rule.until.as_ref().and_then(|until| {
            let end = reason::end_of(until.value.trim());
            end.map_err(|message| self.wrong(until, &message)).ok()
        });
        let place = LoadError::at(self.name, &rule.policy, "");
        let resource = rule.resource.value;
        self.errors.is_empty().then(|| ExceptionRule {
            policy: PolicyId::new(&rule.policy.value),
            kind: resource.kind.map(|kind| kind.value),
            namespace: resource.namespace,
            name: resource.name,
            element: rule.element,
            excepted: Arc::new(Excepted {
                id: format!("{}:{}", self.name, place.line),
                origin: ExceptionOrigin::File,
                reason: reason.to_owned(),
                approved_by: Some(rule.approved_by.value.trim().to_owned()),
                until,
            }),
            place: (place.line, place.column),
        })
    }

    fn policy(&mut self, policy: &Spanned<String>) {
        let id = &policy.value;
        if self.catalogue.policy(id).is_some() {
            return;
        }
        let mut error = LoadError::at(self.name, policy, format!("no policy {id}"));
        if id.contains('*') || id == "all" {
            error = error.help("an exception is for one policy; name it");
        } else if let Some(near) = self.catalogue.policy_like(id) {
            error = error.help(format!("did you mean {near}?"));
        }
        self.errors.push(error);
    }

    fn resource(&mut self, written: &Spanned<ResourceFile>) {
        let resource = &written.value;
        let kind = resource.kind.as_ref().map(|kind| kind.value.as_str());
        let given = [
            kind,
            resource.namespace.as_deref(),
            resource.name.as_deref(),
        ];
        if given
            .iter()
            .flatten()
            .all(|glob| glob.trim_matches('*').is_empty())
        {
            let message = "covers every resource";
            let error = LoadError::at_place(self.name, &written.referenced, message);
            let help = "name kind, namespace or name; to leave a policy out use --skip";
            self.errors.push(error.help(help));
        }
        if let Some(written) = &resource.kind
            && !written.value.contains('*')
            && kind::named(&written.value).is_none()
        {
            // What owns a pod may be of any kind: only what looks like a slip of the hand is one.
            let known = kind::all().map(|kind| kind.name);
            if let Some(near) = nearest(&written.value, known) {
                let message = format!("no kind {} is read", written.value);
                let error = LoadError::at(self.name, written, message);
                self.errors
                    .push(error.help(format!("did you mean {near}?")));
            }
        }
    }

    fn wrong(&mut self, at: &Spanned<String>, message: &str) {
        self.errors.push(LoadError::at(self.name, at, message));
    }
}
