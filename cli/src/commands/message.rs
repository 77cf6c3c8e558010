//! `plimsoll message preview`: a message as its channel gets it, from its own sample.

use std::io::Write;

use anyhow::Result;
use plimsoll_alerting::{Channel, Rendered, channels_of, messages, render, sample};
use plimsoll_report::Diagnostic;

use crate::args;
use crate::console::Console;
use crate::exit::Exit;

/// Renders it.
///
/// # Errors
/// stdout cannot be written.
pub(crate) fn preview(name: &str, channel: args::Channel, console: &Console) -> Result<Exit> {
    let refuse = |diagnostic: Diagnostic| {
        console.diagnose(&[diagnostic]);
        Ok(Exit::Usage)
    };
    if !messages().contains(&name) {
        let near = messages()
            .into_iter()
            .min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let all = messages().join(", ");
        let help = match near.filter(|near| strsim::damerau_levenshtein(near, name) <= 4) {
            Some(near) => format!("did you mean {near}? All: {all}"),
            None => all,
        };
        let unknown = Diagnostic::error("unknown-message", format!("no message {name}"));
        return refuse(unknown.help(help));
    }
    let wanted = match channel {
        args::Channel::Slack => Channel::Slack,
        args::Channel::Email => Channel::Email,
    };
    if !channels_of(name).contains(&wanted) {
        let message = format!("{name} is not sent there");
        return refuse(Diagnostic::error("unknown-message", message));
    }
    let rendered = sample(name).and_then(|context| render(name, wanted, &context));
    match rendered {
        Ok(rendered) => {
            console.print(|out| write(out, &rendered))?;
            Ok(Exit::Done)
        }
        Err(error) => refuse(Diagnostic::error("message", error.to_string())),
    }
}

fn write(out: &mut dyn Write, rendered: &Rendered) -> std::io::Result<()> {
    match rendered {
        Rendered::Slack(body) => {
            serde_json::to_writer_pretty(&mut *out, body)?;
            writeln!(out)
        }
        Rendered::Email(mail) => write!(out, "Subject: {}\n\n{}", mail.subject, mail.text),
    }
}
