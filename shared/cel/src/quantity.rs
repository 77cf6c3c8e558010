//! Kubernetes quantities (`100m`, `1.5Gi`, `2e3`), kept as an API server keeps them.
//!
//! Most are a 64-bit number and a power of ten; what does not go into that is a decimal of any length, rounded up to
//! billionths, and capped if its suffix is a binary one. It shows: only the first kind has a whole number to give, and
//! only at a power that is not negative, so that `1000m` is equal to `1` but not an integer
//! (`k8s.io/apimachinery/pkg/api/resource`, "Quantity").

use std::cmp::Ordering;
use std::fmt;

use bumpalo::Bump;

mod decimal;

use decimal::Decimal;

/// The digits that a number of the first kind may have.
const WHOLE_DIGITS: i64 = 18;
/// `2^63 - 1`, the most that a quantity with a binary suffix comes to.
const MOST_BINARY: &str = "9223372036854775807";
/// The finest power of ten.
const NANO: i64 = -9;

/// A quantity.
#[derive(Clone, Copy, Debug)]
pub enum Quantity<'a> {
    /// `value × 10^power`.
    Whole {
        /// The number.
        value: i64,
        /// The power of ten.
        power: i64,
    },
    /// `digits × 10^power`, negated if it is so.
    Long {
        /// Whether it is below zero.
        negative: bool,
        /// Without leading zeros, none at all for zero.
        digits: &'a str,
        /// The power of ten.
        power: i64,
    },
}

impl<'a> Quantity<'a> {
    /// A whole number.
    pub(crate) fn of(value: i64) -> Quantity<'a> {
        Quantity::Whole { value, power: 0 }
    }

    /// Reads a quantity; `None` if the text is none, or one of more digits than anybody can hold.
    pub(crate) fn parse(arena: &'a Bump, text: &str) -> Option<Quantity<'a>> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let zeros = unsigned.len() - unsigned.trim_start_matches('0').len();
        let rest = &unsigned[zeros..];
        let end = |text: &str| {
            text.find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len())
        };
        if rest.is_empty() {
            return Some(Quantity::of(0));
        }
        let (whole, rest) = rest.split_at(end(rest));
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(end(rest)),
            None => ("", rest),
        };
        let suffix = Suffix::read(suffix)?;
        let has_digit = zeros > 0 || !whole.is_empty() || !fraction.is_empty();
        let whole = if whole.is_empty() { "0" } else { whole };
        if let Some(quantity) = short(negative, whole, fraction, &suffix) {
            return quantity;
        }
        // The longer notation wants a digit somewhere; the shorter one takes `Gi` for 0.
        if !has_digit {
            return None;
        }
        long(whole, fraction, &suffix).map(|decimal| decimal.signed(negative).stored(arena))
    }

    fn decimal(&self) -> Decimal {
        match *self {
            Quantity::Whole { value, power } => Decimal::of(value, power),
            Quantity::Long {
                negative,
                digits,
                power,
            } => Decimal::new(negative, digits, power),
        }
    }

    /// The order of two quantities.
    pub(crate) fn compare(&self, other: &Quantity<'_>) -> Ordering {
        match (self, other) {
            (
                Quantity::Whole { value, power },
                Quantity::Whole {
                    value: other,
                    power: other_power,
                },
            ) if power == other_power => value.cmp(other),
            _ => self.decimal().compare(&other.decimal()),
        }
    }

    /// -1 below zero, 0, or 1.
    pub(crate) fn sign(&self) -> i64 {
        match *self {
            Quantity::Whole { value, .. } => value.signum(),
            Quantity::Long { digits: "", .. } => 0,
            Quantity::Long { negative, .. } => 1 - 2 * i64::from(negative),
        }
    }

    /// The whole number, if it is kept as one and fits.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match *self {
            Quantity::Whole { value, power } if power >= 0 => scaled(value, power),
            _ => None,
        }
    }

    /// About its value.
    pub(crate) fn as_float(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "approximate by name")]
        let (base, power) = match *self {
            Quantity::Whole { value, power } => (value as f64, power),
            Quantity::Long {
                negative,
                digits,
                power,
            } => {
                let base: f64 = digits.parse().unwrap_or(0.0);
                (if negative { -base } else { base }, power)
            }
        };
        if power == 0 {
            base
        } else {
            base * power_of_ten(power)
        }
    }

    /// The sum; `None` if it would have more digits than anybody can hold.
    pub(crate) fn add(&self, arena: &'a Bump, other: &Quantity<'a>) -> Option<Quantity<'a>> {
        if let (
            Quantity::Whole { value: a, power },
            Quantity::Whole {
                value: b,
                power: other_power,
            },
        ) = (*self, *other)
        {
            let sum = match power.cmp(&other_power) {
                _ if b == 0 => Some(*self),
                _ if a == 0 => Some(*other),
                Ordering::Less => scaled(b, other_power - power)
                    .and_then(|b| a.checked_add(b))
                    .map(|value| Quantity::Whole { value, power }),
                _ => scaled(a, power - other_power)
                    .and_then(|a| a.checked_add(b))
                    .map(|value| Quantity::Whole {
                        value,
                        power: other_power,
                    }),
            };
            if sum.is_some() {
                return sum;
            }
        }
        let sum = self.decimal().add(other.decimal())?;
        Some(sum.stored(arena))
    }

    /// Below zero instead of above, and the other way round.
    pub(crate) fn negated(&self) -> Quantity<'a> {
        match *self {
            Quantity::Whole { value, power } => Quantity::Whole {
                // As the API server, whose numbers wrap round here.
                value: value.wrapping_neg(),
                power,
            },
            Quantity::Long {
                negative,
                digits,
                power,
            } => Quantity::Long {
                negative: !negative,
                digits,
                power,
            },
        }
    }

    /// Bytes of text it takes, for the cost of what is done with it.
    pub(crate) fn len(&self) -> usize {
        match self {
            Quantity::Whole { .. } => 8,
            Quantity::Long { digits, .. } => digits.len(),
        }
    }
}

/// What a suffix multiplies by.
struct Suffix {
    /// `2^binary`; 0 for a decimal one.
    binary: u32,
    /// `10^power`.
    power: i64,
}

impl Suffix {
    fn read(text: &str) -> Option<Suffix> {
        let binary = |binary| Some(Suffix { binary, power: 0 });
        let decimal = |power| Some(Suffix { binary: 0, power });
        match text {
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
            "Ki" => binary(10),
            "Mi" => binary(20),
            "Gi" => binary(30),
            "Ti" => binary(40),
            "Pi" => binary(50),
            "Ei" => binary(60),
            _ => {
                let exponent = text.strip_prefix(['e', 'E'])?;
                let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                // Kept in 32 bits whatever it is.
                let power: i64 = exponent.parse().ok().filter(|_| plain)?;
                #[expect(clippy::cast_possible_truncation, reason = "as the API server does")]
                decimal(i64::from(power as i32))
            }
        }
    }
}

/// A quantity of few digits; `None` if it needs the longer notation, `Some(None)` if it is none.
fn short<'a>(
    negative: bool,
    whole: &str,
    fraction: &str,
    suffix: &Suffix,
) -> Option<Option<Quantity<'a>>> {
    let (whole_digits, fraction_digits) = (
        i64::try_from(whole.len()).ok()?,
        i64::try_from(fraction.len()).ok()?,
    );
    let (room, factor) = if suffix.binary == 0 {
        (WHOLE_DIGITS - whole_digits - fraction_digits, 1_i64)
    } else if fraction.is_empty() {
        // A factor of 2^20 takes some six digits, and so on.
        let taken = i64::from(suffix.binary * 3 / 10);
        (15 - whole_digits - taken - 1, 1_i64 << suffix.binary)
    } else {
        return None;
    };
    let power = suffix.power - fraction_digits;
    if room < 0 || power < NANO {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let Ok(value) = digits.parse::<i64>() else {
        return Some(None);
    };
    let value = value.checked_mul(factor)?;
    let value = if negative { -value } else { value };
    Some(Some(Quantity::Whole { value, power }))
}

/// A number of any length, without its sign.
fn long(whole: &str, fraction: &str, suffix: &Suffix) -> Option<Decimal> {
    let fraction_digits = i64::try_from(fraction.len()).ok()?;
    let digits = format!("{whole}{fraction}");
    let power = suffix.power - fraction_digits;
    let mut decimal = Decimal::new(false, &digits, power);
    if suffix.binary > 0 {
        decimal = decimal.times(1_u64 << suffix.binary);
    }
    let rounded = decimal.rounded_up(NANO)?;
    let most = Decimal::new(false, MOST_BINARY, 0);
    if suffix.binary > 0 && rounded.compare(&most).is_gt() {
        return Some(most);
    }
    Some(rounded)
}

/// `value × 10^power`, if it fits.
fn scaled(value: i64, power: i64) -> Option<i64> {
    if value == 0 {
        return Some(0);
    }
    value.checked_mul(10_i64.checked_pow(u32::try_from(power).ok()?)?)
}

/// `10^power` as Go's tables have it, which round twice for powers of more than 31 or below -31.
fn power_of_ten(power: i64) -> f64 {
    let exact = |power: u64| format!("1e{power}").parse::<f64>().unwrap_or(0.0);
    let small = |power: u64| format!("1e-{power}").parse::<f64>().unwrap_or(0.0);
    let size = power.unsigned_abs();
    match power {
        0..=308 => exact(size / 32 * 32) * exact(size % 32),
        -323..0 => small(size / 32 * 32) / exact(size % 32),
        309.. => f64::INFINITY,
        _ => 0.0,
    }
}

impl fmt::Display for Quantity<'_> {
    /// As a plain decimal number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

#[cfg(test)]
mod tests;
