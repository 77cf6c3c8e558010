//! What a tenant vouches for: read from where its file says, taken or refused as a whole. Of what is refused the last good
//! version stays in force.

use std::path::Path;

use jiff::Timestamp;
use plimsoll_model::{Attestation, AuditEntry};
use plimsoll_policy::Catalogue;
use plimsoll_report::Diagnostic;
use plimsoll_store::{StoreError, TenantStore};

use super::config::beside;
use crate::commands::attestations;

/// The attestations of a file, or what is wrong with it, ready to be shown.
pub(crate) type Read = Result<Vec<Attestation>, Vec<Diagnostic>>;

/// Reads the file that a tenant's own file names, relative to that; without one nothing is attested.
pub(crate) fn read(
    tenant_file: &Path,
    file: Option<&Path>,
    built_in: &Catalogue,
    now: Timestamp,
) -> Read {
    let Some(file) = file else {
        return Ok(Vec::new());
    };
    attestations::read(&beside(tenant_file, file), built_in, now).map(|read| read.all())
}

/// Puts them into the store and takes out what the file does not say any more. What was wrong comes back with what stays in
/// force instead.
///
/// # Errors
/// When the store fails; to be done again then.
pub(crate) async fn put(
    tenant: &TenantStore,
    read: &Read,
    now: Timestamp,
) -> Result<Vec<Diagnostic>, StoreError> {
    let before = tenant.list_attestations().await?;
    let wanted = match read {
        Ok(wanted) => wanted,
        Err(wrong) => {
            let effect = match before.len() {
                0 => "nothing is attested".to_owned(),
                1 => "the attestation of before stays in force".to_owned(),
                many => format!("the {many} attestations of before stay in force"),
            };
            let first = wrong.first().map(|one| one.message.as_str());
            let text = format!("{}; {effect}", first.unwrap_or_default());
            note(tenant, now, "attestationsRefused", "attestations", text).await?;
            let shown = wrong.iter().cloned();
            return Ok(shown.map(|one| one.effect(effect.clone())).collect());
        }
    };
    for one in wanted.iter().filter(|one| !before.contains(one)) {
        let end = one.until.strftime("%-d %b %Y");
        let text = format!("by {} until {end}: {}", one.by, one.statement);
        note(tenant, now, "controlAttested", &one.subject(), text).await?;
        tenant.put_attestation(one).await?;
    }
    let is_wanted = |subject: &str| wanted.iter().any(|one| one.subject() == subject);
    for one in before.iter().filter(|one| !is_wanted(&one.subject())) {
        let text = format!("by {}: taken out", one.by);
        note(tenant, now, "attestationRemoved", &one.subject(), text).await?;
        tenant.delete_attestation(one).await?;
    }
    Ok(Vec::new())
}

async fn note(
    tenant: &TenantStore,
    now: Timestamp,
    action: &str,
    subject: &str,
    text: String,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        at: now,
        actor: "configuration".to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        text,
    };
    tenant.append_audit(&entry).await
}
