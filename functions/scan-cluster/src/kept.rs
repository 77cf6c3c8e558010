//! What a scan found that is no pass, in temporary files: there may be as much of it as there are objects.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use plimsoll_model::{Judgement, Verdict};
use plimsoll_policy::Sink;
use tempfile::SpooledTempFile;

use crate::live::ListSink;

/// Bytes that a list keeps in memory before it uses a file.
const MEMORY: usize = 64 << 10;

/// The failing and the unevaluated of one list, a line of JSON each.
#[derive(Debug)]
pub(crate) struct Kept {
    lines: SpooledTempFile,
    count: usize,
    line: Vec<u8>,
    written: io::Result<()>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            lines: SpooledTempFile::new(MEMORY),
            count: 0,
            line: Vec::new(),
            written: Ok(()),
        }
    }
}

impl Kept {
    /// What was kept, one line of JSON each, from its beginning.
    ///
    /// # Errors
    /// Something could not be written: the list does not count.
    pub(crate) fn lines(&mut self) -> io::Result<&mut SpooledTempFile> {
        std::mem::replace(&mut self.written, Ok(()))?;
        self.lines.seek(SeekFrom::Start(0))?;
        Ok(&mut self.lines)
    }

    /// What [`Kept::lines`] gave, read back.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub(crate) fn of_lines(mut from: impl Read) -> io::Result<Self> {
        let mut kept = Self::default();
        let mut part = [0; 8 << 10];
        loop {
            let read = match from.read(&mut part)? {
                0 => return Ok(kept),
                read => &part[..read],
            };
            kept.count += read.iter().filter(|byte| **byte == b'\n').count();
            kept.lines.write_all(read)?;
        }
    }

    fn write(&mut self, judgement: &Judgement) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, judgement)?;
        self.line.push(b'\n');
        self.count += 1;
        self.lines.write_all(&self.line)
    }
}

impl Sink for Kept {
    fn wants(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Fail | Verdict::NotEvaluated)
    }
    fn judgement(&mut self, judgement: Judgement) {
        if self.written.is_ok() {
            self.written = self.write(&judgement);
        }
    }
}

impl ListSink for Kept {}

/// What all lists kept, to be read as often as wanted.
pub(crate) struct Judgements {
    files: Vec<SpooledTempFile>,
    count: usize,
}

impl Judgements {
    /// Of all sinks of a scan, in their order.
    ///
    /// # Errors
    /// Something could not be written: the scan does not count.
    pub(crate) fn of(sinks: Vec<Kept>) -> io::Result<Self> {
        let count = sinks.iter().map(|kept| kept.count).sum();
        let files = sinks
            .into_iter()
            .map(|kept| kept.written.map(|()| kept.lines));
        let files = files.collect::<io::Result<_>>()?;
        Ok(Self { files, count })
    }

    /// Reads from the first on. After an error comes nothing more.
    pub(crate) fn read(&mut self) -> impl Iterator<Item = io::Result<Judgement>> {
        let lines = self.files.iter_mut().flat_map(|file| {
            let rewound = file.seek(SeekFrom::Start(0));
            let (error, file) = match rewound {
                Ok(_) => (None, Some(BufReader::new(file).split(b'\n'))),
                Err(error) => (Some(Err(error)), None),
            };
            error.into_iter().chain(file.into_iter().flatten())
        });
        let mut broken = false;
        let read = lines.map(|line| serde_json::from_slice(&line?).map_err(io::Error::from));
        read.take_while(move |judgement| {
            let before = broken;
            broken = judgement.is_err();
            !before
        })
    }

    /// Hands all of them to `work`, whose outcome counts only if all of them could be read: a judgement that is missing
    /// would look like one that passes.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn all<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Iterator<Item = Judgement>) -> T,
    ) -> io::Result<T> {
        let (mut outcome, most) = (Ok(()), self.count);
        let lines = self.read().map_while(|judgement| match judgement {
            Ok(judgement) => Some(judgement),
            Err(error) => {
                outcome = Err(error);
                None
            }
        });
        let done = work(&mut AtMost { lines, most });
        outcome.map(|()| done)
    }
}

/// Tells how many there may be, so that room for them is made once.
struct AtMost<I> {
    lines: I,
    most: usize,
}

impl<I: Iterator> Iterator for AtMost<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.lines.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.most))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_model::{PolicyId, ResourceRef, Severity};

    use super::*;

    fn judgement(name: &str) -> Judgement {
        Judgement {
            policy: PolicyId::new("p"),
            verdict: Verdict::Fail,
            severity: Severity::High,
            resource: Arc::new(ResourceRef {
                name: Some(name.to_owned()),
                ..ResourceRef::default()
            }),
            element: Some("line one\nline two".to_owned()),
            paths: vec!["spec".to_owned()],
            patch_paths: Vec::new(),
            in_pods: false,
            observed: None,
            redacted: false,
            message: "x".repeat(300),
            reason: None,
            fingerprint: format!("v1:{}", "0".repeat(32)).try_into().unwrap(),
            source: None,
            exception: None,
            place: None,
        }
    }

    #[test]
    fn what_is_kept_comes_back_whole_and_in_order_however_much_and_often() {
        let many: Vec<Judgement> = (0..500).map(|n| judgement(&n.to_string())).collect();
        let mut sinks = [Kept::default(), Kept::default(), Kept::default()];
        for (number, judgement) in many.iter().enumerate() {
            let sink = if number < 10 { 0 } else { 2 };
            sinks[sink].judgement(judgement.clone());
        }
        assert!(!sinks[0].lines.is_rolled() && sinks[2].lines.is_rolled());
        let mut kept = Judgements::of(sinks.into()).unwrap();
        for _ in 0..2 {
            let read: io::Result<Vec<Judgement>> = kept.read().collect();
            assert_eq!(read.unwrap(), many);
        }
        let all = |kept: &mut Judgements| kept.all(|all| (all.size_hint(), all.count())).unwrap();
        assert_eq!(all(&mut kept), ((0, Some(500)), 500));
        let mut last = kept.files.pop().unwrap();
        last.seek(SeekFrom::Start(0)).unwrap();
        assert_eq!(Kept::of_lines(last).unwrap().count, 490);
    }

    #[test]
    fn a_judgement_that_cannot_be_read_is_an_error_and_not_one_less() {
        let mut sink = Kept::default();
        sink.judgement(judgement("a"));
        sink.lines.write_all(b"{\"cut\n").unwrap();
        sink.judgement(judgement("b"));
        let mut kept = Judgements::of(vec![sink]).unwrap();
        assert!(kept.all(|all| all.count()).is_err());
        let read: Vec<bool> = kept.read().map(|read| read.is_ok()).collect();
        assert_eq!(read, [true, false]);
    }
}
