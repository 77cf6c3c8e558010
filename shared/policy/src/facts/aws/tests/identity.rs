//! Roles of pods: by annotation and by association, as the trust policy has it.

use serde_json::{Value, json};

use super::{ISSUER, account, arn, association, cluster, fact, provider, role, statement};
use crate::facts::Fact;

fn lets_in(sub: &str) -> Value {
    let conditions = json!([
        {"Operator": "StringEquals", "Key": format!("{ISSUER}:sub"), "Values": [sub]},
        {"Operator": "StringEquals", "Key": format!("{ISSUER}:aud"), "Values": ["sts.amazonaws.com"]},
    ]);
    let action = ["sts:assumerolewithwebidentity"];
    statement("Allow", &action, ("Federated", &provider()), &conditions)
}

fn routes(objects: &[Value], object: &Value) -> Value {
    fact(objects, Fact::AwsIdentity, object)
}

fn admitted(trust: &Value, object: &Value) -> Value {
    let objects = [cluster(), role("app", trust), object.clone()];
    routes(&objects, object)[0]["admitted"].clone()
}

#[test]
fn a_pod_has_the_roles_of_its_account() {
    let web = account("shop", "web", Some("app"));
    let pods = statement(
        "Allow",
        &["sts:*"],
        ("Service", "pods.eks.amazonaws.com"),
        &json!([]),
    );
    let objects = [
        cluster(),
        web.clone(),
        account("shop", "idle", None),
        association("shop", "web", "boss"),
        role("app", &json!([lets_in("system:serviceaccount:shop:web")])),
        role("boss", &json!([pods])),
    ];
    let grants = |admin: bool| json!({"admin": admin, "ecrWrite": false, "escalations": [], "iamFull": false});
    let expected = json!([
        {"via": "irsa", "name": arn("app"), "roleArn": arn("app"), "exists": true, "admitted": true, "grants": grants(false)},
        {"via": "podIdentity", "name": arn("boss"), "roleArn": arn("boss"), "exists": true, "admitted": true, "grants": grants(true)},
    ]);
    assert_eq!(routes(&objects, &web), expected);
    let deployment = json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": {"spec": {"serviceAccountName": "web", "containers": []}}}});
    assert_eq!(routes(&objects, &deployment), expected);
    assert_eq!(routes(&objects, &account("shop", "idle", None)), json!([]));
    assert_eq!(routes(&objects, &account("other", "web", None)), json!([]));
}

#[test]
fn a_role_that_is_gone_is_no_way_and_one_of_another_account_is_not_known() {
    let web = account("shop", "web", Some("gone"));
    let found = routes(&[cluster(), web.clone()], &web);
    let expected = json!({"via": "irsa", "name": arn("gone"), "roleArn": arn("gone"), "exists": false, "admitted": false, "grants": null});
    assert_eq!(found, json!([expected]));
    let mut far = web;
    far["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] =
        "arn:aws:iam::999900001111:role/far".into();
    let found = routes(&[cluster(), far.clone()], &far);
    let unknown = json!({"$unknown": "inputUnread role arn:aws:iam::999900001111:role/far, of another account"});
    for field in ["exists", "admitted", "grants"] {
        assert_eq!(found[0][field], unknown);
    }
    let alone = routes(std::slice::from_ref(&far), &far);
    assert_eq!(
        alone[0]["exists"],
        json!({"$unknown": "inputUnread AWS::EKS::Cluster"})
    );
}

#[test]
fn the_trust_policy_is_read_for_this_very_account() {
    let web = account("shop", "web", Some("app"));
    assert_eq!(
        admitted(&json!([lets_in("system:serviceaccount:shop:web")]), &web),
        true
    );
    assert_eq!(
        admitted(&json!([lets_in("system:serviceaccount:shop:api")]), &web),
        false
    );
    let mut like = lets_in("system:serviceaccount:*:w?b");
    like["Conditions"][0]["Operator"] = "StringLike".into();
    assert_eq!(admitted(&json!([like]), &web), true);
    assert_eq!(admitted(&json!([]), &web), false);
    let deny = json!({"Effect": "Deny"});
    let mut denied = lets_in("system:serviceaccount:shop:web");
    denied["Effect"] = deny["Effect"].clone();
    assert_eq!(
        admitted(
            &json!([lets_in("system:serviceaccount:shop:web"), denied]),
            &web
        ),
        false
    );
    let mut own = web.clone();
    own["metadata"]["annotations"]["eks.amazonaws.com/audience"] = "mine".into();
    assert_eq!(
        admitted(&json!([lets_in("system:serviceaccount:shop:web")]), &own),
        false
    );
    let other = json!([lets_in("system:serviceaccount:shop:web")])
        .to_string()
        .replace("AAAA", "BBBB");
    assert_eq!(
        admitted(&serde_json::from_str(&other).unwrap(), &web),
        false,
        "of another cluster"
    );
    let mut open = lets_in("system:serviceaccount:shop:web");
    open["Conditions"][0]["Key"] = "aws:SourceIp".into();
    let unknown = json!({"$unknown": "inputUnread condition StringEquals of aws:SourceIp in the trust policy"});
    assert_eq!(admitted(&json!([open]), &web), unknown);
    let lost = json!({"$unknown": "permissionMissing iam:GetAccountAuthorizationDetails"});
    assert_eq!(admitted(&lost, &web), lost);
}

#[test]
fn an_association_needs_both_actions_and_the_tags_that_are_asked_for() {
    let web = account("shop", "web", None);
    let pods = ("Service", "pods.eks.amazonaws.com");
    let admitted = |actions: &[&str], conditions: Value, untagged: bool| {
        let mut association = association("shop", "web", "app");
        if untagged {
            association["Properties"]["DisableSessionTags"] = true.into();
        }
        let trust = json!([statement("Allow", actions, pods, &conditions)]);
        let objects = [cluster(), association, role("app", &trust)];
        routes(&objects, &web)[0]["admitted"].clone()
    };
    let both: &[&str] = &["sts:assumerole", "sts:tagsession"];
    let tag = |value: &str| json!([{"Operator": "StringEquals", "Key": "aws:RequestTag/kubernetes-namespace", "Values": [value]}]);
    assert_eq!(admitted(both, json!([]), false), true);
    assert_eq!(admitted(&["sts:assumerole"], json!([]), false), false);
    assert_eq!(admitted(&["sts:assumerole"], json!([]), true), true);
    assert_eq!(admitted(both, tag("shop"), false), true);
    assert_eq!(admitted(both, tag("mail"), false), false);
    assert_eq!(
        admitted(both, tag("shop"), true),
        false,
        "there are no tags"
    );
    let source =
        json!([{"Operator": "ArnLike", "Key": "aws:SourceArn", "Values": ["arn:aws:eks:*"]}]);
    assert!(admitted(both, source, false).get("$unknown").is_some());
}

#[test]
fn an_association_that_could_not_be_read_may_be_anybody_s() {
    let web = account("shop", "web", None);
    let lost = json!({"$unknown": "permissionMissing eks:DescribePodIdentityAssociation"});
    for key in ["Namespace", "ServiceAccount"] {
        let mut other = association("mail", "mailer", "app");
        other["Properties"][key] = lost.clone();
        let found = routes(&[cluster(), other], &web);
        assert!(found.get("$unknown").is_some(), "{key}: {found}");
    }
    let mut own = association("shop", "web", "app");
    own["Properties"]["RoleArn"] = lost.clone();
    let found = routes(&[cluster(), own], &web);
    assert_eq!([&found[0]["admitted"], &found[0]["grants"]], [&lost, &lost]);
    let mut chained = association("shop", "web", "app");
    chained["Properties"]["TargetRoleArn"] = arn("boss").into();
    let objects = [
        cluster(),
        chained,
        role("app", &json!([])),
        role("boss", &json!([])),
    ];
    let found = routes(&objects, &web);
    assert_eq!(found[1]["roleArn"], arn("boss"));
    assert!(found[1]["admitted"].get("$unknown").is_some(), "{found}");
}
