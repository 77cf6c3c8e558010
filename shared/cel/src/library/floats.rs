//! Doubles in Go's notation, which is more than Rust's: hexadecimal ones, and underscores between digits.

/// Reads a double; `None` if the text is none, or one past the largest.
pub(super) fn parse(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let value = match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" if unsigned.len() == text.len() => f64::NAN,
        lower => {
            if !underscores_separate_digits(lower) {
                return None;
            }
            let digits = lower.replace('_', "");
            let value = match digits.strip_prefix("0x") {
                Some(hexadecimal) => hexadecimal_value(hexadecimal)?,
                None => decimal_value(&digits)?,
            };
            value.is_finite().then_some(value)?
        }
    };
    Some(if negative { -value } else { value })
}

/// Underscores stand between digits, or after the `0x`.
fn underscores_separate_digits(text: &str) -> bool {
    let hexadecimal = text.starts_with("0x");
    let mut before = if hexadecimal { b'0' } else { b'!' };
    for b in text.bytes().skip(if hexadecimal { 2 } else { 0 }) {
        let digit = b.is_ascii_digit() || (hexadecimal && b.is_ascii_hexdigit());
        if (b == b'_' && before != b'0') || (!digit && b != b'_' && before == b'_') {
            return false;
        }
        before = match b {
            b'_' => b'_',
            _ if digit => b'0',
            _ => b'!',
        };
    }
    before != b'_'
}

fn decimal_value(text: &str) -> Option<f64> {
    let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-');
    text.bytes().all(plain).then(|| text.parse().ok()).flatten()
}

/// `1.8p1`, after the `0x`.
fn hexadecimal_value(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if (whole.is_empty() && fraction.is_empty())
        || digits.is_empty()
        || !digits.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let least = if exponent.starts_with('-') {
        -9999
    } else {
        9999
    };
    let mut power: i32 = exponent.parse().unwrap_or(least).clamp(-9999, 9999);
    let mut value: u64 = 0;
    for (place, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        let in_fraction = place >= whole.len();
        if value >> 58 == 0 {
            value = value << 4 | digit;
            power -= if in_fraction { 4 } else { 0 };
        } else {
            // What is lost only matters for rounding.
            value |= u64::from(digit != 0);
            power += if in_fraction { 0 } else { 4 };
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "rounded to a double")]
    let mut value = value as f64;
    while power != 0 && value != 0.0 && value.is_finite() {
        let step = power.clamp(-1000, 1000);
        value *= 2.0_f64.powi(step);
        power -= step;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gos_notation_is_read() {
        for (text, expected) in [
            ("1.5", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("+1e3", 1000.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("0x1p-2", 0.25),
            ("0x1.8P1", 3.0),
            ("0x.8p0", 0.5),
            ("0x1_0p0", 16.0),
            ("1_000.5", 1000.5),
            ("1e-400", 0.0),
            ("0x1p-2000", 0.0),
            ("0x10000000000000000000p0", 7.555_786_372_591_432e22),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        assert!(parse("NaN").is_some_and(f64::is_nan));
        for text in [
            "", "-", "+NaN", "1e400", "0x1p2000", "0x10", "0xp1", "1__0", "_1", "1_", "1_.5", "e5",
            ".", "1e", " 1", "infinit", "0x1p", "1f",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
