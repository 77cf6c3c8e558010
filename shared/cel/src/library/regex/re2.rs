//! From RE2's notation, as Go has it, to that of the `regex` crate: what only one of them takes is refused or written
//! otherwise, so that a pattern means here what it means in an API server.

use super::class;

/// The most that a repetition, times those within it, may repeat.
const MOST_REPEATS: u64 = 1000;

/// What is wrong with a pattern, in plain words.
pub(super) type Fault = String;

/// Translates a pattern.
pub(super) fn translated(pattern: &str) -> Result<String, Fault> {
    let mut reader = Reader {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 16),
        flags: String::new(),
        groups: vec![Group::default()],
        repeated: false,
    };
    while !reader.rest.is_empty() {
        reader.step()?;
    }
    if reader.groups.len() > 1 {
        return Err("unclosed group".to_owned());
    }
    reader.out += &reader.flags;
    Ok(reader.out)
}

struct Reader<'p> {
    rest: &'p str,
    out: String,
    /// `(?i)`, not written yet: a repetition after it belongs to what is before it.
    flags: String,
    groups: Vec<Group>,
    /// Whether the last thing read was a repetition.
    repeated: bool,
}

/// A group that is open, or the whole pattern.
#[derive(Default)]
struct Group {
    /// Whether there is something that a repetition could repeat.
    has_atom: bool,
    /// How often the last thing repeats, repetitions within it included.
    last: u64,
    /// The same for the most repeated one.
    most: u64,
}

impl<'p> Reader<'p> {
    fn step(&mut self) -> Result<(), Fault> {
        let repeated = std::mem::take(&mut self.repeated);
        let Some(c) = self.next() else {
            return Ok(());
        };
        match c {
            '(' => self.open(),
            ')' => self.close(),
            '|' => {
                self.flush();
                self.out.push('|');
                if let Some(group) = self.groups.last_mut() {
                    group.has_atom = false;
                }
                Ok(())
            }
            '*' | '+' | '?' => self.repeat(&c.to_string(), None, repeated),
            '{' => match counts(self.rest) {
                Some((min, max, length)) => {
                    let text = format!("{{{}", &self.rest[..length]);
                    self.rest = &self.rest[length..];
                    self.repeat(&text, Some((min, max)), repeated)
                }
                None => self.atom("\\{"),
            },
            '[' => {
                let (class, rest) = class::read(self.rest)?;
                self.rest = rest;
                self.atom(&class)
            }
            '.' | '^' | '$' => self.atom(&c.to_string()),
            '\\' => self.escape(),
            other => self.atom(&class::written(other)),
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn flush(&mut self) {
        self.out += &std::mem::take(&mut self.flags);
    }

    /// Something that a repetition could repeat.
    fn atom(&mut self, text: &str) -> Result<(), Fault> {
        self.flush();
        self.out += text;
        if let Some(group) = self.groups.last_mut() {
            group.has_atom = true;
            group.last = 0;
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        text: &str,
        counts: Option<(u64, Option<u64>)>,
        repeated: bool,
    ) -> Result<(), Fault> {
        let lazy = self.take("?");
        if repeated {
            return Err("one repetition follows another".to_owned());
        }
        let group = self.groups.last_mut().filter(|group| group.has_atom);
        let Some(group) = group else {
            return Err("a repetition has nothing to repeat".to_owned());
        };
        if let Some((min, max)) = counts {
            let times = max.unwrap_or(min);
            group.last = times.max(times.saturating_mul(group.last));
            let many = min >= 2 || max.is_some_and(|max| max >= 2);
            if many && group.last > MOST_REPEATS {
                return Err(format!("more than {MOST_REPEATS} repetitions"));
            }
            group.most = group.most.max(group.last);
        }
        self.out += text;
        if lazy {
            self.out.push('?');
        }
        self.repeated = true;
        Ok(())
    }

    fn open(&mut self) -> Result<(), Fault> {
        if !self.take("?") {
            return self.group("(?:");
        }
        if self.rest.starts_with("P<") || self.rest.starts_with('<') {
            if ["<=", "<!"].iter().any(|look| self.rest.starts_with(look)) {
                return Err("look-around is not supported".to_owned());
            }
            let name = self.rest.trim_start_matches('P').trim_start_matches('<');
            let (name, rest) = name.split_once('>').ok_or("a group's name is broken")?;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(plain) {
                return Err("a group's name is broken".to_owned());
            }
            self.rest = rest;
            return self.group("(?:");
        }
        if self.rest.starts_with(['=', '!']) {
            return Err("look-around is not supported".to_owned());
        }
        let (mut flags, mut negated, mut after_sign) = (String::new(), false, true);
        loop {
            match self.next() {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                    after_sign = true;
                    flags.push(flag);
                }
                Some('-') if !negated => {
                    negated = true;
                    after_sign = false;
                    flags.push('-');
                }
                Some(end @ (':' | ')')) if after_sign => {
                    let flags = without_repeats(&flags);
                    if end == ':' {
                        return self.group(&format!("(?{flags}:"));
                    }
                    if !flags.is_empty() {
                        self.flags += &format!("(?{flags})");
                    }
                    return Ok(());
                }
                _ => return Err("a group's flags are broken".to_owned()),
            }
        }
    }

    fn group(&mut self, opening: &str) -> Result<(), Fault> {
        self.flush();
        self.out += opening;
        self.groups.push(Group::default());
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        // Flags end with the group they are in.
        self.flush();
        let inner = self.groups.pop();
        let (Some(inner), Some(outer)) = (inner, self.groups.last_mut()) else {
            return Err("unopened group".to_owned());
        };
        outer.has_atom = true;
        outer.last = inner.most;
        outer.most = outer.most.max(inner.most);
        self.out.push(')');
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let edge = self.rest.chars().next();
        match edge {
            Some('A' | 'z' | 'b' | 'B') => {
                let text = match self.next() {
                    Some('A') => r"\A",
                    Some('z') => r"\z",
                    Some('b') => r"(?-u:\b)",
                    _ => r"(?-u:\B)",
                };
                self.atom(text)
            }
            Some('Q') => {
                self.next();
                let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                for c in literal.chars() {
                    self.atom(&class::written(c))?;
                }
                Ok(())
            }
            _ => {
                let (class, rest) = class::escape(self.rest)?;
                self.rest = rest;
                self.atom(&class.outside())
            }
        }
    }
}

/// `{2}`, `{2,}` and `{2,3}` after their bracket, with their length; anything else is text.
fn counts(rest: &str) -> Option<(u64, Option<u64>, usize)> {
    let end = rest.find('}')?;
    let number = |text: &str| -> Option<u64> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let leading_zero = text.len() > 1 && text.starts_with('0');
        (plain && !leading_zero).then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (min, max) = match rest[..end].split_once(',') {
        None => {
            let times = number(&rest[..end])?;
            (times, Some(times))
        }
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    Some((min, max, end + 1))
}

/// Flags each once on either side of the `-`.
fn without_repeats(flags: &str) -> String {
    let mut kept = String::new();
    for flag in flags.chars() {
        let side = kept.rsplit('-').next().unwrap_or_default();
        if flag == '-' || !side.contains(flag) {
            kept.push(flag);
        }
    }
    // What is set and then cleared is cleared.
    match kept.split_once('-') {
        Some((set, cleared)) => {
            let set: String = set.chars().filter(|c| !cleared.contains(*c)).collect();
            format!("{set}-{cleared}")
        }
        None => kept,
    }
}
