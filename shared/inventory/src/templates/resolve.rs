//! Functions of templates, as far as a template alone can say what they give.

use plimsoll_cel::Node;

use super::template::{Known, Template};
use super::unresolved;
use crate::files::marked::{Child, Extent, Marked};

/// A function's name and argument, if a map is a call of one.
pub(super) fn call<'a>(value: &Marked<'a>) -> Option<(&'a str, &'a Marked<'a>)> {
    let [only] = value.children else { return None };
    let name = only.key?.text;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, &only.value))
}

/// A function as the short form writes it: `!Ref Network`, `!ImportValue !Sub ${Stack}-vpc`.
pub(super) fn written(name: &str, argument: &Marked<'_>) -> String {
    let short = name.strip_prefix("Fn::").unwrap_or(name);
    let mut text = format!("!{short}");
    let (mut at, mut steps) = (*argument, 0);
    while let Some(next) = match (at.node, call(&at)) {
        (_, Some((name, inner))) => {
            text.push_str(" !");
            text.push_str(name.strip_prefix("Fn::").unwrap_or(name));
            Some(*inner)
        }
        (Node::List(_), None) => at.element(0).map(|first| first.value),
        _ => None,
    } {
        (at, steps) = (next, steps + 1);
        if steps > 4 {
            break;
        }
    }
    if let Some(word) = scalar_text(&at.node).filter(|word| !word.is_empty()) {
        text.push(' ');
        text.push_str(&word);
    }
    text
}

/// The text that CloudFormation makes of a value that is neither list nor map.
pub(super) fn scalar_text(node: &Node<'_>) -> Option<String> {
    match node {
        Node::Str(text) => Some((*text).to_owned()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Int(value) => Some(value.to_string()),
        Node::Double(value) => Some(value.to_string()),
        _ => None,
    }
}

impl<'a> Template<'a> {
    /// A value with all that is known filled in, the rest unknown; none if it is to be left out (`AWS::NoValue`).
    pub(super) fn value(&self, at: &Marked<'a>) -> Option<Marked<'a>> {
        let done = self.deeper(|| self.inside(at));
        done.unwrap_or_else(|reason| Some(Self::known_or_not(at.extent, Err(reason))))
    }

    fn inside(&self, at: &Marked<'a>) -> Option<Marked<'a>> {
        match at.node {
            Node::Map(_) => match call(at) {
                Some((name, argument)) => self.called(name, argument, at.extent),
                None => Some(self.map(at)),
            },
            Node::List(_) => {
                let children = at.children.iter().filter_map(|child| self.child(child));
                let children: Vec<_> = children.collect();
                Some(Marked::list(self.arena, at.extent, &children))
            }
            Node::Str(text) => Some(Self::known_or_not(
                at.extent,
                self.without_secrets(text).map(|()| *at),
            )),
            _ => Some(*at),
        }
    }

    fn map(&self, at: &Marked<'a>) -> Marked<'a> {
        let key = |child: &Child<'a>| child.key.map_or("", |key| key.text);
        let calls = |child: &&Child<'a>| key(child).starts_with("Fn::");
        // What a macro makes of the map, or a loop in it, nobody knows.
        if let Some(child) = at.children.iter().find(calls) {
            return self.unknown(at.extent, &written(key(child), &child.value));
        }
        let children = at.children.iter().filter_map(|child| self.child(child));
        let children: Vec<_> = children.collect();
        Marked::map(self.arena, at.extent, &children)
    }

    fn child(&self, child: &Child<'a>) -> Option<Child<'a>> {
        let value = self.value(&child.value)?;
        Some(Child { value, ..*child })
    }

    /// That a text needs nothing that is looked up when the template is deployed.
    pub(super) fn without_secrets(&self, text: &str) -> Known<'a, ()> {
        let Some((_, after)) = text.split_once("{{resolve:") else {
            return Ok(());
        };
        let inside = after.split_once("}}").map_or(after, |(inside, _)| inside);
        Err(unresolved(self.arena, &format!("{{{{resolve:{inside}}}}}")))
    }

    /// The value, if it is known.
    pub(super) fn known(&self, at: &Marked<'a>) -> Known<'a, Marked<'a>> {
        let Some(value) = self.value(at) else {
            return Err(unresolved(self.arena, "!Ref AWS::NoValue"));
        };
        value.node.unknown().map_or(Ok(value), Err)
    }

    fn called(&self, name: &'a str, argument: &Marked<'a>, extent: Extent) -> Option<Marked<'a>> {
        let done = match (name, argument.node.as_str()) {
            ("Ref", Some("AWS::NoValue")) => return None,
            ("Ref", Some(target)) => self.reference(target, extent),
            ("Fn::If", _) => return self.chosen(argument, extent),
            ("Fn::GetAtt", _) => self.attribute(argument, extent),
            ("Fn::Sub", _) => self.substituted(argument, extent),
            ("Fn::Join", _) => self.joined(argument, extent),
            ("Fn::Split", _) => self.split(argument, extent),
            ("Fn::Base64", _) => self.base64(argument, extent),
            ("Fn::Select", _) => self.selected(argument),
            ("Fn::FindInMap", _) => self.found(argument, extent),
            _ => Err(unresolved(self.arena, &written(name, argument))),
        };
        Some(Self::known_or_not(extent, done))
    }

    fn chosen(&self, argument: &Marked<'a>, extent: Extent) -> Option<Marked<'a>> {
        let [name, then, otherwise] = argument.children else {
            return Some(self.unknown(extent, &written("Fn::If", argument)));
        };
        let name = name.value.node.as_str().unwrap_or_default();
        match self.holds(name) {
            Ok(true) => self.value(&then.value),
            Ok(false) => self.value(&otherwise.value),
            Err(reason) => {
                let (one, other) = (self.value(&then.value), self.value(&otherwise.value));
                let same = one.map(|it| it.node) == other.map(|it| it.node);
                match same {
                    true => one,
                    false => Some(Self::known_or_not(extent, Err(reason))),
                }
            }
        }
    }

    fn selected(&self, argument: &Marked<'a>) -> Known<'a, Marked<'a>> {
        let wrong = || unresolved(self.arena, &written("Fn::Select", argument));
        let [index, list] = argument.children else {
            return Err(wrong());
        };
        let index = self.text_of(&index.value)?;
        let index = index.trim().parse::<usize>().map_err(|_| wrong())?;
        let list = self.known(&list.value)?;
        let element = list.element(index).ok_or_else(wrong)?.value;
        element.node.unknown().map_or(Ok(element), Err)
    }

    fn found(&self, argument: &Marked<'a>, extent: Extent) -> Known<'a, Marked<'a>> {
        let wrong = || unresolved(self.arena, &written("Fn::FindInMap", argument));
        let [map, first, second, more @ ..] = argument.children else {
            return Err(wrong());
        };
        let map = self.text_of(&map.value)?;
        let (first, second) = (self.text_of(&first.value)?, self.text_of(&second.value)?);
        let row = self
            .mappings
            .get(map.as_str())
            .and_then(|map| map.entry(&first));
        let found = row
            .and_then(|row| row.value.entry(&second))
            .map(|child| child.value);
        let otherwise = more.first().and_then(|it| it.value.entry("DefaultValue"));
        let value = match (found, otherwise) {
            (Some(value), _) => self.known(&value)?,
            (None, Some(otherwise)) => self.known(&otherwise.value)?,
            (None, None) => return Err(wrong()),
        };
        self.afford(value.weight as usize * size_of::<Marked<'_>>())?;
        Ok(Marked { extent, ..value })
    }
}
