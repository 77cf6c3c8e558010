//! The policy engine: catalogue, matching, verdicts, joins, frameworks, scores and the difference of two scans. No I/O.
//!
//! A scan goes like this: load a [`Catalogue`], make a [`Plan`], give each worker a [`Session`], call
//! [`Session::first`] for every object, merge the sessions, settle the owners and the joins, call [`Session::owned`] for
//! every object that said [`Seen::Owned`] and [`Session::second`] for every one that said [`Seen::Again`], then
//! [`Session::gaps`], and read [`outcome`].

mod attestation;
pub mod cases;
mod catalogue;
mod compile;
pub mod diff;
#[cfg(feature = "schema")]
mod editor;
mod error;
mod evidence;
mod exception;
mod export;
mod facts;
mod file;
mod gathered;
mod group;
mod judge;
mod judging;
pub mod kinds;
mod lists;
pub mod mutants;
pub mod outcome;
pub mod own;
mod owned;
mod parameter;
mod patch;
mod path;
mod plan;
mod results;
mod rule;
mod schema;
mod session;
mod stored;
mod tally;
mod view;

pub use attestation::{
    ATTESTATION_ENDING, AttestationRule, AttestationStanding, Attestations, attestation_standing,
    is_attestable, read_attestations,
};
pub use catalogue::{Catalogue, CatalogueFile, Framework, Policy};
#[cfg(feature = "schema")]
pub use editor::editor_schema;
pub use error::LoadError;
pub use exception::{
    ANNOTATION_PREFIX, ExceptionLog, ExceptionRule, Exceptions, Remark, RemarkKind, read_rules,
};
pub use export::{Action, AdmissionPolicy, Binding, ExportOptions, NotExportable, Pair};
pub use facts::{Joins, Owners};
pub use file::{Applies, Control, Lifecycle, ParamType, PatchOp};
pub use gathered::GatheredError;
pub use lists::{ListState, Lists};
pub use parameter::{Parameter, ParameterChange, ParameterError, ParameterValue, WrittenValue};
pub use plan::{AwsPart, NEWEST_KUBERNETES, Plan, PlanOptions};
pub use rule::{Rule, Sketch};
pub use session::{Seen, Session, Sink};
pub use stored::StoredError;
pub use tally::{PolicyTally, Tally};

#[cfg(test)]
mod tests;
