//! The last lines: counts, coverage, and what to do next.

use std::io::{self, Write};

use jiff::SignedDuration;
use plimsoll_model::{ReasonCode, Severity};

use super::View;
use super::words::elapsed;
use crate::look::{count, cut, harmless, thousands};
use crate::{Coverage, Header, Parameter, SourceType};

/// Writes the closing lines; two lines when nothing fails and no gate was missed. Piped reports put them on stderr.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_closing(out: &mut dyn Write, header: &Header, view: &View<'_>) -> io::Result<()> {
    let clean = header.summary.verdicts.fail == 0;
    let gate = &header.summary.gate;
    excepted(out, header)?;
    if clean {
        writeln!(out, "{}", clean_line(header, view))?;
    } else {
        writeln!(out, "{}", view.look.marks(&counts_line(header, view)))?;
    }
    if header.source.partial {
        writeln!(
            out,
            "interrupted: what was read until then is judged, the rest is not"
        )?;
    }
    writeln!(out, "{}", coverage_line(header))?;
    parameters(out, header)?;
    if header.summary.verdicts.manual > 0 {
        let manual = count(header.summary.verdicts.manual, "verdict is", "verdicts are");
        writeln!(
            out,
            "{manual} for a person to judge: --format json lists them"
        )?;
    }
    if clean && gate.exit_code == 0 {
        return Ok(());
    }
    let sentence = gate.sentence(view.gate_input(header));
    let line = match &view.fix_command {
        Some(command) if view.mendable > 0 => {
            let findings = count(view.mendable, "finding", "findings");
            let line = format!("{findings} can be mended: {command}");
            let both = line.chars().count() + sentence.chars().count() + 3;
            let gap = if both > view.look.columns() {
                "\n"
            } else {
                " · "
            };
            format!("{line}{gap}{sentence}")
        }
        _ => sentence,
    };
    writeln!(out, "{}", view.look.marks(&line))
}

/// Excepted findings are not listed; that they are there, and still fail, is always said.
fn excepted(out: &mut dyn Write, header: &Header) -> io::Result<()> {
    let number = header.summary.excepted;
    let (are, still) = match number {
        0 => return Ok(()),
        1 => ("finding is", "it still fails"),
        2 => ("findings are", "both still fail"),
        _ => ("findings are", "all still fail"),
    };
    let expiry = header.summary.next_expiry;
    let expiry = expiry.map(|until| {
        let far = until.duration_since(header.generated_at) > SignedDuration::from_hours(24 * 300);
        let format = if far { "%-d %b %Y" } else { "%-d %b" };
        format!(" (next expiry {})", until.strftime(format))
    });
    writeln!(
        out,
        "{} excepted {are} still evaluated: {still}{}",
        thousands(number),
        expiry.unwrap_or_default()
    )
}

/// What was judged otherwise than the policies say themselves.
fn parameters(out: &mut dyn Write, header: &Header) -> io::Result<()> {
    let named = |one: &Parameter| format!("{}.{}", one.policy, one.name);
    match &header.parameters[..] {
        [] => Ok(()),
        [one] => {
            let value = one.value.to_string();
            let line = format!(
                "1 parameter differs from its default: {} = {value}",
                named(one)
            );
            writeln!(out, "{}", cut(&harmless(&line), 200))
        }
        many => {
            let names: Vec<String> = many.iter().take(5).map(named).collect();
            let more = match many.len() - names.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let number = many.len();
            let line = format!(
                "{number} parameters differ from their defaults: {}{more}",
                names.join(", ")
            );
            writeln!(out, "{}", harmless(&line))
        }
    }
}

fn clean_line(header: &Header, view: &View<'_>) -> String {
    format!(
        "No findings. {}, {}.",
        count(
            u64::from(header.coverage.policies_applicable),
            "policy",
            "policies"
        ),
        looked_at(header, view)
    )
}

fn counts_line(header: &Header, view: &View<'_>) -> String {
    let counts = &header.summary.fail_by_severity;
    let shown = Severity::ALL
        .into_iter()
        .filter(|severity| *severity != Severity::Info || counts.info > 0)
        .map(|severity| format!("{severity} {}", thousands(counts.of(severity))))
        .collect::<Vec<_>>()
        .join(" · ");
    if header.source.kind == SourceType::Cluster {
        return shown;
    }
    let right = looked_at(header, view);
    let gap = view
        .look
        .columns()
        .saturating_sub(shown.chars().count() + right.chars().count())
        .max(2);
    format!("{shown}{}{right}", " ".repeat(gap))
}

/// `31 resources in 12 files, 38 ms`.
fn looked_at(header: &Header, view: &View<'_>) -> String {
    let resources = count(header.summary.resources, "resource", "resources");
    let place = match header.source.kind {
        SourceType::Cluster => String::new(),
        SourceType::Stdin => " on standard input".to_owned(),
        SourceType::Files => {
            format!(" in {}", count(header.coverage.files.read, "file", "files"))
        }
    };
    format!("{resources}{place}, {}", elapsed(view.elapsed))
}

fn coverage_line(header: &Header) -> String {
    let coverage = &header.coverage;
    let mut line = format!(
        "coverage {} % ({} of {} policies)",
        whole_percent(coverage),
        thousands(u64::from(coverage.policies_evaluated)),
        thousands(u64::from(coverage.policies_applicable))
    );
    let missing = coverage
        .policies_applicable
        .saturating_sub(coverage.policies_evaluated);
    let needing: u32 = coverage
        .unread
        .iter()
        .filter(|input| input.reason == ReasonCode::NeedsCluster)
        .map(|input| input.policies)
        .sum();
    let needing = needing.min(missing);
    if needing > 0 && header.source.kind != SourceType::Cluster {
        let need = if needing == 1 { "needs" } else { "need" };
        line.push_str(&format!(
            "; {needing} {need} a live cluster: add --context NAME"
        ));
        let other = missing - needing;
        if other > 0 {
            line.push_str(&format!("; {other} not evaluated, see above"));
        }
    }
    line
}

/// Coverage without decimals, 100 only when all is evaluated.
fn whole_percent(coverage: &Coverage) -> f64 {
    let rounded = coverage.percent.round();
    if coverage.policies_evaluated < coverage.policies_applicable {
        rounded.min(99.0)
    } else {
        rounded
    }
}
