//! URLs as an API server reads them: the rules of Go's `net/url`, which the `uri` format of OpenAPI follows too.

use bumpalo::Bump;

mod escape;

use escape::{Place, escaped, unescaped};

/// A URL and what can be asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Url<'a> {
    /// Before the first colon, in lower case.
    pub scheme: &'a str,
    /// Host and port.
    pub host: &'a str,
    /// The path, percent-encoded.
    pub path: &'a str,
    /// After the first `?`, as it stands.
    pub query: &'a str,
    /// All of it, normalised: two URLs are equal if this is.
    pub text: &'a str,
}

/// Whether text is a URL: an absolute one, or a path that begins with a slash.
pub(crate) fn is_url(text: &str) -> bool {
    Parts::read(text, true).is_some()
}

impl<'a> Url<'a> {
    /// Reads a URL that [`is_url`] takes. A fragment is no part of the path or the query.
    pub(crate) fn parse(arena: &'a Bump, text: &str) -> Option<Url<'a>> {
        Parts::read(text, true)?;
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let parts = Parts::read(rest, false)?;
        let path = parts.escaped_path();
        let whole = parts.text(&path) + &written_fragment(fragment)?;
        let store = |text: &str| -> &'a str { arena.alloc_str(text) };
        Some(Url {
            scheme: store(&parts.scheme),
            host: store(&String::from_utf8_lossy(&parts.host)),
            path: store(&path),
            query: store(parts.query),
            text: store(&whole),
        })
    }

    /// The host without its port and without the brackets of an IPv6 address.
    pub(crate) fn hostname(&self) -> &'a str {
        let host = self.split_host().0;
        let inner = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        inner.unwrap_or(host)
    }

    /// The port, or nothing.
    pub(crate) fn port(&self) -> &'a str {
        self.split_host().1
    }

    fn split_host(&self) -> (&'a str, &'a str) {
        match self.host.rfind(':') {
            Some(colon) if is_port(&self.host[colon..]) => {
                (&self.host[..colon], &self.host[colon + 1..])
            }
            _ => (self.host, ""),
        }
    }

    /// The query's keys and values, decoded; what cannot be decoded is left out.
    pub(crate) fn query_pairs(&self) -> impl Iterator<Item = (String, String)> + use<'a> {
        let decoded = |text: &str| {
            let bytes = unescaped(text, Place::Query)?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        self.query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.contains(';'))
            .filter_map(move |pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                Some((decoded(key)?, decoded(value)?))
            })
    }
}

/// A URL taken apart, its parts decoded.
#[derive(Default)]
struct Parts<'t> {
    scheme: String,
    /// What follows the scheme if that is not a slash.
    opaque: &'t str,
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    /// No host was written at all, in contrast to an empty one.
    no_host: bool,
    path: Vec<u8>,
    raw_path: &'t str,
    query: &'t str,
    /// A question mark with nothing behind it.
    empty_query: bool,
}

impl<'t> Parts<'t> {
    /// As a request has it, if `request`: absolute. Otherwise relative ones go as well.
    fn read(text: &'t str, request: bool) -> Option<Parts<'t>> {
        if text.bytes().any(|b| b < b' ' || b == 0x7f) || (text.is_empty() && request) {
            return None;
        }
        let mut parts = Parts::default();
        if text == "*" {
            parts.path = b"*".to_vec();
            return Some(parts);
        }
        let (scheme, rest) = scheme(text)?;
        parts.scheme = scheme.to_ascii_lowercase();
        let rest = match rest.split_once('?') {
            Some((before, "")) => {
                parts.empty_query = true;
                before
            }
            Some((before, query)) => {
                parts.query = query;
                before
            }
            None => rest,
        };
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                parts.opaque = rest;
                return Some(parts);
            }
            let first = rest.split('/').next().unwrap_or_default();
            if request || first.contains(':') {
                return None;
            }
        }
        let has_host = !scheme.is_empty() || (!request && !rest.starts_with("///"));
        let rest = match rest.strip_prefix("//") {
            Some(after) if has_host => {
                let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
                parts.read_authority(authority)?;
                path
            }
            _ => {
                parts.no_host = !scheme.is_empty();
                rest
            }
        };
        parts.path = unescaped(rest, Place::Path)?;
        parts.raw_path = rest;
        Some(parts)
    }

    fn read_authority(&mut self, authority: &str) -> Option<()> {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        self.host = read_host(&self.scheme, host)?;
        let Some(user) = user else {
            return Some(());
        };
        let may_be = |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
        if !user.bytes().all(may_be) {
            return None;
        }
        let (name, password) = match user.split_once(':') {
            Some((name, password)) => (name, Some(unescaped(password, Place::User)?)),
            None => (user, None),
        };
        self.user = Some((unescaped(name, Place::User)?, password));
        Some(())
    }

    /// The path as it was written, if that is one way to write it; else as it would be.
    fn escaped_path(&self) -> String {
        let as_written = self
            .raw_path
            .bytes()
            .all(|b| b == b'%' || b"!$&'()*+,;=:@[]".contains(&b) || Place::Path.keeps(b));
        if as_written && self.path != b"*" {
            self.raw_path.to_owned()
        } else if self.path == b"*" {
            "*".to_owned()
        } else {
            escaped(&self.path, Place::Path)
        }
    }

    fn text(&self, path: &str) -> String {
        let mut text = String::new();
        if !self.scheme.is_empty() {
            text += &self.scheme;
            text.push(':');
        }
        if self.opaque.is_empty() {
            let bare = self.host.is_empty() && self.user.is_none();
            if !(bare && (self.no_host || self.scheme.is_empty())) {
                if !bare || !path.is_empty() {
                    text += "//";
                }
                if let Some((name, password)) = &self.user {
                    text += &escaped(name, Place::User);
                    if let Some(password) = password {
                        text.push(':');
                        text += &escaped(password, Place::User);
                    }
                    text.push('@');
                }
                text += &escaped(&self.host, Place::Host);
            }
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                text.push('/');
            }
            text += path;
        } else {
            text += self.opaque;
        }
        if self.empty_query || !self.query.is_empty() {
            text.push('?');
            text += self.query;
        }
        text
    }
}

/// The fragment as it is written, with its `#`.
fn written_fragment(fragment: &str) -> Option<String> {
    if fragment.is_empty() {
        return Some(String::new());
    }
    let decoded = unescaped(fragment, Place::Fragment)?;
    let as_written = fragment
        .bytes()
        .all(|b| b == b'%' || b"!$&'()*+,;=:@[]".contains(&b) || Place::Fragment.keeps(b));
    let text = if as_written {
        fragment.to_owned()
    } else {
        escaped(&decoded, Place::Fragment)
    };
    Some(format!("#{text}"))
}

/// `https` and what follows the colon; no scheme if there is none.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return None,
            b':' => return Some((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Some(("", text))
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|b| b.is_ascii_digit()),
        None => text.is_empty(),
    }
}

fn read_host(scheme: &str, host: &str) -> Option<Vec<u8>> {
    if let Some(open) = host.rfind('[') {
        if open > 0 {
            return None;
        }
        let close = host.rfind(']')?;
        let (inner, port) = (&host[1..close], &host[close + 1..]);
        if !is_port(port) {
            return None;
        }
        // What follows `%25` names a network interface.
        let zone = inner.find("%25").unwrap_or(inner.len());
        let mut address = unescaped(&inner[..zone], Place::Host)?;
        let only_address = std::str::from_utf8(&address).ok()?.to_owned();
        let zone = unescaped(&inner[zone..], Place::Zone)?;
        if !only_address
            .parse::<std::net::Ipv6Addr>()
            .is_ok_and(|_| zone.len() != 1)
        {
            return None;
        }
        address.extend(zone);
        let mut whole = b"[".to_vec();
        whole.extend(address);
        whole.push(b']');
        whole.extend(port.bytes());
        return Some(whole);
    }
    if let Some(first) = host.find(':') {
        let strict = scheme == "http" || scheme == "https";
        let colon = if strict {
            first
        } else {
            host.rfind(':').unwrap_or(first)
        };
        if !is_port(&host[colon..]) {
            return None;
        }
    }
    unescaped(host, Place::Host)
}
