//! "Attested, not measured": for which controls a person stands in, who it is, until when, and on what evidence.

use std::io::{self, Write};

use super::words::control_ranges;
use crate::look::{cut, harmless, pad};
use crate::{AttestationNote, Framework, Look};

/// Letters of a name that are shown.
const NAME: usize = 40;

/// Writes the block; nothing where nothing is attested. Controls of which the same is said share a line.
pub(crate) fn write(out: &mut dyn Write, framework: &Framework, look: Look) -> io::Result<()> {
    let mut said: Vec<(&AttestationNote, Vec<String>)> = Vec::new();
    for control in &framework.controls {
        let Some(note) = &control.attestation else {
            continue;
        };
        let known = said.iter_mut().find(|(known, _)| *known == note);
        match known {
            Some((_, controls)) => controls.push(control.id.clone()),
            None => said.push((note, vec![control.id.clone()])),
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    let lines: Vec<[String; 3]> = said
        .iter()
        .map(|(note, controls)| {
            let until = note.until.strftime("%-d %b %Y");
            let by = cut(&one_line(&note.by), NAME).into_owned();
            [
                control_ranges(controls),
                format!("by {by} until {until}"),
                one_line(&note.statement),
            ]
        })
        .collect();
    let widest = |part: usize| {
        let widths = lines.iter().map(|line| line[part].chars().count());
        widths.max().unwrap_or(0)
    };
    let (controls, by) = (widest(0), widest(1));
    writeln!(out, "Attested, not measured")?;
    for line in &lines {
        let before = format!("  {}  {}  ", pad(&line[0], controls), pad(&line[1], by));
        let room = look.columns().saturating_sub(before.chars().count());
        let text = format!("{before}{}", cut(&line[2], room.max(20)));
        writeln!(out, "{}", look.marks(text.trim_end()))?;
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    harmless(&words.join(" ")).into_owned()
}
