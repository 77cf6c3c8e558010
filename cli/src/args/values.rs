//! Values that people type, read strictly: a wrong word is answered with the right ones.

use std::path::PathBuf;
use std::str::FromStr;

use plimsoll_model::{NodeRoute, Severity, Verdict};

/// Formats of later releases, so that asking for one gets a better answer than "unknown".
const NOT_YET: [&str; 10] = [
    "sarif",
    "junit",
    "csv",
    "html",
    "markdown",
    "ocsf",
    "asff",
    "policyreport",
    "oscal",
    "github",
];

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people: snippets and tables.
    Table,
    /// The JSON report.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "table" => Ok(Format::Table),
            "json" => Ok(Format::Json),
            other if NOT_YET.contains(&other) => Err(format!(
                "{other} is not available yet; available are table and json"
            )),
            _ => Err("available are table and json".to_owned()),
        }
    }
}

/// A file to write, its format from its ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutputFile {
    /// Where.
    pub(crate) path: PathBuf,
    /// How.
    pub(crate) format: Format,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or("");
        let format = match ending {
            "json" => Format::Json,
            "txt" => Format::Table,
            _ => {
                return Err(
                    "the format comes from the ending; available are .json and .txt".to_owned(),
                );
            }
        };
        Ok(Self { path, format })
    }
}

/// Severities that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeverityFilter(Vec<Severity>);

impl SeverityFilter {
    /// Whether it is shown.
    pub(crate) fn shows(&self, severity: Severity) -> bool {
        self.0.contains(&severity)
    }
}

impl std::fmt::Display for SeverityFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|severity| severity.as_str()).collect();
        f.write_str(&words.join(","))
    }
}

impl Default for SeverityFilter {
    fn default() -> Self {
        Self(Severity::ALL.to_vec())
    }
}

impl FromStr for SeverityFilter {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let mut shown = Vec::new();
        for word in list.split(',').map(str::trim) {
            match word.strip_suffix('+') {
                Some(least) => {
                    let least = severity(least)?;
                    shown.extend(
                        Severity::ALL
                            .into_iter()
                            .filter(|other| other.at_least(least)),
                    );
                }
                None => shown.push(severity(word)?),
            }
        }
        Ok(Self(shown))
    }
}

/// Reads a route to evidence of nodes.
pub(crate) fn node_route(word: &str) -> Result<NodeRoute, String> {
    NodeRoute::parse(word).ok_or_else(|| no_route(word, |_| true))
}

/// Reads a route that leads through the cluster itself.
pub(crate) fn cluster_route(word: &str) -> Result<NodeRoute, String> {
    match NodeRoute::parse(word) {
        Some(route) if route.is_of_account() => Err(format!(
            "`{word}` leads through the cluster's AWS account, which only the service reads: \
             `plimsoll service connection add --node-evidence {word}`"
        )),
        Some(route) => Ok(route),
        None => Err(no_route(word, |route| !route.is_of_account())),
    }
}

fn no_route(word: &str, takes: fn(&NodeRoute) -> bool) -> String {
    let routes = NodeRoute::ALL.into_iter().filter(takes);
    let words: Vec<&str> = routes.map(NodeRoute::as_str).collect();
    format!("`{word}` is no route; there are {}", words.join(", "))
}

/// Reads a severity.
pub(crate) fn severity(word: &str) -> Result<Severity, String> {
    Severity::parse(word).ok_or_else(|| {
        let words = Severity::ALL.map(Severity::as_str).join(", ");
        format!("`{word}` is no severity; there are {words}")
    })
}

/// Verdicts that are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerdictFilter {
    listed: Vec<Verdict>,
}

impl VerdictFilter {
    /// Whether it is listed.
    pub(crate) fn lists(&self, verdict: Verdict) -> bool {
        self.listed.contains(&verdict)
    }
}

impl Default for VerdictFilter {
    fn default() -> Self {
        let listed = vec![Verdict::Fail, Verdict::Manual, Verdict::NotEvaluated];
        Self { listed }
    }
}

impl FromStr for VerdictFilter {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        if list.trim() == "all" {
            return Ok(Self {
                listed: Verdict::ALL.to_vec(),
            });
        }
        let read = |word: &str| {
            Verdict::parse(word.trim()).ok_or_else(|| {
                let words = Verdict::ALL.map(Verdict::as_str).join(", ");
                format!("`{word}` is no verdict; there are {words}, and all")
            })
        };
        let listed = list.split(',').map(read).collect::<Result<_, _>>()?;
        Ok(Self { listed })
    }
}

/// Reads a coverage in percent.
pub(crate) fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .trim_end_matches('%')
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is no percentage"))?;
    if (0.0..=100.0).contains(&number) {
        Ok(number)
    } else {
        Err("a percentage lies between 0 and 100".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_wrong_words_answered_with_the_right_ones() {
        let shown: SeverityFilter = "high+".parse().unwrap();
        assert!(shown.shows(Severity::Critical) && shown.shows(Severity::High));
        assert!(!shown.shows(Severity::Medium));
        let some: SeverityFilter = "low, critical".parse().unwrap();
        assert!(some.shows(Severity::Low) && !some.shows(Severity::High));
        assert!(
            "hihg"
                .parse::<SeverityFilter>()
                .unwrap_err()
                .contains("critical, high")
        );
        let all: VerdictFilter = "all".parse().unwrap();
        assert!(Verdict::ALL.into_iter().all(|verdict| all.lists(verdict)));
        let two: VerdictFilter = "pass,notEvaluated".parse().unwrap();
        assert!(two.lists(Verdict::Pass) && !two.lists(Verdict::Fail));
        assert!("passed".parse::<VerdictFilter>().is_err());
    }

    #[test]
    fn formats_that_are_not_there_yet_name_those_that_are() {
        assert!(
            "sarif"
                .parse::<Format>()
                .unwrap_err()
                .contains("table and json")
        );
        assert_eq!("json".parse(), Ok(Format::Json));
        assert_eq!("r.json".parse::<OutputFile>().unwrap().format, Format::Json);
        assert!(
            "r.sarif"
                .parse::<OutputFile>()
                .unwrap_err()
                .contains(".json")
        );
    }

    #[test]
    fn an_unknown_route_is_answered_with_those_that_are_taken() {
        let all = node_route("smm").unwrap_err();
        assert!(all.ends_with("collector, ssm, ami, nodes-proxy"), "{all}");
        let some = cluster_route("smm").unwrap_err();
        assert!(some.ends_with("there are collector, nodes-proxy"), "{some}");
        assert!(cluster_route("ssm").unwrap_err().contains("AWS account"));
        assert_eq!(cluster_route("collector"), Ok(NodeRoute::Collector));
    }

    #[test]
    fn percentages_lie_between_0_and_100() {
        assert_eq!(percent("93.5"), Ok(93.5));
        assert_eq!(percent("95 %"), Ok(95.0));
        assert!(percent("101").is_err() && percent("x").is_err() && percent("NaN").is_err());
    }
}
