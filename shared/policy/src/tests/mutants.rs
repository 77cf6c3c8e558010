//! The cases of a policy must notice when its expressions are changed: an operator, a constant or a field name.

use crate::file::PolicyFile;
use crate::{Catalogue, cases, compile};

/// Mutants that no case can kill, because they mean the same; each line: policy, place, mutant, and why.
const EQUIVALENT: &str = include_str!("equivalent_mutants.txt");

/// Operators and what they are flipped to.
const FLIPS: &[(&str, &str)] = &[
    ("==", "!="),
    ("!=", "=="),
    ("&&", "||"),
    ("||", "&&"),
    ("<=", "<"),
    (">=", ">"),
    ("<", "<="),
    (">", ">="),
];

/// Words and what they are flipped to.
const WORDS: &[(&str, &str)] = &[
    ("all", "exists"),
    ("exists", "all"),
    ("true", "false"),
    ("false", "true"),
    ("exists_one", "exists"),
];

/// Every mutant of an expression, as its new text.
fn mutants(source: &str) -> Vec<String> {
    let bytes = source.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    let mut swap = |from: usize, to: usize, with: &str| {
        out.push(format!("{}{with}{}", &source[..from], &source[to..]))
    };
    while at < bytes.len() {
        let rest = &source[at..];
        let byte = bytes[at];
        if byte == b'\'' || byte == b'"' {
            let end = closing(bytes, at);
            swap(at + 1, at + 1, "~");
            at = end + 1;
        } else if let Some((from, to)) = FLIPS.iter().find(|(from, _)| rest.starts_with(from)) {
            swap(at, at + from.len(), to);
            at += from.len();
        } else if byte == b'!' {
            swap(at, at + 1, "");
            at += 1;
        } else if byte.is_ascii_digit() {
            let end = at + rest.bytes().take_while(u8::is_ascii_digit).count();
            if let Ok(number) = source[at..end].parse::<i64>() {
                swap(at, end, &(number + 1).to_string());
            }
            at = end;
        } else if byte.is_ascii_alphabetic() || byte == b'_' {
            let end = at
                + rest
                    .bytes()
                    .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                    .count();
            let word = &source[at..end];
            let before = source[..at].trim_end_matches('?');
            let call = source[end..].starts_with('(');
            if let Some((_, to)) = WORDS.iter().find(|(from, _)| *from == word) {
                swap(at, end, to);
            } else if before.ends_with('.') && !call {
                swap(end, end, "X");
            }
            at = end;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    out
}

fn closing(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < bytes.len() && bytes[at] != bytes[open] {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len() - 1)
}

/// Gives every expression of a file with its place.
fn expressions(file: &mut PolicyFile) -> Vec<(String, &mut String)> {
    let mut all: Vec<(String, &mut String)> =
        vec![("expression".to_owned(), &mut file.expression.value)];
    for (i, when) in file.when.iter_mut().enumerate() {
        all.push((format!("when[{i}]"), &mut when.value));
    }
    for variable in &mut file.variables {
        all.push((
            format!("variables.{}", variable.name.value),
            &mut variable.expression.value,
        ));
    }
    for (name, source) in &mut file.each.0 {
        all.push((format!("each.{name}"), &mut source.value));
    }
    all
}

#[test]
fn cases_kill_every_mutant_of_every_expression() {
    let catalogue = Catalogue::built_in().unwrap();
    let known: Vec<&str> = EQUIVALENT
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let (mut tried, mut survivors, mut used) = (0, Vec::new(), Vec::new());
    for policy in &catalogue.policies {
        let cases = policy.read_cases().unwrap();
        let mut file: PolicyFile = serde_saphyr::from_str(&policy.text).unwrap();
        let places: Vec<(String, String)> = expressions(&mut file)
            .into_iter()
            .map(|(place, source)| (place, source.clone()))
            .collect();
        for (index, (place, source)) in places.iter().enumerate() {
            for mutant in mutants(source) {
                tried += 1;
                let mut changed = file.clone();
                *expressions(&mut changed)[index].1 = mutant.clone();
                let Ok(compiled) = compile::compile(&policy.file, &policy.text, &changed) else {
                    continue;
                };
                let mutated = crate::Policy {
                    compiled,
                    ..policy.clone()
                };
                let alone = Catalogue {
                    policies: vec![mutated],
                    frameworks: Vec::new(),
                    hash: String::new(),
                };
                let id = policy.id.as_str();
                if cases
                    .iter()
                    .any(|case| case.complaint(&cases::run(&alone, id, case)).is_some())
                {
                    continue;
                }
                let line = format!(
                    "{id} {place} {}",
                    mutant.split_whitespace().collect::<Vec<_>>().join(" ")
                );
                match known
                    .iter()
                    .find(|known| known.split(" # ").next() == Some(&line))
                {
                    Some(known) => used.push(*known),
                    None => survivors.push(line),
                }
            }
        }
    }
    println!("exercised: {tried} mutants of policy expressions");
    let stale: Vec<_> = known.iter().filter(|known| !used.contains(known)).collect();
    assert!(
        stale.is_empty(),
        "listed as equivalent, but killed or gone: {stale:#?}"
    );
    assert!(
        survivors.is_empty(),
        "{} of {tried} mutants survive:\n{}",
        survivors.len(),
        survivors.join("\n")
    );
}

#[test]
fn mutants_change_operators_constants_and_names() {
    let found = mutants("!a.?b.c.all(x, x.n == 'v' && x.m < 3)");
    for wanted in [
        "a.?b.c.all(x, x.n == 'v' && x.m < 3)",
        "!a.?bX.c.all(x, x.n == 'v' && x.m < 3)",
        "!a.?b.c.exists(x, x.n == 'v' && x.m < 3)",
        "!a.?b.c.all(x, x.n != 'v' && x.m < 3)",
        "!a.?b.c.all(x, x.n == '~v' && x.m < 3)",
        "!a.?b.c.all(x, x.n == 'v' || x.m < 3)",
        "!a.?b.c.all(x, x.n == 'v' && x.m <= 3)",
        "!a.?b.c.all(x, x.n == 'v' && x.m < 4)",
    ] {
        assert!(
            found.iter().any(|mutant| mutant == wanted),
            "{wanted} is not among {found:#?}"
        );
    }
}
