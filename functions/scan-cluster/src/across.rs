//! What a cluster's objects name in its AWS account, and the roles of the account that they name.

use std::collections::BTreeSet;

use jiff::Timestamp;
use plimsoll_cel::Bump;
use plimsoll_inventory::aws::derive::border::Border;
use plimsoll_model::{Named, Reason, ReasonCode};
use plimsoll_policy::{Joins, ListState, Lists};

use crate::around::{broken, opened};
use crate::live::LiveScan;

const ROLE: &str = "AWS::IAM::Role";

/// What the objects of a cluster name, of lists that count.
pub(crate) fn border(cluster: &str, joins: &Joins, lists: &Lists) -> Border {
    let mut border = Border::of(cluster);
    for named in Named::ALL {
        if let Some(reason) = named.lists().iter().find_map(|list| lists.gap(list)) {
            border.lose(named, reason);
        }
    }
    joins.named_in_aws(&mut |named, id| match id {
        "" => border.lose(named, untold(named)),
        id => border.add(named, id),
    });
    border
}

fn untold(named: Named) -> Reason {
    let need = format!("which {} an object means by a pattern", named.kinds()[0]);
    Reason::new(ReasonCode::InputUnread, need)
}

/// What an account has for all regions, as it is kept, or why there is nothing: opened only when somebody names a role.
#[derive(Debug)]
pub(crate) struct Account {
    kept: Result<Vec<u8>, Reason>,
    now: Timestamp,
}

impl Account {
    pub(crate) fn new(kept: Result<Vec<u8>, Reason>, now: Timestamp) -> Self {
        Self { kept, now }
    }

    /// Puts the roles that the cluster names to what was gathered. Where they cannot be had, the list of roles is not
    /// whole: a role that is not found there may exist.
    pub(crate) fn roles<K>(&self, scan: &mut LiveScan<'_, K>) {
        let mut wanted = BTreeSet::new();
        let joins = &mut scan.session.joins;
        joins.roles_named(&mut |arn| {
            wanted.insert(arn.to_owned());
        });
        let put = match wanted.is_empty() {
            true => {
                joins.know_named_roles(&[]);
                Ok(())
            }
            false => self.put(joins, &wanted),
        };
        if let Err(reason) = put {
            scan.lists.set(ROLE, ListState::Incomplete(reason));
        }
    }

    fn put(&self, joins: &mut Joins, wanted: &BTreeSet<String>) -> Result<(), Reason> {
        let kept = self.kept.as_ref().map_err(Reason::clone)?;
        let account = opened(kept, self.now)?;
        match account.gap(ROLE) {
            Some(None) => {}
            Some(Some(reason)) => return Err(reason.clone()),
            None => return Err(Reason::new(ReasonCode::InputUnread, format!("list {ROLE}"))),
        }
        let arena = Bump::new();
        let is_wanted = |arn: &str| wanted.contains(arn) || wanted.contains(&*without_path(arn));
        joins.know_named_roles(&account.of_arns(ROLE, &is_wanted, &arena).map_err(broken)?);
        Ok(())
    }
}

/// The ARN of a role as aws-auth writes it.
fn without_path(arn: &str) -> String {
    match arn.split_once(":role/") {
        Some((head, role)) => {
            let name = role.rsplit('/').next().unwrap_or(role);
            format!("{head}:role/{name}")
        }
        None => arn.to_owned(),
    }
}

#[cfg(test)]
mod tests;
