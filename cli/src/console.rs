//! What stdout and stderr can show, each by itself: a terminal or not, its width, colour, letters.

use std::io::{self, IsTerminal, Write};

use plimsoll_report::{Diagnostic, Look, write_diagnostics};

use crate::args::Colour;

/// Width where none is known: what a mock-up or a log shows well.
const WIDTH: usize = 96;

/// Both streams.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    /// Standard output.
    pub(crate) out: Stream,
    /// Standard error.
    pub(crate) err: Stream,
}

/// One stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    /// Whether a person is looking.
    pub(crate) terminal: bool,
    /// How to draw.
    pub(crate) look: Look,
}

impl Console {
    /// Of this process.
    pub(crate) fn of_process(colour: Colour) -> Self {
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let stream = |terminal: bool| Stream::of(terminal, width, colour, &variable);
        Self {
            out: stream(io::stdout().is_terminal()),
            err: stream(io::stderr().is_terminal()),
        }
    }

    /// Writes diagnostics to stderr. That nobody reads them is no reason to fail.
    pub(crate) fn diagnose(&self, diagnostics: &[Diagnostic]) {
        let mut err = io::stderr().lock();
        let _ = write_diagnostics(&mut err, diagnostics, self.err.look);
        let _ = err.flush();
    }

    /// Writes to stdout. A reader that has gone away ends the output quietly.
    pub(crate) fn print(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
        let written = write(&mut out).and_then(|()| out.flush());
        if written.is_err() {
            // The buffer's rest must not be written again when it is dropped.
            drop(out.into_parts());
        }
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Stream {
    fn of(
        terminal: bool,
        width: Option<usize>,
        colour: Colour,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(variable)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let unicode = cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8");
        let forced = |name| variable(name).is_some_and(|value| value != "0");
        let coloured = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
            Colour::Auto if variable("NO_COLOR").is_some() => false,
            Colour::Auto => terminal && variable("TERM").is_none_or(|term| term != "dumb"),
        };
        Self {
            terminal,
            look: Look {
                width: width.filter(|_| terminal).unwrap_or(WIDTH),
                colour: coloured,
                ascii: !unicode,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(terminal: bool, colour: Colour, variables: &[(&str, &str)]) -> Look {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Stream::of(terminal, Some(120), colour, &variable).look
    }

    #[test]
    fn colour_follows_the_flag_then_force_then_no_color_then_the_terminal() {
        let auto = Colour::Auto;
        assert!(look(true, auto, &[]).colour);
        assert!(!look(false, auto, &[]).colour);
        assert!(!look(true, auto, &[("TERM", "dumb")]).colour);
        assert!(!look(true, auto, &[("NO_COLOR", "1")]).colour);
        assert!(look(false, auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).colour);
        assert!(!look(false, auto, &[("FORCE_COLOR", "0")]).colour);
        assert!(!look(true, Colour::Never, &[("FORCE_COLOR", "1")]).colour);
        assert!(look(false, Colour::Always, &[("NO_COLOR", "1")]).colour);
    }

    #[test]
    #[cfg(unix)]
    fn letters_follow_the_locale_and_width_the_terminal() {
        let auto = Colour::Auto;
        assert!(look(true, auto, &[]).ascii);
        assert!(!look(true, auto, &[("LANG", "en_GB.UTF-8")]).ascii);
        assert!(look(true, auto, &[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]).ascii);
        assert_eq!(look(true, auto, &[]).width, 120);
        assert_eq!(look(false, auto, &[]).width, WIDTH);
    }
}
