//! Two passes over the objects of a scan. Each worker has a session; sessions are merged between the passes.
//!
//! Pass one judges policies without joins and gathers what joins need; the caller keeps (redacted) every object for which
//! [`Seen::Again`] is said. Pass two judges the policies with joins on those.

use std::collections::HashSet;
use std::sync::Arc;

use plimsoll_cel::{Bump, Node};
use plimsoll_model::kind;
use plimsoll_model::{Fingerprint, Judgement, Reason, ReasonCode, ResourceRef, SourceRef, Verdict};

use crate::evidence::fingerprint;
use crate::exception::{Annotation, ExceptionLog, read_annotations};
use crate::facts::{self, Fact, Joins, Owners};
use crate::judge::Active;
use crate::judging::Given;
use crate::kinds::plural;
use crate::lists::Lists;
use crate::plan::Plan;
use crate::tally::Tally;
use crate::view::{Judged, POD, View, view};

/// Where verdicts go.
pub trait Sink {
    /// Whether judgements of this verdict are wanted; others are counted only.
    fn wants(&self, verdict: Verdict) -> bool;
    /// Takes a wanted judgement.
    fn judgement(&mut self, judgement: Judgement);
    /// Whether [`Sink::resource`] is wanted.
    fn wants_resources(&self) -> bool {
        false
    }
    /// Takes the worst verdicts that the policies of frameworks (by their index) gave a resource in this pass; a
    /// resource may come once in each pass.
    fn resource(
        &mut self,
        _resource: &Arc<ResourceRef>,
        _source: Option<&SourceRef>,
        _worst: &[(usize, Verdict)],
    ) {
    }
}

/// Keeps every judgement.
impl Sink for Vec<Judgement> {
    fn wants(&self, _: Verdict) -> bool {
        true
    }
    fn judgement(&mut self, judgement: Judgement) {
        self.push(judgement);
    }
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
    /// A pod of a built-in owner, to be compared with the owner's template: [`Session::owned`].
    Owned,
}

/// One worker's state in a scan.
#[derive(Debug)]
pub struct Session<'c> {
    pub(crate) plan: &'c Plan<'c>,
    /// What it gathered for joins.
    pub joins: Joins,
    /// What it gathered of templates and those who have them.
    pub owners: Owners,
    /// What it counted.
    pub tally: Tally,
    /// What it noticed of exceptions.
    pub exceptions: ExceptionLog,
    /// Verdicts on owners that several replicas speak for.
    pub(crate) replicas: HashSet<(Fingerprint, Verdict)>,
    /// Pods that differ from their template, by hash: replicas that differ alike are judged once.
    pub(crate) shapes: HashSet<u64>,
    /// Kept from object to object so as not to allocate it anew.
    pub(crate) room: Vec<Active<'c>>,
    /// Likewise.
    pub(crate) decided: Vec<Option<Result<bool, Reason>>>,
}

impl<'c> Session<'c> {
    /// What it counted; all that it gathered is let go.
    #[must_use]
    pub fn into_tally(self) -> Tally {
        self.tally
    }

    /// A session with nothing seen.
    #[must_use]
    pub fn new(plan: &'c Plan<'c>) -> Self {
        Self {
            plan,
            joins: Joins::default(),
            owners: Owners::default(),
            tally: Tally::new(plan.catalogue.policies.len()),
            exceptions: ExceptionLog::default(),
            replicas: HashSet::new(),
            shapes: HashSet::new(),
            room: Vec::new(),
            decided: Vec::new(),
        }
    }

    /// Whether some policy of the plan is about objects of a kind.
    #[must_use]
    pub fn judges(&self, kind: &str) -> bool {
        self.plan.by_kind.contains_key(kind)
    }

    /// Puts another worker's session of the same plan into this one.
    pub fn merge(&mut self, other: Session<'_>) {
        self.joins.merge(other.joins);
        self.owners.merge(other.owners);
        self.tally.merge(&other.tally);
        self.exceptions.merge(other.exceptions);
        self.replicas.extend(other.replicas);
        self.shapes.extend(other.shapes);
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
                if self.plan.joins {
                    self.joins.gather_custom(node);
                }
                return Seen::NotOurs;
            }
            Judged::ByOwner(view) => return self.by_owner(&view),
            Judged::Yes(view) => view,
        };
        self.tally.resources += u64::from(view.kind != kind::CLUSTER.name);
        if self.plan.joins {
            self.joins.gather(view.kind, node);
        }
        let plan = self.plan;
        let annotations = read_annotations(plan, &view, Some(&mut self.exceptions));
        let Some(kind) = plan.by_kind.get(view.kind) else {
            self.keep_owner(&view, &[]);
            self.idle(&annotations, &view, |_| true);
            return Seen::Done;
        };
        let scope = self.scope(&view, arena);
        let failed = self.judge(
            &kind.first,
            &view,
            &scope,
            &annotations,
            Given::of(lists),
            sink,
        );
        self.keep_owner(&view, &failed);
        self.idle(&annotations, &view, |policy| {
            !policy.joins() || !policy.kinds.iter().any(|kind| kind == view.kind)
        });
        if kind.second.groups.is_empty() {
            Seen::Done
        } else {
            Seen::Again
        }
    }

    /// An object that its owner speaks for.
    fn by_owner(&mut self, view: &View<'_>) -> Seen {
        self.tally.resources += 1;
        if view.kind == POD && self.plan.names_aws {
            self.joins.gather_images(&view.node);
        }
        match view.kind {
            POD if self.plan.judges_owned() => return Seen::Owned,
            // The name of a Deployment's says whose it is.
            POD | "ReplicaSet" => {}
            _ => self.keep_owner(view, &[]),
        }
        Seen::Done
    }

    fn keep_owner(&mut self, view: &View<'_>, failed: &[usize]) {
        if view.may_have_pods() && self.plan.judges_owned() {
            self.owners
                .gather(view.kind, &view.node, view.owner, failed);
        }
    }

    /// Pass two, with the joins of all workers.
    pub fn second<'a>(
        &mut self,
        node: &Node<'a>,
        source: Option<&SourceRef>,
        arena: &'a Bump,
        joins: &'a Joins,
        lists: &'a Lists,
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
        let kubernetes = plan.minor();
        let (node, kind_name, home) = (view.node, view.kind, home(&view));
        for fact in &kind.second.facts {
            let fact = *fact;
            let home = home.filter(|_| fact.stays_home(kind_name));
            let is_missing = move |list: &str| lists.gap_beside(list, home).is_some();
            let ask = move || joins.told(fact, kind_name, &node, arena, kubernetes, &is_missing);
            scope.set_asked(plan.slots.fact(fact), arena.alloc(ask));
        }
        let counts = kind.second.facts.contains(&Fact::Counts).then(|| {
            joins.told(Fact::Counts, kind_name, &node, arena, kubernetes, &|_| {
                false
            })
        });
        let counts = counts.and_then(Result::ok).unwrap_or(Node::Null);
        let namespace = move || match lists.gap_beside("namespaces", None) {
            Some(_) => Err("namespaces"),
            None => Ok(joins.namespace_object(&node, arena)),
        };
        scope.set_asked(plan.slots.namespace, arena.alloc(namespace));
        let annotations = read_annotations(plan, &view, None);
        self.judge(
            &kind.second,
            &view,
            &scope,
            &annotations,
            Given {
                counts,
                ..Given::of(lists)
            },
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
}

/// The namespace that an object lies in, or is.
fn home<'a>(view: &View<'a>) -> Option<&'a str> {
    let kind = kind::named(view.kind)?;
    match (kind.namespaced, kind.plural) {
        (true, _) => Some(facts::namespace(&view.node)),
        (false, "namespaces") => Some(facts::name(&view.node)),
        _ => None,
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
        in_pods: false,
        observed: None,
        redacted: false,
        message: format!("not evaluated: {}", reason.need),
        reason: Some(reason),
        source: None,
        exception: None,
        place: None,
    }
}
