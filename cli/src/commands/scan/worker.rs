//! One worker of a scan of files: an arena, a session and a sink of its own.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use plimsoll_cel::Bump;
use plimsoll_inventory::files::{
    FileEntry, FileProblem, ObjectIn, Spot, load, locate_many, read_typed,
};
use plimsoll_model::{Judgement, SourceRef};
use plimsoll_policy::kinds::type_of;
use plimsoll_policy::{Joins, Lists, Owners, Plan, Seen, Session};

use super::sink::Collect;
use super::spool::{Kept, Spool};
use crate::interrupt::Interrupt;

/// Failing judgements about objects that were read without places and wait for the second pass, so that their file is
/// placed once for both passes. Beyond this many they are placed at once: memory must not grow with findings.
const WAITING: usize = 20_000;

/// What all workers share.
pub(crate) struct Work<'w> {
    pub(crate) files: &'w [FileEntry],
    pub(crate) next: AtomicUsize,
    pub(crate) done: AtomicU64,
    pub(crate) plan: &'w Plan<'w>,
    pub(crate) interrupt: &'w Interrupt,
}

/// A worker and what it gathered.
pub(crate) struct Worker<'w> {
    work: &'w Work<'w>,
    pub(crate) session: Session<'w>,
    pub(crate) sink: Collect<'w>,
    spool: Spool,
    /// Failing judgements of pass one by file, in the order of the spool.
    waiting: Vec<(u32, Vec<Judgement>)>,
    waiting_number: usize,
    /// With the file's number, so that the order does not depend on who read what.
    pub(crate) problems: Vec<(usize, FileProblem)>,
    /// Standard input, kept since it cannot be read twice.
    pub(crate) stdin: Option<Arc<str>>,
    pub(crate) files_read: u64,
    pub(crate) files_skipped: u64,
    pub(crate) objects: u64,
    /// Numbers of the files with pods that are to be compared with templates.
    pub(crate) with_pods: Vec<usize>,
    pub(crate) not_kubernetes: u64,
}

impl<'w> Worker<'w> {
    /// One with nothing read.
    pub(crate) fn new(work: &'w Work<'w>, sink: Collect<'w>) -> Self {
        Self {
            work,
            session: Session::new(work.plan),
            sink,
            spool: Spool::default(),
            waiting: Vec::new(),
            waiting_number: 0,
            problems: Vec::new(),
            stdin: None,
            files_read: 0,
            files_skipped: 0,
            objects: 0,
            with_pods: Vec::new(),
            not_kubernetes: 0,
        }
    }

    /// Pass one: takes files until there is none, or somebody wants to stop.
    pub(crate) fn first(&mut self) -> io::Result<()> {
        let mut arena = Bump::new();
        let mut scratch = Bump::new();
        let lists = Lists::of_files();
        while !self.work.interrupt.asked() {
            let number = self.work.next.fetch_add(1, Ordering::Relaxed);
            let Some(entry) = self.work.files.get(number) else {
                break;
            };
            match load(entry) {
                Ok(text) => self.file(number, entry, &text, &lists, &mut arena, &mut scratch)?,
                Err(problem) => self.problems.push((number, problem)),
            }
            self.work.done.fetch_add(1, Ordering::Relaxed);
        }
        self.sink.check()
    }

    fn file(
        &mut self,
        number: usize,
        entry: &FileEntry,
        text: &str,
        lists: &Lists,
        arena: &mut Bump,
        scratch: &mut Bump,
    ) -> io::Result<()> {
        let file = u32::try_from(number).unwrap_or(u32::MAX);
        let (session, sink, spool) = (&mut self.session, &mut self.sink, &mut self.spool);
        let (mut again, mut pods) = (false, false);
        let mut kept = Ok(());
        let outcome = read_typed(entry, text, type_of, arena, &mut |object| {
            scratch.reset();
            let before = sink.failing.len();
            let seen = session.first(&object.node, Some(&object.source), scratch, lists, sink);
            sink.place_from(before, |path| object.place(path));
            pods |= seen == Seen::Owned;
            if seen == Seen::Again {
                again = true;
                if kept.is_ok() {
                    kept = spool.push(file, &object);
                }
            }
        });
        kept?;
        self.with_pods.extend(pods.then_some(number));
        self.objects += u64::from(outcome.objects);
        self.not_kubernetes += u64::from(outcome.not_kubernetes);
        if outcome.objects > 0 {
            self.files_read += 1;
        } else if outcome.problems.is_empty() {
            self.files_skipped += 1;
        }
        let problems = outcome.problems.into_iter();
        self.problems
            .extend(problems.map(|problem| (number, problem)));
        if entry.display_path.as_ref() == "-" {
            self.stdin = Some(text.into());
        }
        let failing = std::mem::take(&mut self.sink.failing);
        if failing.is_empty() {
            return Ok(());
        }
        if again && self.waiting_number + failing.len() <= WAITING {
            self.waiting_number += failing.len();
            self.waiting.push((file, failing));
        } else {
            self.place(entry, text, failing);
        }
        Ok(())
    }

    /// Pass two: judges what was kept, with everything that pass one gathered. `stdin` is what standard input held.
    pub(crate) fn second(
        mut self,
        joins: &Joins,
        lists: &Lists,
        stdin: Option<&Arc<str>>,
    ) -> io::Result<(Session<'w>, Collect<'w>)> {
        let mut session = Session::new(self.work.plan);
        let mut objects = std::mem::take(&mut self.spool).read()?;
        let mut waiting = std::mem::take(&mut self.waiting).into_iter().peekable();
        let mut arena = Bump::new();
        let mut kept = objects.next(None)?;
        while let Some(first) = &kept {
            let file = first.file;
            let Some(entry) = self.work.files.get(file as usize) else {
                break;
            };
            while let Some(object) = kept.take_if(|kept| kept.file == file) {
                arena.reset();
                judge_again(
                    &object,
                    entry,
                    &arena,
                    &mut session,
                    joins,
                    lists,
                    &mut self.sink,
                )?;
                kept = objects.next(Some(object))?;
            }
            let mut failing = std::mem::take(&mut self.sink.failing);
            if let Some((_, earlier)) = waiting.next_if(|(number, _)| *number == file) {
                failing.extend(earlier);
            }
            if failing.is_empty() {
                continue;
            }
            // What was judged stays; only the lines of findings without a place are lost with the file.
            let text = text_of(entry, stdin).unwrap_or_default();
            self.place(entry, &text, failing);
        }
        self.sink.check()?;
        Ok((session, self.sink))
    }

    /// Compares pods with the templates that all workers found. The files are read again, because values that are not
    /// kept are judged too; one worker does it for all, so that the first of several replicas is always the same. A file
    /// that is gone by now is a problem of the scan: its pods were not compared.
    pub(crate) fn owned(
        &mut self,
        with_pods: &[usize],
        owners: &Owners,
        lists: &Lists,
        stdin: Option<&Arc<str>>,
    ) {
        let (mut arena, mut scratch) = (Bump::new(), Bump::new());
        for number in with_pods {
            let Some(entry) = self.work.files.get(*number) else {
                continue;
            };
            let text = match text_of(entry, stdin) {
                Ok(text) => text,
                Err(problem) => {
                    self.problems.push((*number, problem));
                    continue;
                }
            };
            let (session, sink) = (&mut self.session, &mut self.sink);
            read_typed(entry, &text, type_of, &mut arena, &mut |object| {
                scratch.reset();
                let before = sink.failing.len();
                let source = Some(&object.source);
                session.owned(&object.node, source, &scratch, owners, lists, sink);
                sink.place_from(before, |path| object.place(path));
            });
            let failing = std::mem::take(&mut self.sink.failing);
            self.place(entry, &text, failing);
        }
    }

    /// Finds the places of a file's failing judgements and hands them on.
    fn place(&mut self, entry: &FileEntry, text: &str, failing: Vec<Judgement>) {
        if failing.is_empty() {
            return;
        }
        let spots: Vec<Spot<'_>> = failing.iter().map(spot).collect();
        let places = locate_many(&entry.display_path, text, &spots);
        for (mut judgement, place) in failing.into_iter().zip(places) {
            judgement.place = place;
            self.sink.row(judgement);
        }
    }
}

/// The text of a file once more; it may be gone by now.
fn text_of(entry: &FileEntry, stdin: Option<&Arc<str>>) -> Result<String, FileProblem> {
    match stdin {
        Some(text) if entry.display_path.as_ref() == "-" => Ok(text.to_string()),
        _ => load(entry),
    }
}

fn spot(judgement: &Judgement) -> Spot<'_> {
    Spot {
        document: judgement
            .source
            .as_ref()
            .map_or(0, |source| source.document),
        item: judgement.source.as_ref().and_then(|source| source.item),
        path: judgement.paths.first().map_or("", String::as_str),
    }
}

fn judge_again(
    object: &Kept,
    entry: &FileEntry,
    arena: &Bump,
    session: &mut Session<'_>,
    joins: &Joins,
    lists: &Lists,
    sink: &mut Collect<'_>,
) -> io::Result<()> {
    let source = SourceRef {
        file: entry.display_path.clone(),
        document: object.document,
        item: object.item,
    };
    let object = ObjectIn::from_bytes(&object.bytes, source, arena)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let before = sink.failing.len();
    session.second(
        &object.node,
        Some(&object.source),
        arena,
        joins,
        lists,
        sink,
    );
    sink.place_from(before, |path| object.place(path));
    Ok(())
}
