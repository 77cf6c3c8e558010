//! Scores of all clusters together, with those of the week before.

use std::collections::BTreeMap;

use plimsoll_model::FrameworkScore;

use super::ClusterWeek;
use crate::context::{ScoreLine, percent};

#[derive(Default)]
struct Sum<'a> {
    title: &'a str,
    scored: u32,
    passed: u32,
    not_evaluated: u32,
    attested: u32,
}

impl Sum<'_> {
    /// Passed ÷ scored in tenths of a percent; none when no scored control applies.
    fn tenths(&self) -> Option<i64> {
        let scored = f64::from(self.scored);
        (self.scored > 0).then(|| tenths(f64::from(self.passed) * 100.0 / scored))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a percentage times ten is far inside i64"
)]
fn tenths(percentage: f64) -> i64 {
    (percentage * 10.0).round() as i64
}

fn with_decimal(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths.abs() % 10)
}

/// A line a framework, in the order of their ids: proven passes of all clusters ÷ their scored controls.
pub(super) fn lines(clusters: &[ClusterWeek<'_>]) -> Vec<ScoreLine> {
    let now = sums(clusters.iter().map(|week| week.cluster.scores.as_slice()));
    let before = sums(clusters.iter().map(|week| week.scores_before));
    now.iter()
        .filter_map(|(id, sum)| {
            let score = sum.tenths()?;
            let earlier = before.get(id).and_then(Sum::tenths);
            let proven = percent(sum.passed, sum.scored);
            let unknown = percent(sum.not_evaluated, sum.scored).min(100 - proven);
            Some(ScoreLine {
                id: (*id).to_owned(),
                title: sum.title.to_owned(),
                score: with_decimal(score),
                before: earlier.map(with_decimal),
                change: earlier.filter(|earlier| *earlier != score).map(|earlier| {
                    let sign = if score > earlier { '+' } else { '−' };
                    format!("{sign}{}", with_decimal((score - earlier).abs()))
                }),
                scored: sum.scored,
                not_evaluated: sum.not_evaluated,
                attested: sum.attested,
                bar: [proven, unknown, 100 - proven - unknown],
            })
        })
        .collect()
}

fn sums<'a>(scores: impl Iterator<Item = &'a [FrameworkScore]>) -> BTreeMap<&'a str, Sum<'a>> {
    let mut sums: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    for score in scores.flatten() {
        let sum = sums.entry(&score.id).or_default();
        sum.title = &score.title;
        sum.scored += score.scored();
        sum.passed += score.passed;
        sum.not_evaluated += score.not_evaluated;
        sum.attested += score.attested;
    }
    sums
}
