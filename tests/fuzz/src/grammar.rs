//! Expressions from bytes: every choice takes one, so that libFuzzer, which changes bytes, changes choices.

use std::sync::LazyLock;

use crate::leaves::{LITERALS, VARIABLES};
use crate::table::{Call, PLAIN, Ty, calls};

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(calls);

/// Writes one expression.
pub(crate) struct Writer<'d> {
    choices: std::slice::Iter<'d, u8>,
    /// Whether types may be hidden or wrong.
    loose: bool,
    locals: Vec<(String, Ty)>,
    out: String,
}

/// An expression, and whether all of its types are known and right.
pub(crate) fn expression(data: &[u8]) -> (String, bool) {
    let mut choices = data.iter();
    let loose = choices.next().is_some_and(|first| first % 2 == 1);
    let mut writer = Writer {
        choices,
        loose,
        locals: Vec::new(),
        out: String::new(),
    };
    let ty = writer.any_type(1);
    writer.write(&ty, 5);
    (writer.out, !loose)
}

impl Writer<'_> {
    fn below(&mut self, end: usize) -> usize {
        usize::from(*self.choices.next().unwrap_or(&0)) % end
    }

    fn any_type(&mut self, nested: usize) -> Ty {
        let plain = PLAIN.len() - usize::from(!self.loose);
        let choice = self.below(plain + 3 * nested);
        match choice.checked_sub(plain) {
            None => Ty::Plain(PLAIN[choice]),
            Some(0) => Ty::List(Box::new(self.any_type(nested - 1))),
            Some(1) => Ty::Map(Box::new(self.any_type(nested - 1))),
            Some(_) => Ty::Optional(Box::new(self.any_type(nested - 1))),
        }
    }

    fn write(&mut self, ty: &Ty, depth: usize) {
        let mut ty = ty.clone();
        if self.loose && self.below(16) == 15 {
            ty = self.any_type(1);
        }
        if self.loose && self.below(16) == 15 {
            self.out.push_str("dyn(");
            self.write(&ty, depth.saturating_sub(1));
            self.out.push(')');
            return;
        }
        let choice = match depth {
            0 => 0,
            _ if self.choices.len() == 0 => 0,
            _ => self.below(8),
        };
        match choice {
            0 | 1 => self.leaf(&ty),
            2..=4 => self.call(&ty, depth - 1),
            5 | 6 => self.bracketed(|writer| writer.operator(&ty, depth - 1)),
            _ => self.bracketed(|writer| writer.anything(&ty, depth - 1)),
        }
    }

    fn bracketed(&mut self, write: impl FnOnce(&mut Self)) {
        self.out.push('(');
        write(self);
        self.out.push(')');
    }

    /// A variable, a literal, or a small value.
    fn leaf(&mut self, ty: &Ty) {
        let locals = self
            .locals
            .iter()
            .filter(|(_, of)| of == ty)
            .map(|(name, _)| name.clone());
        let mut all: Vec<String> = locals.collect();
        match ty {
            Ty::Plain(plain) => {
                all.extend(
                    LITERALS
                        .iter()
                        .filter(|(of, _)| of == plain)
                        .map(|(_, text)| (*text).to_owned()),
                );
                all.extend(
                    VARIABLES
                        .iter()
                        .filter(|(_, of)| of == plain)
                        .map(|(name, _)| (*name).to_owned()),
                );
            }
            Ty::List(element) => match element.as_ref() {
                Ty::Plain("int") => {
                    all.extend(["numbers", "[3, 1, 2]", "lists.range(4)"].map(str::to_owned))
                }
                Ty::Plain("string") => all.extend(["texts", "object.names"].map(str::to_owned)),
                _ => {}
            },
            Ty::Map(value) if **value == Ty::Plain("string") => all.push("labels".to_owned()),
            Ty::Optional(value) if **value == Ty::Plain("string") => {
                all.push("object.?name".to_owned())
            }
            _ => {}
        }
        if all.is_empty() {
            return self.build(ty, 0);
        }
        let choice = self.below(all.len());
        self.out.push_str(&all[choice]);
    }

    /// A list, map or optional as written.
    fn build(&mut self, ty: &Ty, depth: usize) {
        match ty {
            Ty::List(element) => {
                self.out.push('[');
                let count = self.below(4);
                for number in 0..count {
                    self.out.push_str(if number > 0 { ", " } else { "" });
                    self.write(element, depth);
                }
                self.out.push(']');
            }
            Ty::Map(value) => {
                let key = ["'a'", "'é'", "text"][self.below(3)];
                self.out.push_str(&format!("{{{key}: "));
                self.write(value, depth);
                self.out.push('}');
            }
            Ty::Optional(value) => {
                let make = ["optional.of(", "optional.ofNonZeroValue("][self.below(2)];
                self.out.push_str(make);
                self.write(value, depth);
                self.out.push(')');
            }
            _ => self.leaf(ty),
        }
    }

    /// A function that gives the type.
    fn call(&mut self, ty: &Ty, depth: usize) {
        let fitting = |call: &&Call| call.result.meets(ty, &mut [None, None]);
        let all: Vec<&'static Call> = CALLS.iter().filter(fitting).collect();
        if all.is_empty() {
            return self.build(ty, depth);
        }
        let call = all[self.below(all.len())];
        let mut bound = [None, None];
        call.result.meets(ty, &mut bound);
        for one in &mut bound {
            if one.is_none() {
                *one = Some(self.any_type(0));
            }
        }
        if let Some(receiver) = &call.receiver {
            self.write(&receiver.with(&bound), depth);
            self.out.push('.');
        }
        self.out.push_str(call.name);
        self.out.push('(');
        for (number, arg) in call.args.iter().enumerate() {
            self.out.push_str(if number > 0 { ", " } else { "" });
            self.write(&arg.with(&bound), depth);
        }
        self.out.push(')');
    }

    fn pair(&mut self, left: &Ty, operator: &str, right: &Ty, depth: usize) {
        self.write(left, depth);
        self.out.push_str(operator);
        self.write(right, depth);
    }

    fn operator(&mut self, ty: &Ty, depth: usize) {
        match ty {
            Ty::Plain("bool") => self.condition(depth),
            Ty::Plain("int" | "uint") => {
                let operator = [" + ", " - ", " * ", " / ", " % "][self.below(5)];
                self.pair(ty, operator, ty, depth);
            }
            Ty::Plain("double") => {
                let operator = [" + ", " - ", " * ", " / "][self.below(4)];
                self.pair(ty, operator, ty, depth);
            }
            Ty::Plain("string" | "bytes") => self.pair(ty, " + ", ty, depth),
            Ty::Plain("timestamp") => {
                let operator = [" + ", " - "][self.below(2)];
                self.pair(ty, operator, &Ty::Plain("duration"), depth);
            }
            Ty::Plain("duration") => match self.below(2) {
                0 => self.pair(ty, " + ", ty, depth),
                _ => self.pair(
                    &Ty::Plain("timestamp"),
                    " - ",
                    &Ty::Plain("timestamp"),
                    depth,
                ),
            },
            Ty::List(_) if self.below(2) == 0 => self.pair(ty, " + ", ty, depth),
            Ty::List(element) => {
                let from = self.any_type(0);
                match self.below(3) {
                    0 => self.looped(&from, ".map(", element, depth),
                    1 => self.looped(&from, ".transformList(i, ", element, depth),
                    _ => {
                        let macros = [".filter(", ".sortBy("][self.below(2)];
                        let by = ["bool", "string"][usize::from(macros == ".sortBy(")];
                        self.looped(element, macros, &Ty::Plain(by), depth);
                    }
                }
            }
            Ty::Map(value) => {
                let from = self.any_type(0);
                self.out.push_str("{'a': ");
                self.write(&from, depth);
                self.out.push_str("}.transformMap(k, ");
                self.body("v", &from, value, depth);
            }
            Ty::Optional(value) => {
                let from = self.any_type(0);
                self.write(&Ty::Optional(Box::new(from.clone())), depth);
                self.out.push_str(".optMap(");
                self.body("o", &from, value, depth);
            }
            _ => self.call(ty, depth),
        }
    }

    fn condition(&mut self, depth: usize) {
        let bool = Ty::Plain("bool");
        let other = self.any_type(1);
        match self.below(9) {
            0 => self.pair(&bool, " && ", &bool, depth),
            1 => self.pair(&bool, " || ", &bool, depth),
            2 => self.pair(&other, " == ", &other, depth),
            3 => self.pair(&other, " != ", &other, depth),
            4 => {
                let of = Ty::Plain(
                    [
                        "int",
                        "double",
                        "string",
                        "timestamp",
                        "uint",
                        "bool",
                        "bytes",
                    ][self.below(7)],
                );
                let operator = [" < ", " <= ", " > ", " >= "][self.below(4)];
                self.pair(&of, operator, &of, depth);
            }
            5 => self.pair(&other, " in ", &Ty::List(Box::new(other.clone())), depth),
            6 => {
                self.out.push('!');
                self.write(&bool, depth);
            }
            7 => self
                .out
                .push_str(["has(object.name)", "has(object.spec)", "has(labels.a)"][depth % 3]),
            _ => {
                let element = self.any_type(0);
                let macros = [
                    ".all(",
                    ".exists(",
                    ".exists_one(",
                    ".all(i, ",
                    ".exists(i, ",
                ][self.below(5)];
                self.looped(&element, macros, &bool, depth);
            }
        }
    }

    /// `list.macro(v, body)`.
    fn looped(&mut self, element: &Ty, macros: &str, body: &Ty, depth: usize) {
        self.write(&Ty::List(Box::new(element.clone())), depth);
        self.out.push_str(macros);
        let name = ["e", "f", "text"][self.below(3)];
        self.body(name, element, body, depth);
    }

    /// `v, body)`.
    fn body(&mut self, name: &str, ty: &Ty, body: &Ty, depth: usize) {
        self.out.push_str(name);
        self.out.push_str(", ");
        self.locals.push((name.to_owned(), ty.clone()));
        self.write(body, depth);
        self.locals.pop();
        self.out.push(')');
    }

    /// What goes with every type.
    fn anything(&mut self, ty: &Ty, depth: usize) {
        match self.below(5) {
            0 => {
                self.write(&Ty::Plain("bool"), depth);
                self.out.push_str(" ? ");
                self.pair(ty, " : ", ty, depth);
            }
            1 => {
                let other = self.any_type(1);
                self.out.push_str("cel.bind(b, ");
                self.write(&other, depth);
                self.out.push_str(", ");
                self.locals.push(("b".to_owned(), other));
                self.write(ty, depth);
                self.locals.pop();
                self.out.push(')');
            }
            2 => {
                self.write(&Ty::List(Box::new(ty.clone())), depth);
                self.out.push('[');
                self.write(&Ty::Plain("int"), depth);
                self.out.push(']');
            }
            3 => {
                self.write(&Ty::Map(Box::new(ty.clone())), depth);
                self.out.push('[');
                self.write(&Ty::Plain("string"), depth);
                self.out.push(']');
            }
            _ => self.build(ty, depth),
        }
    }
}
