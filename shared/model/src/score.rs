//! How a cluster, or what an account has beside, does by one framework.

use serde::{Deserialize, Serialize};

/// A framework's score: its scored controls that apply, counted by verdict. It is kept with every scan and with every
/// cluster, hence as a row without names: an item of DynamoDB's costs by the kilobyte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Row", from = "Row")]
pub struct FrameworkScore {
    /// Framework id, for example `cis-eks-1.8.0`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Passing controls.
    pub passed: u32,
    /// Failing ones.
    pub failed: u32,
    /// Those that could not be evaluated, or that somebody has to look at.
    pub not_evaluated: u32,
    /// Of those not evaluated, the ones that somebody attests.
    pub attested: u32,
}

/// The last is left out where nobody attests anything, as in every row written before there were attestations.
#[derive(Serialize, Deserialize)]
struct Row(
    String,
    String,
    u32,
    u32,
    u32,
    #[serde(default, skip_serializing_if = "is_none")] u32,
);

fn is_none(count: &u32) -> bool {
    *count == 0
}

impl From<Row> for FrameworkScore {
    fn from(Row(id, title, passed, failed, not_evaluated, attested): Row) -> Self {
        Self {
            id,
            title,
            passed,
            failed,
            not_evaluated,
            attested,
        }
    }
}

impl From<FrameworkScore> for Row {
    fn from(score: FrameworkScore) -> Self {
        let FrameworkScore {
            id,
            title,
            passed,
            failed,
            not_evaluated,
            attested,
        } = score;
        Row(id, title, passed, failed, not_evaluated, attested)
    }
}

impl FrameworkScore {
    /// Scored controls that apply.
    #[must_use]
    pub fn scored(&self) -> u32 {
        self.passed + self.failed + self.not_evaluated
    }

    /// Proven passes ÷ applicable scored controls, in percent with one decimal; none when no scored control applies.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.share(self.passed)
    }

    /// The score if what is attested is taken for passed; none where nothing is attested, or no scored control applies.
    #[must_use]
    pub fn score_attested(&self) -> Option<f64> {
        let score = self.share(self.passed + self.attested);
        score.filter(|_| self.attested > 0)
    }

    /// The score if everything not evaluated passed.
    #[must_use]
    pub fn score_possible(&self) -> Option<f64> {
        self.share(self.passed + self.not_evaluated)
    }

    fn share(&self, part: u32) -> Option<f64> {
        let whole = self.scored();
        (whole > 0).then(|| (f64::from(part) * 1000.0 / f64::from(whole)).round() / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_evaluated_is_no_pass_and_a_score_is_kept_in_a_row() {
        let score = FrameworkScore {
            id: "pss-baseline".to_owned(),
            title: "Baseline".to_owned(),
            passed: 2,
            failed: 0,
            not_evaluated: 1,
            attested: 0,
        };
        assert_eq!(
            (score.score(), score.score_possible()),
            (Some(66.7), Some(100.0))
        );
        let kept = serde_json::to_string(&score).unwrap();
        assert_eq!(kept, r#"["pss-baseline","Baseline",2,0,1]"#);
        assert_eq!(
            serde_json::from_str::<FrameworkScore>(&kept).unwrap(),
            score
        );
        let none = FrameworkScore {
            passed: 0,
            not_evaluated: 0,
            ..score
        };
        assert_eq!((none.score(), none.score_possible()), (None, None));
    }

    #[test]
    fn what_is_attested_is_counted_apart_and_proves_nothing() {
        let score = FrameworkScore {
            id: "f".to_owned(),
            title: "F".to_owned(),
            passed: 1,
            failed: 1,
            not_evaluated: 2,
            attested: 1,
        };
        let figures = [
            score.score(),
            score.score_attested(),
            score.score_possible(),
        ];
        assert_eq!(figures, [Some(25.0), Some(50.0), Some(75.0)]);
        let kept = serde_json::to_string(&score).unwrap();
        assert_eq!(kept, r#"["f","F",1,1,2,1]"#);
        assert_eq!(
            serde_json::from_str::<FrameworkScore>(&kept).unwrap(),
            score
        );
        let nobody = FrameworkScore {
            attested: 0,
            ..score
        };
        assert_eq!(nobody.score_attested(), None);
    }
}
