//! Where verdicts go: rows to the sorter, failing ones first to be placed in their file.

use std::io;
use std::sync::Arc;

use plimsoll_model::{Judgement, Place, ReasonCode, ResourceRef, SourceRef, Verdict};
use plimsoll_policy::{Plan, Session, Sink, outcome};
use plimsoll_report::{Affected, PolicyTable, Row, Sorter};
use scan_cluster::ListSink;

use crate::args::{SeverityFilter, VerdictFilter};

/// What is shown.
#[derive(Debug, Default)]
pub(crate) struct Show {
    /// Verdicts.
    pub(crate) verdicts: VerdictFilter,
    /// Severities.
    pub(crate) severities: SeverityFilter,
    /// Each framework's resources (the JSON report lists them).
    pub(crate) resources: bool,
}

/// One worker's sink.
pub(crate) struct Collect<'s> {
    show: &'s Show,
    table: &'s PolicyTable,
    /// Position in the report of each of the catalogue's frameworks, if it is in the report.
    frameworks: &'s [Option<u16>],
    /// Rows that are complete.
    pub(crate) sorter: Sorter,
    /// Resources by framework.
    pub(crate) affected: Affected,
    /// Failing judgements about documents, and those that a template leaves open, to be placed.
    pub(crate) failing: Vec<Judgement>,
    /// Findings in files that have a patch.
    pub(crate) mendable: u64,
    error: Option<io::Error>,
}

impl<'s> Collect<'s> {
    /// An empty one that keeps about `memory` bytes before it uses a file.
    pub(crate) fn new(
        show: &'s Show,
        table: &'s PolicyTable,
        frameworks: &'s [Option<u16>],
        memory: usize,
    ) -> Self {
        Self {
            show,
            table,
            frameworks,
            sorter: Sorter::with_limit(memory),
            affected: Affected::with_limit(memory),
            failing: Vec::new(),
            mendable: 0,
            error: None,
        }
    }

    /// Takes a judgement that is complete.
    pub(crate) fn row(&mut self, judgement: Judgement) {
        let Some(policy) = self.table.get(&judgement.policy) else {
            return;
        };
        let row = Row::of(judgement, policy);
        let in_file = row.file.as_deref().is_some_and(|file| file != "-");
        let patched = row.fix.as_ref().is_some_and(|fix| !fix.patch.is_empty());
        self.mendable += u64::from(in_file && patched && row.exception.is_none());
        let pushed = self.sorter.push(&row);
        self.note(pushed);
    }

    /// Hands on the failing judgements from number `first` on whose place is known.
    pub(crate) fn place_from(&mut self, first: usize, place: impl Fn(&str) -> Option<Place>) {
        let judgements = self.failing.split_off(first);
        for mut judgement in judgements {
            judgement.place = place(judgement.paths.first().map_or("", String::as_str));
            match judgement.place {
                Some(_) => self.row(judgement),
                None => self.failing.push(judgement),
            }
        }
    }

    /// The first error of a temporary file, if there was one.
    pub(crate) fn check(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }
}

impl Sink for Collect<'_> {
    fn wants(&self, verdict: Verdict) -> bool {
        self.show.verdicts.lists(verdict)
    }

    fn wants_resources(&self) -> bool {
        self.show.resources
    }

    fn judgement(&mut self, judgement: Judgement) {
        if !self.show.severities.shows(judgement.severity) {
            return;
        }
        // What keeps a template from being judged stands in it, too.
        let reason = judgement.reason.as_ref().map(|reason| reason.code);
        let placed = judgement.verdict == Verdict::Fail || reason == Some(ReasonCode::Unresolved);
        if placed && judgement.source.is_some() {
            self.failing.push(judgement);
        } else {
            self.row(judgement);
        }
    }

    fn resource(
        &mut self,
        resource: &Arc<ResourceRef>,
        source: Option<&SourceRef>,
        worst: &[(usize, Verdict)],
    ) {
        let shown = |(framework, verdict): &(usize, Verdict)| {
            Some(((*self.frameworks.get(*framework)?)?, *verdict))
        };
        let shown: Vec<_> = worst.iter().filter_map(shown).collect();
        if !shown.is_empty() {
            let file = source.map(|source| source.file.as_ref());
            let pushed = self.affected.push(resource, file, &shown);
            self.note(pushed);
        }
    }
}

impl ListSink for Collect<'_> {
    fn list_ended(&mut self) {
        let rested = self.sorter.rest().and_then(|()| self.affected.rest());
        self.note(rested);
    }
}

/// For each of the catalogue's frameworks its position in the report; none when the report does not have it.
pub(crate) fn positions(plan: &Plan<'_>) -> Vec<Option<u16>> {
    let mut positions = vec![None; plan.catalogue().frameworks.len()];
    let nothing = Session::new(plan);
    for (position, shown) in outcome::frameworks(plan, &nothing.tally).iter().enumerate() {
        positions[shown.index] = u16::try_from(position).ok();
    }
    positions
}
