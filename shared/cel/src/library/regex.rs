//! Regular expressions: RE2's notation, as Go and therefore Kubernetes has it, on the `regex` crate.

use ::regex::{Regex, RegexBuilder};

use super::{Context, Function, ListBuilder};
use crate::error::Stop;
use crate::value::Value;

/// The most memory a compiled pattern may take, in bytes.
const MOST_MEMORY: usize = 1 << 20;

/// Builds a pattern; the error is a plain sentence.
pub(crate) fn build(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(&translated(pattern))
        .size_limit(MOST_MEMORY)
        .nest_limit(50)
        .build()
        .map_err(|error| match error {
            ::regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default();
                format!(
                    "the pattern is broken: {}",
                    last.strip_prefix("error: ").unwrap_or(last)
                )
            }
        })
}

/// From RE2 to the `regex` crate: `\d`, `\s`, `\w` and `\b` mean ASCII; a bracket, `&&` and `~~` inside a class mean
/// themselves.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(class @ ('d' | 's' | 'w' | 'D' | 'S' | 'W')) => {
                    out.push_str(perl_class(class))
                }
                Some(edge @ ('b' | 'B')) if !in_class => {
                    out.push_str(if edge == 'b' {
                        r"(?-u:\b)"
                    } else {
                        r"(?-u:\B)"
                    });
                }
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // A bracket in first place closes nothing.
                if chars.next_if_eq(&']').is_some() {
                    out.push_str(r"\]");
                }
            }
            '[' if chars.peek() == Some(&':') => {
                out.push('[');
                for c in chars.by_ref() {
                    out.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            '[' | '&' | '~' if in_class => out.extend(['\\', c]),
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

/// Brackets within brackets are a union in the `regex` crate, so these go inside classes as well.
fn perl_class(name: char) -> &'static str {
    match name {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        'w' => "[0-9A-Za-z_]",
        _ => "[^0-9A-Za-z_]",
    }
}

/// Calls one of them with a pattern that was not known beforehand; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    let [Value::Str(text), Value::Str(pattern), limit @ ..] = args else {
        return Ok(None);
    };
    // Building one costs about as much as a thousand steps.
    cx.budget.charge(1000 + pattern.len() as u64 * 10)?;
    let regex = build(pattern).map_err(|message| cx.fail(format_args!("{message}")))?;
    apply(cx, function, &regex, text, limit.first().copied())
}

/// Applies a built pattern.
pub(crate) fn apply<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    regex: &Regex,
    text: &'a str,
    limit: Option<Value<'a>>,
) -> Result<Option<Value<'a>>, Stop<'a>> {
    charge(cx, regex, text)?;
    Ok(Some(match (function, limit) {
        (Function::Matches, None) => Value::Bool(regex.is_match(text)),
        (Function::Find, None) => Value::Str(regex.find(text).map_or("", |found| found.as_str())),
        (Function::FindAll, None) => find_all(cx, regex, text, -1)?,
        (Function::FindAll, Some(Value::Int(most))) => find_all(cx, regex, text, most)?,
        _ => return Ok(None),
    }))
}

/// Whether the pattern is found anywhere in the text.
pub(crate) fn is_match<'a>(
    cx: &Context<'_, 'a>,
    regex: &Regex,
    text: &str,
) -> Result<bool, Stop<'a>> {
    charge(cx, regex, text)?;
    Ok(regex.is_match(text))
}

/// Matching takes time in the length of the text times that of the pattern.
fn charge<'a>(cx: &Context<'_, 'a>, regex: &Regex, text: &str) -> Result<(), Stop<'a>> {
    let work = (text.len() as u64 / 10 + 1).saturating_mul(regex.as_str().len() as u64 / 4 + 1);
    cx.budget.charge(work)
}

fn find_all<'a>(
    cx: &Context<'_, 'a>,
    regex: &Regex,
    text: &'a str,
    most: i64,
) -> Result<Value<'a>, Stop<'a>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut found = ListBuilder::new(cx, 4);
    regex
        .find_iter(text)
        .take(most)
        .try_for_each(|part| found.push(Value::Str(part.as_str())))?;
    Ok(found.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_go() {
        for (pattern, text, expected) in [
            (r"^\d+$", "12", true),
            (r"^\d$", "٣", false),
            (r"^\w+$", "é", false),
            (r"^[\w-]+$", "a-b_1", true),
            (r"^[\D]$", "x", true),
            (r"^[[]$", "[", true),
            (r"^[a&&b]+$", "a&b", true),
            (r"^[]a]+$", "a]", true),
            (r"^[^]a]$", "b", true),
            (r"^[[:alpha:]]+$", "ab", true),
            (r"\bab\b", "x ab y", true),
            ("(?i)^ABC$", "abc", true),
            ("^.$", "é", true),
            (r"a\.b", "axb", false),
        ] {
            assert_eq!(
                build(pattern).unwrap().is_match(text),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn broken_and_huge_patterns_are_refused_in_one_line() {
        assert_eq!(
            build("a(b").unwrap_err(),
            "the pattern is broken: unclosed group"
        );
        assert!(build(r"a(?=b)").unwrap_err().contains("look-around"));
        assert_eq!(
            build(r"((a{100}){100}){100}").unwrap_err(),
            "the pattern is too large"
        );
        assert!(build(&"(".repeat(5000)).is_err());
    }
}
