//! Two passes over the objects of a scan. Each worker has a session; sessions are merged between the passes.
//!
//! Pass one judges policies without joins and gathers what joins need; the caller keeps (redacted) every object for which
//! [`Seen::Again`] is said. Pass two judges the policies with joins on those.

use std::collections::HashSet;
use std::sync::Arc;

use plimsoll_cel::{Bump, Key, Node, Scope};
use plimsoll_model::kind;
use plimsoll_model::{Fingerprint, Judgement, Reason, ReasonCode, ResourceRef, SourceRef, Verdict};

use crate::evidence::fingerprint;
use crate::exception::{Annotation, ExceptionLog, read_annotations};
use crate::facts::{Fact, Joins};
use crate::group::Pass;
use crate::judge::{Active, Case};
use crate::kinds::plural;
use crate::lists::Lists;
use crate::plan::Plan;
use crate::results::Results;
use crate::tally::Tally;
use crate::view::{Judged, View, view};

const SPEC: Key = Key::new("spec");
const METADATA: Key = Key::new("metadata");
const CONTAINERS: [Key; 3] = [
    Key::new("containers"),
    Key::new("initContainers"),
    Key::new("ephemeralContainers"),
];

/// Where verdicts go.
pub trait Sink {
    /// Whether judgements of this verdict are wanted; others are counted only.
    fn wants(&self, verdict: Verdict) -> bool;
    /// Takes a wanted judgement.
    fn judgement(&mut self, judgement: Judgement);
    /// Whether [`Sink::resource`] is wanted.
    fn wants_resources(&self) -> bool {
        true
    }
    /// Takes the worst verdict that a framework's policies gave a resource in this pass; a resource may come once in
    /// each pass.
    fn resource(
        &mut self,
        framework: usize,
        resource: &Arc<ResourceRef>,
        source: Option<&SourceRef>,
        verdict: Verdict,
    );
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is not of a kind we know.
    NotOurs,
    /// Judged, or of no interest.
    Done,
    /// Policies with joins want it in pass two.
    Again,
}

/// One worker's state in a scan.
#[derive(Debug)]
pub struct Session<'c> {
    plan: &'c Plan<'c>,
    /// What it gathered for joins.
    pub joins: Joins,
    /// What it counted.
    pub tally: Tally,
    /// What it noticed of exceptions.
    pub exceptions: ExceptionLog,
    /// Verdicts on owners that several replicas speak for.
    replicas: HashSet<(Fingerprint, Verdict)>,
    /// Kept from object to object so as not to allocate it anew.
    room: Vec<Active<'c>>,
    /// Likewise.
    decided: Vec<Option<Result<bool, Reason>>>,
}

impl<'c> Session<'c> {
    /// A session with nothing seen.
    #[must_use]
    pub fn new(plan: &'c Plan<'c>) -> Self {
        Self {
            plan,
            joins: Joins::default(),
            tally: Tally::new(plan.catalogue.policies.len()),
            exceptions: ExceptionLog::default(),
            replicas: HashSet::new(),
            room: Vec::new(),
            decided: Vec::new(),
        }
    }

    /// Puts another worker's session of the same plan into this one.
    pub fn merge(&mut self, other: Session<'_>) {
        self.joins.merge(other.joins);
        self.tally.merge(&other.tally);
        self.exceptions.merge(other.exceptions);
        self.replicas.extend(other.replicas);
    }

    /// Pass one.
    pub fn first<'a>(
        &mut self,
        node: &Node<'a>,
        source: Option<&SourceRef>,
        arena: &'a Bump,
        lists: &Lists,
        sink: &mut dyn Sink,
    ) -> Seen {
        let view = match view(node, source) {
            Judged::NotOurs => {
                self.joins.gather_custom(node);
                return Seen::NotOurs;
            }
            Judged::ByOwner(view) => {
                self.tally.resources += 1;
                let kind = self.plan.by_kind.get(view.kind);
                if let Some(kind) = kind.filter(|kind| !kind.owned.groups.is_empty()) {
                    let scope = self.scope(&view, arena);
                    // The owner's template says the same, and is asked what it means by it.
                    let annotations = read_annotations(self.plan, &view, None);
                    self.judge(
                        &kind.owned,
                        &view,
                        &scope,
                        &annotations,
                        (lists, Node::Null),
                        sink,
                    );
                }
                return Seen::Done;
            }
            Judged::Yes(view) => view,
        };
        self.tally.resources += u64::from(view.kind != kind::CLUSTER.name);
        self.joins.gather(view.kind, node);
        let plan = self.plan;
        let annotations = read_annotations(plan, &view, Some(&mut self.exceptions));
        let Some(kind) = plan.by_kind.get(view.kind) else {
            self.idle(&annotations, &view, |_| true);
            return Seen::Done;
        };
        let scope = self.scope(&view, arena);
        self.judge(
            &kind.first,
            &view,
            &scope,
            &annotations,
            (lists, Node::Null),
            sink,
        );
        self.idle(&annotations, &view, |policy| {
            !policy.joins() || !policy.kinds.iter().any(|kind| kind == view.kind)
        });
        if kind.second.groups.is_empty() {
            Seen::Done
        } else {
            Seen::Again
        }
    }

    /// Pass two, with the joins of all workers.
    pub fn second<'a>(
        &mut self,
        node: &Node<'a>,
        source: Option<&SourceRef>,
        arena: &'a Bump,
        joins: &Joins,
        lists: &Lists,
        sink: &mut dyn Sink,
    ) {
        let Judged::Yes(view) = view(node, source) else {
            return;
        };
        let plan = self.plan;
        let Some(kind) = plan.by_kind.get(view.kind) else {
            return;
        };
        let scope = self.scope(&view, arena);
        for fact in &kind.second.facts {
            let slot = plan.slots.fact(*fact);
            match fact.lists().iter().find(|list| lists.gap(list).is_some()) {
                Some(list) => scope.set_unknown(slot, list),
                None => scope.set_node(slot, joins.fact(*fact, view.kind, node, arena)),
            }
        }
        let counts = match kind.second.facts.contains(&Fact::Counts) {
            true => joins.fact(Fact::Counts, view.kind, node, arena),
            false => Node::Null,
        };
        if lists.gap("namespaces").is_some() {
            scope.set_unknown(plan.slots.namespace, "namespaces");
        } else {
            scope.set_node(plan.slots.namespace, joins.namespace_object(node, arena));
        }
        let annotations = read_annotations(plan, &view, None);
        self.judge(
            &kind.second,
            &view,
            &scope,
            &annotations,
            (lists, counts),
            sink,
        );
        self.idle(&annotations, &view, |policy| {
            policy.joins() && policy.kinds.iter().any(|kind| kind == view.kind)
        });
    }

    /// Notes the annotations about policies that `judged` names, run, and do not fail.
    fn idle(
        &mut self,
        annotations: &[Annotation],
        view: &View<'_>,
        judged: impl Fn(&crate::Policy) -> bool,
    ) {
        for annotation in annotations {
            let runs = self.plan.selected.contains(&annotation.policy);
            if runs
                && !annotation.matters.get()
                && judged(&self.plan.catalogue.policies[annotation.policy])
            {
                self.exceptions.remark(annotation.idle(self.plan, view));
            }
        }
    }

    /// In pass two of a live scan, once: the policies about the cluster itself.
    pub fn cluster(&mut self, arena: &Bump, joins: &Joins, lists: &Lists, sink: &mut dyn Sink) {
        let api_version = Node::text_in(arena, &kind::CLUSTER.api_version());
        let node = Node::map_in(
            arena,
            vec![
                ("apiVersion", api_version),
                ("kind", Node::Str(kind::CLUSTER.name)),
            ],
        );
        self.first(&node, None, arena, lists, sink);
        self.second(&node, None, arena, joins, lists, sink);
    }

    /// After both passes: for every list that is not complete, one verdict *not evaluated* for each policy that judges
    /// what is in it, so that the gap shows.
    pub fn gaps(&mut self, lists: &Lists, sink: &mut dyn Sink) {
        let plan = self.plan;
        for index in &plan.selected {
            let policy = &plan.catalogue.policies[*index];
            for kind in &policy.kinds {
                let Some(reason) = plural(kind).and_then(|plural| lists.gap(plural)) else {
                    continue;
                };
                let was_given = || self.tally.policies[*index].worst().is_some();
                if reason.code == ReasonCode::NeedsCluster && was_given() {
                    continue;
                }
                self.tally.policies[*index].add(Verdict::NotEvaluated, Some(&reason));
                if sink.wants(Verdict::NotEvaluated) {
                    sink.judgement(gap(plan, policy, kind, reason));
                }
            }
        }
    }

    fn scope<'a>(&self, view: &View<'a>, arena: &'a Bump) -> Scope<'c, 'a>
    where
        'c: 'a,
    {
        let plan = self.plan;
        let scope = Scope::new(&plan.env, arena);
        scope.set_node(plan.slots.object, view.node);
        let version = plan.version();
        scope.set(
            plan.slots.cluster_version,
            plimsoll_cel::Value::Str(version),
        );
        match &plan.options.git_version {
            Some(version) => scope.set(
                plan.slots.git_version,
                plimsoll_cel::Value::Str(version.as_str()),
            ),
            None => scope.set_unknown(plan.slots.git_version, kind::CLUSTER.plural),
        }
        if let Some((_, keys)) = view.pod_spec_keys.and_then(|keys| keys.split_last()) {
            let empty = Node::Map(&[]);
            let of = view.node.at(keys).unwrap_or(empty);
            let spec = of.get_key(SPEC).unwrap_or(empty);
            let metadata = of.get_key(METADATA);
            scope.set_node(plan.slots.pod_spec, spec);
            scope.set_node(plan.slots.pod_metadata, metadata.unwrap_or(empty));
            scope.set_node(plan.slots.containers, containers(&spec, arena));
        }
        scope
    }

    fn judge<'a>(
        &mut self,
        pass: &'c Pass<'c>,
        view: &View<'a>,
        scope: &Scope<'c, 'a>,
        annotations: &[Annotation],
        (lists, counts): (&Lists, Node<'a>),
        sink: &mut dyn Sink,
    ) where
        'c: 'a,
    {
        let excepts = !annotations.is_empty() || !self.plan.rules_of.is_empty();
        let wants = |verdict| {
            view.is_replica()
                || sink.wants(verdict)
                || verdict == Verdict::NotEvaluated
                || verdict == Verdict::Fail && excepts
        };
        let case = Case {
            plan: self.plan,
            view,
            scope,
            lists,
            counts,
            wants: Verdict::ALL.map(wants),
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
        };
        self.decided.clear();
        self.decided.resize(pass.conditions.len(), None);
        for group in &pass.groups {
            case.run(pass, group, &mut self.decided, &mut self.room, &mut results);
        }
        let worst: Vec<_> = results.worst().collect();
        for (framework, verdict) in worst {
            sink.resource(framework, view.resource(), view.source.as_ref(), verdict);
        }
    }
}

/// Containers, init containers and ephemeral containers in one list; the elements stay the decoded nodes.
fn containers<'a>(spec: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let lists = CONTAINERS.map(|key| spec.get_key(key).map_or(&[][..], |list| list.items()));
    match lists {
        [all, [], []] => Node::List(all),
        _ => Node::list_in(arena, lists.concat()),
    }
}

fn gap(plan: &Plan<'_>, policy: &crate::Policy, kind: &str, reason: Reason) -> Judgement {
    let api_version = kind::named(kind).map_or_else(String::new, kind::Kind::api_version);
    let resource = ResourceRef {
        api_version,
        kind: kind.to_owned(),
        ..ResourceRef::default()
    };
    Judgement {
        policy: policy.id.clone(),
        verdict: Verdict::NotEvaluated,
        severity: policy.severity,
        fingerprint: fingerprint(&plan.options.scope, policy.id.as_str(), &resource, None),
        resource: Arc::new(resource),
        element: None,
        paths: Vec::new(),
        patch_paths: Vec::new(),
        observed: None,
        redacted: false,
        message: format!("not evaluated: {}", reason.need),
        reason: Some(reason),
        source: None,
        exception: None,
        place: None,
    }
}
