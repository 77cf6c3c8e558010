//! `plimsoll explain` of a control: what decides it, ways to its evidence, and who vouches for it.

use std::io::{self, Write};

use jiff::Timestamp;
use plimsoll_policy::{Catalogue, Framework, is_attestable};
use plimsoll_report::words;

use crate::commands::attestations::AttestationsFile;

/// Columns of what a person states.
const COLUMNS: usize = 80;

pub(super) fn explain(
    out: &mut dyn Write,
    catalogue: &Catalogue,
    framework: &Framework,
    number: usize,
    attested: &AttestationsFile,
    now: Timestamp,
) -> io::Result<()> {
    let control = &framework.controls[number];
    let level = control.level.map(|level| format!("level {level}, "));
    let scored = if control.scored { "scored" } else { "manual" };
    let head = format!("{} {}: {}", framework.title, control.id, control.title);
    writeln!(out, "{head:<67} {}{scored}", level.unwrap_or_default())?;
    for id in &control.policies {
        let policy = catalogue.policy(id);
        let title = policy.map_or("", |policy| policy.title.as_str());
        writeln!(out, "  policy   {id}: {title}")?;
    }
    if control.policies.is_empty() {
        writeln!(out, "  policy   none: it is never counted as passed")?;
    }
    if !control.routes.is_empty() {
        writeln!(
            out,
            "  routes   {}: ways to its evidence that the Kubernetes API does not give",
            control.routes.join(", ")
        )?;
    }
    if is_attestable(control) {
        attest(out, framework, &control.id)?;
    }
    said(out, framework, &control.id, attested, now)
}

/// How somebody vouches for it.
fn attest(out: &mut dyn Write, framework: &Framework, control: &str) -> io::Result<()> {
    writeln!(
        out,
        "  attest   by a person's word, shown apart, in plimsoll.attestations.yaml:"
    )?;
    for line in [
        format!("- framework: {}", framework.id),
        format!("  control: '{control}'"),
        "  statement: what shows that it holds, or a link to that".to_owned(),
        "  by: ana@acme.example".to_owned(),
        "  until: 2027-01-31".to_owned(),
    ] {
        writeln!(out, "             {line}")?;
    }
    Ok(())
}

/// What the nearest file of attestations says of it.
fn said(
    out: &mut dyn Write,
    framework: &Framework,
    control: &str,
    attested: &AttestationsFile,
    now: Timestamp,
) -> io::Result<()> {
    let rules = attested.rules.iter().map(|rule| &rule.attestation);
    for one in rules.filter(|one| one.framework == framework.id && one.control == control) {
        let cluster = one.cluster.as_ref();
        let cluster = cluster
            .map(|glob| format!(" in {glob}"))
            .unwrap_or_default();
        let verb = if one.counts(now) { "until" } else { "ended" };
        let end = one.until.strftime("%-d %b %Y");
        writeln!(out, "  attested by {}{cluster}, {verb} {end}", one.by)?;
        for line in words(&one.statement, COLUMNS) {
            writeln!(out, "             {line}")?;
        }
    }
    Ok(())
}
