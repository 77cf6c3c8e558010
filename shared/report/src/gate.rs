//! The gate: whether a scan's outcome stops a pipeline. It never passes on missing data.

use plimsoll_model::Severity;
use serde::{Deserialize, Serialize};

use crate::SeverityCounts;

/// A gate and what it decided. Exit codes: 0 holds or no gate, 1 findings, 4 missing data; 4 beats 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// Findings at or above this severity stop the pipeline.
    pub fail_on: Option<Severity>,
    /// Coverage in percent below this stops the pipeline.
    pub min_coverage: Option<f64>,
    /// What the process exits with.
    pub exit_code: u8,
}

/// What a gate decides on.
#[derive(Debug, Clone, Copy)]
pub struct GateInput<'a> {
    /// Failing verdicts by severity, excepted ones not counted.
    pub failing: &'a SeverityCounts,
    /// Coverage in percent.
    pub percent: f64,
    /// Files, templates or lists that were named or found and could not be read.
    pub unread: u64,
}

impl Gate {
    /// Decides.
    #[must_use]
    pub fn decide(
        fail_on: Option<Severity>,
        min_coverage: Option<f64>,
        input: GateInput<'_>,
    ) -> Self {
        let given = fail_on.is_some() || min_coverage.is_some();
        let blind =
            given && input.unread > 0 || min_coverage.is_some_and(|min| input.percent < min);
        let found = fail_on.is_some_and(|severity| input.failing.at_least(severity) > 0);
        Self {
            fail_on,
            min_coverage,
            exit_code: if blind { 4 } else { u8::from(found) },
        }
    }

    /// One sentence for the closing lines: what the gate decided and why, or what one would have done.
    #[must_use]
    pub fn sentence(&self, input: GateInput<'_>) -> String {
        let would = Gate::decide(Some(Severity::High), None, input).exit_code;
        match (self.fail_on, self.min_coverage) {
            (None, None) => format!("no gate set; --fail-on high would exit {would}"),
            (fail_on, min) => {
                let reason = self.reason(fail_on, min, input);
                format!("gate{}: {reason}, exit {}", self.flags(), self.exit_code)
            }
        }
    }

    fn flags(&self) -> String {
        let fail_on = self
            .fail_on
            .map(|severity| format!(" --fail-on {severity}"));
        let min = self
            .min_coverage
            .map(|min| format!(" --min-coverage {min}"));
        [fail_on, min].into_iter().flatten().collect()
    }

    fn reason(&self, fail_on: Option<Severity>, min: Option<f64>, input: GateInput<'_>) -> String {
        if self.exit_code == 4 {
            if input.unread > 0 {
                let inputs = if input.unread == 1 { "input" } else { "inputs" };
                return format!("{} {inputs} could not be read", input.unread);
            }
            let min = min.unwrap_or_default();
            return format!("coverage {:.1} % is under {min} %", input.percent);
        }
        match fail_on {
            Some(severity) if self.exit_code == 1 => match input.failing.at_least(severity) {
                1 => "1 finding reaches it".to_owned(),
                many => format!("{many} findings reach it"),
            },
            _ => "holds".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(fail_on: Option<Severity>, min: Option<f64>, high: u64, unread: u64) -> (u8, String) {
        let failing = SeverityCounts {
            high,
            ..Default::default()
        };
        let input = GateInput {
            failing: &failing,
            percent: 93.5,
            unread,
        };
        let gate = Gate::decide(fail_on, min, input);
        (gate.exit_code, gate.sentence(input))
    }

    #[test]
    fn a_gate_fails_on_findings_and_never_passes_on_missing_data() {
        use Severity::{Critical, High, Low};
        assert_eq!(
            decide(None, None, 3, 2),
            (0, "no gate set; --fail-on high would exit 4".into())
        );
        assert_eq!(
            decide(None, None, 0, 0),
            (0, "no gate set; --fail-on high would exit 0".into())
        );
        assert_eq!(
            decide(Some(High), None, 1, 0),
            (
                1,
                "gate --fail-on high: 1 finding reaches it, exit 1".into()
            )
        );
        assert_eq!(
            decide(Some(Low), None, 2, 0),
            (1, "gate --fail-on low: 2 findings reach it, exit 1".into())
        );
        assert_eq!(
            decide(Some(Critical), None, 2, 0),
            (0, "gate --fail-on critical: holds, exit 0".into())
        );
        assert_eq!(
            decide(Some(High), None, 1, 1),
            (
                4,
                "gate --fail-on high: 1 input could not be read, exit 4".into()
            )
        );
        assert_eq!(
            decide(None, Some(95.0), 1, 0),
            (
                4,
                "gate --min-coverage 95: coverage 93.5 % is under 95 %, exit 4".into()
            )
        );
        assert_eq!(
            decide(None, Some(93.5), 1, 0),
            (0, "gate --min-coverage 93.5: holds, exit 0".into())
        );
    }
}
