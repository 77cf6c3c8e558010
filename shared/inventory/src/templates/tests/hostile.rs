//! Templates that nobody means well by, and random ones.

use std::fmt::Write as _;

use plimsoll_cel::{Bump, Node};
use proptest::prelude::*;

use super::each;
use crate::files::{ObjectIn, precise};

/// Reads a text to its end, and everything in it again as a second pass would.
fn survive(file: &str, text: &str) -> usize {
    let mut values = 0;
    let lines = text.lines().count().max(1);
    each(file, text, &mut |object| {
        let mut bytes = Vec::new();
        object.to_bytes(&mut bytes).unwrap();
        let arena = Bump::new();
        let kept = ObjectIn::from_bytes(&bytes, object.source.clone(), &arena);
        let kept = kept.unwrap_or_else(|error| panic!("{error}: {text}"));
        let place = kept.place("Properties.A.B[0]").unwrap();
        assert!(place.line as usize <= lines, "{text}");
        values += count(&object.node);
    });
    values
}

fn count(node: &Node<'_>) -> usize {
    let entries = node.entries().iter().map(|entry| count(&entry.value));
    let items = node.items().iter().map(count);
    1 + entries.chain(items).sum::<usize>()
}

#[test]
fn growth_has_an_end() {
    // Each list of the first parameter, as often as a template may ask for it.
    let long = "a,".repeat(20_000);
    let mut text = format!(
        "Parameters: {{P: {{Type: CommaDelimitedList, Default: '{long}'}}, S: {{Type: String, Default: '{long}'}}}}\n\
         Resources:\n  C:\n    Type: AWS::EKS::Cluster\n    Properties:\n"
    );
    for number in 0..400 {
        writeln!(
            text,
            "      A{number}: !Ref P\n      B{number}: !Sub '${{S}}${{S}}${{S}}'"
        )
        .unwrap();
    }
    let mut cut = false;
    let outcome = each("t.yaml", &text, &mut |object| {
        assert!(count(&object.node) < 500_000);
        let last = object.node.at(&["Properties", "A399"]).unwrap();
        cut = last
            .unknown()
            .is_some_and(|reason| reason.contains("too large"));
    });
    assert!(cut && outcome.problems.is_empty());
}

#[test]
fn conditions_that_ask_for_each_other_end() {
    let mut text = "Conditions:\n  C0: !Equals [a, a]\n".to_owned();
    for number in 1..3_000 {
        let before = number - 1;
        writeln!(
            text,
            "  C{number}: !And [!Condition C{before}, !Condition C{before}]"
        )
        .unwrap();
    }
    text.push_str("Resources:\n  It: {Type: 'AWS::EKS::Cluster', Condition: C2999}\n");
    assert!(survive("t.yaml", &text) > 0);
    let round = "Conditions: {A: !Not [!Condition A]}\nResources: {It: {Type: 'AWS::EKS::Cluster', Condition: A}}\n";
    assert!(survive("t.yaml", round) > 0);
}

#[test]
fn depth_has_an_end() {
    for depth in [100, 240, 255, 300] {
        let (open, close) = ("!If [C, x, ".repeat(depth), "]".repeat(depth));
        let text = format!(
            "Resources: {{It: {{Type: 'AWS::EKS::Cluster', Properties: {{A: {open}1{close}}}}}}}\n"
        );
        survive("t.yaml", &text);
        let (open, close) = ("{\"a\": [".repeat(depth / 2), "]}".repeat(depth / 2));
        let text = format!(
            "{{\"Resources\": {{\"It\": {{\"Type\": \"AWS::EKS::Cluster\", \"Properties\": {open}1{close}}}}}}}"
        );
        survive("t.json", &text);
    }
    // Aliases nest what is nested already.
    let mut text = format!(
        "Mappings: {{m: &a0 {}1{}}}\n",
        "[".repeat(100),
        "]".repeat(100)
    );
    for number in 1..20 {
        let (before, open, close) = (number - 1, "[".repeat(100), "]".repeat(100));
        writeln!(text, "x{number}: &a{number} {open}*a{before}{close}").unwrap();
    }
    text.push_str("Resources: {It: {Type: 'AWS::EKS::Cluster', Properties: {A: *a19}}}\n");
    assert!(survive("t.yaml", &text) > 100);
}

#[test]
fn names_that_name_themselves_end() {
    for value in [
        "!GetAtt It.A",
        "!Sub '${It.A}'",
        "!Ref It",
        "!Select [0, [!GetAtt It.A]]",
        "!Join ['', [!GetAtt It.A, !GetAtt It.A]]",
    ] {
        let text = format!(
            "Resources: {{It: {{Type: 'AWS::EKS::Cluster', Properties: {{A: {value}}}}}}}\n"
        );
        assert!(survive("t.yaml", &text) > 0, "{value}");
    }
}

/// A value of a template, in flow form.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "'true'",
        "yes",
        "null",
        "''",
        "text",
        "'10.0.0.0/8'",
        "P",
        "C",
        "A.Arn",
        "'${P}-${A.Arn}-${x'",
        "'${A.B}'",
        "!Ref P",
        "!Ref A",
        "!Ref B",
        "!Ref AWS::NoValue",
        "!GetAtt A.B",
        "!GetAtt B.GroupId",
        "'{{resolve:ssm:x}}'",
        "*a",
        "!Condition C",
        "[]",
        "{}",
        "-1",
        "99999999999999999999",
        "!Ref 1",
        "!!str 1",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(5, 40, 4, |inner| {
            let function = prop::sample::select(vec![
                "!If",
                "!Sub",
                "!Join",
                "!Select",
                "!Split",
                "!FindInMap",
                "!Base64",
                "!GetAtt",
                "!Ref",
                "!Equals",
                "!And",
                "!Or",
                "!Not",
                "!ImportValue",
                "!Cidr",
                "!GetAZs",
                "!Condition",
                "!Unheard",
                "",
            ]);
            let key = prop::sample::select(vec![
                "A",
                "B",
                "GroupId",
                "Ref",
                "'Fn::Sub'",
                "'Fn::If'",
                "Condition",
                "Type",
                "Default",
            ]);
            let list = (function.clone(), prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(name, of)| format!("{name} [{}]", of.join(", ")));
            let map =
                (function, prop::collection::btree_map(key, inner, 0..3)).prop_map(|(name, of)| {
                    let of: Vec<String> = of
                        .iter()
                        .map(|(key, value)| format!("{key}: {value}"))
                        .collect();
                    format!("{name} {{{}}}", of.join(", "))
                });
            prop_oneof![list, map]
        })
}

fn template() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec![
        "AWS::EKS::Cluster",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::NetworkAclEntry",
        "AWS::Logs::LogGroup",
        "Custom::X",
    ]);
    let property = prop::sample::select(vec![
        "A",
        "Flag",
        "Port",
        "Ports",
        "Labels",
        "GroupId",
        "Roles",
        "RouteTableId",
        "SubnetId",
        "NetworkAclId",
        "GatewayId",
        "SecurityGroupIngress",
        "DestinationCidrBlock",
        "PortRange",
        "LogGroupName",
        "Policies",
        "Tags",
        "RoleArn",
    ]);
    let properties = prop::collection::btree_map(property, value(), 0..5);
    let resources = prop::collection::vec((kind, properties), 1..5);
    (value(), value(), value(), value(), resources).prop_map(|(default, mapped, one, other, resources)| {
        let mut text = format!(
            "Z: &a [x, {{y: z}}]\nParameters: {{P: {{Type: String, Default: {default}}}}}\n\
             Mappings: {{M: {{a: {{b: {mapped}}}}}}}\nConditions: {{C: {one}, D: {other}}}\nResources:\n"
        );
        for ((kind, properties), name) in resources.iter().zip(["A", "B", "C", "D"]) {
            writeln!(text, "  {name}:\n    Type: {kind}\n    Condition: D\n    Properties:").unwrap();
            for (key, value) in properties {
                writeln!(text, "      {key}: {value}").unwrap();
            }
        }
        text
    })
}

/// A template as JSON, its functions in their long forms.
fn as_json(text: &str) -> Option<String> {
    let arena = Bump::new();
    let read = precise::read(text, 1, &arena).ok()??;
    serde_json::to_string(&read.node).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn any_template_is_survived_and_json_says_the_same(text in template()) {
        let values = survive("t.yaml", &text);
        // As a key, `Condition` is also a statement's: in JSON it is a function only where it names one.
        if let Some(json) = as_json(&text).filter(|_| !text.contains("!Condition")) {
            prop_assert_eq!(values, survive("t.json", &json), "{}", text);
        }
    }

    #[test]
    fn mistyped_templates_are_survived(
        text in template(), at in any::<prop::sample::Index>(), typed in "[ \n:{}\\[\\],\"'#!&*$-]{0,2}", lost in 0..3_usize,
    ) {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let place = *at.get(&places);
        let mut mistyped = text.clone();
        mistyped.replace_range(place..(place + lost).min(text.len()), &typed);
        survive("t.yaml", &mistyped);
    }
}
