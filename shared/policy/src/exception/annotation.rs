//! Exceptions that an object says of itself: `except.plimsoll.io/<policy>: why, until 2027-01-31` among its annotations, or
//! among those of its pod template.

use std::cell::Cell;
use std::sync::Arc;

use plimsoll_cel::{Key, Node};
use plimsoll_model::{Excepted, ExceptionOrigin, Judgement};

use super::log::{Remark, RemarkKind};
use super::{ExceptionLog, reason};
use crate::path::{self, Step};
use crate::plan::Plan;
use crate::view::View;

/// What the names of such annotations begin with; the policy's id is the rest.
pub const PREFIX: &str = "except.plimsoll.io/";

const ANNOTATIONS: Key = Key::new("annotations");
const METADATA: Key = Key::new("metadata");

/// One exception that an object says of itself.
#[derive(Debug)]
pub(crate) struct Annotation {
    /// The policy's index in the catalogue.
    pub(crate) policy: usize,
    pub(crate) excepted: Arc<Excepted>,
    /// Where it stands in the object.
    path: String,
    /// Whether the policy fails, or nobody can tell: then it is not idle.
    pub(crate) matters: Cell<bool>,
}

impl Annotation {
    /// What is said when the finding that it covered counts again.
    pub(super) fn ended(&self, judgement: &Judgement) -> Remark {
        let end = self.excepted.until.map(|end| end.strftime("%-d %b %Y"));
        let end = end.map(|end| end.to_string()).unwrap_or_default();
        Remark {
            source: judgement.source.clone(),
            resource: judgement.resource.long_name(),
            path: self.path.clone(),
            kind: RemarkKind::Ended,
            message: format!("the exception of {} ended on {end}", judgement.policy),
            help: None,
        }
    }

    /// What is said when the policy does not fail.
    pub(crate) fn idle(&self, plan: &Plan<'_>, view: &View<'_>) -> Remark {
        let policy = &plan.catalogue.policies[self.policy];
        let message = match policy.kinds.iter().any(|kind| kind == view.kind) {
            true => format!("excepts nothing: {} does not fail here", policy.id),
            false => format!("excepts nothing: {} does not judge this kind", policy.id),
        };
        self.remark(view, RemarkKind::Unused, message)
    }

    fn remark(&self, view: &View<'_>, kind: RemarkKind, message: String) -> Remark {
        remark(view, self.path.clone(), kind, message, None)
    }
}

/// Reads an object's; mistakes go to `log`, if there is one.
pub(crate) fn read(
    plan: &Plan<'_>,
    view: &View<'_>,
    mut log: Option<&mut ExceptionLog>,
) -> Vec<Annotation> {
    let mut found = Vec::new();
    if plan.options.exceptions.is_none() {
        return found;
    }
    let template = view.pod_spec_keys.and_then(|keys| keys.split_last());
    let template = template.map(|(_, keys)| keys).unwrap_or_default();
    let own: &[&str] = &[];
    let places = [own, template];
    for keys in &places[..1 + usize::from(!template.is_empty())] {
        let of = view.node.at(keys);
        let metadata = of.and_then(|of| of.get_key(METADATA));
        let Some(annotations) = metadata.and_then(|metadata| metadata.get_key(ANNOTATIONS)) else {
            continue;
        };
        for entry in annotations.entries() {
            let Some(id) = entry.key.strip_prefix(PREFIX) else {
                continue;
            };
            let chain = keys.iter().chain(&["metadata", "annotations"]);
            let chain = chain.chain([&entry.key]);
            let steps: Vec<Step> = chain.map(|key| Step::Key((*key).to_owned())).collect();
            let path = path::write(&steps);
            match one(plan, entry.key, id, &entry.value) {
                Ok((policy, excepted)) => found.push(Annotation {
                    policy,
                    excepted,
                    path,
                    matters: Cell::new(false),
                }),
                Err((message, help)) => {
                    if let Some(log) = &mut log {
                        log.remark(remark(view, path, RemarkKind::Mistake, message, help));
                    }
                }
            }
        }
    }
    found
}

/// What is wrong, and what to do.
type Mistake = (String, Option<String>);

fn one(
    plan: &Plan<'_>,
    key: &str,
    id: &str,
    value: &Node<'_>,
) -> Result<(usize, Arc<Excepted>), Mistake> {
    let policies = &plan.catalogue.policies;
    let Ok(policy) = policies.binary_search_by(|policy| policy.id.as_str().cmp(id)) else {
        if id == "all" {
            let help = "name one policy in each annotation";
            let message = "no exception is for all policies".to_owned();
            return Err((message, Some(help.to_owned())));
        }
        let near = plan.catalogue.policy_like(id);
        let help = near.map(|near| format!("did you mean {PREFIX}{near}?"));
        return Err((format!("excepts nothing: no policy {id}"), help));
    };
    let help = || Some(format!("{key}: 'why it is accepted, until 2027-01-31'"));
    let text = value.as_str();
    let text = text.ok_or_else(|| ("excepts nothing: the reason is no text".to_owned(), help()))?;
    let read = reason::read(text);
    let (reason, until) = read.map_err(|wrong| (format!("excepts nothing: {wrong}"), help()))?;
    let excepted = Excepted {
        id: key.to_owned(),
        origin: ExceptionOrigin::Annotation,
        reason,
        approved_by: None,
        until,
    };
    Ok((policy, Arc::new(excepted)))
}

fn remark(
    view: &View<'_>,
    path: String,
    kind: RemarkKind,
    message: String,
    help: Option<String>,
) -> Remark {
    Remark {
        source: view.source.clone(),
        resource: view.resource().long_name(),
        path,
        kind,
        message,
        help,
    }
}
