//! A tenant's own policies and parameters: read from where the configuration says, each policy taken or refused by itself.
//! Of one that is refused the last good version stays in force.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use plimsoll_model::{AuditEntry, PolicyId};
use plimsoll_policy::own::{Admission, Refusal};
use plimsoll_policy::{Catalogue, CatalogueFile, ParameterValue, WrittenValue};
use plimsoll_report::Diagnostic;
use plimsoll_store::{ParameterValues, PolicyVersion, StoreError, TenantStore};

use super::config::{TenantConfig, beside};
use crate::commands::catalogue;
use crate::parameters::Parameters;

/// What a tenant brings.
#[derive(Debug, Default)]
pub(crate) struct Own {
    files: Vec<CatalogueFile>,
    admission: Admission,
    parameters: Option<Parameters>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct InForce {
    /// How many policies of its own a tenant has now.
    pub(crate) policies: usize,
    /// What was refused or is ignored, ready to be shown.
    pub(crate) refused: Vec<Diagnostic>,
    /// What was refused of its attestations, ready to be shown.
    pub(crate) unattested: Vec<Diagnostic>,
    /// Parameters that do not fit: nothing may run before they do.
    pub(crate) wrong: Vec<Diagnostic>,
}

impl Own {
    /// Reads what the configuration file, with this text, says of a tenant.
    ///
    /// # Errors
    /// The folder cannot be read, or has no policy in it.
    pub(crate) fn read(
        config_file: &Path,
        text: &str,
        tenant: &TenantConfig,
        built_in: &Catalogue,
    ) -> Result<Self, Vec<Diagnostic>> {
        let folder = tenant.policies.as_ref();
        let folder = folder.map(|folder| beside(config_file, folder.get_ref()));
        let files = folder
            .map(|folder| catalogue::read_folder(&folder))
            .transpose()?;
        let files = files.unwrap_or_default();
        let name = config_file.display().to_string();
        Ok(Self {
            admission: built_in.admit(&files),
            files,
            parameters: Some(Parameters::of(&name, text, &tenant.params)),
        })
    }

    /// Puts it into the store; what the folder does not have any more is taken out of force.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn put(
        &self,
        tenant: &TenantStore,
        built_in: &Catalogue,
        now: Timestamp,
    ) -> Result<InForce, StoreError> {
        let mut result = InForce::default();
        let before = tenant.active_policies().await?;
        let before: BTreeMap<PolicyId, PolicyVersion> = before
            .into_iter()
            .map(|one| (one.id.clone(), one))
            .collect();
        for policy in &self.admission.taken {
            let cases = policy.cases.as_deref();
            let set = tenant
                .set_policy(&policy.id, &policy.text, cases, now)
                .await?;
            if let Some(set) = set {
                let text = format!("version {} is in force", set.version);
                note(tenant, now, "policyAccepted", &policy.id, text).await?;
            }
        }
        for refusal in &self.admission.refused {
            let effect = match before.get(&refusal.id) {
                Some(last) => {
                    let day = last.accepted.strftime("%-d %b %Y");
                    format!("version {} of {day} stays in force", last.version)
                }
                None => "the policy is not in force".to_owned(),
            };
            let why = refusal
                .errors
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            let text = format!("{why}; {effect}");
            note(tenant, now, "policyRefused", &refusal.id, text).await?;
            result.refused.extend(self.shown(refusal, &effect));
        }
        for error in &self.admission.ignored {
            let shown = Diagnostic::warning("policy", error.to_string());
            result.refused.push(shown.effect("the file is not read"));
        }
        let is_there = |id: &PolicyId| {
            self.admission.taken.iter().any(|policy| policy.id == *id)
                || self
                    .admission
                    .refused
                    .iter()
                    .any(|refusal| refusal.id == *id)
        };
        for id in before.keys().filter(|id| !is_there(id)) {
            if tenant.remove_policy(id, now).await?.is_some() {
                note(
                    tenant,
                    now,
                    "policyRemoved",
                    id,
                    "not in force any more".to_owned(),
                )
                .await?;
            }
        }
        self.put_parameters(tenant, built_in, &mut result).await?;
        Ok(result)
    }

    /// Parameters are checked against what is in force now.
    async fn put_parameters(
        &self,
        tenant: &TenantStore,
        built_in: &Catalogue,
        result: &mut InForce,
    ) -> Result<(), StoreError> {
        let own = tenant.active_policies().await?;
        let own: Vec<_> = own.into_iter().filter_map(scan_cluster::as_kept).collect();
        let (whole, left_out) = built_in.with_own(&own, &[]);
        for left_out in left_out {
            let shown = Diagnostic::warning("policy", left_out);
            result
                .refused
                .push(shown.effect("the policy is not in force"));
        }
        result.policies = whole.policies.len() - built_in.policies.len();
        let values = self.parameters.as_ref().map(Parameters::values);
        let values = values.unwrap_or_default();
        if let (Some(parameters), false) = (&self.parameters, values.is_empty())
            && let Err(errors) = whole.into_owned().with_parameters(&values)
        {
            let shown = errors.iter().map(|error| parameters.diagnostic(error));
            result.wrong.extend(shown);
            return Ok(());
        }
        tenant.set_parameters(&by_policy(values)).await
    }

    fn shown(&self, refusal: &Refusal, effect: &str) -> Vec<Diagnostic> {
        let text = |name: &str| self.files.iter().find(|file| file.path == name);
        let shown = refusal.errors.iter().map(|error| {
            let text = text(&error.file).map_or("", |file| &file.text);
            catalogue::placed("policy", error, text).effect(effect)
        });
        shown.collect()
    }
}

fn by_policy(values: Vec<ParameterValue>) -> ParameterValues {
    let mut by_policy = ParameterValues::new();
    for value in values {
        if let WrittenValue::Value(json) = value.value {
            by_policy
                .entry(value.policy)
                .or_default()
                .insert(value.name, json);
        }
    }
    by_policy
}

async fn note(
    tenant: &TenantStore,
    now: Timestamp,
    action: &str,
    policy: &PolicyId,
    text: String,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        at: now,
        actor: "configuration".to_owned(),
        action: action.to_owned(),
        subject: policy.to_string(),
        text,
    };
    tenant.append_audit(&entry).await
}
