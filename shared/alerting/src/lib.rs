//! Who is told what, when and how, as pure functions: route, decide, escalate, render. Time is passed in; nothing here
//! reads a clock, a file or a network.

mod chain;
mod clock;
mod context;
mod decide;
mod document;
mod incident;
mod lapse;
mod pattern;
mod render;
mod route;
mod step;
mod summary;

pub use chain::Chain;
pub use clock::{Hours, WeekTime, last_week, week_name};
pub use context::{
    AcknowledgedWords, AttestationLine, BaselineContext, ClusterLine, ExceptionLine, FindingWords,
    FixedLine, IncidentContext, Links, Mention, NextWords, OverdueLine, PolicyWords, ResolvedWords,
    ScoreLine, SeverityCount, SnoozedWords, StepWords, SummaryContext, TestMessageContext,
    UnevaluatedLine, UnreadableWords, When,
};
pub use decide::{Known, Reason, decide};
pub use document::{
    DocumentError, EscalationPolicy, Match, NamedPolicy, Person, Quiet, Remediation, Rotation,
    Route, RouteOptions, Schedule, StageRule, Step, Summary, Target,
};
pub use incident::{
    Opening, Outcome, REOPENS_WITHIN_DAYS, Scene, Topic, acknowledge, apply_changes, baseline,
    connection_changed, give_back, on_wake_up, open_incident, readable_again, reopens, snooze,
    summary_deliveries, test_message,
};
pub use lapse::{Lapse, LapseError, in_words};
pub use render::{
    Channel, RenderError, Rendered, RenderedEmail, channels_of, messages, render, sample,
};
pub use route::{IncidentFacts, RouteMatch, UNREADABLE, route};
pub use step::{NextStep, Position, next_step};
pub use summary::{AttestationEnd, ClusterWeek, Week, summarise};
