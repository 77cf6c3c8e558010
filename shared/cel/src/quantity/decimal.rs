//! Decimal numbers of any length, as far as quantities need them: order, sums, rounding.

use std::cmp::Ordering;
use std::fmt;

use bumpalo::Bump;

use super::Quantity;

/// The most digits a number may come to have: far beyond any quantity, and little to hold.
const MOST_DIGITS: i64 = 20_000;

/// `digits × 10^power`, negated if it is so. The digits, most significant first, have no leading zeros.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    power: i64,
}

impl Decimal {
    /// From digits as text.
    pub(super) fn new(negative: bool, digits: &str, power: i64) -> Decimal {
        let digits = digits.trim_start_matches('0').bytes().map(|b| b - b'0');
        Decimal {
            negative,
            digits: digits.collect(),
            power,
        }
    }

    pub(super) fn of(value: i64, power: i64) -> Decimal {
        let digits = value.unsigned_abs().to_string();
        Decimal::new(value < 0, &digits, power)
    }

    pub(super) fn signed(mut self, negative: bool) -> Decimal {
        self.negative = negative;
        self
    }

    pub(super) fn stored<'a>(&self, arena: &'a Bump) -> Quantity<'a> {
        Quantity::Long {
            negative: self.negative,
            digits: arena.alloc_str(&self.text()),
            power: self.power,
        }
    }

    fn text(&self) -> String {
        self.digits
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The place above the first digit.
    fn height(&self) -> i64 {
        self.power + i64::try_from(self.digits.len()).unwrap_or(i64::MAX / 2)
    }

    pub(super) fn compare(&self, other: &Decimal) -> Ordering {
        let sign = |of: &Decimal| match (of.is_zero(), of.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let order = sign(self).cmp(&sign(other));
        if order.is_ne() || self.is_zero() {
            return order;
        }
        let size = self.compare_sizes(other);
        if self.negative { size.reverse() } else { size }
    }

    /// As [`Decimal::compare`], both above zero.
    fn compare_sizes(&self, other: &Decimal) -> Ordering {
        let heights = self.height().cmp(&other.height());
        let longest = self.digits.len().max(other.digits.len());
        let padded = |of: &Decimal, place: usize| of.digits.get(place).copied().unwrap_or(0);
        (0..longest).fold(heights, |order, place| {
            order.then_with(|| padded(self, place).cmp(&padded(other, place)))
        })
    }

    /// The same number at a lower power; `None` if that takes too many digits.
    fn lowered(mut self, power: i64) -> Option<Decimal> {
        let zeros = self.power.checked_sub(power).filter(|zeros| *zeros >= 0)?;
        if !self.is_zero() {
            if self.height().checked_sub(power)? > MOST_DIGITS {
                return None;
            }
            let len = self.digits.len() + usize::try_from(zeros).ok()?;
            self.digits.resize(len, 0);
        }
        self.power = power;
        Some(self)
    }

    /// At this power, away from zero if anything is lost.
    pub(super) fn rounded_up(mut self, power: i64) -> Option<Decimal> {
        if self.is_zero() {
            return Some(self);
        }
        if self.power >= power {
            return self.lowered(power);
        }
        let lost = usize::try_from(power - self.power).ok()?;
        let kept = self.digits.len().saturating_sub(lost);
        let inexact = self.digits[kept..].iter().any(|digit| *digit != 0);
        self.digits.truncate(kept);
        self.power = power;
        if inexact {
            let one = Decimal::new(false, "1", power);
            let negative = self.negative;
            return self.signed(false).add(one).map(|sum| sum.signed(negative));
        }
        Some(self)
    }

    /// Times a whole number.
    pub(super) fn times(mut self, factor: u64) -> Decimal {
        let mut carry: u128 = 0;
        for digit in self.digits.iter_mut().rev() {
            let product = u128::from(*digit) * u128::from(factor) + carry;
            *digit = u8::try_from(product % 10).unwrap_or(0);
            carry = product / 10;
        }
        let mut high = Vec::new();
        while carry > 0 {
            high.push(u8::try_from(carry % 10).unwrap_or(0));
            carry /= 10;
        }
        high.reverse();
        high.extend(self.digits);
        self.digits = high;
        self
    }

    /// The sum, at the lower of the two powers.
    pub(super) fn add(self, other: Decimal) -> Option<Decimal> {
        let power = self.power.min(other.power);
        let (a, b) = (self.lowered(power)?, other.lowered(power)?);
        let (large, small) = if a.compare_sizes(&b).is_ge() {
            (a, b)
        } else {
            (b, a)
        };
        let differ = large.negative != small.negative;
        let mut digits = Vec::with_capacity(large.digits.len() + 1);
        let mut carry = 0_i8;
        for place in 0..large.digits.len() {
            let at = |of: &Decimal| {
                let place = of.digits.len().checked_sub(place + 1);
                place.map_or(0, |place| i8::try_from(of.digits[place]).unwrap_or(0))
            };
            let term = if differ { -at(&small) } else { at(&small) };
            let sum = at(&large) + term + carry;
            carry = sum.div_euclid(10);
            digits.push(u8::try_from(sum.rem_euclid(10)).unwrap_or(0));
        }
        if carry > 0 {
            digits.push(1);
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        digits.reverse();
        Some(Decimal {
            negative: large.negative,
            digits,
            power,
        })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digits = self.text();
        let after = usize::try_from(self.power.unsigned_abs()).unwrap_or(usize::MAX);
        match self.power {
            0..=40 => write!(f, "{digits}{}", "0".repeat(after)),
            -40..0 => {
                let padded = format!("{digits:0>width$}", width = after + 1);
                let (whole, fraction) = padded.split_at(padded.len() - after);
                let fraction = fraction.trim_end_matches('0');
                let dot = if fraction.is_empty() { "" } else { "." };
                write!(f, "{whole}{dot}{fraction}")
            }
            power => write!(f, "{digits}e{power}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_orders_are_those_of_whole_numbers() {
        let numbers = [
            0_i64, 1, -1, 9, -9, 10, 99, -100, 101, 12_345, -99_999, 100_000,
        ];
        for a in numbers {
            for b in numbers {
                let sum = Decimal::of(a, 0).add(Decimal::of(b, 0)).unwrap();
                assert_eq!(sum.to_string(), (a + b).to_string(), "{a} + {b}");
                let order = Decimal::of(a, 0).compare(&Decimal::of(b, 0));
                assert_eq!(order, a.cmp(&b), "{a} {b}");
                let shifted = Decimal::of(a, 3).compare(&Decimal::of(b, 0));
                assert_eq!(shifted, (a * 1000).cmp(&b), "{a}000 {b}");
                let mixed = Decimal::of(a, 2).add(Decimal::of(b, -1)).unwrap();
                let expected = Decimal::of(a * 1000 + b, -1);
                assert_eq!(mixed.to_string(), expected.to_string(), "{a}e2 + {b}e-1");
            }
        }
    }

    #[test]
    fn rounding_goes_away_from_zero() {
        for (value, power, expected) in [
            (1, -12, "0.000000001"),
            (-1, -12, "-0.000000001"),
            (1_000, -12, "0.000000001"),
            (1_001, -12, "0.000000002"),
            (5, 2, "500"),
            (999, -11, "0.00000001"),
        ] {
            let rounded = Decimal::of(value, power).rounded_up(-9).unwrap();
            assert_eq!(rounded.to_string(), expected, "{value}e{power}");
        }
        assert!(Decimal::of(1, 1_000_000).rounded_up(-9).is_none());
    }

    #[test]
    fn factors_carry() {
        assert_eq!(
            Decimal::of(999, 0).times(1 << 60).to_string(),
            (999_u128 << 60).to_string()
        );
        assert_eq!(Decimal::of(0, 0).times(1024).to_string(), "0");
    }
}
