//! What people and programs read after a scan: terminal and JSON renderings of one report value, and diagnostics.
//!
//! Rows (one verdict each) go into a [`Sorter`] in any order; it spills sorted chunks to a temporary file, so that
//! memory does not grow with verdicts. Everything else is a pure function of the [`Header`], the [`Sorted`] rows and a
//! view. Nothing here prints: every function writes to a [`std::io::Write`] it is given.

mod affected;
mod counts;
mod diagnostic;
mod document;
mod fix;
mod gate;
mod json;
mod key;
mod look;
mod policy_facts;
mod repeated;
mod row;
mod sorter;
mod spill;
mod terminal;

pub use affected::{Affected, SortedAffected};
pub use counts::{SeverityCounts, VerdictCounts};
pub use diagnostic::{Diagnostic, Excerpt, Level, write_diagnostics};
pub use document::{
    AttestationNote, Control, Coverage, FailedFile, Files, Framework, FrameworkResource,
    FrameworkSection, Header, Parameter, ReportDocument, SCHEMA_VERSION, Source, SourceType,
    Summary, Tool, Unread,
};
pub use fix::{FixCounts, write_diff, write_fix_closing, write_mended};
pub use gate::{Gate, GateInput};
pub use json::write_json;
pub use look::Look;
pub use policy_facts::{PolicyFacts, PolicyTable};
pub use repeated::Repeated;
pub use row::{ExceptionNote, Fix, PatchOp, Row, RowReason};
pub use sorter::{RowReader, Sorted, Sorter};
pub use terminal::{Sources, View, words, write_closing, write_lines, write_terminal};

#[cfg(test)]
mod tests;
