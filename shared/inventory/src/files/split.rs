//! Where the documents of a YAML file begin and end, so that a broken one does not take the others with it.
//!
//! As kubectl does, documents are told apart by lines before any parsing: a line that is `---` (or `...`).

use super::load::narrow;

/// One document's text: `text[start..end]`, from its `---` line if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The number of its first line in the file, from 1.
    pub(crate) line: u32,
}

impl Chunk {
    pub(crate) fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }
}

/// The documents of `text` that hold more than blank lines, comments and directives.
pub(crate) fn split(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut current = Open {
        start: 0,
        line: 1,
        content: false,
        directive: false,
    };
    let (mut at, mut number) = (0, 1);
    for line in lines(text) {
        match kind(line, current.content) {
            Line::Start { content } => {
                if current.content || !current.directive {
                    current.close(at, &mut chunks);
                    current = Open {
                        start: at,
                        line: number,
                        content: false,
                        directive: false,
                    };
                }
                current.content |= content;
            }
            Line::End => {
                current.close(at, &mut chunks);
                let start = at + line.len();
                current = Open {
                    start,
                    line: number + 1,
                    content: false,
                    directive: false,
                };
            }
            Line::Directive => current.directive = true,
            Line::Blank => {}
            Line::Content => current.content = true,
        }
        at += line.len();
        number += 1;
    }
    current.close(text.len(), &mut chunks);
    chunks
}

struct Open {
    start: usize,
    line: usize,
    content: bool,
    directive: bool,
}

impl Open {
    fn close(&self, end: usize, chunks: &mut Vec<Chunk>) {
        if self.content {
            chunks.push(Chunk {
                start: self.start,
                end,
                line: narrow(self.line),
            });
        }
    }
}

enum Line {
    Start { content: bool },
    End,
    Directive,
    Blank,
    Content,
}

/// Lines with their ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
    let mut start = 0;
    let ends = ends.chain((!text.ends_with('\n') && !text.is_empty()).then_some(text.len()));
    ends.map(move |end| &text[std::mem::replace(&mut start, end)..end])
}

/// What a line is; within `content`, what no mark begins is content, too.
fn kind(line: &str, content: bool) -> Line {
    let bytes = line.as_bytes();
    match bytes.first() {
        Some(b'-') if marks(bytes, b'-') => {
            let rest = line[3..].trim();
            Line::Start {
                content: !(rest.is_empty() || rest.starts_with('#')),
            }
        }
        Some(b'.') if marks(bytes, b'.') => Line::End,
        Some(b'%') => Line::Directive,
        _ if content => Line::Content,
        Some(b' ' | b'\t' | b'\r' | b'\n' | b'#') => {
            let rest = line.trim_start();
            if rest.is_empty() || rest.starts_with('#') {
                Line::Blank
            } else {
                Line::Content
            }
        }
        _ => Line::Content,
    }
}

/// Three times `mark`, then white space or the end.
fn marks(line: &[u8], mark: u8) -> bool {
    line.len() >= 3
        && line[..3].iter().all(|b| *b == mark)
        && line
            .get(3)
            .is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(u32, &str)> {
        split(text).iter().map(|c| (c.line, c.of(text))).collect()
    }

    #[test]
    fn blank_documents_are_none_and_lines_are_counted() {
        let text = "# licence\n---\na: 1\n---\n# nothing\n\n---\n---  # second\nb: |\n  --- no\n  x\n...\n# end\n";
        assert_eq!(
            parts(text),
            [
                (2, "---\na: 1\n"),
                (8, "---  # second\nb: |\n  --- no\n  x\n")
            ]
        );
    }

    #[test]
    fn content_may_follow_the_mark_and_carriage_returns_do_not_matter() {
        assert_eq!(
            parts("a: 1\r\n---\r\nb: 2\r\n"),
            [(1, "a: 1\r\n"), (2, "---\r\nb: 2\r\n")]
        );
        assert_eq!(
            parts("--- {a: 1}\n---x: 2\n"),
            [(1, "--- {a: 1}\n---x: 2\n")]
        );
        assert_eq!(parts("---"), []);
        assert_eq!(parts("a"), [(1, "a")]);
    }

    #[test]
    fn directives_stay_with_their_document() {
        assert_eq!(
            parts("%YAML 1.1\n---\na: 1\n"),
            [(1, "%YAML 1.1\n---\na: 1\n")]
        );
    }
}
