//! Bad input and wrong usage: each a clear message and its exit code; nothing panics.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::{Folder, PAYMENTS, QUIET, Run};

/// A folder with a good file, and a bad one beside it.
fn beside_a_good_one(content: impl AsRef<[u8]>) -> Folder {
    let folder = Folder::with_payments();
    folder.write("k8s/bad.yaml", content);
    folder
}

fn scan(folder: &Folder) -> Run {
    let run = folder.run(&[
        "scan",
        "k8s",
        "--only",
        "privileged-container",
        "--fail-on",
        "critical",
        "-q",
    ]);
    assert_eq!(
        run.code, 4,
        "a gate never passes on missing data: {}",
        run.err
    );
    assert!(
        run.out.contains("k8s/payments.yaml:18:11: critical"),
        "the good file is judged: {}",
        run.out
    );
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

#[test]
fn a_missing_path_names_the_one_that_exists() {
    let folder = Folder::with_payments();
    let run = folder.run(&["scan", "k8s/paymets.yaml"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    insta::assert_snapshot!(run.err, @r"
    error[no-such-path]: no file or directory k8s/paymets.yaml
      help: k8s/payments.yaml exists
    ");
}

#[test]
fn broken_yaml_is_shown_at_its_place() {
    let folder = beside_a_good_one(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n\tnamespace: shop\n",
    );
    insta::assert_snapshot!(scan(&folder).err, @r"
    error[not-yaml]: k8s/bad.yaml is not YAML
     --> k8s/bad.yaml:5:1
      |
    5 |     namespace: shop
      | ^^^^ tab used for indentation; YAML allows only spaces
      effect: not evaluated; with a gate this run exits 4
    ");
}

#[test]
fn a_key_given_twice_is_an_error() {
    let folder = beside_a_good_one(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  hostPID: false\n",
    );
    let run = scan(&folder);
    assert!(
        run.err.contains("error[duplicate-key]") && run.err.contains("k8s/bad.yaml:6:3"),
        "{}",
        run.err
    );
}

#[test]
fn binary_files_deep_nesting_and_alias_bombs_are_named() {
    let binary = scan(&beside_a_good_one(b"\x7fELF\0\0\0"));
    assert!(
        binary
            .err
            .contains("error[binary]: k8s/bad.yaml is a binary file"),
        "{}",
        binary.err
    );
    let deep = format!(
        "apiVersion: v1\nkind: Pod\nspec: {}{}\n",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let deep = scan(&beside_a_good_one(deep));
    assert!(deep.err.contains("error[too-deep]"), "{}", deep.err);
    let mut bomb = "apiVersion: v1\nkind: Pod\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            below.trim_end_matches(", ")
        ));
    }
    let bomb = scan(&beside_a_good_one(bomb));
    assert!(bomb.err.contains("error[alias-bomb]"), "{}", bomb.err);
}

#[test]
fn a_chart_that_is_not_rendered_is_said_once_with_what_to_type() {
    let folder = Folder::with_payments();
    folder.write("k8s/shop/Chart.yaml", "name: shop\n");
    for name in ["a", "b"] {
        let template = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n";
        folder.write(&format!("k8s/shop/templates/{name}.yaml"), template);
    }
    let run = scan(&folder);
    assert_eq!(
        run.err.matches("warning[chart-not-rendered]").count(),
        1,
        "{}",
        run.err
    );
    assert!(
        run.err.contains("also k8s/shop/templates/b.yaml:4:9"),
        "{}",
        run.err
    );
    assert!(
        run.err
            .contains("helm template k8s/shop | plimsoll scan -f -"),
        "{}",
        run.err
    );
}

#[test]
fn a_large_file_is_read() {
    let mut large = String::with_capacity(51 << 20);
    let filler = format!("---\nkind: NotKubernetes\ntext: {}\n", "x".repeat(1 << 20));
    while large.len() < 50 << 20 {
        large.push_str(&filler);
    }
    large.push_str("---\n");
    large.push_str(PAYMENTS);
    let folder = Folder::new();
    folder.write("large.yaml", &large);
    let run = folder.run(&["scan", "large.yaml", "--only", "privileged-container", "-q"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let line = large
        .lines()
        .position(|line| line.contains("privileged: true"))
        .unwrap()
        + 1;
    assert!(
        run.out
            .starts_with(&format!("large.yaml:{line}:11: critical")),
        "{}",
        run.out
    );
}

#[test]
fn nothing_to_scan_is_said() {
    let folder = Folder::new();
    folder.write("notes.yaml", "shopping: [milk]\n");
    let run = folder.run(&["scan"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    insta::assert_snapshot!(run.err, @r"
    error[nothing-found]: no Kubernetes object in .
      help: 1 file was looked at; an object has apiVersion and kind
    ");
    let empty = Folder::new().run(&["scan", "--fail-on", "low"]);
    assert_eq!(empty.code, 3);
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let folder = Folder::with_payments();
    let framework = folder.run(&["scan", "k8s", "--framework", "cis-eks-1.8"]);
    assert_eq!((framework.code, framework.out.as_str()), (2, ""));
    insta::assert_snapshot!(framework.err, @r"
    error[unknown-framework]: no framework cis-eks-1.8
      help: did you mean cis-eks-1.8.0? All: plimsoll policy list --frameworks
    ");
    let policy = folder.run(&["scan", "k8s", "--only", "privileged-contaner"]);
    assert_eq!(policy.code, 2);
    assert!(
        policy.err.contains("did you mean privileged-container?"),
        "{}",
        policy.err
    );
    let flag = folder.run(&["scan", "--fail-om", "high"]);
    assert_eq!(flag.code, 2);
    assert!(flag.err.contains("--fail-on"), "{}", flag.err);
    let format = folder.run(&["scan", "--format", "sarif"]);
    assert_eq!(format.code, 2);
    assert!(
        format.err.contains("available are table and json"),
        "{}",
        format.err
    );
    let severity = folder.run(&["scan", "--fail-on", "hihg"]);
    assert!(
        severity.code == 2 && severity.err.contains("critical, high, medium"),
        "{}",
        severity.err
    );
}

#[test]
fn a_broken_policy_is_shown_at_its_place_and_nothing_runs() {
    let folder = Folder::with_payments();
    let policy = "id: no-latest\ntitle: Image is latest\nseverity: low\nmatch: { kinds: [Workload] }\neach: { container: variables.containers }\nexpression: '!contaner.image.endsWith(\":latest\")'\nmessage: it is latest\nwhy: An example.\nfix: { text: Pin it. }\n";
    folder.write("own/no-latest/policy.yaml", policy);
    let run = folder.run(&["scan", "k8s", "--policies", "own"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(
        run.err.contains("error[policy]") && run.err.contains("own/no-latest/policy.yaml:6:"),
        "{}",
        run.err
    );
    assert!(run.err.contains("contaner"), "{}", run.err);
    let nothing = folder.run(&["scan", "k8s", "--policies", "k8s"]);
    assert_eq!(nothing.code, 2);
    assert!(
        nothing.err.contains("no policy.yaml below k8s"),
        "{}",
        nothing.err
    );
}

#[test]
fn a_policy_that_may_cost_too_much_is_refused_at_the_part_that_does() {
    let folder = Folder::with_payments();
    let policy = |expression: &str| {
        format!(
            "id: names-differ\ntitle: Names differ\nseverity: low\nmatch: {{ kinds: [Deployment] }}\nvariables: [{{ name: all, expression: object.spec.template.spec.containers }}]\nexpression: '{expression}'\npath: spec.template.spec.containers\nmessage: names differ\nwhy: An example.\nfix: {{ text: Rename one. }}\n"
        )
    };
    let quartic = "variables.all.all(a, variables.all.all(b, variables.all.all(c, variables.all.all(d, a.name + b.name + c.name + d.name != \"\"))))";
    let once = "variables.all.all(a, a.name != \"\")";
    folder.write(
        "own/good/policy.yaml",
        policy(once).replace("names-differ", "good"),
    );
    folder.write("own/names-differ/policy.yaml", policy(quartic));
    let run = folder.run(&["scan", "k8s", "--policies", "own", "--only", "good"]);
    // As with any other that is broken, nothing runs.
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    insta::assert_snapshot!(run.err, @r#"
    error[policy]: this may take 171216000000 steps, and 1000000 are allowed, on an object of 200 values
     --> own/names-differ/policy.yaml:6:91
      |
    6 | ...ables.all.all(d, a.name + b.name + c.name + d.name != ""))))'
      |              ^^^ look at each element once: `each` makes a verdict of every one
    "#);
    let case = "- { name: one, given: { kind: Deployment, spec: { template: { spec: { containers: [ { name: a } ] } } } }, expect: pass }\n";
    folder.write("own/names-differ/cases.yaml", case);
    folder.write("own/good/cases.yaml", case);
    for words in [
        &["policy", "test", "own"][..],
        &["policy", "list", "--policies", "own"],
        &["explain", "good", "--policies", "own"],
    ] {
        let other = folder.run(words);
        assert_eq!((other.code, other.out.as_str()), (2, ""), "{words:?}");
        assert_eq!(other.err, run.err, "{words:?}");
    }
    folder.write("own/names-differ/policy.yaml", policy(once));
    assert_eq!(folder.run(&["policy", "test", "own"]).code, 0);
}

/// An estimate supposes the worst of a text that nobody bounds; examples show what it holds.
#[test]
fn examples_that_stay_cheap_when_made_larger_let_a_policy_run() {
    let folder = Folder::with_payments();
    let parts = "object.metadata.name.split(\"-\")";
    let policy = format!(
        "id: name-parts\ntitle: Name has odd parts\nseverity: low\nmatch: {{ kinds: [Deployment] }}\nexpression: '{parts}.all(a, {parts}.all(b, {parts}.all(c, a + b + c != \"\")))'\npath: metadata.name\nmessage: odd\nwhy: An example.\nfix: {{ text: Rename it. }}\n"
    );
    folder.write("own/name-parts/policy.yaml", policy);
    let scan = ["scan", "k8s", "--policies", "own", "--only", "name-parts"];
    let without = folder.run(&scan);
    assert_eq!(without.code, 2);
    assert!(
        without.err.contains("own/name-parts/policy.yaml:5:"),
        "{}",
        without.err
    );
    let case =
        "- { name: two, given: { kind: Deployment, metadata: { name: a-b } }, expect: pass }\n";
    folder.write("own/name-parts/cases.yaml", case);
    assert_eq!(folder.run(&scan).code, 0);
    assert_eq!(folder.run(&["policy", "test", "own"]).code, 0);
}

#[test]
fn custom_resources_alone_are_objects_without_findings() {
    let folder = Folder::new();
    folder.write(
        "cr.yaml",
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n",
    );
    folder.write("quiet.yaml", QUIET);
    assert_eq!(
        folder.run(&["scan", "cr.yaml", "--only", "host-pid"]).code,
        0
    );
}
