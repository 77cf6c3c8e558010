//! Who the top owner of a pod is, and what the template says that its pods come from.

use plimsoll_cel::Node;
use serde::{Deserialize, Serialize};

use super::shape::shape;
use super::table::{Record, Table, Texts};
use super::{items, name, namespace, text};
use crate::kinds;

/// Owners above owners are followed this far: Kubernetes has two levels (CronJob, Job), others put theirs above.
const LEVELS: usize = 4;

/// What is kept of whatever has a pod template: whose it is, and of the template a hash, the names of its containers and
/// which policies it does not pass. Some 130 bytes each, and nothing of a Deployment's ReplicaSets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners(Table);

/// An owner: API version, kind, name.
pub(crate) type Owner<'t> = (&'t str, &'t str, &'t str);

/// What a template says, as far as it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template<'t> {
    shape: u64,
    texts: Texts<'t>,
}

/// What is known of the owner of a pod.
#[derive(Debug)]
pub(crate) struct Found<'t> {
    /// The owner above that the pod names, if there is one.
    pub(crate) top: Option<Owner<'t>>,
    /// The template of the highest owner that has one.
    pub(crate) template: Option<Template<'t>>,
    /// The list, by plural, in which an owner that has a template is not to be found.
    pub(crate) missing: Option<&'static str>,
}

impl Owners {
    /// Keeps an object that is no pod; `failed` are the policies, ascending, that it did not pass.
    pub(crate) fn gather(
        &mut self,
        kind: &str,
        object: &Node<'_>,
        owner: Option<Owner<'_>>,
        failed: &[usize],
    ) {
        let Some(spec) = kinds::pod_spec_keys(kind).and_then(|keys| object.at(keys)) else {
            return;
        };
        let metadata = kinds::pod_metadata_keys(kind).and_then(|keys| object.at(keys));
        let (version, top, top_name) = owner.unwrap_or_default();
        self.0.push(|out| {
            out.texts([
                namespace(object),
                kind,
                name(object),
                version,
                top,
                top_name,
            ]);
            out.text(&shape(&spec, &metadata.unwrap_or(Node::Null)).to_string());
            let lists = ["containers", "initContainers"].map(|key| items(&spec, key));
            let containers = lists.iter().flat_map(|list| list.iter());
            let names: Vec<&str> = containers.filter_map(|one| text(one, "name")).collect();
            out.counted(&names);
            write_ascending(out, failed);
        });
    }

    /// Puts two workers' together.
    pub fn merge(&mut self, other: Owners) {
        self.0.append(other.0);
    }

    /// Puts them in order; owners are found only then.
    pub fn settle(&mut self) {
        self.0.sort();
        self.0.dedup();
    }

    /// Looks for the owner of a pod.
    pub(crate) fn find<'t: 'p, 'p>(
        &'t self,
        namespace: &str,
        mut kind: &'p str,
        mut name: &'p str,
    ) -> Found<'t> {
        let mut found = Found {
            top: None,
            template: None,
            missing: None,
        };
        for _ in 0..LEVELS {
            let Some(mut texts) = self.0.beginning_with([namespace, kind, name]).next() else {
                let ours = kinds::pod_spec_keys(kind);
                found.missing = ours.and_then(|_| kinds::plural(kind));
                break;
            };
            let above = (texts.text(), texts.text(), texts.text());
            found.template = Some(Template {
                shape: texts.number(),
                texts,
            });
            if above.1.is_empty() {
                break;
            }
            found.top = Some(above);
            (_, kind, name) = above;
        }
        found
    }
}

impl<'t> Template<'t> {
    /// Whether a pod of that shape is as the template says.
    pub(crate) fn is(&self, shape: u64) -> bool {
        self.shape == shape
    }

    /// Whether it has a container of that name.
    pub(crate) fn has(&self, container: &str) -> bool {
        let mut texts = self.texts;
        texts.counted().any(|name| name == container)
    }

    /// The policies that it did not pass, ascending.
    pub(crate) fn failed(&self) -> impl Iterator<Item = usize> + use<'t> {
        let mut texts = self.texts;
        let _names = texts.counted();
        let steps = texts.text().chars();
        steps.scan(0, |last, step| {
            *last += step as usize;
            Some(*last)
        })
    }
}

/// As one text with a letter for each, the distance from the one before: a byte each, as a rule.
fn write_ascending(out: &mut Record, numbers: &[usize]) {
    let mut last = 0;
    let steps = numbers.iter().filter_map(|number| {
        let step = u32::try_from(number - last).ok().and_then(char::from_u32);
        last = *number;
        step
    });
    out.text(&steps.collect::<String>());
}
