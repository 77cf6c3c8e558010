//! How an object is put before the policies of a pass: what they may read of it, and where their verdicts go.

use std::cell::RefCell;

use plimsoll_cel::{Bump, Key, Node, Scope};
use plimsoll_model::{Reason, Verdict};

use crate::exception::Annotation;
use crate::group::{Member, Pass};
use crate::judge::Case;
use crate::lists::Lists;
use crate::plan::put_versions;
use crate::results::Results;
use crate::session::{Session, Sink};
use crate::view::View;

const SPEC: Key = Key::new("spec");
const METADATA: Key = Key::new("metadata");
const CONTAINERS: [Key; 3] = [
    Key::new("containers"),
    Key::new("initContainers"),
    Key::new("ephemeralContainers"),
];

/// What judging an object takes besides the object.
pub(crate) struct Given<'r, 'c, 'a> {
    pub(crate) lists: &'r Lists,
    /// How many objects there are of each list.
    pub(crate) counts: Node<'a>,
    /// Which policies of the pass are asked; none for all.
    pub(crate) only: Option<&'r dyn Fn(&Member<'c>) -> bool>,
    /// Why nobody can tell anything of the object.
    pub(crate) untold: Option<&'r Reason>,
}

impl<'r> Given<'r, '_, '_> {
    /// Nothing but lists.
    pub(crate) fn of(lists: &'r Lists) -> Self {
        Self {
            lists,
            counts: Node::Null,
            only: None,
            untold: None,
        }
    }
}

impl<'c> Session<'c> {
    pub(crate) fn scope<'a>(&self, view: &View<'a>, arena: &'a Bump) -> Scope<'c, 'a>
    where
        'c: 'a,
    {
        let plan = self.plan;
        let scope = Scope::new(&plan.env, arena);
        scope.set_node(plan.slots.object, view.node);
        put_versions(&scope, &plan.slots, &plan.options);
        if let Some((_, keys)) = view.pod_spec_keys.and_then(|keys| keys.split_last()) {
            let empty = Node::Map(&[]);
            let of = view.node.at(keys).unwrap_or(empty);
            let spec = of.get_key(SPEC).unwrap_or(empty);
            let metadata = of.get_key(METADATA);
            scope.set_node(plan.slots.pod_spec, spec);
            scope.set_node(plan.slots.pod_metadata, metadata.unwrap_or(empty));
            match containers(&spec, arena) {
                Node::Unknown(reason) => scope.set_unknown(plan.slots.containers, reason),
                all => scope.set_node(plan.slots.containers, all),
            }
        }
        scope
    }

    /// Judges by the policies of a pass. Gives those that a template did not pass, ascending.
    pub(crate) fn judge<'a>(
        &mut self,
        pass: &'c Pass<'c>,
        view: &View<'a>,
        scope: &Scope<'c, 'a>,
        annotations: &[Annotation],
        given: Given<'_, 'c, 'a>,
        sink: &mut dyn Sink,
    ) -> Vec<usize>
    where
        'c: 'a,
    {
        let excepts = !annotations.is_empty() || !self.plan.rules_of.is_empty();
        let in_pods = view.in_pods.is_some();
        let wants = |verdict| match verdict {
            Verdict::NotEvaluated => true,
            Verdict::Fail if excepts || in_pods => true,
            _ => view.is_replica() && !in_pods || sink.wants(verdict),
        };
        let case = Case {
            plan: self.plan,
            view,
            scope,
            lists: given.lists,
            counts: given.counts,
            only: given.only,
            untold: given.untold,
            wants: Verdict::ALL.map(wants),
            last_part: RefCell::default(),
        };
        let frameworks = match sink.wants_resources() {
            true => self.plan.catalogue.frameworks.len(),
            false => 0,
        };
        let mut results = Results {
            plan: self.plan,
            replicas: view.is_replica().then_some(&mut self.replicas),
            tally: &mut self.tally,
            given: vec![0; frameworks],
            sink,
            annotations,
            log: &mut self.exceptions,
            in_pods,
            failed: (view.may_have_pods() && self.plan.judges_owned()).then(Vec::new),
        };
        self.decided.clear();
        self.decided.resize(pass.conditions.len(), None);
        let (decided, room, mut chosen) = (&mut self.decided, &mut self.room, Vec::new());
        for group in &pass.groups {
            case.run(pass, group, decided, room, &mut chosen, &mut results);
        }
        let worst: Vec<_> = results.worst().collect();
        let mut failed = results.failed.unwrap_or_default();
        failed.sort_unstable();
        if !worst.is_empty() {
            sink.resource(view.resource(), view.source.as_ref(), &worst);
        }
        failed
    }
}

/// Containers, init containers and ephemeral containers in one list; the elements stay the decoded nodes. Unknown if one
/// of the three is.
fn containers<'a>(spec: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let parts = CONTAINERS.map(|key| spec.get_key(key));
    if let Some(lost) = parts.iter().flatten().find(|part| part.unknown().is_some()) {
        return *lost;
    }
    match parts.map(items) {
        [all, [], []] => Node::List(all),
        lists => Node::list_in(arena, lists.concat()),
    }
}

fn items<'a>(list: Option<Node<'a>>) -> &'a [Node<'a>] {
    list.map_or(&[], |list| list.items())
}

/// The lists of containers in a pod spec: the ordinary ones, init containers, ephemeral ones.
pub(crate) fn container_lists<'a>(spec: &Node<'a>) -> [&'a [Node<'a>]; 3] {
    CONTAINERS.map(|key| items(spec.get_key(key)))
}
