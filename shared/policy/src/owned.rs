//! Pods of built-in owners. Their template was judged in their place; what they have beyond it (what a webhook put in, a
//! debug container, a change that has not reached them) is judged here, and reported on the owner once.

use std::hash::{DefaultHasher, Hash, Hasher};

use plimsoll_cel::{Bump, Node};
use plimsoll_model::{Reason, SourceRef};

use crate::exception::read_annotations;
use crate::facts::{self, Found, Owners, Template};
use crate::group::Member;
use crate::judging::{Given, container_lists};
use crate::kinds::{pod_metadata_keys, pod_spec_keys};
use crate::lists::Lists;
use crate::session::{Session, Sink};
use crate::view::{Judged, POD, View, view};

/// Phases in which nothing of a pod runs any more (Kubernetes, "Pod Lifecycle").
const ENDED: [&str; 2] = ["Succeeded", "Failed"];

/// What messages say of a pod that differs from its template, and of one whose owner is not there.
const DIFFERS: &str = ", in a pod and not in the template";
const ALONE: &str = ", in a pod whose owner is not there";

/// A pod, and what is known of the template that it comes from.
struct Owned<'a, 't> {
    view: View<'a>,
    /// The kind of the first owner that has a template.
    kind: &'a str,
    found: Found<'t>,
    shape: u64,
}

impl<'c> Session<'c> {
    /// Judges a pod that said [`crate::Seen::Owned`], as it was read and not as it was kept: policies look at values that
    /// are not kept. `owners` are all that were gathered, settled, and `lists` must say how the lists of owners went:
    /// without its owner nobody knows what a pod's template says.
    pub fn owned<'a>(
        &mut self,
        node: &Node<'a>,
        source: Option<&SourceRef>,
        arena: &'a Bump,
        owners: &Owners,
        lists: &Lists,
        sink: &mut dyn Sink,
    ) where
        'c: 'a,
    {
        let Some(pod) = owned(node, source, arena, owners) else {
            return;
        };
        let gap = pod.gap(lists);
        if gap.is_none() && pod.is_as_its_template() || !self.shapes.insert(pod.hash()) {
            return;
        }
        let plan = self.plan;
        let Some(kind) = plan.by_kind.get(POD) else {
            return;
        };
        let mut ask = |only: &dyn Fn(&Member<'c>) -> bool, added: Option<Vec<Node<'a>>>| {
            let scope = self.scope(&pod.view, arena);
            if let Some(added) = added {
                scope.set_node(plan.slots.containers, Node::list_in(arena, added));
            }
            let annotations = read_annotations(plan, &pod.view, None);
            let given = Given {
                only: Some(only),
                untold: gap.as_ref(),
                ..Given::of(lists)
            };
            self.judge(&kind.owned, &pod.view, &scope, &annotations, given, sink);
        };
        if gap.is_some() {
            // Policies about the owner's kind say by themselves that its list is missing.
            return ask(&|member| !pod.is_for(member), None);
        }
        let failed: Vec<usize> = pod.template().iter().flat_map(Template::failed).collect();
        let before = |member: &Member<'_>| failed.binary_search(&member.index).is_ok();
        let asked = |member: &Member<'_>| member.policy.owned || pod.is_for(member);
        ask(&|member| asked(member) && !before(member), None);
        // Of what the template does not pass anyway, only containers that it does not have say something new.
        let walks = |member: &Member<'_>| {
            let first = member.policy.compiled.each.first();
            first.is_some_and(|(_, list)| list.slots_read().contains(&plan.slots.containers))
        };
        let added = pod.added();
        if !failed.is_empty() && !added.is_empty() {
            let only = |member: &Member<'c>| asked(member) && before(member) && walks(member);
            ask(&only, Some(added));
        }
    }
}

fn owned<'a, 't>(
    node: &Node<'a>,
    source: Option<&SourceRef>,
    arena: &'a Bump,
    owners: &'t Owners,
) -> Option<Owned<'a, 't>> {
    let Judged::ByOwner(mut view) = view(node, source) else {
        return None;
    };
    let phase = node.at(&["status", "phase"]);
    let phase = phase.and_then(|phase| phase.as_str());
    if view.kind != POD || phase.is_some_and(|phase| ENDED.contains(&phase)) {
        return None;
    }
    let (_, kind, name) = view.owner?;
    let found = owners.find(facts::namespace(node), kind, name);
    if let Some((version, kind, name)) = found.top {
        let text = |text: &str| &*arena.alloc_str(text);
        view.owner = Some((text(version), text(kind), text(name)));
    }
    view.in_pods = Some(match found.missing {
        None => DIFFERS,
        Some(_) => ALONE,
    });
    let part = |keys: Option<&[&str]>| keys.and_then(|keys| node.at(keys)).unwrap_or(Node::Null);
    let shape = facts::shape(&part(pod_spec_keys(POD)), &part(pod_metadata_keys(POD)));
    Some(Owned {
        view,
        kind,
        found,
        shape,
    })
}

impl<'a, 't> Owned<'a, 't> {
    /// Its template, unless an owner above that should have one is not there.
    fn template(&self) -> Option<Template<'t>> {
        self.found.template.filter(|_| self.found.missing.is_none())
    }

    /// Why nobody knows its template, if the owner was not found because its list was not read.
    fn gap(&self, lists: &Lists) -> Option<Reason> {
        lists.gap(self.found.missing?)
    }

    fn is_as_its_template(&self) -> bool {
        let template = self.template();
        template.is_some_and(|template| template.is(self.shape))
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let namespace = facts::namespace(&self.view.node);
        (namespace, self.view.owner, self.shape).hash(&mut hasher);
        hasher.finish()
    }

    /// Whether a policy is about the owner, too.
    fn is_for(&self, member: &Member<'_>) -> bool {
        member.policy.kinds.iter().any(|kind| kind == self.kind)
    }

    /// The containers that its template does not have.
    fn added(&self) -> Vec<Node<'a>> {
        let Some(template) = self.template() else {
            return Vec::new();
        };
        let spec = pod_spec_keys(POD).and_then(|keys| self.view.node.at(keys));
        let spec = spec.unwrap_or(Node::Null);
        let name = |container: &Node<'a>| container.get("name").and_then(|name| name.as_str());
        let unknown =
            |container: &Node<'a>| !name(container).is_some_and(|name| template.has(name));
        let all = container_lists(&spec).concat();
        all.into_iter().filter(unknown).collect()
    }
}
