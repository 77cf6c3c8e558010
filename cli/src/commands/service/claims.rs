//! An account belongs to one tenant: the first whose role there has let us in.

use plimsoll_model::TenantId;
use plimsoll_report::Diagnostic;
use plimsoll_store::Claim;

use super::Session;
use super::stop::Stop;
use crate::up::config::ConnectionConfig;

/// Says that a connection will not work because another tenant has its account.
pub(super) async fn warn(
    session: &Session<'_>,
    tenant: &TenantId,
    connection: &ConnectionConfig,
) -> Result<(), Stop> {
    let Some(account) = &connection.aws_account else {
        return Ok(());
    };
    let control = session.target.store.control();
    let owner = control.owner(Claim::AwsAccount, account).await?;
    let Some(owner) = owner.filter(|owner| owner != tenant) else {
        return Ok(());
    };
    let all = session.tenants(None).await?;
    let name = all.iter().find(|one| one.id == owner);
    let name = name.map_or_else(|| owner.to_string(), |one| one.slug.clone());
    let message =
        format!("account {account} belongs to tenant {name}, whose role there let us in first");
    session
        .console
        .diagnose(&[Diagnostic::warning("account-taken", message)
            .effect("the connection stays degraded")
            .help("an account belongs to one tenant; deleting that tenant frees it")]);
    Ok(())
}
