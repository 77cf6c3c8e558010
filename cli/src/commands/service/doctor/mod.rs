//! `plimsoll service doctor`: what is wrong with an installation, and how it is mended.

mod installation;
mod routes;
mod tenants;

use plimsoll_store::StoreError;
use serde_json::{Value, json};

use super::stop::{Stop, whole};
use super::{Session, table};
use crate::exit::Exit;

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Well,
    Wrong,
    /// It could not be looked at.
    Unknown,
}

impl Is {
    fn as_str(self) -> &'static str {
        match self {
            Is::Well => "ok",
            Is::Wrong => "wrong",
            Is::Unknown => "not known",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    is: Is,
    /// What was looked at, for example `queue account-jobs` or `acme prod-eu-1`.
    what: String,
    text: String,
    help: Option<String>,
}

impl Check {
    fn well(what: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            is: Is::Well,
            what: what.into(),
            text: text.into(),
            help: None,
        }
    }

    fn wrong(what: impl Into<String>, text: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            is: Is::Wrong,
            what: what.into(),
            text: text.into(),
            help: Some(help.into()),
        }
    }

    fn unknown(what: impl Into<String>, error: &StoreError) -> Self {
        let help = match error {
            StoreError::Denied(_) => {
                "the credentials in use may not look: `aws sts get-caller-identity` says whose they are"
            }
            _ => {
                "do the names fit? they are the outputs of the stack (--stack NAME), or TABLE, BUCKET and the queues' URLs"
            }
        };
        Self {
            is: Is::Unknown,
            what: what.into(),
            text: whole(error),
            help: Some(help.to_owned()),
        }
    }

    #[cfg(test)]
    pub(super) fn is_well(&self) -> bool {
        self.is == Is::Well
    }

    #[cfg(test)]
    pub(super) fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    fn json(&self) -> Value {
        json!({ "what": self.what, "is": self.is.as_str(), "text": self.text, "help": self.help })
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.text)
    }
}

/// Says what is wrong, with everything or with one tenant.
pub(super) async fn run(session: &Session<'_>, tenant: Option<&str>) -> Result<Exit, Stop> {
    let checks = look(session, tenant).await?;
    let wrong = checks.iter().filter(|check| check.is != Is::Well).count();
    let json = json!({
        "installation": session.target.about.name,
        "wrong": wrong,
        "checks": checks.iter().map(Check::json).collect::<Vec<_>>(),
    });
    session.answer(&json, |out, look| {
        let rows: Vec<[String; 3]> = checks
            .iter()
            .map(|check| {
                [
                    check.is.as_str().to_owned(),
                    check.what.clone(),
                    check.text.clone(),
                ]
            })
            .collect();
        table::columns(
            out,
            look,
            ["IS", "WHAT", session.target.about.name.as_str()],
            &rows,
        )?;
        writeln!(out)?;
        for check in checks.iter().filter(|check| check.is != Is::Well) {
            writeln!(out, "{}", look.marks(&check.to_string()))?;
            for (number, line) in check.help.iter().flat_map(|help| help.lines()).enumerate() {
                let word = if number == 0 { "  help: " } else { "        " };
                writeln!(out, "{word}{}", look.marks(line))?;
            }
        }
        match wrong {
            0 => writeln!(out, "Nothing to mend."),
            1 => writeln!(out, "1 thing to mend."),
            some => writeln!(out, "{some} things to mend."),
        }
    })?;
    Ok(if wrong == 0 {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// Looks at everything, or at one tenant.
pub(super) async fn look(session: &Session<'_>, tenant: Option<&str>) -> Result<Vec<Check>, Stop> {
    let mut checks = Vec::new();
    if tenant.is_none() {
        checks.extend(installation::look(session).await);
    }
    // Without the list of tenants there is nobody to look at; that it cannot be read is said above.
    match session.tenants(tenant).await {
        Ok(all) => {
            for one in all {
                checks.extend(tenants::look(session, &one).await);
            }
        }
        Err(stop) if tenant.is_some() => return Err(stop),
        Err(_) => {}
    }
    Ok(checks)
}
