//! Whether a role's trust policy lets a certain caller in, as STS decides: some statement allows it, and none denies it.
//!
//! Sources: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements: Condition operators", "Multivalued context
//! keys". What of a request nobody can know (its address, its time) makes the answer open, and is never taken for a no.

use plimsoll_cel::Node;

use super::super::items;

/// Yes, no, or what would have to be known.
pub(super) type Answer = Result<bool, String>;

/// Who asks, and for what.
pub(super) struct Caller<'c> {
    /// Type and value, as they stand in a principal.
    pub(super) principal: (&'static str, &'c str),
    /// In lower case.
    pub(super) action: &'static str,
    /// What is known of the request: keys in lower case, and what stands there, if anything does.
    pub(super) keys: &'c [(String, Option<&'c str>)],
}

/// Whether statements (`AwsStatement`) let the caller in.
pub(super) fn admits(trust: &Node<'_>, caller: &Caller<'_>) -> Answer {
    let mut parts = [trust].into_iter().chain(trust.items());
    if let Some(reason) = parts.find_map(Node::unknown) {
        return Err(reason.to_owned());
    }
    let applies = |allows: bool| {
        let statements = trust.items().iter();
        let statements = statements.filter(move |one| (word(one, "Effect") == "Allow") == allows);
        any(statements.map(|statement| applies(statement, caller)))
    };
    all([applies(true), applies(false).map(|denied| !denied)])
}

/// All of them: one no decides, whatever is open.
pub(super) fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let mut open = None;
    for answer in answers {
        match answer {
            Ok(true) => (),
            Ok(false) => return Ok(false),
            Err(what) => open = open.or(Some(what)),
        }
    }
    open.map_or(Ok(true), Err)
}

/// Any of them: one yes decides.
pub(super) fn any(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let turned = answers.into_iter().map(|answer| answer.map(|yes| !yes));
    all(turned).map(|none| !none)
}

fn applies(statement: &Node<'_>, caller: &Caller<'_>) -> Answer {
    let action = named(statement, "Actions", "NotActions", &|pattern| {
        like(pattern.as_str().unwrap_or(""), caller.action)
    });
    let principal = named(statement, "Principals", "NotPrincipals", &|one| {
        let (of_type, value) = caller.principal;
        let is_it = word(one, "Type") == of_type && word(one, "Value") == value;
        is_it || word(one, "Value") == "*" && ["*", "AWS"].contains(&word(one, "Type"))
    });
    let conditions = items(statement, "Conditions").iter();
    let conditions = conditions.map(|condition| holds(condition, caller.keys));
    all([Ok(action), Ok(principal)].into_iter().chain(conditions))
}

/// Whether one of a list is meant; of the other list, if that is the one there is, whether none is.
fn named(statement: &Node<'_>, list: &str, not: &str, is: &dyn Fn(&Node<'_>) -> bool) -> bool {
    match items(statement, list) {
        [] => {
            let not = items(statement, not);
            !not.is_empty() && !not.iter().any(is)
        }
        several => several.iter().any(is),
    }
}

fn holds(condition: &Node<'_>, keys: &[(String, Option<&str>)]) -> Answer {
    let (operator, key) = (word(condition, "Operator"), word(condition, "Key"));
    let open = || format!("condition {operator} of {key}");
    let mut values = items(condition, "Values")
        .iter()
        .map(|value| value.as_str().unwrap_or(""));
    let wanted = key.to_ascii_lowercase();
    let known = keys.iter().find(|(known, _)| *known == wanted);
    let Some((_, value)) = known else {
        return Err(open());
    };
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (set, operator),
        None => ("", operator),
    };
    if operator == "Null" {
        return Ok(values.any(|absent| (absent == "true") == value.is_none()));
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let Some((negated, compare)) = comparison(operator) else {
        return Err(open());
    };
    match value {
        Some(value) => {
            let mut variable = false;
            let same = values.any(|pattern| {
                variable |= pattern.contains("${");
                compare(pattern, value)
            });
            match variable && !same {
                true => Err(open()),
                false => Ok(same != negated),
            }
        }
        None => Ok(match set {
            "ForAllValues" => true,
            "ForAnyValue" => if_exists,
            _ => if_exists || negated,
        }),
    }
}

type Compare = fn(&str, &str) -> bool;

/// Whether an operator asks for the contrary, and how it compares a pattern with a value.
fn comparison(operator: &str) -> Option<(bool, Compare)> {
    let same: Compare = |pattern, value| pattern == value;
    let alike: Compare = |pattern, value| pattern.eq_ignore_ascii_case(value);
    Some(match operator {
        "StringEquals" => (false, same),
        "StringNotEquals" => (true, same),
        "StringEqualsIgnoreCase" => (false, alike),
        "StringNotEqualsIgnoreCase" => (true, alike),
        "StringLike" | "ArnEquals" | "ArnLike" => (false, like),
        "StringNotLike" | "ArnNotEquals" | "ArnNotLike" => (true, like),
        _ => return None,
    })
}

fn word<'a>(node: &Node<'a>, key: &str) -> &'a str {
    super::said(node, &[key])
}

/// IAM's patterns: `*` is any text, `?` any character.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(letter) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(own) if *own == '?' || own == letter => {
                p += 1;
                t += 1;
            }
            _ => match star {
                None => return false,
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
            },
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}
