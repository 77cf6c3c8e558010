//! Semantic versions, as semver.org 2.0.0 defines and orders them.

use std::cmp::Ordering;
use std::fmt;

/// A semantic version.
#[derive(Clone, Copy, Debug)]
pub struct Semver<'a> {
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    /// What follows the `-`, or nothing.
    pub pre: &'a str,
    /// What follows the `+`, or nothing; does not count in comparisons.
    pub build: &'a str,
}

impl<'a> Semver<'a> {
    /// Reads a version. With `lenient`, a leading `v`, leading zeros and missing numbers are let pass, as
    /// Kubernetes' `semver(x, true)` does.
    pub(crate) fn parse(text: &'a str, lenient: bool) -> Option<Semver<'a>> {
        let text = match text.strip_prefix('v') {
            Some(rest) if lenient => rest,
            _ => text,
        };
        let (text, build) = text
            .split_once('+')
            .map_or((text, None), |(text, build)| (text, Some(build)));
        let (core, pre) = text
            .split_once('-')
            .map_or((text, None), |(core, pre)| (core, Some(pre)));
        let mut numbers = [0; 3];
        let parts: Vec<&str> = core.split('.').collect();
        // What is missing may not be followed by anything.
        let short = parts.len() < 3 && (!lenient || pre.is_some() || build.is_some());
        if parts.len() > 3 || short {
            return None;
        }
        for (number, part) in numbers.iter_mut().zip(parts) {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            if !digits || (part.len() > 1 && part.starts_with('0') && !lenient) {
                return None;
            }
            *number = part.parse().ok()?;
        }
        let identifiers = |text: &str, numeric_zeros: bool| {
            text.split('.').all(|part| {
                let zeros = part.len() > 1
                    && part.starts_with('0')
                    && part.bytes().all(|b| b.is_ascii_digit());
                // Numbers that count must fit 64 bits.
                let too_large = is_number(part) && part.parse::<u64>().is_err();
                !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && (numeric_zeros || !(zeros || too_large))
            })
        };
        if pre.is_some_and(|pre| !identifiers(pre, false))
            || build.is_some_and(|build| !identifiers(build, true))
        {
            return None;
        }
        Some(Semver {
            numbers,
            pre: pre.unwrap_or_default(),
            build: build.unwrap_or_default(),
        })
    }

    /// The order of two versions.
    pub(crate) fn cmp(&self, other: &Semver<'_>) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| match (self.pre, other.pre) {
                ("", "") => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (a, b) => compare_pre(a, b),
            })
    }
}

/// Numbers by value and before words, words by their bytes, fewer parts before more.
fn compare_pre(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (is_number(a), is_number(b)) {
                (true, true) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Semver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.build.is_empty() {
            write!(f, "+{}", self.build)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_specification() {
        let rising = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0",
        ];
        let parsed: Vec<_> = rising
            .iter()
            .map(|text| Semver::parse(text, false).unwrap())
            .collect();
        for (a, first) in parsed.iter().enumerate() {
            for (b, second) in parsed.iter().enumerate() {
                assert_eq!(first.cmp(second), a.cmp(&b), "{first} {second}");
            }
        }
    }

    #[test]
    fn strict_and_lenient_differ() {
        for text in ["1.2.3", "0.0.0", "1.2.3-a.1+b.01"] {
            assert_eq!(Semver::parse(text, false).unwrap().to_string(), text);
        }
        for text in ["v1.2.3", "1.2", "01.2.3", "1"] {
            assert!(
                Semver::parse(text, false).is_none() && Semver::parse(text, true).is_some(),
                "{text}"
            );
        }
        for text in [
            "",
            "1.2.3.4",
            "1..3",
            "1.2.3-",
            "1.2.3-a..b",
            "1.2.3-01",
            "1.2.3+",
            "a.b.c",
            "1.2.3-ä",
        ] {
            assert!(
                Semver::parse(text, false).is_none() && Semver::parse(text, true).is_none(),
                "{text}"
            );
        }
    }
}
