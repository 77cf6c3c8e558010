//! Plans as the readers of files give them: what is known, what is not, and where things lead.

use std::sync::Arc;

use plimsoll_cel::{Bump, Type};
use serde_json::{Value, json};

use crate::files::{FileEntry, FileOutcome, ProblemCode, read_typed};

fn read(text: &str) -> (Vec<Value>, FileOutcome) {
    let entry = FileEntry {
        display_path: Arc::from("plan.json"),
        path: "plan.json".into(),
        named: true,
        chart: None,
    };
    let mut found = Vec::new();
    let outcome = read_typed(
        &entry,
        text,
        |_| Type::Dyn,
        &mut Bump::new(),
        &mut |object| {
            found.push(serde_json::to_value(object.node).unwrap());
        },
    );
    (found, outcome)
}

fn plan(changes: Value, configuration: Value) -> Value {
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": changes,
        "configuration": { "root_module": configuration },
    })
}

fn change(address: &str, after: Value, unknown: Value) -> Value {
    let own = &address[address.find("aws_").unwrap()..];
    let (of_type, name) = own.split_once('.').unwrap();
    let name = name.split('[').next().unwrap();
    json!({
        "address": address, "mode": "managed", "type": of_type, "name": name,
        "change": { "actions": ["create"], "before": null, "after": after, "after_unknown": unknown },
    })
}

fn configured(of_type: &str, name: &str, expressions: Value) -> Value {
    json!({ "mode": "managed", "type": of_type, "name": name, "expressions": expressions })
}

fn refers(to: &[&str]) -> Value {
    json!({ "references": to })
}

fn unknown(what: &str) -> Value {
    json!({ "$unknown": format!("unresolved {what}") })
}

/// The objects by their names.
fn objects(plan: &Value) -> Vec<(String, Value)> {
    let (found, outcome) = read(&plan.to_string());
    assert_eq!(outcome.problems, []);
    let name = |it: &Value| it["metadata"]["name"].as_str().unwrap().to_owned();
    found.into_iter().map(|it| (name(&it), it)).collect()
}

fn object(plan: &Value, name: &str) -> Value {
    let found = objects(plan).into_iter().find(|it| it.0 == name);
    found.unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn an_object_is_as_a_template_gives_it() {
    let values = json!({ "name": "x", "version": "", "vpc_config": [{ "endpoint_public_access": true, "public_access_cidrs": null }],
        "enabled_cluster_log_types": ["audit"], "tags": { "a": "b" } });
    let found = object(
        &plan(
            json!([change("aws_eks_cluster.c", values, json!({}))]),
            json!({}),
        ),
        "aws_eks_cluster.c",
    );
    let account = json!({ "$unknown": "needsAccount the AWS account" });
    let expected = json!({
        "apiVersion": "aws", "kind": "AWS::EKS::Cluster", "metadata": { "name": "aws_eks_cluster.c" },
        "Use": ["controlPlane"], "Live": account, "Derived": account,
        "Properties": {
            "Name": "x", "ResourcesVpcConfig": { "EndpointPublicAccess": true },
            "Logging": { "ClusterLogging": { "EnabledTypes": [{ "Type": "audit" }] } },
            "Tags": [{ "Key": "a", "Value": "b" }],
        },
    });
    assert_eq!(found, expected);
}

#[test]
fn what_is_left_out_is_absent_and_what_is_written_is_unknown() {
    let hidden = json!({ "version": true, "role_arn": true, "access_config": true,
        "vpc_config": [{ "public_access_cidrs": true, "subnet_ids": true, "security_group_ids": [true] }] });
    let values = json!({ "vpc_config": [{ "security_group_ids": [null] }] });
    let changes = json!([change("aws_eks_cluster.c", values, hidden)]);
    let written = json!({ "role_arn": refers(&["local.role"]), "vpc_config": [{ "subnet_ids": refers(&["data.aws_subnets.all.ids", "data.aws_subnets.all"]),
        "security_group_ids": refers(&["var.given"]) }] });
    let configuration = json!({ "resources": [configured("aws_eks_cluster", "c", written)] });
    let known = object(&plan(changes.clone(), configuration), "aws_eks_cluster.c");
    let after = |path: &str| unknown(&format!("aws_eks_cluster.c.{path} (known after apply)"));
    assert_eq!(
        known["Properties"],
        json!({ "RoleArn": after("role_arn"), "ResourcesVpcConfig": {
            "SubnetIds": after("vpc_config.subnet_ids"), "SecurityGroupIds": [after("vpc_config.security_group_ids[0]")] } })
    );
    // Without a configuration nobody can say what was left out.
    let told = object(&plan(changes, json!({})), "aws_eks_cluster.c");
    assert_eq!(told["Properties"]["Version"], after("version"));
    let vpc = &told["Properties"]["ResourcesVpcConfig"];
    assert_eq!(
        vpc["PublicAccessCidrs"],
        after("vpc_config.public_access_cidrs")
    );
}

#[test]
fn a_block_made_by_a_loop_hides_nothing() {
    let hidden = json!({ "vpc_config": [{ "public_access_cidrs": true }] });
    let changes = json!([change(
        "aws_eks_cluster.c",
        json!({ "vpc_config": [{}] }),
        hidden
    )]);
    // Terraform's configuration does not show dynamic blocks.
    let configuration = json!({ "resources": [configured("aws_eks_cluster", "c", json!({}))] });
    let found = object(&plan(changes, configuration), "aws_eks_cluster.c");
    let vpc = &found["Properties"]["ResourcesVpcConfig"];
    assert_eq!(
        vpc["PublicAccessCidrs"],
        unknown("aws_eks_cluster.c.vpc_config.public_access_cidrs (known after apply)")
    );
}

#[test]
fn secrets_are_unknown() {
    let mut changed = change(
        "aws_eks_addon.a",
        json!({ "addon_name": "x", "configuration_values": "{}" }),
        json!({}),
    );
    changed["change"]["after_sensitive"] = json!({ "configuration_values": true });
    let found = object(&plan(json!([changed]), json!({})), "aws_eks_addon.a");
    let values = unknown("aws_eks_addon.a.configuration_values (sensitive)");
    assert_eq!(
        found["Properties"],
        json!({ "AddonName": "x", "ConfigurationValues": values })
    );
}

#[test]
fn what_goes_is_left_out_and_what_is_replaced_counts() {
    let of = |name: &str, actions: &[&str]| {
        let mut changed = change(
            &format!("aws_vpc.{name}"),
            json!({ "cidr_block": "10.0.0.0/8" }),
            json!({}),
        );
        changed["change"]["actions"] = json!(actions);
        changed
    };
    let mut data = of("data", &["read"]);
    data["mode"] = json!("data");
    let mut deposed = of("deposed", &["no-op"]);
    deposed["deposed"] = json!("0a1b");
    let changes = json!([
        of("gone", &["delete"]),
        of("let_go", &["forget"]),
        of("replaced", &["delete", "create"]),
        of("same", &["no-op"]),
        of("changed", &["update"]),
        data,
        deposed,
    ]);
    let found = objects(&plan(changes, json!({})));
    let names: Vec<&str> = found.iter().map(|it| &*it.0).collect();
    assert_eq!(
        names,
        ["aws_vpc.replaced", "aws_vpc.same", "aws_vpc.changed"]
    );
}

#[test]
fn references_lead_through_modules() {
    let role = change(
        "module.m[\"a.b\"].aws_iam_role.r[0]",
        json!({}),
        json!({ "arn": true }),
    );
    let group = change(
        "module.m[\"a.b\"].aws_eks_node_group.n",
        json!({}),
        json!({ "node_role_arn": true, "subnet_ids": true }),
    );
    let one = change("aws_subnet.s[0]", json!({}), json!({ "id": true }));
    let two = change("aws_subnet.s[1]", json!({}), json!({ "id": true }));
    let cluster = change("aws_eks_cluster.c", json!({}), json!({ "role_arn": true }));
    let inner = json!({
        "resources": [configured("aws_eks_node_group", "n", json!({
            "node_role_arn": refers(&["aws_iam_role.r[0].arn", "aws_iam_role.r[0]", "aws_iam_role.r", "var.other"]),
            "subnet_ids": refers(&["var.subnets"]),
        }))],
        "outputs": { "role": { "expression": refers(&["aws_iam_role.r[0].arn", "aws_iam_role.r[0]", "aws_iam_role.r"]) } },
    });
    let configuration = json!({
        "resources": [configured("aws_eks_cluster", "c", json!({
            "role_arn": refers(&["module.m[\"a.b\"].role", "module.m[\"a.b\"]", "module.m"]) }))],
        "module_calls": { "m": { "expressions": { "subnets": refers(&["aws_subnet.s"]) }, "module": inner } },
    });
    let plan = plan(json!([role, group, one, two, cluster]), configuration);
    let nodes = object(&plan, "module.m[\"a.b\"].aws_eks_node_group.n");
    let arn = "${module.m[\"a.b\"].aws_iam_role.r[0].arn}";
    let subnets = json!(["${aws_subnet.s[0].id}", "${aws_subnet.s[1].id}"]);
    assert_eq!(
        nodes["Properties"],
        json!({ "NodeRole": arn, "Subnets": subnets })
    );
    let cluster = object(&plan, "aws_eks_cluster.c");
    assert_eq!(cluster["Properties"], json!({ "RoleArn": arn }));
    let role = object(&plan, "module.m[\"a.b\"].aws_iam_role.r[0]");
    assert_eq!(role["Use"], json!(["controlPlane", "nodes"]));
    assert_eq!(object(&plan, "aws_subnet.s[1]")["Use"], json!(["nodes"]));
}

#[test]
fn instances_are_paired_by_their_index_or_not_at_all() {
    let pairs = |tables: usize| {
        let of = |kind: &str, count: usize, hidden: Value| {
            let address = |i: usize| format!("{kind}.x[{i}]");
            (0..count)
                .map(|i| change(&address(i), json!({}), hidden.clone()))
                .collect::<Vec<_>>()
        };
        let changes = [
            of("aws_subnet", 2, json!({ "id": true })),
            of("aws_route_table", tables, json!({ "id": true })),
            of(
                "aws_route_table_association",
                2,
                json!({ "subnet_id": true, "route_table_id": true }),
            ),
        ];
        let configuration = json!({ "resources": [
            configured("aws_route_table", "x", json!({ "vpc_id": { "constant_value": "vpc-1" } })),
            configured("aws_route_table_association", "x", json!({
                "subnet_id": refers(&["aws_subnet.x", "count.index"]),
                "route_table_id": refers(&["aws_route_table.x", "count.index"]) })),
        ] });
        object(
            &plan(json!(changes.concat()), configuration),
            "aws_subnet.x[1]",
        )["Derived"]
            .clone()
    };
    assert_eq!(pairs(2), json!({ "RoutesToInternet": false }));
    assert_eq!(
        pairs(3),
        json!({ "$unknown": "needsAccount the AWS account" })
    );
}

#[test]
fn a_rule_of_nobody_knows_which_group_may_be_any_groups() {
    let open =
        json!({ "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 22, "to_port": 22 });
    let rule = change(
        "aws_vpc_security_group_ingress_rule.r",
        open,
        json!({ "security_group_id": true }),
    );
    let group = change(
        "aws_security_group.g",
        json!({}),
        json!({ "id": true, "ingress": true, "egress": true }),
    );
    let rules = |refer: &[&str]| {
        let configuration = json!({ "resources": [
            configured("aws_security_group", "g", json!({})),
            configured("aws_vpc_security_group_ingress_rule", "r", json!({ "security_group_id": refers(refer) })),
        ] });
        let plan = plan(json!([group, rule]), configuration);
        object(&plan, "aws_security_group.g")["Properties"]["SecurityGroupIngress"].clone()
    };
    let known = rules(&["aws_security_group.g.id", "aws_security_group.g"]);
    assert_eq!(
        known,
        json!([{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0" }])
    );
    let lost = rules(&["local.group"]);
    let lost = lost.as_array().unwrap();
    assert!(lost.iter().all(|it| it["$unknown"].is_string()), "{lost:?}");
    assert!(!lost.is_empty());
}

#[test]
fn a_rule_is_one_for_each_source() {
    let inline = json!([{ "protocol": "tcp", "from_port": 1, "to_port": 2, "self": false, "security_groups": [],
        "cidr_blocks": ["10.0.0.0/8", null], "ipv6_cidr_blocks": ["::/0"] }]);
    let hidden = json!({ "ingress": [{ "cidr_blocks": [false, true] }] });
    let changes = json!([change(
        "aws_security_group.g",
        json!({ "ingress": inline, "egress": [] }),
        hidden
    )]);
    let found = object(&plan(changes, json!({})), "aws_security_group.g");
    let sources: Vec<Value> = found["Properties"]["SecurityGroupIngress"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            assert_eq!(rule["ToPort"], 2);
            rule.get("CidrIp").or(rule.get("CidrIpv6")).unwrap().clone()
        })
        .collect();
    let after = unknown("aws_security_group.g.cidr_blocks[1] (known after apply)");
    assert_eq!(sources, [json!("10.0.0.0/8"), after, json!("::/0")]);
    assert_eq!(found["Properties"]["SecurityGroupEgress"], json!([]));
}

#[test]
fn a_state_is_linked_by_its_identifiers() {
    let of = |of_type: &str, values: Value| json!({ "address": format!("{of_type}.x"), "mode": "managed", "type": of_type, "name": "x", "values": values });
    let arn = "arn:aws:iam::111122223333:role/nodes";
    let state = json!({ "format_version": "1.0", "terraform_version": "1.11.4", "values": { "root_module": {
        "resources": [of("aws_iam_role", json!({ "arn": arn, "id": "nodes", "name": "nodes" })),
            of("aws_iam_role_policy_attachment", json!({ "role": "nodes", "policy_arn": "arn:aws:iam::aws:policy/X" }))],
        "child_modules": [{ "address": "module.m", "resources": [{ "address": "module.m.aws_eks_node_group.n", "mode": "managed",
            "type": "aws_eks_node_group", "name": "n", "values": { "node_role_arn": arn } }] }],
    } } });
    let role = object(&state, "aws_iam_role.x");
    assert_eq!(role["Use"], json!(["nodes"]));
    assert_eq!(
        role["Properties"]["ManagedPolicyArns"],
        json!(["arn:aws:iam::aws:policy/X"])
    );
}

#[test]
fn associated_policies_are_their_access_entrys() {
    let entry = |name: &str, principal: &str| {
        change(
            &format!("aws_eks_access_entry.{name}"),
            json!({ "cluster_name": "c", "principal_arn": principal }),
            json!({}),
        )
    };
    let policy = json!({ "cluster_name": "c", "principal_arn": "p", "policy_arn": "arn:x", "access_scope": [{ "type": "cluster" }] });
    let changes = json!([
        entry("one", "p"),
        entry("other", "q"),
        change("aws_eks_access_policy_association.a", policy, json!({}))
    ]);
    let plan = plan(changes, json!({}));
    let expected = json!([{ "PolicyArn": "arn:x", "AccessScope": { "Type": "cluster" } }]);
    assert_eq!(
        object(&plan, "aws_eks_access_entry.one")["Properties"]["AccessPolicies"],
        expected
    );
    assert_eq!(
        object(&plan, "aws_eks_access_entry.other")["Properties"].get("AccessPolicies"),
        None
    );
}

#[test]
fn what_a_plan_cannot_tell_is_said() {
    let mut told = plan(
        json!([change("aws_vpc.v", json!({}), json!({}))]),
        json!({}),
    );
    let code = |plan: &Value| {
        let (found, outcome) = read(&plan.to_string());
        (
            found.len(),
            outcome
                .problems
                .iter()
                .map(|it| it.code)
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(code(&told), (1, vec![]));
    told["complete"] = json!(false);
    assert_eq!(code(&told), (1, vec![ProblemCode::PlanIncomplete]));
    told["format_version"] = json!("2.0");
    assert_eq!(code(&told), (0, vec![ProblemCode::PlanFormat]));
    let text = told.to_string();
    let (_, outcome) = read(&text[..text.len() / 2]);
    assert_eq!(outcome.problems[0].code, ProblemCode::NotJson);
    assert!(outcome.problems[0].place.is_some());
}

#[test]
fn other_json_is_no_plan() {
    for text in [
        r#"{"format_version": "1.0", "values": {}}"#,
        r#"{"terraform_version": "1", "resource_changes": []}"#,
    ] {
        let (found, outcome) = read(text);
        assert_eq!(
            (found.len(), outcome.not_kubernetes, outcome.problems.len()),
            (0, 1, 0),
            "{text}"
        );
    }
}
