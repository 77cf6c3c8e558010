//! Why a command ended early: always with what to do about it.

use std::error::Error;

use plimsoll_report::Diagnostic;
use plimsoll_store::StoreError;

use crate::exit::Exit;

/// What stands in the way.
#[derive(Debug)]
pub(super) struct Stop {
    /// How the process ends.
    pub(super) exit: Exit,
    /// What is shown.
    pub(super) shown: Vec<Diagnostic>,
}

impl Stop {
    /// What has no way back was not confirmed by its name: `would` says what would come of `command`.
    pub(super) fn not_confirmed(
        would: String,
        name: &str,
        yes: Option<&str>,
        command: &str,
    ) -> Self {
        let message = yes.map_or(would, |other| {
            format!("--yes names {other}, but {name} is to be deleted")
        });
        Self::usage(
            Diagnostic::error("not-confirmed", message)
                .effect("nothing was deleted")
                .help(format!("there is no way back: {command} --yes {name}")),
        )
    }

    /// The command line or a file is wrong: nothing was done.
    pub(super) fn usage(shown: Diagnostic) -> Self {
        Self {
            exit: Exit::Usage,
            shown: vec![shown],
        }
    }

    /// The installation cannot be reached or read.
    pub(super) fn nothing(shown: Diagnostic) -> Self {
        Self {
            exit: Exit::Nothing,
            shown: vec![shown],
        }
    }
}

/// An error with its causes, each said once.
pub(super) fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let said = deeper.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = deeper.source();
    }
    text
}

impl From<Vec<Diagnostic>> for Stop {
    fn from(shown: Vec<Diagnostic>) -> Self {
        Self {
            exit: Exit::Usage,
            shown,
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        anyhow::Error::new(error).into()
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::nothing(Diagnostic::error(
            "output",
            format!("cannot be written: {error}"),
        ))
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        let message = whole(error.as_ref());
        let (code, help) = match error.downcast_ref::<StoreError>() {
            Some(StoreError::Denied(_)) => (
                "refused",
                "the credentials in use are those of `aws sts get-caller-identity`; operating needs rights on the stack's tables, bucket and queues",
            ),
            Some(StoreError::NotFound(_)) => {
                ("not-found", "plimsoll service doctor says what is there")
            }
            Some(StoreError::Conflict(_)) => ("changed-meanwhile", "run the command again"),
            Some(StoreError::DirectoryInUse(_)) => (
                "data-in-use",
                "`plimsoll up` runs on it; end it first, or look at what it prints",
            ),
            Some(StoreError::Throttled(_)) => ("throttled", "run the command again in a minute"),
            _ if message.contains("ResourceNotFoundException")
                || message.contains("NonExistentQueue")
                || message.contains("NoSuchBucket") =>
            {
                (
                    "no-such-resource",
                    "is it the right --region, and do the names fit: --stack NAME, or TABLE, CONTROL_TABLE, BUCKET and the queues' URLs?",
                )
            }
            _ => (
                "unreachable",
                "region and credentials come from --region, --profile or the environment; `aws sts get-caller-identity` tries both",
            ),
        };
        Self::nothing(Diagnostic::error(code, message).help(help))
    }
}
