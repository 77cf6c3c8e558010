//! Which policies run, on what, and under which scope: fixed before the first object is read.

use std::collections::{BTreeSet, HashMap};

use plimsoll_cel::{Budget, Bump, Env, Node, Program, Scope, Value};
use plimsoll_model::Named;
use plimsoll_model::aws::Home;
use plimsoll_model::kind::{self, KindSource};

use crate::attestation::Attestations;
use crate::catalogue::Catalogue;
use crate::compile::{Standard, standard};
use crate::exception::Exceptions;
use crate::group::KindPlan;
use crate::kinds::{list_read, plural, workload_kinds};
use crate::view::POD;

/// The newest Kubernetes minor version that the built-in policies know; files are judged as for it.
pub const NEWEST_KUBERNETES: &str = "1.37";

/// Cost units that one policy may spend on one object; the most expensive built-in policy stays under a hundredth on the
/// largest generated object.
pub(crate) const COST_LIMIT: u64 = 1_000_000;

/// Which AWS resources a scan has; policies on others do not run in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsPart {
    /// Those that are found: in templates.
    Found,
    /// Those that are given, with objects of Kubernetes as of one cluster: in cases.
    Given,
    /// None: it is of a cluster whose account is not known.
    None,
    /// All that are judged there; of an account or a region nothing else is judged.
    Of(Home),
}

/// What to run and how.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// Part of every fingerprint: the cluster's id; empty for files.
    pub scope: String,
    /// `1.34`; none for the newest.
    pub cluster_version: Option<String>,
    /// The server's whole version, `v1.34.2-eks-abc1234`; none for files.
    pub git_version: Option<String>,
    /// Lists that are read only by choice (`secrets`, metadata only), and were chosen.
    pub chosen_lists: Vec<String>,
    /// `eks`, …; none when unknown: then every framework applies.
    pub provider: Option<String>,
    /// Only policies of these frameworks; empty for all.
    pub frameworks: Vec<String>,
    /// Only policies whose id matches one of these globs; empty for all.
    pub only: Vec<String>,
    /// No policies whose id matches one of these globs.
    pub skip: Vec<String>,
    /// The JSON text, or the first so many bytes of it, of the value at a path of a kind, without what may be secret in
    /// it; none if whatever stands there is withheld.
    pub shown: fn(kind: &str, path: &str, value: &Node<'_>, bytes: usize) -> Option<String>,
    /// Which AWS resources the scan has.
    pub aws: AwsPart,
    /// What is accepted; with none, annotations count for nothing either.
    pub exceptions: Option<Exceptions>,
    /// What people say of controls that nobody measures.
    pub attestations: Attestations,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            scope: String::new(),
            cluster_version: None,
            git_version: None,
            chosen_lists: Vec::new(),
            provider: None,
            frameworks: Vec::new(),
            only: Vec::new(),
            skip: Vec::new(),
            aws: AwsPart::Found,
            shown: |_, _, value, _| serde_json::to_string(value).ok(),
            exceptions: None,
            attestations: Attestations::default(),
        }
    }
}

impl AwsPart {
    /// Whether objects of one of the kinds may come.
    fn has_some(self, kinds: &[String]) -> bool {
        let may_come = |kind: &String| match (kind::named(kind).and_then(kind::Kind::home), self) {
            (_, AwsPart::Found | AwsPart::Given) => true,
            (home, AwsPart::None) => home.is_none(),
            (home, AwsPart::Of(here)) => home.unwrap_or(Home::Cluster) == here,
        };
        kinds.iter().any(may_come)
    }

    /// Whether a policy can be judged: one that joins both sides of the border needs both.
    fn has_all_for(self, policy: &crate::Policy) -> bool {
        self.has_some(&policy.kinds) && (self.is_of_both() || !policy.crosses_border())
    }

    /// Whether a cluster and its account come together.
    fn is_of_both(self) -> bool {
        matches!(self, AwsPart::Given | AwsPart::Of(Home::Cluster))
    }
}

impl PlanOptions {
    fn version(&self) -> &str {
        self.cluster_version.as_deref().unwrap_or(NEWEST_KUBERNETES)
    }
}

/// The policies that run, by kind. Shared by all workers.
#[derive(Debug)]
pub struct Plan<'c> {
    pub(crate) catalogue: &'c Catalogue,
    pub(crate) options: PlanOptions,
    /// Indices into the catalogue, ascending.
    pub(crate) selected: Vec<usize>,
    /// Those that would run if the scan had the AWS resources that they are about.
    pub(crate) elsewhere: Vec<usize>,
    pub(crate) by_kind: HashMap<String, KindPlan<'c>>,
    /// Whether any of them has joins.
    pub(crate) joins: bool,
    /// Whether what Kubernetes names in AWS is used by some policy.
    pub(crate) names_aws: bool,
    pub(crate) slots: Standard,
    /// The environment with the most slots: a scope made for it serves all policies.
    pub(crate) env: Env,
    /// For each policy the frameworks (indices) it counts for.
    pub(crate) frameworks_of: Vec<Vec<usize>>,
    /// For the policies that rules of exceptions name, those rules.
    pub(crate) rules_of: HashMap<usize, Vec<usize>>,
}

impl<'c> Plan<'c> {
    /// Selects.
    #[must_use]
    pub fn new(catalogue: &'c Catalogue, options: PlanOptions) -> Self {
        let wanted: Option<BTreeSet<&str>> = (!options.frameworks.is_empty()).then(|| {
            let chosen = catalogue
                .frameworks
                .iter()
                .filter(|f| options.frameworks.contains(&f.id));
            chosen
                .flat_map(|f| &f.controls)
                .flat_map(|c| &c.policies)
                .map(String::as_str)
                .collect()
        });
        let runs = |id: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(id))
                && (options.only.is_empty()
                    || options.only.iter().any(|glob| matches_glob(glob, id)))
                && !options.skip.iter().any(|glob| matches_glob(glob, id))
        };
        let wanted =
            (0..catalogue.policies.len()).filter(|i| runs(catalogue.policies[*i].id.as_str()));
        let (selected, elsewhere): (Vec<usize>, Vec<usize>) =
            wanted.partition(|i| options.aws.has_all_for(&catalogue.policies[*i]));
        let names_aws = options.aws.is_of_both()
            && selected.iter().any(|i| {
                let kinds = &catalogue.policies[*i].kinds;
                kinds.iter().any(|kind| kind::is_of_aws(kind))
            });
        let joins = names_aws || selected.iter().any(|i| catalogue.policies[*i].joins());
        let (env, slots) = standard();
        let common = env.names().count();
        let arena = Bump::new();
        let scope = Scope::new(&env, &arena);
        put_versions(&scope, &slots, &options);
        let holds = |condition: &Program| {
            let mut reads = condition.slots_read().into_iter();
            reads.all(|slot| slots.is_of_cluster(slot))
                && condition.test(&scope, &Budget::new(COST_LIMIT)) == Ok(true)
        };
        let mut by_kind: HashMap<String, KindPlan<'c>> = HashMap::new();
        for index in &selected {
            let policy = &catalogue.policies[*index];
            for kind in &policy.kinds {
                let plan = by_kind.entry(kind.clone()).or_default();
                let pass = if policy.joins() {
                    &mut plan.second
                } else {
                    &mut plan.first
                };
                pass.add(*index, policy, common, holds);
                if kind == POD && is_about_pods(policy, &slots) {
                    plan.owned.add(*index, policy, common, holds);
                }
            }
        }
        let widest = selected
            .iter()
            .map(|i| &catalogue.policies[*i].compiled.env)
            .max_by_key(|env| env.names().count())
            .cloned();
        let frameworks_of = catalogue.policies.iter().map(|policy| {
            let of = |f: &crate::Framework| {
                policy
                    .controls
                    .iter()
                    .any(|c| c.split('/').next() == Some(f.id.as_str()))
            };
            (0..catalogue.frameworks.len())
                .filter(|i| of(&catalogue.frameworks[*i]))
                .collect()
        });
        let frameworks_of = frameworks_of.collect();
        let rules = options.exceptions.as_ref();
        let rules_of = rules.map(|rules| rules.by_policy(catalogue));
        Self {
            catalogue,
            options,
            selected,
            elsewhere,
            by_kind,
            joins,
            names_aws,
            slots,
            env: widest.unwrap_or(env),
            frameworks_of,
            rules_of: rules_of.unwrap_or_default(),
        }
    }

    /// The plurals of all lists that the plan needs: matched kinds and joins, sorted. A live scan reads exactly these;
    /// those that are read by choice stand here only if they were chosen.
    #[must_use]
    pub fn lists(&self) -> BTreeSet<&'c str> {
        let chosen = |plural: &&str| match kind::of_plural(plural).map(|kind| kind.source) {
            Some(KindSource::MadeUp | KindSource::NodeEvidence | KindSource::Aws(_)) => false,
            Some(KindSource::MetadataByChoice) => self.is_chosen(plural),
            _ => true,
        };
        let policies = self.selected.iter().map(|i| &self.catalogue.policies[*i]);
        let named = match self.names_aws {
            true => &Named::ALL[..],
            false => &[],
        };
        policies
            .flat_map(|policy| {
                policy
                    .kinds
                    .iter()
                    .filter_map(|kind| list_read(kind))
                    .chain(policy.needs.iter().map(String::as_str))
                    .chain(owners_of(policy))
            })
            .chain(named.iter().flat_map(|named| named.lists()).copied())
            .filter(chosen)
            .collect()
    }

    /// Whether pods are compared with the templates that they come from.
    pub(crate) fn judges_owned(&self) -> bool {
        let pods = self.by_kind.get(POD);
        pods.is_some_and(|pods| !pods.owned.groups.is_empty())
    }

    fn is_chosen(&self, plural: &str) -> bool {
        self.options.chosen_lists.iter().any(|list| list == plural)
    }

    /// The policies that run.
    pub fn policies(&self) -> impl Iterator<Item = &'c crate::Policy> {
        self.selected.iter().map(|i| &self.catalogue.policies[*i])
    }

    /// The exceptions that count in it.
    #[must_use]
    pub fn exceptions(&self) -> Option<&Exceptions> {
        self.options.exceptions.as_ref()
    }

    /// The catalogue it was made from.
    #[must_use]
    pub fn catalogue(&self) -> &'c Catalogue {
        self.catalogue
    }

    /// The Kubernetes version it judges for.
    #[must_use]
    pub fn version(&self) -> &str {
        self.options.version()
    }

    /// The number of its minor version; the newest there could be where the version is in no form we know.
    pub(crate) fn minor(&self) -> u32 {
        let minor = self.version().split('.').nth(1);
        minor
            .and_then(|minor| minor.parse().ok())
            .unwrap_or(u32::MAX)
    }
}

/// Says what is known of the cluster's version.
pub(crate) fn put_versions<'a>(scope: &Scope<'_, 'a>, slots: &Standard, options: &'a PlanOptions) {
    scope.set(slots.cluster_version, Value::Str(options.version()));
    match &options.git_version {
        Some(version) => scope.set(slots.git_version, Value::Str(version)),
        None => scope.set_unknown(slots.git_version, kind::CLUSTER.plural),
    }
}

/// The lists that say whose pods are whose, if that matters to the policy.
fn owners_of(policy: &crate::Policy) -> Vec<&str> {
    match policy.owned {
        true => workload_kinds().filter_map(plural).collect(),
        false => Vec::new(),
    }
}

/// Whether a policy can say of a pod what it says of the template that the pod comes from: it reads pods, and not the
/// object that describes them.
fn is_about_pods(policy: &crate::Policy, slots: &Standard) -> bool {
    let compiled = &policy.compiled;
    let variables = compiled.variables.iter().chain(&compiled.each);
    let programs = variables.map(|(_, program)| program);
    let mut programs = programs.chain([&compiled.expression]);
    let of_templates = policy.kinds.iter().any(|kind| kind != POD);
    policy.owned
        || of_templates
            && !policy.joins()
            && !programs.any(|program| program.slots_read().contains(&slots.object))
}

/// `*` stands for any letters.
pub(crate) fn matches_glob(glob: &str, text: &str) -> bool {
    match glob.split_once('*') {
        None => glob == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len()).any(|i| rest.is_char_boundary(i) && matches_glob(tail, &rest[i..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::matches_glob;

    #[test]
    fn globs_match_whole_ids() {
        for (glob, text, expected) in [
            ("rbac-*", "rbac-bind", true),
            ("rbac-*", "host-pid", false),
            ("*-secrets-*", "rbac-read-secrets-cluster", true),
            ("host-pid", "host-pid", true),
            ("host", "host-pid", false),
            ("*", "", true),
        ] {
            assert_eq!(matches_glob(glob, text), expected, "{glob} {text}");
        }
    }
}
