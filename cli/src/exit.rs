//! Exit codes: the same for every command and format.

use std::process::ExitCode;

/// What the process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; no gate given, or the gate holds.
    Done,
    /// Findings at or above `--fail-on`; a case of `policy test` fails; an evaluated expression errs.
    Findings,
    /// Wrong usage or configuration: nothing ran.
    Usage,
    /// Nothing could be scanned, or a result could not be written.
    Nothing,
    /// A gate was given and data is missing.
    Blind,
    /// Our bug.
    Bug,
    /// Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Nothing => 3,
            Exit::Blind => 4,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
        }
    }

    /// The exit that a gate's number stands for.
    pub(crate) fn of_gate(code: u8) -> Self {
        match code {
            0 => Exit::Done,
            1 => Exit::Findings,
            _ => Exit::Blind,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
