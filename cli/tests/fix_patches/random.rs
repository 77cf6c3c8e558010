//! Random changes of random trees: each must be made, in every way of writing.

use plimsoll_inventory::files::{Change, Op, Outcome, Step, edit};
use serde_json::{Map, Value, json};

use crate::patch;
use crate::writing::STYLES;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn scalar(&mut self) -> Value {
        let texts = [
            "",
            "yes",
            "a: b",
            "it's #1",
            "two\nlines",
            "RuntimeDefault",
            "\u{e9}\u{1f600}",
            "0644",
        ];
        match self.below(10) {
            0 => json!(true),
            1 => json!(-7),
            2 => json!(1.5),
            3 => Value::Array(Vec::new()),
            4 => Value::Object(Map::new()),
            other => json!(texts[(other + self.below(8)) % 8]),
        }
    }

    fn tree(&mut self, depth: usize) -> Value {
        const KEYS: [&str; 8] = [
            "a",
            "securityContext",
            "x.y/z",
            "yes",
            "labels",
            "m~n",
            "add",
            "two words",
        ];
        match self.below(if depth == 0 { 2 } else { 7 }) {
            0 | 1 => self.scalar(),
            2 | 3 => (0..1 + self.below(3))
                .map(|_| self.tree(depth - 1))
                .collect(),
            _ => {
                let many = 1 + self.below(4);
                let entry = |_| (KEYS[self.below(8)].to_owned(), self.tree(depth - 1));
                Value::Object((0..many).map(entry).collect())
            }
        }
    }

    /// A pointer to something in the tree, or to something that could be in it.
    fn pointer(&mut self, tree: &Value) -> (String, bool) {
        let (mut at, mut pointer) = (tree, String::new());
        loop {
            let next = match at {
                Value::Object(map) if !map.is_empty() => map.iter().nth(self.below(map.len())),
                Value::Array(list) if !list.is_empty() => {
                    let index = self.below(list.len());
                    pointer.push_str(&format!("/{index}"));
                    at = &list[index];
                    if self.below(4) == 0 {
                        return (pointer, true);
                    }
                    continue;
                }
                _ => None,
            };
            match next {
                Some((key, value)) if self.below(6) > 0 => {
                    pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
                    at = value;
                    if self.below(3) == 0 {
                        return (pointer, true);
                    }
                }
                _ if at.is_object() => return (format!("{pointer}/new/deep"), false),
                _ if at.is_array() => return (format!("{pointer}/-"), false),
                _ => return (pointer, true),
            }
        }
    }
}

fn holds_list(value: &Value) -> bool {
    value.is_array()
        || value
            .as_object()
            .is_some_and(|map| map.values().any(holds_list))
}

#[test]
fn random_changes_are_made_in_every_style() {
    let (mut made, mut wrong) = (0, Vec::new());
    for seed in 0..700 {
        let mut numbers = Numbers(seed);
        let tree = json!({"kind": "x", "spec": numbers.tree(4), "status": numbers.tree(3), "z": 1});
        let mut changes: Vec<Change> = Vec::new();
        for _ in 0..1 + numbers.below(3) {
            let (pointer, exists) = numbers.pointer(&tree);
            let clash = |change: &Change| {
                let other = change.steps[0].pointer.as_str();
                other.starts_with(&pointer) || pointer.starts_with(other)
            };
            // What is put into a map that another change empties is a question of order, tried elsewhere.
            if changes.iter().any(clash) {
                continue;
            }
            let op = match (exists, numbers.below(3)) {
                (true, 0) => Op::Remove,
                (true, 1) => Op::Replace(numbers.tree(2)),
                _ => Op::Add(numbers.tree(2)),
            };
            changes.push(Change {
                document: 0,
                item: None,
                steps: vec![Step { op, pointer }],
            });
        }
        for style in &STYLES {
            let (document, item) = style.place();
            let changes: Vec<Change> = changes
                .iter()
                .map(|change| Change {
                    document,
                    item,
                    ..change.clone()
                })
                .collect();
            let text = style.write(std::slice::from_ref(&tree));
            let edited = edit(style.file(), &text, &changes);
            let left = edited
                .outcomes
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Left(_)));
            let mut expected = tree.clone();
            changes
                .iter()
                .for_each(|change| patch::apply(&mut expected, change));
            // Another list in the place of one leaves nothing of it, comments neither.
            let other_list = changes.iter().map(|change| &change.steps[0]).any(|step| {
                step.op != Op::Remove && tree.pointer(&step.pointer).is_some_and(holds_list)
            });
            let lost = match other_list {
                true => None,
                false => style.complaint(&text, &edited.text, &tree, &expected),
            };
            if left || lost.is_some() {
                wrong.push(format!(
                    "{seed} / {}: {changes:?} {:?} {lost:?}\n{text}\n{}",
                    style.name, edited.outcomes, edited.text
                ));
            }
            made += edited.outcomes.len();
        }
    }
    println!("{made} random changes");
    assert!(
        wrong.is_empty(),
        "{} wrong, the first:\n{}",
        wrong.len(),
        wrong.iter().min_by_key(|w| w.len()).unwrap()
    );
    assert!(made > 10_000, "{made}");
}
