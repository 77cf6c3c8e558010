//! What a policy says of a resource, and why it says nothing.

use serde::{Deserialize, Serialize};

/// The outcome for one policy, resource and element. Worst first in order of declaration: a control's verdict is the
/// smallest of its parts'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// The policy is violated.
    Fail,
    /// Nobody could tell; a [`Reason`] says why. Never counts as a pass.
    NotEvaluated,
    /// A person has to look.
    Manual,
    /// The policy holds.
    Pass,
    /// The policy does not speak about this resource.
    NotApplicable,
}

impl Verdict {
    /// All of them, worst first.
    pub const ALL: [Verdict; 5] = [
        Verdict::Fail,
        Verdict::NotEvaluated,
        Verdict::Manual,
        Verdict::Pass,
        Verdict::NotApplicable,
    ];

    /// The name in documents and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Fail => "fail",
            Verdict::NotEvaluated => "notEvaluated",
            Verdict::Manual => "manual",
            Verdict::Pass => "pass",
            Verdict::NotApplicable => "notApplicable",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
    }
}

/// Why something is not evaluated; the codes are part of the JSON report's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ReasonCode {
    /// A call was refused.
    PermissionMissing,
    /// A call failed otherwise.
    ApiError,
    /// A list could not be read to its end.
    PageLost,
    /// A control needs an evidence route and none is chosen.
    RouteNotChosen,
    /// A joined input was not read.
    InputUnread,
    /// No manifest can hold it: a live cluster is needed.
    NeedsCluster,
    /// Neither a manifest nor a cluster holds it: the cloud account has to be read.
    NeedsAccount,
    /// The expression failed.
    EvaluationError,
    /// The object does not have the shape of its kind.
    MalformedInput,
    /// A template value is not known before deployment.
    Unresolved,
    /// The expression cost more than it may.
    CostLimit,
    /// The evidence is too old.
    Expired,
    /// The time that a scan may take was over.
    Time,
}

impl ReasonCode {
    /// All codes.
    pub const ALL: [ReasonCode; 13] = [
        ReasonCode::PermissionMissing,
        ReasonCode::ApiError,
        ReasonCode::PageLost,
        ReasonCode::RouteNotChosen,
        ReasonCode::InputUnread,
        ReasonCode::NeedsCluster,
        ReasonCode::NeedsAccount,
        ReasonCode::EvaluationError,
        ReasonCode::MalformedInput,
        ReasonCode::Unresolved,
        ReasonCode::CostLimit,
        ReasonCode::Expired,
        ReasonCode::Time,
    ];

    /// The code as it stands in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ReasonCode::PermissionMissing => "permissionMissing",
            ReasonCode::ApiError => "apiError",
            ReasonCode::PageLost => "pageLost",
            ReasonCode::RouteNotChosen => "routeNotChosen",
            ReasonCode::InputUnread => "inputUnread",
            ReasonCode::NeedsCluster => "needsCluster",
            ReasonCode::NeedsAccount => "needsAccount",
            ReasonCode::EvaluationError => "evaluationError",
            ReasonCode::MalformedInput => "malformedInput",
            ReasonCode::Unresolved => "unresolved",
            ReasonCode::CostLimit => "costLimit",
            ReasonCode::Expired => "expired",
            ReasonCode::Time => "time",
        }
    }
}

/// How reasons begin that are about a connection as a whole.
const CONNECTION: &str = "the connection ";

/// Why a verdict is *not evaluated*, what is needed, and what to type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// The kind of reason.
    pub code: ReasonCode,
    /// What is missing, for example `list clusterroles`, or what went wrong.
    pub need: String,
    /// The command that mends it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Reason {
    /// A reason without a mending command.
    #[must_use]
    pub fn new(code: ReasonCode, need: impl Into<String>) -> Self {
        Self {
            code,
            need: need.into(),
            mend: None,
        }
    }

    /// Why nothing is read through a connection that does not work: the tenant is told of that by itself, and not once
    /// more for everything behind it.
    #[must_use]
    pub fn of_connection(what: &str) -> Self {
        Self::new(ReasonCode::PermissionMissing, format!("{CONNECTION}{what}"))
    }

    /// Whether it is one of [`Reason::of_connection`].
    #[must_use]
    pub fn is_of_connection(&self) -> bool {
        self.need.starts_with(CONNECTION)
    }

    /// Code and need as one line, which [`Reason::of_line`] reads: how a part of an object says why it is not known.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.code.as_str(), self.need)
    }

    /// The reason in a line that begins with a code.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        let (code, need) = line.split_once(' ')?;
        let mut codes = ReasonCode::ALL.into_iter();
        let code = codes.find(|known| known.as_str() == code)?;
        Some(Self::new(code, need))
    }

    /// What stands for a part that is not known says why: the reason in its line; of a line in other words, that it was
    /// not read.
    #[must_use]
    pub fn of_unknown(line: &str) -> Self {
        Self::of_line(line).unwrap_or_else(|| Self::new(ReasonCode::InputUnread, line))
    }

    /// The same with the command that mends it.
    #[must_use]
    pub fn mended_by(mut self, command: impl Into<String>) -> Self {
        self.mend = Some(command.into());
        self
    }
}
