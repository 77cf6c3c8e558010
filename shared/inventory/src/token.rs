//! A bearer token: used, never shown.

use std::fmt;

/// A token that lets its bearer in; what is written of it for people is that it is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token in a text, without the white space around it; none if that is all there is, and none if it could not
    /// stand in a header.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()))
            .then(|| Self(text.to_owned()))
    }

    /// The text, for the request that shows it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_as_it_is_and_not_shown() {
        let token = Token::of(" abc.def\n").unwrap();
        assert_eq!(token.as_str(), "abc.def");
        assert_eq!(format!("{token:?} {:?}", Some(&token)), "Token Some(Token)");
        for text in ["", " \n", "two words", "line\nbreak", "ü"] {
            assert_eq!(Token::of(text), None, "{text}");
        }
    }
}
