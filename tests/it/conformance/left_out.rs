//! Which cases say nothing about the engine: what no API server has, and the reason.

/// The lines of `left-out.txt`: a file, a section (`file/section`) or a case (`file/section/case`) under a comment that
/// gives the reason.
pub(super) struct LeftOut {
    lines: Vec<Line>,
    count: usize,
}

struct Line {
    place: String,
    /// Whether anything under it would have differed.
    differs: bool,
}

impl LeftOut {
    pub(super) fn read(text: &str) -> LeftOut {
        let mut reason = false;
        let mut lines: Vec<Line> = Vec::new();
        for line in text.lines() {
            if line.is_empty() || line.starts_with("# ") {
                reason = !line.is_empty();
                continue;
            }
            assert!(reason, "{line}: without a reason");
            assert!(
                lines.iter().all(|before| before.place != line),
                "{line}: twice"
            );
            let (place, differs) = (line.to_owned(), false);
            lines.push(Line { place, differs });
        }
        LeftOut { lines, count: 0 }
    }

    /// Whether a case is left out. The longest line that names it or what it is in answers for it, so that a file may
    /// be left out although one of its cases has a reason of its own.
    pub(super) fn takes(&mut self, place: &str, differs: bool) -> bool {
        let within = |line: &&mut Line| {
            let rest = place.strip_prefix(&line.place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let Some(line) = self
            .lines
            .iter_mut()
            .filter(within)
            .max_by_key(|line| line.place.len())
        else {
            return false;
        };
        line.differs |= differs;
        self.count += 1;
        true
    }

    /// How many cases were left out.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The lines that leave nothing out that differs.
    pub(super) fn stale(&self) -> Vec<&str> {
        let stale = self.lines.iter().filter(|line| !line.differs);
        stale.map(|line| line.place.as_str()).collect()
    }
}

#[test]
fn lines_name_cases_and_what_they_are_in_and_grow_stale() {
    let mut left_out =
        LeftOut::read("# messages\n# and all\nenums\nfields/quoted\n\n# none\nfields/map/a\n");
    assert!(left_out.takes("enums/legacy/x", true));
    assert!(left_out.takes("fields/map/a", false));
    assert!(!left_out.takes("fields/map/ab", true));
    assert!(!left_out.takes("enumsome/x/y", true));
    assert_eq!(left_out.count(), 2);
    assert_eq!(left_out.stale(), ["fields/quoted", "fields/map/a"]);
}
