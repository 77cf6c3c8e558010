//! Finds the documents that our two parsers may read in different ways: plain scalars of YAML 1.1, anchors, aliases, tags,
//! merge keys, explicit keys. It looks at lines, not at structure, so it may doubt too much, which costs time, but never
//! too little, which would cost a verdict (a property test holds it to that).

/// Whether one parser alone is not enough for the document.
pub(crate) fn doubtful(document: &str) -> bool {
    let mut line = Line::default();
    // Most bytes mean nothing here, which a table says soonest.
    let signs = document.bytes().enumerate();
    for (at, byte) in signs.filter(|(_, byte)| SIGNS[usize::from(*byte)]) {
        match byte {
            b'\n' => {
                if line.is_doubtful(&document[line.start..at]) {
                    return true;
                }
                line = Line {
                    start: at + 1,
                    ..Line::default()
                };
            }
            b'#' => line.comment = true,
            b':' => {
                let ends = matches!(
                    document.as_bytes().get(at + 1),
                    None | Some(b' ' | b'\n' | b'\r')
                );
                if ends && line.colon.is_none() {
                    line.colon = Some(at - line.start);
                }
            }
            // The two parsers take tabs otherwise in places.
            b'\t' => return true,
            _ => line.flow = true,
        }
    }
    line.is_doubtful(&document[line.start..])
}

/// The bytes that decide how a line is looked at.
const SIGNS: [bool; 256] = {
    let mut signs = [false; 256];
    let mut rest: &[u8] = b"\n#\t:[]{},";
    while let [sign, others @ ..] = rest {
        signs[*sign as usize] = true;
        rest = others;
    }
    signs
};

/// What a line was seen to contain on the way to its end.
#[derive(Default)]
struct Line {
    start: usize,
    /// Where the first colon is that ends a key.
    colon: Option<usize>,
    comment: bool,
    flow: bool,
}

impl Line {
    fn is_doubtful(&self, line: &str) -> bool {
        let mut rest = line.trim_ascii();
        if line.starts_with("---") {
            rest = rest.trim_start_matches('-').trim_ascii_start();
        }
        while let Some(item) = rest
            .strip_prefix('-')
            .filter(|r| r.starts_with([' ', '\t']))
        {
            rest = item.trim_ascii_start();
        }
        match rest.as_bytes() {
            [] | [b'#', ..] => return false,
            [b'%', ..] => return line.starts_with('%'),
            [b'?'] | [b'?', b' ' | b'\t', ..] => return true,
            _ => {}
        }
        if !self.comment && !self.flow {
            let before = rest.as_ptr() as usize - line.as_ptr() as usize;
            return match self.colon.map(|colon| colon.checked_sub(before)) {
                Some(Some(colon)) => halves_are_doubtful(rest, colon),
                Some(None) => pair_is_doubtful(rest),
                None => word_is_doubtful(rest),
            };
        }
        // The mark may begin a comment or stand in quotes: look at both readings.
        let comment = self
            .comment
            .then(|| rest.find(" #").or_else(|| rest.find("\t#")))
            .flatten();
        comment.is_some_and(|at| self.part_is_doubtful(rest[..at].trim_ascii_end()))
            || self.part_is_doubtful(rest)
    }

    fn part_is_doubtful(&self, part: &str) -> bool {
        self.flow
            && part
                .split_inclusive(['[', ']', '{', '}', ','])
                .any(|piece| {
                    let ends = piece.ends_with([']', '}', ',']);
                    let piece = piece
                        .trim_end_matches(['[', ']', '{', '}', ','])
                        .trim_ascii();
                    let last = piece.rsplit(':').next().unwrap_or_default();
                    // Signs that mean something outside brackets only, or nothing yet.
                    piece == "-"
                        || (ends && piece.ends_with(':'))
                        || piece
                            .starts_with(['|', '>', '%', '@', '`', '&', '*', '?', '!', '#', ':'])
                        || pair_is_doubtful(piece)
                        || word_is_doubtful(last)
                        || word_is_doubtful(piece.trim_start_matches('?').trim())
                })
            || pair_is_doubtful(part)
    }
}

/// `key: value`, or a value alone.
fn pair_is_doubtful(pair: &str) -> bool {
    let bytes = pair.as_bytes();
    let mut colons = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b':')
        .map(|(i, _)| i);
    match colons.find(|i| matches!(bytes.get(i + 1), None | Some(b' ' | b'\t'))) {
        Some(at) => halves_are_doubtful(pair, at),
        None => word_is_doubtful(pair),
    }
}

/// `key: value`, its colon at hand.
fn halves_are_doubtful(pair: &str, colon: usize) -> bool {
    key_is_doubtful(pair[..colon].trim_ascii_end())
        || word_is_doubtful(pair[colon + 1..].trim_ascii_start())
}

/// Float keys are written in a form of their own, so any key that may be one is doubted.
fn key_is_doubtful(key: &str) -> bool {
    word_is_doubtful(key)
        || (key.starts_with(|c: char| matches!(c, '+' | '-' | '.' | '0'..='9'))
            && key.parse::<f64>().is_ok())
}

fn word_is_doubtful(word: &str) -> bool {
    let bytes = word.as_bytes();
    match bytes.first() {
        Some(b'!' | b'&' | b'*' | b'@' | b'`' | b'%' | b':') => true,
        Some(b'<') => word == "<<",
        Some(b'y' | b'Y' | b'n' | b'N' | b'o' | b'O') => matches!(
            word,
            "y" | "Y"
                | "yes"
                | "Yes"
                | "YES"
                | "n"
                | "N"
                | "no"
                | "No"
                | "NO"
                | "on"
                | "On"
                | "ON"
                | "off"
                | "Off"
                | "OFF"
        ),
        Some(b'+' | b'-' | b'.' | b'0'..=b'9') => number_is_doubtful(word),
        _ => false,
    }
}

fn number_is_doubtful(word: &str) -> bool {
    let body = word.strip_prefix(['+', '-']).unwrap_or(word);
    if !body
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'+' | b'-'))
    {
        return false;
    }
    match body.as_bytes() {
        [] | [_] => false,
        [
            b'0',
            b'0'..=b'9' | b'x' | b'X' | b'o' | b'O' | b'b' | b'B',
            ..,
        ] => true,
        [b'.', b'i' | b'I' | b'n' | b'N', ..] => true,
        bytes if bytes.contains(&b'_') || bytes.len() > 18 => true,
        bytes if bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) => body
            .parse::<f64>()
            .is_ok_and(|value| value.fract() == 0.0 || !value.is_finite()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_reads_differently_is_doubted_wherever_it_stands() {
        for line in [
            "a: yes",
            "- no",
            "  - - on",
            "yes: 1",
            "a: 'x' # y\nb: off",
            "a: yes # why",
            "a: [x, yes]",
            "  yes,",
            "{a: y}",
            "a: 0644",
            "a: 0o17",
            "mode: 1_000",
            "a: 1.0",
            "a: 1e3",
            "a: .inf",
            "a: &x 1",
            "a: *x",
            "<<: *x",
            "a: !!str 1",
            "? a",
            ": no",
            "a:\tno",
            "\"a\": no",
            "{\"a\":no}",
            "a: {\"b #c\": 1, d: yes}",
            "--- yes",
            "1.25: x",
            "%YAML 1.1",
            "[yes]: x",
            "a: [ 0x1F ]",
            "a: 12345678901234567890",
            "no",
            "a:\r\n  no\r",
        ] {
            assert!(doubtful(line), "{line}");
        }
    }

    #[test]
    fn ordinary_documents_are_not_doubted() {
        for line in [
            "a: 'yes'",
            "a: \"no\"",
            "image: nginx:1.25",
            "cpu: 0.5",
            "a: 500m",
            "replicas: 3",
            "a: 1.2.3",
            "# a: yes",
            "a: [\"sh\", \"-c\"]",
            "a: turn it on",
            "a: no way",
            "- --on",
            "ip: 10.0.0.1",
            "a: true",
            "a: null",
            "a: -5",
            "schedule: \"*/5 * * * *\"",
            "a: 0",
            "-",
            "---",
            "a: on-call",
            "memory: 1Gi",
            "sha: 1f0e3dad",
            "a: -1.5",
        ] {
            assert!(!doubtful(line), "{line}");
        }
    }
}
