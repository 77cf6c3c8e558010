//! `plimsoll access`: the exact permissions of the policies in use, ready to apply.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anyhow::Result;
use plimsoll_catalogue::policies_by_action;
use plimsoll_inventory::aws::wire::actions;
use plimsoll_model::kind::{self, NODE_CONFIG};
use plimsoll_model::{COLLECTOR_NAMESPACE, NodeRoute};
use plimsoll_policy::{AwsPart, Plan, PlanOptions, Policy, kinds};
use plimsoll_report::Diagnostic;

use super::catalogue;
use crate::args::{AccessArgs, AccessSide};
use crate::console::Console;
use crate::exit::Exit;

/// Name of the role and its binding.
const ROLE: &str = "plimsoll-readers";
/// The group that an access entry names.
const GROUP: &str = "plimsoll:readers";

/// Actions that finding clusters and being let into them takes, whatever the policies.
const FIND_CLUSTERS: [&str; 2] = ["eks:DescribeCluster", "eks:ListClusters"];

/// The rule of the route nodes-proxy, with what it means.
const NODES_PROXY: &str = "\
  # WARNING: get nodes/proxy also allows to run commands in every pod of the cluster, past audit log and admission.
  # Only for the route nodes-proxy, which somebody chose; `plimsoll collector` does without it.
  - apiGroups: [\"\"]
    resources: [nodes/proxy]
    verbs: [get]
";

/// Runs it.
///
/// # Errors
/// stdout cannot be written.
pub(crate) fn run(args: &AccessArgs, console: &Console) -> Result<Exit> {
    if let Some(wrong) = misplaced(args) {
        console.diagnose(&[wrong]);
        return Ok(Exit::Usage);
    }
    let loaded = catalogue::load(args.selection.policies.as_deref());
    let checked = loaded.and_then(|catalogue| {
        let wrong = catalogue::check(&catalogue, &args.selection);
        if wrong.is_empty() {
            Ok(catalogue)
        } else {
            Err(wrong)
        }
    });
    let catalogue = match checked {
        Ok(catalogue) => catalogue,
        Err(wrong) => {
            console.diagnose(&wrong);
            return Ok(Exit::Usage);
        }
    };
    let options = PlanOptions {
        frameworks: args.selection.frameworks.clone(),
        only: args.selection.only.clone(),
        skip: args.selection.skip.clone(),
        chosen_lists: args.selection.with.clone(),
        aws: AwsPart::Given,
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    console.print(|out| match args.side {
        AccessSide::ClusterRole => cluster_role(out, &plan, args),
        AccessSide::Iam => iam(out, &plan, args),
    })?;
    Ok(Exit::Done)
}

/// That a route to evidence of nodes needs nothing on this side.
fn misplaced(args: &AccessArgs) -> Option<Diagnostic> {
    let route = args.node_evidence?;
    let (through, side) = match (args.side, route.is_of_account()) {
        (AccessSide::ClusterRole, true) => ("the cluster's AWS account", "iam"),
        (AccessSide::Iam, false) => ("the cluster itself", "cluster-role"),
        _ => return None,
    };
    let route = route.as_str();
    let message = format!("the route {route} leads through {through}");
    let wrong = Diagnostic::error("usage", message);
    Some(wrong.help(format!("plimsoll access {side} --node-evidence {route}")))
}

/// For every list the policies that read it.
fn lists<'c>(plan: &Plan<'c>) -> BTreeMap<&'c str, Vec<&'c str>> {
    let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for list in plan.lists() {
        lists.insert(list, Vec::new());
    }
    for policy in plan.policies() {
        let own = policy
            .kinds
            .iter()
            .filter_map(|kind| kinds::list_read(kind));
        let needed = policy.needs.iter().map(String::as_str);
        for list in own.chain(needed) {
            let Some(policies) = lists.get_mut(list) else {
                continue;
            };
            if policies.last() != Some(&policy.id.as_str()) {
                policies.push(policy.id.as_str());
            }
        }
    }
    lists
}

fn cluster_role(out: &mut dyn Write, plan: &Plan<'_>, args: &AccessArgs) -> std::io::Result<()> {
    let mut groups: BTreeMap<&str, Vec<(&str, Vec<&str>)>> = BTreeMap::new();
    for (list, policies) in lists(plan) {
        let group = kinds::group_of_plural(list).unwrap_or("");
        groups.entry(group).or_default().push((list, policies));
    }
    let secrets = match plan.lists().contains("secrets") {
        true => "secrets by choice (the right covers their values; only metadata is asked for)",
        false => "no secrets",
    };
    writeln!(
        out,
        "# Lists only: {secrets}, no logs, no exec. Bind it to the group of the access entry."
    )?;
    writeln!(out, "apiVersion: rbac.authorization.k8s.io/v1")?;
    writeln!(out, "kind: ClusterRole")?;
    writeln!(out, "metadata:\n  name: {ROLE}")?;
    writeln!(out, "rules:")?;
    for (group, lists) in groups {
        writeln!(out, "  - apiGroups: [\"{group}\"]")?;
        if args.explain {
            writeln!(out, "    resources:")?;
            for (list, policies) in lists {
                writeln!(out, "      - {list} # {}", policies.join(", "))?;
            }
        } else {
            let names: Vec<&str> = lists.iter().map(|(list, _)| *list).collect();
            writeln!(out, "    resources: [{}]", names.join(", "))?;
        }
        writeln!(out, "    verbs: [list]")?;
    }
    if args.node_evidence == Some(NodeRoute::NodesProxy) {
        write!(out, "{NODES_PROXY}")?;
    }
    writeln!(out, "  - nonResourceURLs: [/version]\n    verbs: [get]")?;
    writeln!(out, "---")?;
    writeln!(out, "apiVersion: rbac.authorization.k8s.io/v1")?;
    writeln!(out, "kind: ClusterRoleBinding")?;
    writeln!(out, "metadata:\n  name: {ROLE}")?;
    writeln!(
        out,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: {ROLE}"
    )?;
    writeln!(
        out,
        "subjects:\n  - apiGroup: rbac.authorization.k8s.io\n    kind: Group\n    name: {GROUP}"
    )?;
    match args.node_evidence {
        Some(NodeRoute::Collector) => collector_role(out),
        _ => Ok(()),
    }
}

/// What the collector leaves may be read, and nothing else is in its namespace.
fn collector_role(out: &mut dyn Write) -> std::io::Result<()> {
    for (kind, rest) in [
        (
            "Role",
            "rules:\n  - apiGroups: [\"\"]\n    resources: [configmaps]\n    verbs: [list]"
                .to_owned(),
        ),
        (
            "RoleBinding",
            format!(
                "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {ROLE}\n\
                 subjects:\n  - apiGroup: rbac.authorization.k8s.io\n    kind: Group\n    name: {GROUP}"
            ),
        ),
    ] {
        writeln!(
            out,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n\
             metadata:\n  name: {ROLE}\n  namespace: {COLLECTOR_NAMESPACE}\n{rest}"
        )?;
    }
    Ok(())
}

/// What the customer's role allows: the account is read as a whole if some policy is about it, or evidence of nodes lies in
/// it. A statement a service.
fn iam(out: &mut dyn Write, plan: &Plan<'_>, args: &AccessArgs) -> std::io::Result<()> {
    let reads_account = args.node_evidence.is_some()
        || plan
            .policies()
            .flat_map(|policy| policy.kinds.iter().chain(&policy.needs))
            .any(|kind| kind::is_of_aws(kind));
    let actions: Vec<String> = match reads_account {
        true => actions(args.node_evidence)
            .map_err(std::io::Error::other)?
            .into_keys()
            .collect(),
        false => FIND_CLUSTERS.map(str::to_owned).into(),
    };
    let mut services: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in &actions {
        let service = action.split(':').next().unwrap_or_default();
        services.entry(service).or_default().push(action);
    }
    if args.explain {
        return explained(out, plan, &services);
    }
    let statement = |(service, actions): (&&str, &Vec<&str>)| {
        serde_json::json!({
            "Sid": sid(service),
            "Effect": "Allow",
            "Action": actions,
            "Resource": "*",
        })
    };
    let document = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": services.iter().map(statement).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// The same as YAML, so that it can be said which of the policies in use are not evaluated without an action.
fn explained(
    out: &mut dyn Write,
    plan: &Plan<'_>,
    services: &BTreeMap<&str, Vec<&str>>,
) -> std::io::Result<()> {
    let used: BTreeSet<&str> = plan.policies().map(|policy| policy.id.as_str()).collect();
    let by_action = policies_by_action();
    // What only a route is asked for, the policies on nodes need.
    let always = actions(None).map_err(std::io::Error::other)?;
    let is_of_nodes = |policy: &&Policy| policy.kinds.iter().any(|kind| kind == NODE_CONFIG.name);
    let of_nodes = plan.policies().filter(is_of_nodes);
    let of_nodes: Vec<&str> = of_nodes.map(|policy| policy.id.as_str()).collect();
    let needed_by = |action: &str| {
        let named = by_action.get(action).into_iter().flatten().copied();
        let of_nodes = of_nodes.iter().filter(|_| !always.contains_key(action));
        let named = named.chain(of_nodes.copied());
        let named: Vec<&str> = named
            .filter(|policy| *policy == "*" || used.contains(policy))
            .collect();
        match named.as_slice() {
            ["*"] => "clusters are found by it".to_owned(),
            [] => "none of the policies in use".to_owned(),
            named => named.join(", "),
        }
    };
    writeln!(out, "Version: '2012-10-17'\nStatement:")?;
    for (service, actions) in services {
        writeln!(
            out,
            "  - Sid: {}\n    Effect: Allow\n    Action:",
            sid(service)
        )?;
        for action in actions {
            writeln!(out, "      - {action} # {}", needed_by(action))?;
        }
        writeln!(out, "    Resource: '*'")?;
    }
    Ok(())
}

/// `ReadAccessanalyzer`: letters and digits only, as IAM wants it.
fn sid(service: &str) -> String {
    let mut letters = service.chars().filter(char::is_ascii_alphanumeric);
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    [
        "Read".to_owned(),
        first.into_iter().chain(letters).collect(),
    ]
    .concat()
}
