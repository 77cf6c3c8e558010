//! The few shell scripts that can be judged without a shell: names set to texts, and one call of Amazon Linux 2's bootstrap
//! script. Anything else might do anything to a kubelet.

use std::collections::BTreeMap;

/// The script in Amazon's images of Amazon Linux 2 that starts the kubelet (awslabs/amazon-eks-ami,
/// `templates/al2/runtime/bootstrap.sh`).
const BOOTSTRAP: &str = "/etc/eks/bootstrap.sh";

/// Names that change what a command is, or how it is read.
const UNSAFE_NAMES: [&str; 7] = ["PATH", "IFS", "ENV", "HOME", "SHELLOPTS", "PS4", "USER"];

/// The arguments of the calls of the bootstrap script in a script that does nothing else; none if it may do more.
pub(super) fn bootstraps(script: &str) -> Option<Vec<Vec<String>>> {
    let mut calls = Vec::new();
    let body = match script.strip_prefix("#!") {
        Some(rest) => {
            let (shebang, body) = rest.split_once('\n').unwrap_or((rest, ""));
            is_shell(shebang).then_some(body)?
        }
        None => script,
    };
    for command in commands(body)? {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["set", options @ ..] => are_harmless(options).then_some(())?,
            ["echo", ..] | [":" | "true"] => {}
            ["exit"] | ["exit", _] => break,
            [BOOTSTRAP, arguments @ ..] => {
                calls.push(arguments.iter().map(|&word| word.to_owned()).collect());
            }
            _ => return None,
        }
    }
    Some(calls)
}

fn is_shell(shebang: &str) -> bool {
    let mut words = shebang.split_ascii_whitespace();
    let program = match words.next() {
        Some("/usr/bin/env") => words.next(),
        other => other,
    };
    let is_known = matches!(
        program,
        Some("/bin/bash" | "/usr/bin/bash" | "/bin/sh" | "/usr/bin/sh" | "bash" | "sh")
    );
    is_known && are_harmless(&words.collect::<Vec<_>>())
}

/// Options that stop at errors, or show what is done.
fn are_harmless(options: &[&str]) -> bool {
    let is_letters = |option: &str| {
        let letters = option.strip_prefix(['-', '+']);
        letters.is_some_and(|letters| {
            !letters.is_empty() && letters.bytes().all(|b| b"euxo".contains(&b))
        })
    };
    let is_name = |option: &str| matches!(option, "pipefail" | "errexit" | "nounset" | "xtrace");
    options
        .iter()
        .all(|option| is_letters(option) || is_name(option))
}

/// The commands of a script, their words as a shell would hand them over; none of one that is more than plain commands.
fn commands(script: &str) -> Option<Vec<Vec<String>>> {
    let mut reader = Reader::default();
    let mut rest = script.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\n' | ';' => reader.end_command()?,
            ' ' | '\t' => reader.end_word(),
            '#' if reader.word.is_none() => while rest.next_if(|&c| c != '\n').is_some() {},
            '\'' => loop {
                match rest.next()? {
                    '\'' => break reader.add(""),
                    c => reader.add(c.encode_utf8(&mut [0; 4])),
                }
            },
            '"' => reader.double_quoted(&mut rest)?,
            '\\' => match rest.next()? {
                '\n' => {}
                c => reader.add(c.encode_utf8(&mut [0; 4])),
            },
            '$' => {
                let value = reader.value_of(&mut rest)?.to_owned();
                let splits = value.contains(|c: char| c.is_whitespace() || "*?[".contains(c));
                (!splits && !value.is_empty()).then(|| reader.add(&value))?;
            }
            '&' | '|' | '<' | '>' | '(' | ')' | '{' | '}' | '`' | '*' | '?' | '[' | ']' | '~'
            | '!' | '\r' => return None,
            '=' => reader.equals(),
            c => reader.add(c.encode_utf8(&mut [0; 4])),
        }
    }
    reader.end_command()?;
    Some(reader.commands)
}

#[derive(Default)]
struct Reader {
    values: BTreeMap<String, String>,
    commands: Vec<Vec<String>>,
    command: Vec<String>,
    word: Option<String>,
    /// The length of the name that the word begins with, if it sets one.
    named: Option<usize>,
    sets: bool,
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

impl Reader {
    fn add(&mut self, text: &str) {
        self.word.get_or_insert_default().push_str(text);
    }

    fn equals(&mut self) {
        let word = self.word.get_or_insert_default();
        let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if self.command.is_empty() && self.named.is_none() && is_name {
            self.named = Some(word.len());
        }
        word.push('=');
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match self.named.take() {
            Some(length) => {
                let (name, value) = word.split_at(length);
                self.values.insert(name.to_owned(), value[1..].to_owned());
                self.sets = true;
            }
            None => self.command.push(word),
        }
    }

    /// Names that are set for one command only are read by it: that is more than we follow.
    fn end_command(&mut self) -> Option<()> {
        self.end_word();
        let command = std::mem::take(&mut self.command);
        let sets = std::mem::take(&mut self.sets);
        let is_unsafe = |name: &String| {
            UNSAFE_NAMES.contains(&name.as_str())
                || name.starts_with("BASH")
                || name.starts_with("LD_")
        };
        if sets && (!command.is_empty() || self.values.keys().any(is_unsafe)) {
            return None;
        }
        if !command.is_empty() {
            self.commands.push(command);
        }
        Some(())
    }

    fn double_quoted(&mut self, rest: &mut Rest<'_>) -> Option<()> {
        self.add("");
        loop {
            match rest.next()? {
                '"' => return Some(()),
                '`' => return None,
                '$' => {
                    let value = self.value_of(rest)?.to_owned();
                    self.add(&value);
                }
                '\\' => match rest.next()? {
                    '\n' => {}
                    c @ ('"' | '\\' | '$' | '`') => self.add(c.encode_utf8(&mut [0; 4])),
                    c => self.add(&format!("\\{c}")),
                },
                c => self.add(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// The text that the name after a `$` was set to in this script.
    fn value_of(&self, rest: &mut Rest<'_>) -> Option<&str> {
        let braced = rest.next_if_eq(&'{').is_some();
        let mut name = String::new();
        while let Some(c) = rest.next_if(|&c| c.is_ascii_alphanumeric() || c == '_') {
            name.push(c);
        }
        if braced {
            rest.next_if_eq(&'}')?;
        }
        self.values.get(&name).map(String::as_str)
    }
}
