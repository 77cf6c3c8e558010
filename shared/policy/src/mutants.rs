//! Mutation tests of policies: the cases of a policy must notice when its expressions are changed, be it an operator, a
//! constant or a field name.

use crate::error::LoadError;
use crate::file::PolicyFile;
use crate::{Catalogue, Policy, cases, compile};

/// What became of the mutants of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many there were.
    pub tried: usize,
    /// Those that no case noticed: the policy, the place of the expression, and the changed expression on one line.
    pub survivors: Vec<String>,
}

/// Changes every operator, constant and field name of a policy's expressions, one at a time, and runs its cases.
///
/// # Errors
/// When its cases cannot be read, or its file not be read again.
pub fn run(policy: &Policy) -> Result<Outcome, LoadError> {
    let cases = policy.read_cases()?;
    let mut file: PolicyFile = serde_saphyr::from_str(&policy.text)
        .map_err(|error| LoadError::of_yaml(&policy.file, &error))?;
    let places: Vec<(String, String)> = expressions(&mut file)
        .into_iter()
        .map(|(place, source)| (place, source.clone()))
        .collect();
    let mut outcome = Outcome::default();
    let id = policy.id.as_str();
    for (index, (place, source)) in places.iter().enumerate() {
        for mutant in mutants(source) {
            outcome.tried += 1;
            let mut changed = file.clone();
            *expressions(&mut changed)[index].1 = mutant.clone();
            let Ok(compiled) = compile::compile(&policy.file, &policy.text, &changed) else {
                continue;
            };
            let alone = Catalogue {
                policies: vec![Policy {
                    compiled,
                    ..policy.clone()
                }],
                frameworks: Vec::new(),
                hash: String::new(),
            };
            let notices = |case| cases::Case::complaint(case, &cases::run(&alone, id, case));
            if cases.iter().all(|case| notices(case).is_none()) {
                let words: Vec<&str> = mutant.split_whitespace().collect();
                let line = format!("{id} {place} {}", words.join(" "));
                outcome.survivors.push(line);
            }
        }
    }
    Ok(outcome)
}

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
    for (i, unknown) in file.unknown.iter_mut().enumerate() {
        all.push((format!("unknown[{i}]"), &mut unknown.when.value));
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

#[cfg(test)]
mod tests;
