//! Everything that can be wrong with a file: a clear message at the right place, and the rest is still read.

use super::{entry, objects};
use crate::files::{FileProblem, ProblemCode, read};
use plimsoll_cel::Bump;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";

/// The single problem of a text, as `code line:column-end label`.
fn problem(text: &str) -> String {
    let (_, outcome) = objects("k8s/web.yaml", text);
    let [problem] = outcome.problems.as_slice() else {
        panic!("{text}: {:?}", outcome.problems)
    };
    shown(problem)
}

fn shown(problem: &FileProblem) -> String {
    let place = problem.place.map_or(String::new(), |p| {
        format!("{}:{}-{}", p.line, p.column, p.end_column)
    });
    format!("{} {place} {}", problem.code.as_str(), problem.label)
}

#[test]
fn broken_yaml_says_what_and_where() {
    for (text, expected) in [
        (
            "a:\n  b: 1\n\tc: 2\n",
            "not-yaml 3:1-2 tab used for indentation; YAML allows only spaces",
        ),
        (
            "kind: Pod\nmetadata:\n\t\tname: x\n",
            "not-yaml 3:1-3 tab used for indentation; YAML allows only spaces",
        ),
        (
            "a: 1\na: 2\n",
            "duplicate-key 2:1-2 the key `a` is given twice, first on line 1",
        ),
        (
            "x:\n- b: 1\n  \"b\": 2\n",
            "duplicate-key 3:3-6 the key `b` is given twice, first on line 2",
        ),
        (
            "a: b: c\n",
            "not-yaml 1:5-6 a second `key: value` on this line, or wrong indentation; a value with `: ` needs quotes",
        ),
        (
            "a: *nope\n",
            "not-yaml 1:4-9 this alias names no anchor of the document",
        ),
        (
            "a: .inf\n",
            "not-yaml 1:4-8 JSON, hence Kubernetes, has no such number",
        ),
        (
            "~: x\n",
            "not-yaml 1:1-2 this cannot be a key: put it in quotes",
        ),
        (
            "[a]: x\n",
            "not-yaml 1:1-2 a key must be text; braces in a value need quotes",
        ),
        (
            "a: @x\n",
            "not-yaml 1:4-6 no text may begin with this character: put it in quotes",
        ),
        (
            "a: &a [*a]\n",
            "not-yaml 1:8-10 this alias stands inside what it names",
        ),
        (
            "a: !!int x\n",
            "not-yaml 1:4-11 this is no value of type `!!int`",
        ),
        (
            "a: \"\\q\"\n",
            "not-yaml 1:4-8 no such escape in double quotes; single quotes need none",
        ),
        (
            "<<: 1\n",
            "not-yaml 1:5-6 `<<` takes a map or a list of maps",
        ),
    ] {
        assert_eq!(problem(text), expected, "{text}");
    }
}

#[test]
fn unclosed_things_are_placed_on_text_that_exists() {
    for text in [
        "a: [1, 2\n",
        "a: {b: 1\n",
        "a: 'x\n\n\n",
        "a: \"x\n",
        "a:\n  b: 1\n c: 2\n",
        "- a\nb: 1\n",
    ] {
        let (_, outcome) = objects("x.yaml", text);
        let problem = outcome.problems.first().unwrap();
        assert_eq!(problem.code, ProblemCode::NotYaml, "{text}");
        let place = problem.place.unwrap();
        let line = text
            .lines()
            .nth(place.line as usize - 1)
            .unwrap_or_else(|| panic!("{text}: {place:?}"));
        assert!(
            place.column as usize <= line.chars().count() + 1,
            "{text}: {place:?}"
        );
        assert!(
            !problem.label.contains("while parsing"),
            "{text}: {}",
            problem.label
        );
    }
}

#[test]
fn a_bad_document_does_not_stop_the_good_ones() {
    let text = format!("{POD}---\na: [\n---\n{POD}---\n\tx: 1\n---\nyes: 1\nyes: 2\n---\n{POD}");
    let (found, outcome) = objects("x.yaml", &text);
    assert_eq!(
        found.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(),
        ["0", "2", "5"]
    );
    let places: Vec<_> = outcome
        .problems
        .iter()
        .map(|p| (p.document.unwrap(), p.place.unwrap().line))
        .collect();
    assert_eq!(places, [(1, 5), (3, 11), (4, 14)]);
    assert_eq!(outcome.problems[0].message, "x.yaml is not YAML");
}

#[test]
fn bombs_and_pits_are_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let names = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{names}]\n"));
    }
    assert!(
        problem(&bomb).starts_with("alias-bomb 6:"),
        "{}",
        problem(&bomb)
    );
    let wide = format!(
        "a: &a [{}]\nb: [{}]\n",
        "x, ".repeat(5_000),
        "*a, ".repeat(5_000)
    );
    assert!(problem(&wide).starts_with("alias-bomb 2:"));
    let merged = format!("a: &a {{x: 1}}\nb:\n{}", "- {<<: *a}\n".repeat(1_000));
    assert_eq!(objects("x.yaml", &merged).1.problems, []);

    assert!(
        problem(&format!("a: {}{}\n", "[".repeat(5_000), "]".repeat(5_000)))
            .starts_with("too-deep 1:")
    );
    let block: String = (0..2_000)
        .map(|i| format!("{}a:\n", " ".repeat(i)))
        .collect();
    assert!(problem(&block).starts_with("too-deep 257:"));
    let ok: String = (0..200).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(objects("x.yaml", &ok).1.problems, []);
    let json = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        problem(&json).starts_with("too-deep 1:"),
        "{}",
        problem(&json)
    );
}

#[test]
fn maps_of_many_keys_and_long_lines_take_no_square_of_time() {
    let keys: String = (0..60_000).map(|i| format!("  k{i}: yes\n")).collect();
    let large = format!("{POD}x:\n{keys}");
    assert_eq!(objects("x.yaml", &large).1.objects, 1);
    assert!(
        problem(&format!("{large}  k7: no\n")).starts_with("duplicate-key 60005:3-5 the key `k7`")
    );
    let line = "\"é\", 'b', ".repeat(2_000) + &"\"a\", ".repeat(60_000);
    assert_eq!(
        objects("x.yaml", &format!("{POD}x: [{line} yes]\n"))
            .1
            .objects,
        1
    );
}

#[test]
fn json_errors_have_places_too() {
    let shown_of = |text: &str| shown(objects("x.json", text).1.problems.first().unwrap());
    assert_eq!(
        shown_of("{\n  \"a\": ,\n}"),
        "not-json 2:8-9 expected value"
    );
    assert_eq!(
        shown_of("{\"a\": 1,\n \"a\": 2}"),
        "duplicate-key 2:4-5 the key `a` is given twice"
    );
    let (found, outcome) = objects(
        "x.json",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}\n{\"é\": x}",
    );
    assert_eq!(
        (found.len(), shown(&outcome.problems[0]).as_str()),
        (1, "not-json 2:7-8 expected value")
    );
    let mut other = entry("tsconfig.json");
    other.named = false;
    let outcome = read(&other, "{\n// why\n}", &mut Bump::new(), &mut |_| {});
    assert_eq!((outcome.not_kubernetes, outcome.problems.len()), (1, 0));
}

#[test]
fn templates_are_named_as_such_once_a_file() {
    let template = "{{- if .Values.on }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n{{- end }}\n---\nmetadata:\n  x: {{ .y }}\n";
    let (found, outcome) = objects("t.yaml", template);
    assert_eq!((found.len(), outcome.problems.len()), (0, 1));
    assert_eq!(
        shown(&outcome.problems[0]),
        "chart-not-rendered 1:1-21 this is filled in when the chart is rendered"
    );
    assert_eq!(
        outcome.problems[0].message,
        "t.yaml is a Helm template that has not been rendered"
    );
    assert_eq!(
        problem("apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"{{ .Release.Name }}-x\"\n"),
        "chart-not-rendered 4:3-32 this is filled in when the chart is rendered"
    );

    let rule = format!("{POD}spec: {{note: \"{{{{ $labels.pod }}}}\"}}\n");
    assert_eq!(
        objects("rule.yaml", &rule).1.problems,
        [],
        "braces in text are no template"
    );
    let mut in_chart = entry("charts/shop/templates/a.yaml");
    in_chart.chart = Some("charts/shop".into());
    let outcome = read(&in_chart, &rule, &mut Bump::new(), &mut |_| {});
    assert_eq!(outcome.objects, 0, "but in a chart they are");
    assert_eq!(
        outcome.problems[0].help.as_deref(),
        Some("helm template charts/shop | plimsoll scan -f -")
    );
}

#[test]
fn what_is_not_kubernetes_is_counted_and_half_objects_are_said() {
    let text = "a: 1\n---\n- x\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n---\n\
        AWSTemplateFormatVersion: 2010-09-09\nResources: {R: {Type: 'AWS::S3::Bucket', Name: !Ref X}}\n---\nplain\n---\n\
        apiVersion: v1\nkind: Config\nclusters: []\n";
    let (found, outcome) = objects("x.yaml", text);
    assert_eq!(
        (found.len(), outcome.not_kubernetes, outcome.problems.len()),
        (0, 6, 0)
    );
    assert_eq!(
        problem("kind: Pod\nmetadata: {name: x}\n"),
        "no-kind 1:1-10 an object needs an `apiVersion`"
    );
    assert_eq!(
        problem("---\nmetadata: {name: x}\napiVersion: v1\n"),
        "no-kind 3:1-15 an object needs a `kind`"
    );
}

#[test]
fn lists_are_taken_apart() {
    let items = "{\"metadata\":{\"name\":\"a\"}},{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[]},{\"x\":1}";
    let list = format!("{{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[{items}]}}");
    for name in ["x.json", "x.yaml"] {
        let (found, outcome) = objects(name, &list);
        let kinds: Vec<_> = found
            .iter()
            .map(|(at, o)| (at.as_str(), o["kind"].as_str().unwrap()))
            .collect();
        assert_eq!(kinds, [("0/0", "Pod"), ("0/2", "Pod")]);
        assert_eq!(
            shown(&outcome.problems[0]),
            "nested-list 1:73-86 a list in a list is not read"
        );
    }
    let (found, _) = objects(
        "x.yaml",
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}, {a: yes}]\n",
    );
    assert_eq!(found.len(), 1);
}
