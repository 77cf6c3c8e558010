//! The ten likely mistakes in the form the mock-ups give them.
mod support;

use plimsoll_report::{Diagnostic, Excerpt, Look, write_diagnostics};
use support::text;

fn ten() -> Vec<Diagnostic> {
    let web = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n    namespace: shop\n";
    let policy = "id: no-latest\nmatch: { kinds: [Workload] }\neach: { container: variables.containers }\nseverity: low\nexpression: '!container.imagee.endsWith(\":latest\")'\n";
    vec![
        Diagnostic::error("no-such-path", "no file or directory k8s/paymets.yaml").help("k8s/payments.yaml exists"),
        Diagnostic::error("not-yaml", "k8s/web.yaml is not YAML")
            .at("k8s/web.yaml", Some((5, 1)))
            .showing(Excerpt::of(web, 5, 4, "tab used for indentation; YAML allows only spaces")),
        Diagnostic::error("cluster-unreachable", "context prod-eu-1: https://10.0.3.7 (private) did not answer in 10 s")
            .help("kubectl --context prod-eu-1 get --raw /version   (fails too if the network is the cause)"),
        Diagnostic::warning("not-allowed", "prod-eu-1: list clusterroles refused (403) for role dev-readonly")
            .effect("31 policies not evaluated, coverage 83 % instead of 97 %")
            .help("plimsoll access cluster-role | kubectl --context prod-eu-1 apply -f -"),
        Diagnostic::error("unknown-framework", "no framework cis-eks-1.8")
            .help("did you mean cis-eks-1.8.0? All: plimsoll policy list --frameworks"),
        Diagnostic::error("policy", "unknown field `imagee` on Container")
            .at("policies/no-latest/policy.yaml", Some((5, 25)))
            .showing(Excerpt::of(policy, 5, 6, "containers have no such field; did you mean `image`?")),
        Diagnostic::error("escalation", "step 3 of `payments` never runs: step 2 has no end")
            .at("escalation.yaml", Some((41, 7)))
            .effect("the version of 18 Nov stays active")
            .help("plimsoll route --dry-run escalation.yaml"),
        Diagnostic::error("port-in-use", "127.0.0.1:8080 is taken").help("plimsoll up --port 0 takes any free port"),
        Diagnostic::error("no-aws-credentials", "profile `audit` is not in ~/.aws/config; environment has no keys")
            .help("aws sso login --profile audit, or --profile NAME (you have: default, dev)"),
        Diagnostic::warning("chart-not-rendered", ".Values.host is required")
            .at("charts/shop/templates/ingress.yaml", Some((12, 0)))
            .effect("1 of 12 templates not evaluated; with a gate this run exits 4")
            .help("plimsoll scan charts/shop --values values-prod.yaml"),
    ]
}

#[test]
fn the_ten_likely_mistakes() {
    insta::assert_snapshot!(text(|out| write_diagnostics(out, &ten(), Look::default())));
}

#[test]
fn equal_ones_are_said_once() {
    let chart = |line| {
        Diagnostic::warning("chart-not-rendered", "an unrendered template")
            .at("c/ingress.yaml", Some((line, 1)))
            .effect("not evaluated")
    };
    let plain = Diagnostic::error("x", "the same");
    let all = [chart(3), plain.clone(), chart(9), plain];
    insta::assert_snapshot!(text(|out| write_diagnostics(out, &all, Look::default())), @r"
    warning[chart-not-rendered]: c/ingress.yaml:3:1: an unrendered template
      also c/ingress.yaml:9:1
      effect: not evaluated
    error[x]: the same
      2 times
    ");
}

#[test]
fn a_place_outside_the_text_never_fails() {
    let broken = Diagnostic::error("not-yaml", "f is not YAML")
        .at("f", Some((1, 400)))
        .showing(Excerpt::of("é\u{1b}x", 1, 90, "here"));
    let shown = text(|out| write_diagnostics(out, &[broken], Look::default()));
    assert!(shown.contains("here") && !shown.contains('\u{1b}'));
    assert!(Excerpt::of("one line", 2, 1, "x").is_none());
    assert!(Excerpt::of("", 0, 1, "x").is_none());
}
