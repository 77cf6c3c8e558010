//! Whether a tenant's routes lead anywhere: to channels that it has.

use std::collections::BTreeSet;

use plimsoll_alerting::{EscalationPolicy, Step, Target};
use plimsoll_model::{MailSettings, Tenant};
use plimsoll_store::{StoreError, TenantStore};

use super::{Check, Is};
use crate::commands::service::Session;
use crate::commands::service::slack::Token;

/// What to do about a document.
const MEND: &str =
    "write it into the tenant's files and run plimsoll service tenant add FILE again";

pub(super) async fn look(
    session: &Session<'_>,
    store: &TenantStore,
    tenant: &Tenant,
) -> Vec<Check> {
    let what = format!("{} routes", tenant.slug);
    let policy = match policy(store, tenant).await {
        Ok(Ok(policy)) => policy,
        Ok(Err(text)) => return vec![Check::wrong(what, text, MEND)],
        Err(error) => return vec![Check::unknown(what, &error)],
    };
    let wanted = Wanted::of(&policy);
    let mut checks = Vec::new();
    if !wanted.slack.is_empty() {
        checks.extend(slack(session, tenant, &what, &wanted).await);
    }
    let deployed = session.target.is_deployed();
    let cannot = match &tenant.mail {
        None => Some("has none"),
        Some(MailSettings::Ses { .. }) => None,
        Some(_) => deployed.then_some("has none that a deployed stack can send: Amazon SES alone"),
    };
    if let (false, Some(cannot)) = (wanted.mail.is_empty(), cannot) {
        let text = format!(
            "lead to mail ({}), and the tenant {cannot}",
            listed(&wanted.mail)
        );
        checks.push(Check::wrong(what, text, MEND));
    }
    checks
}

/// The policy in force, or why there is none.
async fn policy(
    store: &TenantStore,
    tenant: &Tenant,
) -> Result<Result<EscalationPolicy, String>, StoreError> {
    if tenant.escalation_version == 0 {
        return Ok(Err(
            "there is no escalation policy: nobody is told anything".to_owned(),
        ));
    }
    let text = store.get_escalation(tenant.escalation_version).await?.text;
    Ok(EscalationPolicy::parse(&text).map_err(|errors| {
        let first = errors.first().map(ToString::to_string).unwrap_or_default();
        format!("the escalation policy in force cannot be read: {first}")
    }))
}

/// Whom a policy tells on which channel: channels, addresses and people.
#[derive(Debug, Default)]
struct Wanted {
    slack: BTreeSet<String>,
    mail: BTreeSet<String>,
}

impl Wanted {
    fn of(policy: &EscalationPolicy) -> Self {
        let steps = policy.policies.values().flat_map(|policy| &policy.steps);
        let told = steps.filter_map(|step| match step {
            Step::Notify(targets) => Some(targets),
            Step::Wait(_) => None,
        });
        let told = told.chain(policy.summary.as_ref().map(|summary| &summary.to));
        let mut wanted = Self::default();
        for target in told.flatten() {
            let people: Vec<_> = match target {
                Target::Slack(channel) => {
                    wanted.slack.insert(channel.clone());
                    continue;
                }
                Target::Email(address) => {
                    wanted.mail.insert(address.clone());
                    continue;
                }
                Target::Person(person) => vec![person],
                Target::Schedule(schedule) => schedule.members.iter().collect(),
            };
            for person in people {
                let channel = match person.slack {
                    Some(_) => &mut wanted.slack,
                    None => &mut wanted.mail,
                };
                channel.insert(person.name.clone());
            }
        }
        wanted
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// What is wrong with the way to Slack.
async fn slack(
    session: &Session<'_>,
    tenant: &Tenant,
    what: &str,
    wanted: &Wanted,
) -> Option<Check> {
    let text = format!(
        "lead to Slack ({}), and the tenant has none",
        listed(&wanted.slack)
    );
    match Token::of(&session.target, tenant).await {
        Token::Configured(_) | Token::Secret(_) => None,
        Token::Missing(None) => Some(Check::wrong(what, text, MEND)),
        Token::Missing(Some(secret)) => Some(Check::wrong(
            what,
            text,
            format!("aws secretsmanager create-secret --name {secret} --secret-string TOKEN"),
        )),
        Token::Unknown(secret, error) => Some(Check {
            is: Is::Unknown,
            what: what.to_owned(),
            text: format!(
                "lead to Slack, and whether the tenant has a token is not known: {error}"
            ),
            help: Some(format!(
                "the credentials in use need secretsmanager:ListSecrets; the token lies in {secret}"
            )),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_on_slack_where_they_have_it() {
        let text = "\
version: 1
timezone: Europe/Berlin
people: { ana: { slack: U07ANA, email: ana@acme.example }, ben: { email: ben@acme.example } }
schedules: { on-call: { members: [ana, ben], rotate: weekly, handover: 'Mon 09:00' } }
stages: [ { stage: prod } ]
route: { use: default }
policies: { default: { steps: [ { notify: { slack: '#sec' } }, { wait: 1h }, { notify: { schedule: on-call } } ] } }
summary: { to: [ lead@acme.example ], at: 'Mon 08:00' }
";
        let wanted = Wanted::of(&EscalationPolicy::parse(text).unwrap());
        assert_eq!(listed(&wanted.slack), "#sec, ana");
        assert_eq!(listed(&wanted.mail), "ben, lead@acme.example");
    }
}
