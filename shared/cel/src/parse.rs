//! The parser of the `cel` crate, kept at arm's length: macros stay calls, and its errors become plain sentences.

use cel::common::ast::{IdedExpr, SourceInfo};
use cel::parser::ParseError;

use crate::error::CompileError;
use crate::source::Source;

/// Parses a source that [`crate::scan::scan`] accepted. Recurses deeply: call it on a large stack only.
pub(crate) fn parse(source: Source<'_>) -> Result<(IdedExpr, SourceInfo), CompileError> {
    // An environment without macros leaves `has`, `all` and the rest as the calls they are written as.
    let parser = cel::Env::default().parser();
    parser.parse_with_source_info(source.0).map_err(|errors| {
        // What the grammar does not take says more than what the walk over its debris makes of that.
        let syntax = errors
            .errors
            .iter()
            .find(|error| error.msg.starts_with("Syntax error"));
        match syntax.or(errors.errors.first()) {
            Some(first) => {
                let place = |n: isize| usize::try_from(n).unwrap_or(1).max(1);
                source.error_at_line(place(first.pos.0), place(first.pos.1), plain(first))
            }
            None => source.error(0, 1, "the expression cannot be read"),
        }
    })
}

/// The parser's message without its list of every token that could have come instead.
fn plain(error: &ParseError) -> String {
    let message = error
        .msg
        .strip_prefix("Syntax error: ")
        .unwrap_or(&error.msg);
    if message.contains("'<EOF>'") || message.contains("input '<EOF>") {
        return "the expression ends too early".to_owned();
    }
    let first_quoted = || message.split('\'').nth(1).unwrap_or_default();
    if message.starts_with("mismatched input") || message.starts_with("extraneous input") {
        return format!("`{}` is not expected here", first_quoted());
    }
    if message.starts_with("missing") {
        return format!("`{}` is missing here", first_quoted());
    }
    if message.starts_with("no viable alternative") {
        return "the expression makes no sense from here".to_owned();
    }
    if let Some(name) = message.strip_prefix("reserved identifier: ") {
        return format!("`{name}` is a reserved word");
    }
    if message.starts_with("invalid string literal") || message.starts_with("invalid bytes literal")
    {
        return "this text has an escape that does not exist".to_owned();
    }
    if let Some(text) = message.strip_prefix("token recognition error at: ") {
        // Texts that are never closed were found before; so were characters that mean nothing anywhere.
        return match text.contains(['"', '\\']) || text.starts_with("''") {
            true => "this text has an escape that does not exist".to_owned(),
            false => format!("{text} means nothing here"),
        };
    }
    if message.starts_with("invalid int literal") || message.starts_with("invalid uint literal") {
        return "this number does not fit 64 bits".to_owned();
    }
    if message.starts_with("Incomplete") || message.starts_with("No `") {
        return "the expression is not complete here".to_owned();
    }
    if message.starts_with("Recursion limit") {
        return "the expression nests too deep".to_owned();
    }
    message.to_owned()
}
