//! XML as a series of events. A document that ends early, or whose elements do not match, is an error: half an
//! answer must never pass for a whole one.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Token, Tokenizer};

/// What comes next.
#[derive(Debug, PartialEq)]
pub(crate) enum Event<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// Text within an element.
    Text(Cow<'a, str>),
    /// The innermost element ends.
    Close,
    /// The document ends.
    End,
}

/// The beginning of an element.
#[derive(Debug, PartialEq)]
pub(crate) struct Element<'a> {
    /// Its name without a prefix.
    pub(crate) name: &'a str,
    /// Attributes with their names as written, prefix included.
    pub(crate) attributes: Vec<(&'a str, Cow<'a, str>)>,
}

/// Reads events.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    tokens: Tokenizer<'a>,
    open: Vec<(&'a str, &'a str)>,
    begun: bool,
    /// The element closed itself; its end is still to be told.
    closes: bool,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
        Ok(Self {
            text,
            tokens: Tokenizer::from(text),
            open: Vec::new(),
            begun: false,
            closes: false,
        })
    }

    pub(crate) fn next(&mut self) -> Result<Event<'a>, String> {
        if self.closes {
            self.closes = false;
            return Ok(Event::Close);
        }
        loop {
            let Some(token) = self.tokens.next() else {
                return match self.open.last() {
                    Some((_, name)) => Err(format!("the answer ends within `{name}`")),
                    None if self.begun => Ok(Event::End),
                    None => Err("the answer holds no element".to_owned()),
                };
            };
            match token.map_err(|error| error.to_string())? {
                Token::ElementStart { prefix, local, .. } => {
                    if self.open.is_empty() && self.begun {
                        return Err("the answer holds two documents".to_owned());
                    }
                    self.begun = true;
                    self.open.push((prefix.as_str(), local.as_str()));
                    let element = self.element(local.as_str())?;
                    return Ok(Event::Open(element));
                }
                Token::ElementEnd {
                    end: ElementEnd::Close(prefix, local),
                    ..
                } => {
                    if self.open.pop() != Some((prefix.as_str(), local.as_str())) {
                        return Err(format!("`{}` ends what did not begin", local.as_str()));
                    }
                    return Ok(Event::Close);
                }
                Token::Text { text } if !self.open.is_empty() => {
                    return Ok(Event::Text(unescape(text.as_str())?));
                }
                Token::Cdata { text, .. } => return Ok(Event::Text(text.as_str().into())),
                Token::Declaration { .. }
                | Token::ProcessingInstruction { .. }
                | Token::Comment { .. }
                | Token::Text { .. } => {}
                // AWS sends none, and what they define could be endless.
                _ => return Err("the answer holds a document type".to_owned()),
            }
        }
    }

    /// The rest of the beginning of an element.
    fn element(&mut self, name: &'a str) -> Result<Element<'a>, String> {
        let mut attributes = Vec::new();
        loop {
            let token = self.tokens.next().ok_or("the answer ends within a tag")?;
            match token.map_err(|error| error.to_string())? {
                Token::Attribute {
                    prefix,
                    local,
                    value,
                    ..
                } => {
                    let from = if prefix.as_str().is_empty() {
                        local.start()
                    } else {
                        prefix.start()
                    };
                    let name = self.text.get(from..local.end()).unwrap_or_default();
                    attributes.push((name, unescape(value.as_str())?));
                }
                Token::ElementEnd { end, .. } => {
                    if end == ElementEnd::Empty {
                        self.open.pop();
                        self.closes = true;
                    }
                    return Ok(Element { name, attributes });
                }
                _ => return Err("a tag holds something else than attributes".to_owned()),
            }
        }
    }

    /// Goes past the end of the innermost element.
    pub(crate) fn skip(&mut self) -> Result<(), String> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                Event::Open(_) => depth += 1,
                Event::Close => depth -= 1,
                Event::Text(_) => {}
                Event::End => return Err("the answer ends too early".to_owned()),
            }
        }
        Ok(())
    }

    /// The text of the innermost element up to its end. Elements within it are skipped.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, String> {
        let mut all = Cow::Borrowed("");
        loop {
            match self.next()? {
                Event::Text(more) if all.is_empty() => all = more,
                Event::Text(more) => all.to_mut().push_str(&more),
                Event::Open(_) => self.skip()?,
                Event::Close => return Ok(all),
                Event::End => return Err("the answer ends too early".to_owned()),
            }
        }
    }
}

/// References to characters, and ends of lines as XML wants them read.
fn unescape(text: &str) -> Result<Cow<'_, str>, String> {
    if !text.contains(['&', '\r']) {
        return Ok(Cow::Borrowed(text));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part
            .split_once(';')
            .ok_or_else(|| format!("`&{part}` has no end"))?;
        out.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => character(entity).ok_or_else(|| format!("`&{entity};` is no character"))?,
        });
        out.push_str(rest);
    }
    Ok(Cow::Owned(out))
}

fn character(entity: &str) -> Option<char> {
    let digits = entity.strip_prefix('#')?;
    let code = match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    char::from_u32(code.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let mut scanner = Scanner::new(text.as_bytes())?;
        let mut events = Vec::new();
        loop {
            match scanner.next()? {
                Event::Open(element) => events.push(format!(
                    "<{}{}",
                    element.name,
                    element
                        .attributes
                        .iter()
                        .map(|(name, value)| format!(" {name}={value}"))
                        .collect::<String>()
                )),
                Event::Text(text) => events.push(text.into_owned()),
                Event::Close => events.push(">".to_owned()),
                Event::End => return Ok(events),
            }
        }
    }

    #[test]
    fn elements_attributes_and_text_are_told() {
        let text = "<?xml version=\"1.0\"?>\n<!-- c --><p:a xsi:type=\"x&amp;y\" n='1'>one<![CDATA[<two>]]>\
            &#x33;&lt;\r\n<b/></p:a>\n";
        assert_eq!(
            read(text).unwrap(),
            [
                "<a xsi:type=x&y n=1",
                "one",
                "<two>",
                "3<\n",
                "<b",
                ">",
                ">"
            ]
        );
    }

    #[test]
    fn every_cut_of_a_document_is_an_error() {
        let text = "<a x=\"1\"><b>text &amp; more</b><c/><d><e>5</e></d></a>";
        assert!(read(text).is_ok());
        for end in 0..text.len() {
            assert!(read(&text[..end]).is_err(), "{}", &text[..end]);
        }
    }

    #[test]
    fn what_is_no_xml_is_an_error() {
        for text in [
            "",
            "no xml",
            "<a></b>",
            "<a/><b/>",
            "<a>&nbsp;</a>",
            "<a>&#xD800;</a>",
            "<a>& b</a>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(Scanner::new(b"<a>\xff</a>").is_err());
    }
}
