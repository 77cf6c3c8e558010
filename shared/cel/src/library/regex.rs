//! Regular expressions: RE2's notation, as Go and therefore Kubernetes has it, on the `regex` crate.

use ::regex::{Regex, RegexBuilder};

use super::{Context, Function, ListBuilder};
use crate::error::Stop;
use crate::value::Value;

mod class;
mod re2;

/// The most memory a compiled pattern may take, in bytes: one of a source, and one that an evaluation makes, which may
/// make many.
const MOST_MEMORY: usize = 8 << 20;
const MOST_MEMORY_MADE: usize = 256 << 10;

/// What building a pattern costs: about as much as so many steps.
const BUILDING: u64 = 5000;

/// Builds a pattern of a source; the error is a plain sentence.
pub(crate) fn build(pattern: &str) -> Result<Regex, String> {
    build_within(pattern, MOST_MEMORY)
}

fn build_within(pattern: &str, memory: usize) -> Result<Regex, String> {
    let broken = |fault: &str| format!("the pattern is broken: {fault}");
    let translated = re2::translated(pattern).map_err(|fault| broken(&fault))?;
    RegexBuilder::new(&translated)
        .size_limit(memory)
        .build()
        .map_err(|error| match error {
            ::regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default();
                broken(last.strip_prefix("error: ").unwrap_or(last))
            }
        })
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
    cx.budget.charge(BUILDING + pattern.len() as u64 * 10)?;
    let regex = build_within(pattern, MOST_MEMORY_MADE)
        .map_err(|message| cx.fail(format_args!("{message}")))?;
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
            (r"^\Qa.b\E+$", "a.bb", true),
            (r"^[\d-z]+$", "-z1", true),
            (r"a{,2}", "a{,2}", true),
            (r"\123", "S", true),
            (r"a(?i)*B", "aab", true),
            (r"^\p{^Lu}$", "a", true),
            (r"^[^\x{D800}]$", "a", true),
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
        for pattern in [
            "a**",
            "a{1001}",
            "(a{100}){11}",
            "(?x)a",
            r"\p{Latn}",
            r"\p{sc=Latin}",
            r"\é",
            r"\8",
            "[[:foo:]]",
            "[a--b]",
            "(?i-)a",
            "(?P<é>a)",
            "*",
            "a|*",
            "(?i)*",
            ")",
            "[]",
        ] {
            assert!(build(pattern).is_err(), "{pattern}");
        }
        assert_eq!(
            build(r"(\pL{1000}){1}\pL{1000}").unwrap_err(),
            "the pattern is too large"
        );
        assert!(build(&"(".repeat(5000)).is_err());
    }
}
