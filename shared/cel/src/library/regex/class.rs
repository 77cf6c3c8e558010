//! Classes of characters, and escapes, in RE2's notation.

use super::re2::Fault;

/// What an escape stands for.
pub(super) enum Class {
    /// One character; `None` for half of a surrogate pair, which no text has.
    One(u32),
    /// Several, as the `regex` crate writes them within brackets.
    Many(String),
}

impl Class {
    /// As it is written outside of brackets.
    pub(super) fn outside(&self) -> String {
        match self {
            Class::One(c) => char::from_u32(*c).map_or_else(|| NOTHING.to_owned(), written),
            Class::Many(class) if class.starts_with('[') => class.clone(),
            Class::Many(class) => format!("[{class}]"),
        }
    }
}

/// Matches no character at all.
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// The classes that POSIX names.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// Categories of characters by their short and long names; the `regex` crate knows more properties, which RE2 does
/// not.
const CATEGORIES: &str = " c cc cf cn co cs l lc ll lm lo lt lu m mc me mn n nd nl no p pc pd pe pf pi po ps s sc sk \
    sm so z zl zp zs casedletter closepunctuation cntrl connectorpunctuation control currencysymbol dashpunctuation \
    decimalnumber digit enclosingmark finalpunctuation format initialpunctuation letter letternumber lineseparator \
    lowercaseletter mark mathsymbol modifierletter modifiersymbol nonspacingmark number openpunctuation other \
    otherletter othernumber otherpunctuation othersymbol paragraphseparator privateuse punct punctuation separator \
    spaceseparator spacingmark symbol titlecaseletter unassigned uppercaseletter ";

/// Scripts whose full name has four letters; all others of four are codes, which RE2 does not know.
const SHORT_SCRIPTS: &str = " ahom cham lisu modi newa thai toto ";

/// A character outside of brackets, or within.
pub(super) fn written(c: char) -> String {
    if c.is_alphanumeric() {
        c.to_string()
    } else {
        format!("\\x{{{:X}}}", u32::from(c))
    }
}

/// Reads a class after its bracket: what it is here, and what follows it.
pub(super) fn read(text: &str) -> Result<(String, &str), Fault> {
    let (mut out, mut rest) = match text.strip_prefix('^') {
        Some(rest) => (String::from("[^"), rest),
        None => (String::from("["), text),
    };
    let empty = out.len();
    let mut first = true;
    loop {
        // A bracket in first place closes nothing.
        if !first && let Some(after) = rest.strip_prefix(']') {
            if out.len() == empty {
                // Only what no text has.
                let nothing = if empty == 1 {
                    NOTHING
                } else {
                    r"[\x{0}-\x{10FFFF}]"
                };
                return Ok((nothing.to_owned(), after));
            }
            out.push(']');
            return Ok((out, after));
        }
        first = false;
        if let Some((name, after)) = posix(rest)? {
            out += &name;
            rest = after;
            continue;
        }
        let (low, after) = match item(rest)? {
            (Class::Many(class), after) => {
                out += &class;
                rest = after;
                continue;
            }
            (Class::One(low), after) => (low, after),
        };
        rest = after;
        let mut high = low;
        if let Some(after) = rest.strip_prefix('-')
            && !after.starts_with(']')
            && !after.is_empty()
        {
            match item(after)? {
                (Class::One(other), after) if other >= low => (high, rest) = (other, after),
                _ => return Err("a range of characters is broken".to_owned()),
            }
        }
        // Halves of surrogate pairs are no characters here.
        let low = if (0xD800..=0xDFFF).contains(&low) {
            0xE000
        } else {
            low
        };
        let high = if (0xD800..=0xDFFF).contains(&high) {
            0xD7FF
        } else {
            high
        };
        if low <= high {
            out += &format!("\\x{{{low:X}}}-\\x{{{high:X}}}");
        }
    }
}

/// One character of a class, or an escape.
fn item(text: &str) -> Result<(Class, &str), Fault> {
    match text.chars().next() {
        None => Err("unclosed character class".to_owned()),
        Some('\\') => escape(&text[1..]),
        Some(c) => Ok((Class::One(u32::from(c)), &text[c.len_utf8()..])),
    }
}

/// `[:alpha:]`.
fn posix(text: &str) -> Result<Option<(String, &str)>, Fault> {
    let Some((name, after)) = text
        .strip_prefix("[:")
        .and_then(|text| text.split_once(":]"))
    else {
        return Ok(None);
    };
    let plain = name.strip_prefix('^').unwrap_or(name);
    if !POSIX.contains(&plain) {
        return Err(format!("there is no class `[:{name}:]`"));
    }
    Ok(Some((format!("[:{name}:]"), after)))
}

/// Reads an escape after its backslash.
pub(super) fn escape(text: &str) -> Result<(Class, &str), Fault> {
    let Some(c) = text.chars().next() else {
        return Err("the pattern ends in a backslash".to_owned());
    };
    let rest = &text[c.len_utf8()..];
    let one = |c: u32| Ok((Class::One(c), rest));
    let many = |class: &str| Ok((Class::Many(class.to_owned()), rest));
    match c {
        'd' => many("0-9"),
        'D' => many("[^0-9]"),
        's' => many(r"\t\n\f\r "),
        'S' => many(r"[^\t\n\f\r ]"),
        'w' => many("0-9A-Za-z_"),
        'W' => many("[^0-9A-Za-z_]"),
        'p' | 'P' => property(rest, c == 'P'),
        'a' => one(7),
        'f' => one(12),
        'n' => one(10),
        'r' => one(13),
        't' => one(9),
        'v' => one(11),
        'x' => hexadecimal(rest),
        // A single digit would refer to a group.
        '1'..='7' if !rest.starts_with(|c: char| ('0'..='7').contains(&c)) => {
            Err("references to groups are not supported".to_owned())
        }
        '0'..='7' => {
            let digits = text
                .bytes()
                .take(3)
                .take_while(|b| (b'0'..=b'7').contains(b));
            let count = digits.count();
            let value = u32::from_str_radix(&text[..count], 8).unwrap_or(0);
            Ok((Class::One(value), &text[count..]))
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => one(u32::from(c)),
        c => Err(format!("there is no escape `\\{c}`")),
    }
}

/// `\x61` and `\x{61}` after the `x`.
fn hexadecimal(text: &str) -> Result<(Class, &str), Fault> {
    let broken = || "a hexadecimal escape is broken".to_owned();
    let (digits, rest) = match text.strip_prefix('{') {
        Some(inner) => inner.split_once('}').ok_or_else(broken)?,
        None => text.split_at_checked(2).ok_or_else(broken)?,
    };
    let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
    let value = u32::from_str_radix(digits, 16).ok();
    match value.filter(|value| plain && *value <= 0x10_FFFF) {
        Some(value) => Ok((Class::One(value), rest)),
        None => Err(broken()),
    }
}

/// `\pL` and `\p{Greek}` after the `p`.
fn property(text: &str, negated: bool) -> Result<(Class, &str), Fault> {
    let broken = || "a property of characters is broken".to_owned();
    let (name, rest) = match text.strip_prefix('{') {
        Some(inner) => inner.split_once('}').ok_or_else(broken)?,
        None => {
            let length = text.chars().next().map(char::len_utf8).ok_or_else(broken)?;
            text.split_at(length)
        }
    };
    let (name, negated) = match name.strip_prefix('^') {
        Some(name) => (name, !negated),
        None => (name, negated),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '-');
    let unknown = || format!("there is no property `{name}` of characters");
    if name.is_empty() || !name.chars().all(plain) {
        return Err(unknown());
    }
    let key: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let listed = |list: &str| list.contains(&format!(" {key} "));
    let query = match key.as_str() {
        "any" => "Any".to_owned(),
        "ascii" => "ASCII".to_owned(),
        "assigned" => "Assigned".to_owned(),
        _ if listed(CATEGORIES) => format!("gc={key}"),
        _ if key.len() == 4 && !listed(SHORT_SCRIPTS) => return Err(unknown()),
        // `IsLatin` is Perl's.
        _ if key.starts_with("is") => return Err(unknown()),
        _ => format!("sc={key}"),
    };
    let sign = if negated { 'P' } else { 'p' };
    Ok((Class::Many(format!("\\{sign}{{{query}}}")), rest))
}
