//! Percent-encoding by the part of a URL that text stands in.

/// Where text stands: what is written as it is differs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

impl Place {
    /// Whether a byte is written as it is.
    pub(super) fn keeps(self, b: u8) -> bool {
        let also: &[u8] = match self {
            Place::Path => b"$&+,/:;=@",
            Place::Host | Place::Zone => b"!\"$&'()*+,:;<=>[]",
            Place::User => b"$&+,;=",
            Place::Query => b"",
            Place::Fragment => b"!$&()*+,/:;=?@",
        };
        b.is_ascii_alphanumeric() || b"-._~".contains(&b) || also.contains(&b)
    }
}

/// The bytes that text stands for; `None` if it is not well-formed there.
pub(super) fn unescaped(text: &str, place: Place) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let host = matches!(place, Place::Host | Place::Zone);
    while let Some(b) = bytes.get(at) {
        match b {
            b'%' => {
                let digits = text.get(at + 1..at + 3)?;
                let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
                let value = u8::from_str_radix(digits, 16).ok().filter(|_| plain)?;
                // In a host only what is not ASCII is encoded; in a zone also a percent sign and a blank.
                let allowed = match place {
                    Place::Host => value >= 0x80 || digits == "25",
                    Place::Zone => digits == "25" || value == b' ' || Place::Host.keeps(value),
                    _ => true,
                };
                if !allowed {
                    return None;
                }
                out.push(value);
                at += 3;
                continue;
            }
            b'+' if place == Place::Query => out.push(b' '),
            b if host && b.is_ascii() && !place.keeps(*b) => return None,
            b => out.push(*b),
        }
        at += 1;
    }
    Some(out)
}

/// Text for bytes.
pub(super) fn escaped(bytes: &[u8], place: Place) -> String {
    let mut out = String::with_capacity(bytes.len());
    for b in bytes {
        if place.keeps(*b) {
            out.push(char::from(*b));
        } else {
            out += &format!("%{b:02X}");
        }
    }
    out
}
