//! XML answers by a form.

mod scan;

use serde_json::{Map, Number, Value};

pub(crate) use scan::{Element, Event, Scanner};

use super::form::{Form, Member, Place};
use super::moment;

/// Reads a whole body. `root` is the name of the root, without which the answer is another operation's; `wrapper` is
/// the element in it that holds the members; without one the root does.
pub(crate) fn decode(
    form: &Form,
    body: &[u8],
    root: &str,
    wrapper: Option<&str>,
) -> Result<Value, String> {
    let mut scanner = Scanner::new(body)?;
    let begin = match scanner.next()? {
        Event::Open(begin) if begin.name == root => begin,
        _ => return Err(format!("the answer is no `{root}`")),
    };
    let value = match wrapper {
        None => value(form, &begin, &mut scanner)?,
        Some(wrapper) => wrapped(form, wrapper, &mut scanner)?,
    };
    loop {
        match scanner.next()? {
            Event::End => return Ok(value),
            Event::Open(_) => scanner.skip()?,
            Event::Text(_) | Event::Close => {}
        }
    }
}

/// The element called `wrapper` within the root, up to the end of the root.
fn wrapped(form: &Form, wrapper: &str, scanner: &mut Scanner<'_>) -> Result<Value, String> {
    let mut found = None;
    loop {
        match scanner.next()? {
            Event::Open(element) if element.name == wrapper => {
                found = Some(value(form, &element, scanner)?);
            }
            Event::Open(_) => scanner.skip()?,
            Event::Text(_) => {}
            Event::Close => return found.ok_or_else(|| format!("the answer holds no `{wrapper}`")),
            Event::End => return Err("the answer ends too early".to_owned()),
        }
    }
}

/// The value of an element that has just begun.
fn value(form: &Form, element: &Element<'_>, scanner: &mut Scanner<'_>) -> Result<Value, String> {
    let wrong = |text: &str| format!("`{text}` in `{}` is not what it should be", element.name);
    match form {
        Form::Record(members) => return record(members, element, scanner),
        Form::List { item, .. } => return list(item, scanner),
        Form::Map { value } => {
            let mut map = Map::new();
            each_child(scanner, |_, scanner| entry(value, &mut map, scanner))?;
            return Ok(Value::Object(map));
        }
        _ => {}
    }
    let text = scanner.text()?;
    let number = text.trim();
    Ok(match form {
        Form::Whole => Value::Number(number.parse::<i64>().map_err(|_| wrong(&text))?.into()),
        Form::Real => {
            let real = number.parse::<f64>().map_err(|_| wrong(&text))?;
            Value::Number(Number::from_f64(real).ok_or_else(|| wrong(&text))?)
        }
        Form::Truth => match number {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err(wrong(&text)),
        },
        Form::Moment => Value::String(moment::of_text(&text).ok_or_else(|| wrong(&text))?),
        _ => Value::String(text.into_owned()),
    })
}

fn each_child<'a>(
    scanner: &mut Scanner<'a>,
    mut each: impl FnMut(Element<'a>, &mut Scanner<'a>) -> Result<(), String>,
) -> Result<(), String> {
    loop {
        match scanner.next()? {
            Event::Open(element) => each(element, scanner)?,
            Event::Text(_) => {}
            Event::Close => return Ok(()),
            Event::End => return Err("the answer ends too early".to_owned()),
        }
    }
}

/// Every child is an item, whatever it is called.
fn list(item: &Form, scanner: &mut Scanner<'_>) -> Result<Value, String> {
    let mut items = Vec::new();
    each_child(scanner, |element, scanner| {
        items.push(value(item, &element, scanner)?);
        Ok(())
    })?;
    Ok(Value::Array(items))
}

/// A key and a value, in an element that has just begun.
fn entry(
    form: &Form,
    map: &mut Map<String, Value>,
    scanner: &mut Scanner<'_>,
) -> Result<(), String> {
    let (mut key, mut found) = (None, None);
    each_child(scanner, |element, scanner| {
        match element.name {
            "key" => key = Some(scanner.text()?.into_owned()),
            "value" => found = Some(value(form, &element, scanner)?),
            other => return Err(format!("`{other}` in an entry of a map")),
        }
        Ok(())
    })?;
    let (Some(key), Some(found)) = (key, found) else {
        return Err("an entry of a map lacks its key or value".to_owned());
    };
    map.insert(key, found);
    Ok(())
}

fn record(
    members: &[Member],
    element: &Element<'_>,
    scanner: &mut Scanner<'_>,
) -> Result<Value, String> {
    let mut object = Map::new();
    for member in members.iter().filter(|m| m.place == Place::Attribute) {
        let given = element
            .attributes
            .iter()
            .find(|(name, _)| *name == member.wire);
        if let Some((_, text)) = given {
            object.insert(member.name.to_owned(), Value::String(text.to_string()));
        }
    }
    each_child(scanner, |child, scanner| {
        let member = members
            .iter()
            .find(|member| member.wire == child.name && member.place == Place::Body);
        let Some(member) = member else {
            return scanner.skip();
        };
        let name = member.name.to_owned();
        if let Form::List { item, flat: true } = &member.form {
            let next = value(item, &child, scanner)?;
            let list = object
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(items) = list {
                items.push(next);
            }
        } else {
            object.insert(name, value(&member.form, &child, scanner)?);
        }
        Ok(())
    })?;
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(form: &'static str, body: &str) -> Result<Value, String> {
        decode(&Form::parse(form).unwrap(), body.as_bytes(), "r", None)
    }

    #[test]
    fn lists_stand_in_an_element_or_beside_each_other() {
        assert_eq!(
            read(
                "{A=a[*s] B=b[s] C=c[s] D=d[s]}",
                "<r><a>1</a><b><item>x</item></b><a/><c/></r>"
            )
            .unwrap(),
            json!({"A": ["1", ""], "B": ["x"], "C": []}),
            "an empty list is there, one that was not sent is not"
        );
    }

    #[test]
    fn maps_attributes_and_kinds_are_read() {
        let body = "<r xmlns:xsi='u'><g xsi:type='Group'><id>i</id></g><m><entry><key>k</key><value>3</value></entry>\
            </m><n>-1</n><f>1.5</f><b>true</b><t>2026-01-02T03:04:05.000Z</t><x>aGk=</x><later><n>9</n></later></r>";
        assert_eq!(
            read(
                "{G=g{Type=xsi:type@attribute:s Id=id:s} M=m<i> n:i f:f b:b t:t x:x}",
                body
            )
            .unwrap(),
            json!({"G": {"Type": "Group", "Id": "i"}, "M": {"k": 3}, "n": -1, "f": 1.5, "b": true,
                "t": "2026-01-02T03:04:05Z", "x": "aGk="})
        );
    }

    #[test]
    fn members_may_stand_in_a_wrapper() {
        let form = Form::parse("{A:s}").unwrap();
        let read = |body: &str| decode(&form, body.as_bytes(), "OpResponse", Some("OpResult"));
        let body = "<OpResponse><M>1</M><OpResult><A>x</A></OpResult><M><A>y</A></M></OpResponse>";
        assert_eq!(read(body).unwrap(), json!({"A": "x"}));
        assert!(read("<OpResponse><A>x</A></OpResponse>").is_err());
        assert!(read("<ErrorResponse><OpResult><A>x</A></OpResult></ErrorResponse>").is_err());
    }

    #[test]
    fn a_value_of_another_kind_is_an_error() {
        for (form, body) in [
            ("{n:i}", "<r><n/></r>"),
            ("{n:i}", "<r><n>1.5</n></r>"),
            ("{b:b}", "<r><b>yes</b></r>"),
            ("{t:t}", "<r><t>soon</t></r>"),
            ("{f:f}", "<r><f>NaN</f></r>"),
            ("{m<s>}", "<r><m><entry><key>k</key></entry></m></r>"),
        ] {
            assert!(read(form, body).is_err(), "{body}");
        }
    }
}
