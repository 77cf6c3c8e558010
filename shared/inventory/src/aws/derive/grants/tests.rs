use serde_json::{Value, json};

use super::super::lists::Lists;
use super::of;
use crate::aws::read::Reading;

fn reading(policies: &[(&str, Value)]) -> Reading {
    let mut reading = Reading::default();
    let object = |(arn, document): &(&str, Value)| {
        json!({
            "kind": "AWS::IAM::ManagedPolicy",
            "metadata": { "name": "p", "arn": arn },
            "Properties": { "PolicyDocument": document },
        })
    };
    reading.objects = policies.iter().map(object).collect();
    reading.gaps.insert("AWS::IAM::ManagedPolicy", None);
    reading
}

fn role(inline: Value, properties: Value) -> Value {
    let mut role = json!({
        "kind": "AWS::IAM::Role",
        "metadata": { "name": "r", "arn": "arn:aws:iam::471100000815:role/r" },
        "Properties": properties,
    });
    role["Properties"]["Policies"] =
        json!([{ "PolicyName": "p", "PolicyDocument": { "Statement": inline } }]);
    role
}

fn grants(inline: Value) -> Value {
    let (none, policies) = (Reading::default(), reading(&[]));
    of(&role(inline, json!({})), &Lists::new(&none, &policies)).unwrap()
}

fn allow(actions: Value, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
}

#[test]
fn an_administrator_may_do_everything() {
    let all = grants(allow(json!("*"), "*"));
    assert_eq!(
        [&all["Admin"], &all["IamFull"], &all["EcrWrite"]],
        [&json!(true); 3]
    );
    assert_eq!(all["Escalations"].as_array().unwrap().len(), 25);
    assert_eq!(grants(allow(json!("*:*"), "*"))["Admin"], true);
    let by_two = json!([
        { "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" },
        allow(json!("IAM:*"), "*"),
    ]);
    assert_eq!(grants(by_two)["Admin"], true);
    let except_one = json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" });
    assert_eq!(grants(except_one)["Admin"], false);
    let on_one = allow(json!("*"), "arn:aws:s3:::logs/*");
    assert_eq!(grants(on_one)["Admin"], false);
    let mut conditional = allow(json!("*"), "*");
    conditional["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": true } });
    assert_eq!(grants(conditional)["Admin"], false);
}

#[test]
fn what_is_denied_is_not_granted() {
    let mut denial = json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" });
    let all = |denial: &Value| grants(json!([allow(json!("*"), "*"), denial]));
    let denied = all(&denial);
    assert_eq!([&denied["Admin"], &denied["IamFull"]], [&json!(false); 2]);
    let ways = denied["Escalations"].to_string();
    assert!(
        !ways.contains("iam:") && ways.contains("lambda:UpdateFunctionCode"),
        "{ways}"
    );
    denial["Condition"] = json!({ "StringEquals": { "aws:RequestedRegion": "eu-central-1" } });
    assert_eq!(all(&denial)["Admin"], true, "a denial that may not hold");
    let one_role = json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::471100000815:role/admin" });
    assert_eq!(all(&one_role)["IamFull"], true);
    let not_action = json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" });
    assert_eq!(all(&not_action)["Admin"], false);
}

#[test]
fn ways_up_are_named_by_their_actions() {
    let ways = |inline: Value| grants(inline)["Escalations"].clone();
    let pass = |resource: &str| {
        json!([
            allow(json!("iam:PassRole"), resource),
            allow(json!(["ec2:RunInstances", "lambda:*"]), "*"),
        ])
    };
    let expected = json!([
        "iam:PassRole + ec2:RunInstances",
        "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",
        "lambda:UpdateFunctionCode",
    ]);
    assert_eq!(ways(pass("*")), expected);
    assert_eq!(ways(pass("arn:aws:iam::471100000815:role/*")), expected);
    let one = json!(["lambda:UpdateFunctionCode"]);
    assert_eq!(ways(pass("arn:aws:iam::471100000815:role/nodes")), one);
    let itself = allow(
        json!("iam:AttachRolePolicy"),
        "arn:aws:iam::471100000815:role/r",
    );
    assert_eq!(ways(itself), json!(["iam:AttachRolePolicy"]));
    let entries = allow(
        json!(["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"]),
        "*",
    );
    assert_eq!(
        ways(entries),
        json!(["eks:CreateAccessEntry + eks:AssociateAccessPolicy"])
    );
    assert_eq!(
        ways(allow(json!(["s3:*", "ec2:Describe*"]), "*")),
        json!([])
    );
}

#[test]
fn writing_to_one_repository_is_writing() {
    let writes = |inline: Value| grants(inline)["EcrWrite"].clone();
    let one = "arn:aws:ecr:eu-central-1:471100000815:repository/shop";
    assert_eq!(writes(allow(json!("ecr:PutImage"), one)), true);
    assert_eq!(writes(allow(json!("ecr:BatchGetImage"), "*")), false);
    let denied = json!([
        allow(json!("ecr:*"), one),
        { "Effect": "Deny", "Action": ["ecr:Put*", "ecr:BatchDelete*", "ecr:Delete*", "ecr:Set*"], "Resource": "*" },
    ]);
    assert_eq!(writes(denied), false);
}

#[test]
fn boundaries_keep_back() {
    let boundary = "arn:aws:iam::471100000815:policy/edge";
    let none = Reading::default();
    let of_role = |document: Value| {
        let policies = reading(&[(boundary, document)]);
        let role = role(
            allow(json!("*"), "*"),
            json!({ "PermissionsBoundary": boundary }),
        );
        of(&role, &Lists::new(&none, &policies)).unwrap()
    };
    let within = of_role(json!({ "Statement": [allow(json!(["s3:*", "ecr:*"]), "*")] }));
    assert_eq!(
        [&within["Admin"], &within["EcrWrite"]],
        [&json!(false), &json!(true)]
    );
    let open = of_role(json!({ "Statement": [allow(json!("*"), "*")] }));
    assert_eq!(open["Admin"], true);
    let ecr_read = of_role(json!({ "Statement": [allow(json!("ecr:Get*"), "*")] }));
    assert_eq!(ecr_read["EcrWrite"], false);
}

#[test]
fn documents_that_are_not_at_hand_make_it_unknown() {
    let (none, policies) = (Reading::default(), reading(&[]));
    let with = |arn: &str, lists: &Lists<'_>| {
        let role = role(json!([]), json!({ "ManagedPolicyArns": [arn] }));
        of(&role, lists)
    };
    let lists = Lists::new(&none, &policies);
    let known = with("arn:aws-cn:iam::aws:policy/AdministratorAccess", &lists).unwrap();
    assert_eq!(known["Admin"], true);
    let known = with("arn:aws:iam::aws:policy/IAMFullAccess", &lists).unwrap();
    assert_eq!(
        [&known["Admin"], &known["IamFull"]],
        [&json!(false), &json!(true)]
    );
    let known = with("arn:aws:iam::aws:policy/PowerUserAccess", &lists).unwrap();
    assert_eq!(
        [&known["Admin"], &known["IamFull"], &known["EcrWrite"]],
        [&json!(false), &json!(false), &json!(true)]
    );
    assert!(with("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", &lists).is_err());
    let unasked = Lists::new(&none, &none);
    assert!(with("arn:aws:iam::471100000815:policy/own", &unasked).is_err());
    let unread = reading(&[(
        "arn:aws:iam::471100000815:policy/own",
        json!({ "$unknown": "apiError x" }),
    )]);
    let reason = with(
        "arn:aws:iam::471100000815:policy/own",
        &Lists::new(&none, &unread),
    )
    .unwrap_err();
    assert_eq!(reason.line(), "apiError x");
}
