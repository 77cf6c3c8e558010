//! The shape of what is sent and what is read: the part of the table in brackets.

/// The shape of a value. The names in it are those of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `s`: text.
    Text,
    /// `i`: a whole number.
    Whole,
    /// `f`: a number.
    Real,
    /// `b`: true or false.
    Truth,
    /// `t`: a moment; RFC 3339 text when it was read.
    Moment,
    /// `x`: bytes; Base64 text, as on the wire.
    Bytes,
    /// `[…]`: a list.
    List {
        /// The form of each item.
        item: Box<Form>,
        /// `*`: the items stand beside each other in the parent, without an element for the list.
        flat: bool,
    },
    /// `<…>`: a map with text as keys.
    Map {
        /// The form of each value.
        value: Box<Form>,
    },
    /// `{…}`: named members.
    Record(Vec<Member>),
}

/// A member of a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// As botocore calls it.
    pub(crate) name: &'static str,
    /// As it is called on the wire.
    pub(crate) wire: &'static str,
    /// Where it stands.
    pub(crate) place: Place,
    /// Its form.
    pub(crate) form: Form,
}

/// Where a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the body.
    Body,
    /// `@uri`: in the path.
    Uri,
    /// `@query`: in the query of the URL.
    Query,
    /// `@header`: a header.
    Header,
    /// `@attribute`: an attribute of the XML element.
    Attribute,
}

impl Form {
    /// Reads a form, for example `{A=a[s] B:i}`.
    pub(crate) fn parse(text: &'static str) -> Result<Self, String> {
        let mut reader = Reader { rest: text.trim() };
        let form = reader.form()?;
        if reader.rest.is_empty() {
            Ok(form)
        } else {
            Err(format!("`{}` is left over", reader.rest))
        }
    }

    /// The members of a record; of anything else none.
    pub(crate) fn members(&self) -> &[Member] {
        match self {
            Form::Record(members) => members,
            _ => &[],
        }
    }
}

struct Reader {
    rest: &'static str,
}

impl Reader {
    fn take(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(format!("`{sign}` is missing before `{}`", self.rest))
        }
    }

    /// The text up to one of the signs of the notation.
    fn word(&mut self) -> &'static str {
        let sign = |c: char| c.is_whitespace() || "{}[]<>@=".contains(c);
        // A colon ends a name only where a letter and an end follow: `xsi:type` is one name.
        let mut end = self.rest.find(sign).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        if let Some((name, letter)) = word.rsplit_once(':')
            && letter.len() == 1
        {
            end = name.len();
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn form(&mut self) -> Result<Form, String> {
        if self.take('{') {
            return self.record();
        }
        if self.take('[') {
            let flat = self.take('*');
            let item = Box::new(self.form()?);
            self.expect(']')?;
            return Ok(Form::List { item, flat });
        }
        if self.take('<') {
            let value = Box::new(self.form()?);
            self.expect('>')?;
            return Ok(Form::Map { value });
        }
        let letter = self.rest.chars().next().unwrap_or(' ');
        let form = match letter {
            's' => Form::Text,
            'i' => Form::Whole,
            'f' => Form::Real,
            'b' => Form::Truth,
            't' => Form::Moment,
            'x' => Form::Bytes,
            _ => return Err(format!("no form begins with `{}`", self.rest)),
        };
        self.rest = &self.rest[1..];
        Ok(form)
    }

    fn record(&mut self) -> Result<Form, String> {
        let mut members = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.take('}') {
                return Ok(Form::Record(members));
            }
            members.push(self.member()?);
        }
    }

    fn member(&mut self) -> Result<Member, String> {
        let name = self.word();
        if name.is_empty() {
            return Err(format!("a name is missing before `{}`", self.rest));
        }
        let wire = if self.take('=') { self.word() } else { name };
        let place = if self.take('@') {
            match self.word() {
                "uri" => Place::Uri,
                "query" => Place::Query,
                "header" => Place::Header,
                "attribute" => Place::Attribute,
                other => return Err(format!("`@{other}` is no place")),
            }
        } else {
            Place::Body
        };
        self.take(':');
        let form = self.form()?;
        Ok(Member {
            name,
            wire,
            place,
            form,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &'static str, wire: &'static str, form: Form) -> Member {
        let place = Place::Body;
        Member {
            name,
            wire,
            place,
            form,
        }
    }

    #[test]
    fn a_form_says_names_places_and_kinds() {
        let tags = Form::Map {
            value: Box::new(Form::Text),
        };
        let list = |item, flat| Form::List {
            item: Box::new(item),
            flat,
        };
        assert_eq!(
            Form::parse("{A=a[*{B:i\n      C=c<s>}] Type=xsi:type@attribute:s D[t]}").unwrap(),
            Form::Record(vec![
                member(
                    "A",
                    "a",
                    list(
                        Form::Record(vec![member("B", "B", Form::Whole), member("C", "c", tags)]),
                        true
                    )
                ),
                Member {
                    name: "Type",
                    wire: "xsi:type",
                    place: Place::Attribute,
                    form: Form::Text
                },
                member("D", "D", list(Form::Moment, false)),
            ])
        );
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for wrong in [
            "",
            "{",
            "{A}",
            "{A:z}",
            "[s",
            "{A@where:s}",
            "{A:s}}",
            "<s",
            "{=a:s}",
        ] {
            assert!(Form::parse(wrong).is_err(), "{wrong}");
        }
    }
}
