//! The lines and columns that findings underline.

use crate::files::{Spot, decode, locate, locate_many};

/// The text that a place covers, with its line and column.
fn underlined(text: &str, document: u32, item: Option<u32>, path: &str) -> String {
    let name = if text.starts_with(['{', '[']) {
        "x.json"
    } else {
        "x.yaml"
    };
    let Some(place) = locate(
        name,
        text,
        &Spot {
            document,
            item,
            path,
        },
    ) else {
        return "nowhere".to_owned();
    };
    assert_eq!(place.line, place.end_line);
    let line = text.lines().nth(place.line as usize - 1).unwrap();
    let columns = (place.column as usize - 1)..(place.end_column as usize - 1);
    let covered: String = line.chars().take(columns.end).skip(columns.start).collect();
    format!("{}:{} {covered}", place.line, place.column)
}

const FILE: &str = "# first line
apiVersion: v1
kind: Pod
metadata:
  name: one
---
# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: \"ledger\"   # why
  labels: {app: x, 'b.c/d': é y}
spec:
  template:
    spec:
      containers:
      - name: app
        args:
          - a
          - |
            block
            text

        securityContext:
          privileged: true
      - {name: second, securityContext: {privileged: true}}
";

#[test]
fn values_are_found_in_later_documents() {
    for (path, expected) in [
        ("metadata.name", "11:3 name: \"ledger\""),
        (
            "spec.template.spec.containers[0].securityContext.privileged",
            "25:11 privileged: true",
        ),
        (
            "spec.template.spec.containers[1].securityContext.privileged",
            "26:42 privileged: true",
        ),
        ("metadata.labels.b.c/d", "12:20 'b.c/d': é y"),
        ("metadata.labels[\"b.c/d\"]", "12:20 'b.c/d': é y"),
        ("spec.template.spec.containers[0]", "17:9 name: app"),
        (
            "spec.template.spec.containers[1]",
            "26:9 {name: second, securityContext: {privileged: true}}",
        ),
        ("spec.template.spec.containers[0].args[1]", "21:13 block"),
        ("spec.template.spec.containers", "16:7 containers"),
        ("metadata.labels", "12:3 labels: {app: x, 'b.c/d': é y}"),
    ] {
        assert_eq!(underlined(FILE, 1, None, path), expected, "{path}");
    }
    assert_eq!(underlined(FILE, 0, None, "metadata.name"), "5:3 name: one");
}

#[test]
fn what_is_absent_underlines_its_nearest_parent() {
    for (path, expected) in [
        (
            "spec.template.spec.containers[0].securityContext.runAsNonRoot",
            "24:9 securityContext",
        ),
        (
            "spec.template.spec.containers[0].resources.limits.memory",
            "17:9 name: app",
        ),
        ("spec.template.spec.hostNetwork", "15:5 spec"),
        ("status.phase", "9:1 kind: Deployment"),
        ("", "9:1 kind: Deployment"),
    ] {
        assert_eq!(underlined(FILE, 1, None, path), expected, "{path}");
    }
    assert_eq!(underlined(FILE, 7, None, "metadata"), "nowhere");
}

#[test]
fn carriage_returns_and_byte_order_marks_move_nothing() {
    let dos = decode(
        format!("\u{feff}{}", FILE.replace('\n', "\r\n")).into_bytes(),
        &"x".into(),
    )
    .unwrap();
    for document in 0..2 {
        for path in [
            "metadata.name",
            "spec.template.spec.containers[0].securityContext.privileged",
            "metadata.labels.app",
        ] {
            assert_eq!(
                underlined(&dos, document, None, path),
                underlined(FILE, document, None, path)
            );
        }
    }
}

#[test]
fn items_of_lists_are_found_in_yaml_and_json() {
    let yaml = "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n- kind: Pod\n  spec:\n    hostPID: true\n";
    assert_eq!(
        underlined(yaml, 0, Some(1), "spec.hostPID"),
        "7:5 hostPID: true"
    );
    let json = "{\"kind\":\"List\",\"apiVersion\":\"v1\",\n\t\"items\":[{\"kind\":\"Pod\"},\t{\"kind\":\"Pod\",\n\t\t\"spec\":\t{\"hostPID\": true, \"x\": \"\\/\"}}]}\n{\"a\":1}";
    assert_eq!(
        underlined(json, 0, Some(1), "spec.hostPID"),
        "3:12 \"hostPID\": true"
    );
    assert_eq!(
        underlined(json, 0, Some(0), "spec.hostPID"),
        "2:12 \"kind\":\"Pod\""
    );
    assert_eq!(underlined(json, 1, None, "a"), "4:2 \"a\":1");
}

#[test]
fn shared_parts_are_underlined_where_they_are_written() {
    let text = "x: &d {privileged: true}\nkind: Pod\np:\n  securityContext: *d\nz:\n  <<: *d\n";
    assert_eq!(
        underlined(text, 0, None, "p.securityContext.privileged"),
        "1:8 privileged: true"
    );
    assert_eq!(
        underlined(text, 0, None, "p.securityContext"),
        "4:3 securityContext: *d"
    );
    assert_eq!(
        underlined(text, 0, None, "z.privileged"),
        "1:8 privileged: true"
    );
}

#[test]
fn many_values_are_found_in_the_order_asked() {
    let spots: Vec<Spot<'_>> = [
        (1, "metadata.name"),
        (0, "metadata.name"),
        (9, "x"),
        (1, "kind"),
    ]
    .map(|(document, path)| Spot {
        document,
        item: None,
        path,
    })
    .to_vec();
    let lines: Vec<_> = locate_many("x.yaml", FILE, &spots)
        .iter()
        .map(|p| p.map(|p| p.line))
        .collect();
    assert_eq!(lines, [Some(11), Some(5), None, Some(9)]);
}

#[test]
fn items_of_a_large_list_are_read_and_found_one_by_one() {
    let item = |i: usize| {
        format!(
            "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p{i}\n  spec: {{hostPID: true}}\n"
        )
    };
    let mut text = "apiVersion: v1\nkind: List\nitems:\n".to_owned();
    for i in 0..20_000 {
        text.push_str(&if i == 7_000 {
            item(i).replace("true", "yes")
        } else {
            item(i)
        });
    }
    let broken = text.replace("name: p9000\n", "name: p9000\n    name: twice\n");
    let (found, outcome) = super::objects("x.yaml", &broken);
    assert_eq!(
        (found.len(), outcome.objects, outcome.problems.len()),
        (19_999, 19_999, 1)
    );
    assert_eq!(outcome.problems[0].place.unwrap().line, 9_000 * 5 + 8);
    assert_eq!(
        (found[7_000].0.as_str(), &found[7_000].1["spec"]["hostPID"]),
        ("0/7000", &true.into())
    );
    assert_eq!(found[9_000].0, "0/9001");
    for i in [0, 1, 6_999, 19_999] {
        let expected = format!("{}:10 hostPID: true", i * 5 + 8);
        assert_eq!(underlined(&text, 0, Some(i), "spec.hostPID"), expected);
    }
    let json: Vec<String> = (0..3)
        .map(|i| format!("{{\"kind\":\"Pod\",\"n\":\"é{i}\"}}"))
        .collect();
    let json = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}}",
        json.join(",")
    );
    let spots = [2, 0, 1].map(|item| Spot {
        document: 0,
        item: Some(item),
        path: "n",
    });
    let columns: Vec<_> = locate_many("x.json", &json, &spots)
        .iter()
        .map(|p| p.unwrap().column)
        .collect();
    assert_eq!(columns, [105, 57, 81]);
}
