//! A look at a source's tokens before it is parsed: the parser recurses without a bound of its own, so the depth
//! it could reach is bounded here first; and brackets or quotes left open are reported better than it would.

use crate::env::Limits;
use crate::error::CompileError;
use crate::source::Source;

/// Refuses a source past the limits; otherwise gives a bound on the depth of its syntax tree.
pub(crate) fn scan(source: Source<'_>, limits: Limits) -> Result<u32, CompileError> {
    if source.0.len() > limits.source_bytes {
        let message = format!(
            "the expression is longer than {} bytes",
            limits.source_bytes
        );
        return Err(source.error(limits.source_bytes, 1, message));
    }
    let limit = limits.depth.min(Limits::MAX_DEPTH);
    let mut depth = Depth::default();
    let mut tokens = Tokens { source, at: 0 };
    let mut before = Token::Start;
    let mut deepest = 0;
    while let Some((at, token)) = tokens.next()? {
        depth.take(source, at, token, before)?;
        if depth.total > limit {
            let message = format!("the expression nests deeper than {limit} levels");
            let mut error = source.error(at, 1, message);
            error.help = Some("split it into variables".to_owned());
            return Err(error);
        }
        deepest = deepest.max(depth.total);
        before = token;
    }
    match depth.open.last() {
        Some(level) => {
            Err(source.error(level.at, 1, format!("`{}` is never closed", level.bracket)))
        }
        None => Ok(deepest),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Start,
    Open(char),
    Close(char),
    /// `,`, `&&`, `||`: what follows starts afresh.
    Break,
    Comma,
    Question,
    Colon,
    /// A dot or an operator that the parser nests on.
    Chain,
    Dot,
    Other,
}

/// Operators in a row at one bracket level, outermost level first.
#[derive(Default)]
struct Depth {
    open: Vec<Level>,
    base: Level,
    total: u32,
}

struct Level {
    bracket: char,
    at: usize,
    chain: u32,
    choices: u32,
}

impl Default for Level {
    fn default() -> Level {
        Level {
            bracket: ' ',
            at: 0,
            chain: 0,
            choices: 0,
        }
    }
}

impl Depth {
    fn level(&mut self) -> &mut Level {
        self.open.last_mut().unwrap_or(&mut self.base)
    }

    fn take(
        &mut self,
        source: Source<'_>,
        at: usize,
        token: Token,
        before: Token,
    ) -> Result<(), CompileError> {
        let level = self.level();
        match token {
            Token::Open(bracket) => {
                level.chain += 1;
                self.open.push(Level {
                    bracket,
                    at,
                    ..Level::default()
                });
                self.total += 2;
            }
            Token::Close(bracket) => match self.open.pop() {
                Some(level)
                    if matches!(
                        (level.bracket, bracket),
                        ('(', ')') | ('[', ']') | ('{', '}')
                    ) =>
                {
                    self.total -= level.chain + level.choices + 1;
                }
                Some(level) => {
                    let message = format!("`{}` is closed by `{bracket}`", level.bracket);
                    return Err(source.error(at, 1, message));
                }
                None => return Err(source.error(at, 1, format!("`{bracket}` closes nothing"))),
            },
            Token::Break | Token::Colon => {
                self.total -= std::mem::take(&mut self.level().chain);
            }
            Token::Comma => {
                let gone = std::mem::take(&mut level.chain) + std::mem::take(&mut level.choices);
                self.total -= gone;
            }
            // `.?`, `[?`, `{?` and `, ?` are optionals, anything else a choice.
            Token::Question if matches!(before, Token::Dot | Token::Open(_) | Token::Comma) => {}
            Token::Question => {
                let gone = std::mem::take(&mut level.chain);
                level.choices += 1;
                self.total = self.total - gone + 1;
            }
            Token::Chain | Token::Dot => {
                level.chain += 1;
                self.total += 1;
            }
            Token::Start | Token::Other => {}
        }
        Ok(())
    }
}

struct Tokens<'s> {
    source: Source<'s>,
    at: usize,
}

impl Tokens<'_> {
    fn next(&mut self) -> Result<Option<(usize, Token)>, CompileError> {
        let text = self.source.0;
        loop {
            let rest = &text[self.at..];
            let start = self.at;
            let Some(c) = rest.chars().next() else {
                return Ok(None);
            };
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            if c.is_whitespace() {
                self.at += c.len_utf8();
                continue;
            }
            let (length, token) = match c {
                '\'' | '"' => (quoted(self.source, start, 0)?, Token::Other),
                'a'..='z' | 'A'..='Z' | '_' => {
                    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                    let length = end.unwrap_or(rest.len());
                    let word = &rest[..length];
                    let prefix = matches!(word, "r" | "R" | "b" | "B")
                        || (length == 2
                            && matches!(word.to_ascii_lowercase().as_str(), "rb" | "br"));
                    if prefix && rest[length..].starts_with(['\'', '"']) {
                        (quoted(self.source, start, length)?, Token::Other)
                    } else {
                        (
                            length,
                            if word == "in" {
                                Token::Chain
                            } else {
                                Token::Other
                            },
                        )
                    }
                }
                '0'..='9' => (number(rest), Token::Other),
                '(' | '[' | '{' => (1, Token::Open(c)),
                ')' | ']' | '}' => (1, Token::Close(c)),
                ',' => (1, Token::Comma),
                '?' => (1, Token::Question),
                ':' => (1, Token::Colon),
                '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                    (number(rest), Token::Other)
                }
                '.' => (1, Token::Dot),
                '&' | '|' if rest.starts_with("&&") || rest.starts_with("||") => (2, Token::Break),
                '=' | '!' | '<' | '>' if rest[1..].starts_with('=') => (2, Token::Chain),
                '<' | '>' | '+' | '-' | '*' | '/' | '%' => (1, Token::Chain),
                '!' => (1, Token::Other),
                '`' => {
                    let message = "names in backquotes are not taken";
                    let mut error = self.source.error(start, 1, message);
                    error.help = Some("use an index, for example x['a-b']".to_owned());
                    return Err(error);
                }
                other => {
                    let message = format!("`{}` means nothing here", other.escape_debug());
                    return Err(self.source.error(start, other.len_utf8(), message));
                }
            };
            self.at += length;
            return Ok(Some((start, token)));
        }
    }
}

/// The length of a number, dots and exponents included.
fn number(rest: &str) -> usize {
    let mut before = ' ';
    let end = rest.find(|c: char| {
        let signed =
            matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !rest.starts_with("0x");
        before = c;
        !(c.is_ascii_alphanumeric() || c == '.' || signed)
    });
    end.unwrap_or(rest.len())
}

/// The length of a text with its `prefix` bytes before the quote.
fn quoted(source: Source<'_>, start: usize, prefix: usize) -> Result<usize, CompileError> {
    let raw = source.0[start..start + prefix].contains(['r', 'R']);
    let body = &source.0[start + prefix..];
    let quote = &body[..1];
    let triple = quote.repeat(3);
    let close = if body.starts_with(&triple) {
        triple.as_str()
    } else {
        quote
    };
    let mut at = close.len();
    while at < body.len() {
        let rest = &body[at..];
        if rest.starts_with(close) {
            return Ok(prefix + at + close.len());
        }
        if close.len() == 1 && rest.starts_with(['\n', '\r']) {
            break;
        }
        let escaped = !raw && rest.starts_with('\\');
        at += rest
            .chars()
            .take(if escaped { 2 } else { 1 })
            .map(char::len_utf8)
            .sum::<usize>();
    }
    Err(source.error(start, prefix + close.len(), "this text is never closed"))
}

#[cfg(test)]
mod tests;
