//! "Not evaluated, because": what was not read, which controls stay open for it, and what to type.

use std::io::{self, Write};

use super::words::{control_ranges, why_unread};
use crate::look::{cut, harmless, pad};
use crate::{Header, Look, Unread};

/// Writes the block for the inputs `wanted` picks; nothing when there is none.
pub(crate) fn write(
    out: &mut dyn Write,
    header: &Header,
    look: Look,
    wanted: impl Fn(&Unread) -> bool,
) -> io::Result<()> {
    let inputs: Vec<&Unread> = header
        .coverage
        .unread
        .iter()
        .filter(|input| wanted(input))
        .collect();
    if inputs.is_empty() {
        return Ok(());
    }
    let controls: Vec<String> = inputs
        .iter()
        .map(|input| cut(&control_ranges(&input.controls), 30).into_owned())
        .collect();
    let reasons: Vec<String> = inputs
        .iter()
        .map(|input| harmless(&why_unread(input)).into_owned())
        .collect();
    let widest = |texts: &[String]| texts.iter().map(|text| text.chars().count()).max();
    let control = widest(&controls).unwrap_or(0);
    let reason = widest(&reasons).unwrap_or(0);
    writeln!(out, "Not evaluated, because")?;
    for ((input, controls), reasons) in inputs.iter().zip(&controls).zip(&reasons) {
        let controls = if control == 0 {
            String::new()
        } else {
            format!("{}  ", pad(controls, control))
        };
        let line = format!(
            "{:>4}  {controls}{}  {}",
            // Controls that no policy of ours decides have no policy to count.
            (input.policies as usize).max(input.controls.len()),
            pad(reasons, reason),
            input.mend.as_deref().unwrap_or("")
        );
        writeln!(out, "{}", look.marks(line.trim_end()))?;
    }
    Ok(())
}
