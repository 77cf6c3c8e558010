//! Kubernetes quantities (`100m`, `1.5Gi`, `2e3`) as exact whole numbers of billionths.
//!
//! Kubernetes itself keeps no fraction finer than a billionth and rounds up to it, and caps what is larger than 64
//! bits (`k8s.io/apimachinery/pkg/api/resource`, "Quantity").

/// One, in billionths.
pub(crate) const ONE: i128 = 1_000_000_000;

/// The largest number a quantity holds: `2^63 - 1`.
const MAX: i128 = i64::MAX as i128 * ONE;

/// Reads a quantity; `None` if the text is none.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = unsigned
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let (factor, power) = suffix_value(suffix)?;
    let value = scaled(
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
        factor,
        power,
    );
    Some(if negative { -value } else { value })
}

/// A suffix as a whole factor and a power of ten.
fn suffix_value(suffix: &str) -> Option<(i128, i32)> {
    let binary = |power: u32| Some((1_i128 << (10 * power), 0));
    let decimal = |power: i32| Some((1, power));
    match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let power: i32 = exponent.parse().unwrap_or(if exponent.starts_with('-') {
                -9999
            } else {
                9999
            });
            decimal(power)
        }
    }
}

/// `whole.fraction × factor × 10^power` in billionths, capped, and rounded up.
fn scaled(whole: &str, fraction: &str, factor: i128, power: i32) -> i128 {
    if whole.is_empty() && fraction.is_empty() {
        return 0;
    }
    // Past these lengths the result is capped or rounded whatever the digits are.
    let fraction_kept = &fraction[..fraction.len().min(30 - whole.len().min(29))];
    let lost = fraction_kept.len() < fraction.len();
    let mut digits: i128 = 0;
    if whole.len() > 29 {
        return MAX;
    }
    for digit in whole.bytes().chain(fraction_kept.bytes()) {
        digits = digits
            .saturating_mul(10)
            .saturating_add(i128::from(digit - b'0'));
    }
    let mut value = digits.saturating_mul(factor);
    let mut power = power
        .saturating_add(9)
        .saturating_sub(i32::try_from(fraction_kept.len()).unwrap_or(0));
    let mut inexact = lost;
    while power > 0 && value < MAX {
        value = value.saturating_mul(10);
        power -= 1;
    }
    while power < 0 && value > 0 {
        inexact |= value % 10 != 0;
        value /= 10;
        power += 1;
    }
    (value + i128::from(inexact)).clamp(i128::from(inexact), MAX)
}

/// A quantity as a plain decimal number.
pub(crate) fn text(billionths: i128) -> String {
    let sign = if billionths < 0 { "-" } else { "" };
    let (whole, rest) = (
        billionths.unsigned_abs() / ONE.unsigned_abs(),
        billionths.unsigned_abs() % ONE.unsigned_abs(),
    );
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let decimals = format!("{rest:09}");
    format!("{sign}{whole}.{}", decimals.trim_end_matches('0'))
}

/// The sum, capped.
pub(crate) fn add(a: i128, b: i128) -> i128 {
    a.saturating_add(b).clamp(-MAX, MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_and_exponents_scale() {
        for (given, expected) in [
            ("1", "1"),
            ("100m", "0.1"),
            ("1.5Gi", "1610612736"),
            ("0.1Ki", "102.4"),
            ("-2k", "-2000"),
            ("+1u", "0.000001"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("12E-2", "0.12"),
            ("1n", "0.000000001"),
            ("0.1n", "0.000000001"),
            ("1e-40", "0.000000001"),
            ("0", "0"),
            ("00.00", "0"),
            ("9e99", "9223372036854775807"),
            ("8Ei", "9223372036854775807"),
            (
                "99999999999999999999999999999999999999",
                "9223372036854775807",
            ),
            ("1.00000000000000000000000000000000000001", "1.000000001"),
            ("1E", "1000000000000000000"),
        ] {
            assert_eq!(parse(given).map(text).as_deref(), Some(expected), "{given}");
        }
    }

    #[test]
    fn other_text_is_no_quantity() {
        for text in [
            "", "-", "Mi", "1.2.3", "1 Mi", "1mi", "1e", "1e+", "0x1", "é", "1ee3",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
