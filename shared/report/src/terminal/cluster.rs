//! The report about a live cluster: one line a policy, worst first, then frameworks and what is not evaluated.

use std::io::{self, Write};

use plimsoll_model::{PolicyId, ResourceRef, Severity};
use std::sync::Arc;

use super::single::Singles;
use super::words::{elapsed, is_numbered};
use super::{View, closing, files, framework, is_finding, unread};
use crate::look::{count, cut, harmless, pad, thousands};
use crate::{Header, Look, Row, Sorted};

/// Writes it.
pub(crate) fn write(
    out: &mut dyn Write,
    header: &Header,
    rows: &Sorted,
    view: &View<'_>,
) -> io::Result<()> {
    if !view.quiet {
        writeln!(out, "{}", view.look.marks(&headline(header, view)))?;
    }
    let lines = gather(header, rows)?;
    table(out, &lines, view.look)?;
    if view.full {
        list_findings(out, rows, view)?;
    }
    if view.list_all {
        files::list_others(out, rows, view)?;
    }
    if view.quiet {
        return Ok(());
    }
    if view.frameworks {
        framework::write(out, header, view.look)?;
    } else {
        framework::write_bars(out, header, view.look)?;
    }
    unread::write(out, header, view.look, |_| true)?;
    closing::write_closing(out, header, view)
}

fn headline(header: &Header, view: &View<'_>) -> String {
    let source = &header.source;
    let mut parts = vec![harmless(&source.name).into_owned()];
    if let Some(version) = &source.kubernetes_version {
        let provider = source.provider.as_deref().unwrap_or("Kubernetes");
        parts.push(format!("{provider} {version}"));
    }
    if let Some(nodes) = source.nodes {
        parts.push(count(nodes, "node", "nodes"));
    }
    let objects = count(header.summary.resources, "object", "objects");
    parts.push(format!("{objects} in {}", elapsed(view.elapsed)));
    if source.partial {
        parts.push("interrupted: partial".to_owned());
    }
    parts.join(" · ")
}

struct Line {
    severity: Severity,
    policy: PolicyId,
    control: String,
    resources: u64,
    worst: String,
}

/// One line a policy.
fn gather(header: &Header, rows: &Sorted) -> io::Result<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    let mut last: Option<Arc<ResourceRef>> = None;
    for row in rows.reader()? {
        let row = row?;
        if !is_finding(&row) {
            continue;
        }
        match lines.last_mut() {
            Some(line) if line.policy == row.policy => {
                line.resources += u64::from(last.as_ref() != Some(&row.resource));
            }
            _ => lines.push(Line {
                severity: row.severity,
                control: control(header, &row),
                resources: 1,
                worst: harmless(&row.resource.long_name()).into_owned(),
                policy: row.policy,
            }),
        }
        last = Some(row.resource);
    }
    Ok(lines)
}

/// The control of the first framework in the report that counts the policy; of any, when the report has none.
fn control(header: &Header, row: &Row) -> String {
    let split = row
        .controls
        .iter()
        .filter_map(|control| control.split_once('/'));
    let of_report = |wanted: &str| split.clone().find(|(id, _)| *id == wanted);
    let found = header
        .frameworks
        .iter()
        .find_map(|framework| of_report(&framework.id))
        .or_else(|| split.clone().find(|(_, number)| is_numbered(number)))
        .or_else(|| split.clone().next());
    match found {
        Some((_, number)) if is_numbered(number) => number.to_owned(),
        Some((framework, _)) => framework.to_owned(),
        None => "-".to_owned(),
    }
}

fn table(out: &mut dyn Write, lines: &[Line], look: Look) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let widest = |head: &str, text: &dyn Fn(&Line) -> usize| {
        let widths = lines.iter().map(text);
        widths.max().unwrap_or(0).max(head.len())
    };
    let policy = widest("POLICY", &|line| line.policy.as_str().chars().count());
    let control = widest("CONTROL", &|line| line.control.chars().count());
    let worst = look
        .columns()
        .saturating_sub(8 + policy + control + 9 + 8)
        .max(20);
    writeln!(
        out,
        "SEVERITY  {}  {}  RESOURCES  WORST",
        pad("POLICY", policy),
        pad("CONTROL", control)
    )?;
    for line in lines {
        writeln!(
            out,
            "{}  {}  {}  {:>9}  {}",
            look.paint(look.severity(line.severity), pad(line.severity.as_str(), 8)),
            pad(line.policy.as_str(), policy),
            pad(&line.control, control),
            thousands(line.resources),
            look.marks(&cut(&line.worst, worst))
        )?;
    }
    Ok(())
}

fn list_findings(out: &mut dyn Write, rows: &Sorted, view: &View<'_>) -> io::Result<()> {
    let mut singles = Singles::new(view.look);
    for row in rows.reader()? {
        let row = row?;
        if is_finding(&row) {
            singles.push(&row, out)?;
        }
    }
    singles.flush(out)
}
