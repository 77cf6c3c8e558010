//! A framework's score as a bar: proven, attested, possible, failing; what is not measured is hatched, never coloured.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use plimsoll_model::Verdict;

use super::attested;
use crate::look::pad;
use crate::{Control, Framework, Header, Look};

/// Cells of a bar.
const CELLS: usize = 40;

/// Writes every framework in full: bar, scored controls, manual controls, who attests what.
pub(crate) fn write(out: &mut dyn Write, header: &Header, look: Look) -> io::Result<()> {
    let width = widest(header);
    for framework in &header.frameworks {
        bar(out, framework, width, look)?;
        scored(out, framework, look)?;
        manual(out, framework, look)?;
        attested::write(out, framework, look)?;
    }
    Ok(())
}

/// Writes the bars alone.
pub(crate) fn write_bars(out: &mut dyn Write, header: &Header, look: Look) -> io::Result<()> {
    let width = widest(header);
    for framework in &header.frameworks {
        bar(out, framework, width, look)?;
    }
    Ok(())
}

fn widest(header: &Header) -> usize {
    let ids = header
        .frameworks
        .iter()
        .map(|known| known.id.chars().count());
    ids.max().unwrap_or(0)
}

fn bar(out: &mut dyn Write, framework: &Framework, width: usize, look: Look) -> io::Result<()> {
    let id = pad(&framework.id, width);
    let (Some(score), Some(possible)) = (framework.score, framework.score_possible) else {
        return writeln!(out, "{id}  no scored control applies");
    };
    let proven = cells(score);
    let word = framework.score_attested;
    let attested = word.map_or(0, |score| cells(score).saturating_sub(proven));
    let hatched = cells(possible).saturating_sub(proven + attested);
    let failing = CELLS - proven - attested - hatched;
    let with = word.map(|score| format!("{score:.1} with what is attested, "));
    let part = |mark: &str, cells: usize, style: Style| {
        let text = mark.repeat(cells);
        look.paint(style, look.marks(&text))
    };
    writeln!(
        out,
        "{id}  {}{}{}{}  {score:.1} proven, {}{possible:.1} possible",
        part("█", proven, AnsiColor::Cyan.on_default()),
        part("▒", attested, Style::new().dimmed()),
        part("░", hatched, Style::new().dimmed()),
        part("×", failing, AnsiColor::Red.on_default()),
        with.unwrap_or_default(),
    )
}

/// Cells for a percentage, rounded.
fn cells(percent: f64) -> usize {
    let share = (percent.clamp(0.0, 100.0) / 100.0 * 40.0).round();
    (0..=CELLS)
        .find(|cell| *cell as f64 >= share)
        .unwrap_or(CELLS)
}

fn scored(out: &mut dyn Write, framework: &Framework, look: Look) -> io::Result<()> {
    let applicable: Vec<&Control> = controls(framework, true).collect();
    let (attested, own) = by_attestation(&applicable);
    let attested = match attested {
        0 => String::new(),
        many => format!("{many} attested · "),
    };
    let line = format!(
        "{}{} pass · {} fail · {attested}{} not evaluated",
        pad(&format!("scored {}", applicable.len()), 15),
        with(&own, Verdict::Pass),
        with(&own, Verdict::Fail),
        with(&own, Verdict::NotEvaluated) + with(&own, Verdict::Manual)
    );
    writeln!(out, "{}", look.marks(&line))
}

fn manual(out: &mut dyn Write, framework: &Framework, look: Look) -> io::Result<()> {
    let all: Vec<&Control> = controls(framework, false).collect();
    if all.is_empty() {
        return Ok(());
    }
    let (attested, own) = by_attestation(&all);
    let (pass, fail) = (with(&own, Verdict::Pass), with(&own, Verdict::Fail));
    let mut parts = Vec::new();
    match (pass + fail, fail) {
        (0, _) => {}
        (judged, 0) => parts.push(format!("{judged} judged anyway, all pass")),
        (judged, fail) => parts.push(format!("{judged} judged anyway, {fail} fail")),
    }
    for (number, word) in [
        (attested, "attested"),
        (with(&own, Verdict::NotEvaluated), "not evaluated"),
        (with(&own, Verdict::Manual), "open"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    let line = format!(
        "{}{}",
        pad(&format!("manual {}", all.len()), 15),
        parts.join(" · ")
    );
    writeln!(out, "{}", look.marks(&line))
}

/// How many are attested, and the others.
fn by_attestation<'c>(all: &[&'c Control]) -> (usize, Vec<&'c Control>) {
    let others = all.iter().copied();
    let others: Vec<_> = others.filter(|one| one.attestation.is_none()).collect();
    (all.len() - others.len(), others)
}

fn controls(framework: &Framework, scored: bool) -> impl Iterator<Item = &Control> {
    framework
        .controls
        .iter()
        .filter(move |control| control.scored == scored)
        .filter(|control| control.verdict != Verdict::NotApplicable)
}

fn with(controls: &[&Control], verdict: Verdict) -> usize {
    let equal = controls.iter().filter(|control| control.verdict == verdict);
    equal.count()
}
