//! What a connection's state means for its tenant: why it is so, and the exact next step.

mod endpoint;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Check, CheckKind, CheckOutcome, Connection, ConnectionKind, ConnectionState};
use crate::cluster::shown_account;
use crate::{Cluster, Readable};

/// What somebody should do: words, and lines to copy as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextStep {
    /// Whole sentences.
    pub text: String,
    /// Commands or pieces of documents, each to be copied whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl NextStep {
    /// Words alone.
    #[must_use]
    pub fn words(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            lines: Vec::new(),
        }
    }

    /// The same with a line to copy.
    #[must_use]
    pub fn copying(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

/// How a connection stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state in a word.
    pub word: &'static str,
    /// Why, or what that means: whole sentences.
    pub reason: String,
    /// What the tenant should do; empty where there is nothing to do.
    pub next: NextStep,
}

impl Connection {
    /// Its name for people: `AWS 4711…0815`.
    #[must_use]
    pub fn shown_name(&self) -> String {
        match &self.kind {
            ConnectionKind::Aws { account, .. } => shown_account(account),
            ConnectionKind::KubeContext { context } => context.clone(),
            ConnectionKind::Endpoint(endpoint) => endpoint.name.clone(),
        }
    }

    /// How it stands. `clusters` may hold those of other connections, too.
    #[must_use]
    pub fn standing(&self, clusters: &[Cluster]) -> Standing {
        let (reason, next) = match &self.state {
            ConnectionState::Degraded { reason, mend, .. }
            | ConnectionState::Suspended { reason, mend, .. } => (reason.clone(), mend.clone()),
            ConnectionState::Waiting => self.waiting(),
            ConnectionState::Verifying => (
                match &self.kind {
                    ConnectionKind::Endpoint(_) => {
                        format!(
                            "The cluster answers. Not known yet: {}.",
                            self.open_checks()
                        )
                    }
                    _ => format!("The role answers. Not known yet: {}.", self.open_checks()),
                },
                NextStep::words("Nothing to do: we check again within minutes."),
            ),
            ConnectionState::Connected => (self.connected(clusters), NextStep::default()),
        };
        Standing {
            word: self.state.word(),
            reason,
            next,
        }
    }

    fn waiting(&self) -> (String, NextStep) {
        if let Some(check) = self.checked.failed().next()
            && check.kind != CheckKind::RoleAnswers
        {
            return mended(&self.kind, check);
        }
        if let Some(Check {
            outcome: CheckOutcome::Lost { said },
            ..
        }) = self.checked.lost().next()
        {
            let next = "Ask the operator of Plimsoll if it stays so.";
            let what = match &self.kind {
                ConnectionKind::Endpoint(_) => "cluster",
                _ => "role",
            };
            return (
                format!("The {what} could not be tried: {said}."),
                NextStep::words(next),
            );
        }
        match &self.kind {
            ConnectionKind::Aws { account, role, .. } => (
                format!("Nothing yet from the role {role}."),
                NextStep::words(format!(
                    "Usual causes: the stack is still in progress; it was rolled back (open its Events); it was created in another account than {account} (we try only that one)."
                )),
            ),
            ConnectionKind::KubeContext { .. } | ConnectionKind::Endpoint(_) => (
                "Nothing yet.".to_owned(),
                NextStep::words("It is read with the next scan."),
            ),
        }
    }

    fn connected(&self, clusters: &[Cluster]) -> String {
        let of_it = clusters.iter();
        let of_it = of_it.filter(|one| one.connection == self.id && one.is_cluster());
        let (found, readable) = of_it.fold((0, 0), |(found, readable), one| {
            (
                found + 1,
                readable + usize::from(one.readable == Readable::Yes),
            )
        });
        let plural = if found == 1 { "" } else { "s" };
        let found = format!("{found} cluster{plural} found, {readable} readable.");
        let proven = match &self.kind {
            ConnectionKind::KubeContext { .. } => return found,
            ConnectionKind::Aws { .. } => {
                "Read-only, checked that nobody can use it without your ExternalId."
            }
            ConnectionKind::Endpoint(endpoint) => match endpoint.audience() {
                None => "Read by its own token.",
                Some(_) => {
                    "Read-only, checked that a token made for another connection does not open it."
                }
            },
        };
        let checked = match self.checked.lost().next() {
            None => "Re-checked daily.".to_owned(),
            Some(_) => format!("Not known from the last check: {}.", self.open_checks()),
        };
        format!("{proven} {checked} {found}")
    }

    fn open_checks(&self) -> String {
        let lost = self.checked.lost();
        let lost: Vec<String> = lost.map(|check| check.line(&self.kind)).collect();
        match (lost.as_slice(), &self.kind) {
            ([], ConnectionKind::Endpoint(_)) => "whether everything can be listed".to_owned(),
            ([], _) => "whether every region can be listed".to_owned(),
            (lost, _) => lost.join("; "),
        }
    }
}

impl Check {
    /// The check in a line, which begins with what it is about; after a colon what came of it, unless it passed.
    #[must_use]
    pub fn line(&self, kind: &ConnectionKind) -> String {
        let role = match kind {
            ConnectionKind::Aws { role, .. } => role.as_str(),
            ConnectionKind::KubeContext { .. } | ConnectionKind::Endpoint(_) => "",
        };
        let what = match &self.kind {
            CheckKind::RoleAnswers => format!("role {role} answers with your ExternalId"),
            CheckKind::RefusesWithout => "it refuses without an ExternalId".to_owned(),
            CheckKind::RefusesWrong => "it refuses a wrong one".to_owned(),
            CheckKind::AccountMatches => "account number matches".to_owned(),
            CheckKind::UniqueAmongTenants => "no other tenant has the account".to_owned(),
            CheckKind::RegionsListed { listed, of } => format!("{listed} of {of} regions listed"),
            CheckKind::Cluster { name } => format!("{name} readable"),
            of_endpoint => endpoint::subject(of_endpoint).to_owned(),
        };
        match &self.outcome {
            CheckOutcome::Passed => what,
            CheckOutcome::Failed { said } => format!("{what}: no, {said}"),
            CheckOutcome::Lost { said } => format!("{what}: not known, {said}"),
        }
    }
}

/// Why a check that failed matters, and what mends it.
#[must_use]
pub fn mended(kind: &ConnectionKind, check: &Check) -> (String, NextStep) {
    let said = match &check.outcome {
        CheckOutcome::Failed { said } | CheckOutcome::Lost { said } => said.as_str(),
        CheckOutcome::Passed => "",
    };
    if let ConnectionKind::Endpoint(of) = kind {
        return endpoint::mended(of, check, said);
    }
    let ConnectionKind::Aws {
        account,
        role,
        external_id,
        ..
    } = kind
    else {
        return (said.to_owned(), NextStep::default());
    };
    let condition =
        format!(r#""Condition":{{"StringEquals":{{"sts:ExternalId":"{external_id}"}}}}"#);
    let open = |how: &str| {
        (
            format!(
                "The role {role} lets us in {how}, so another customer of ours could ask for your data."
            ),
            NextStep::words(format!(
                "Put this condition into the trust policy of {role}. We check again every hour."
            ))
            .copying(condition.clone()),
        )
    };
    match &check.kind {
        CheckKind::RefusesWithout => open("without an ExternalId"),
        CheckKind::RefusesWrong => open("with a wrong ExternalId"),
        CheckKind::RoleAnswers => (
            format!("The role {role} does not let us in with the ExternalId of this connection."),
            NextStep::words(format!(
                "Deploy the stack of role.yaml in account {account} again with this ExternalId, or put this condition into the trust policy of {role}. We check again every hour."
            ))
            .copying(condition),
        ),
        CheckKind::AccountMatches => (
            format!("Behind the role {role} is another account than {account}: {said}."),
            NextStep::words("Connect that account by its own number."),
        ),
        CheckKind::UniqueAmongTenants => (
            format!("Another tenant has connected account {account}."),
            NextStep::words("Ask the operator of Plimsoll: an account belongs to one tenant."),
        ),
        CheckKind::RegionsListed { .. } => (
            format!("The role answers, but not every region can be listed: {said}. Clusters there are not found, and what is known of them stays as it was."),
            NextStep::words("Update the role's stack to the newest role.yaml, or add this statement to the role's policy; leave out of the connection what the account does not use. We check again every hour.")
                .copying(r#"{"Effect":"Allow","Action":["eks:ListClusters","eks:DescribeCluster"],"Resource":"*"}"#),
        ),
        CheckKind::Cluster { name } => (format!("{name} cannot be read: {said}."), NextStep::default()),
        _ => (said.to_owned(), NextStep::default()),
    }
}

#[cfg(test)]
mod tests;
