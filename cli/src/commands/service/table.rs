//! Rows as even columns, and pairs of a word and its value.

use std::io::{self, Write};

use plimsoll_report::Look;
use serde_json::Value;

/// Rows under heads, each column as wide as its widest cell; empty cells as `-`, the last column as long as it is.
pub(super) fn columns<const N: usize>(
    out: &mut dyn Write,
    look: Look,
    heads: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let shown = |cell: &str| match cell.is_empty() {
        true => "-".to_owned(),
        false => harmless(&look.marks(cell)),
    };
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| std::array::from_fn(|column| shown(&row[column])))
        .collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(heads[column].len())
    });
    let heads = heads.map(str::to_owned);
    for row in [&heads].into_iter().chain(&rows) {
        let cells = row.iter().zip(widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(out, "{}", line.join("  ").trim_end())?;
    }
    Ok(())
}

/// A word a line with its value; those without a value are left out.
pub(super) fn pairs(
    out: &mut dyn Write,
    look: Look,
    pairs: &[(&str, Option<String>)],
) -> io::Result<()> {
    let widest = pairs.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    for (word, value) in pairs {
        let Some(value) = value else { continue };
        for (number, line) in value.lines().enumerate() {
            let word = if number == 0 { word } else { "" };
            writeln!(out, "{word:<widest$}  {}", harmless(&look.marks(line)))?;
        }
    }
    Ok(())
}

/// One JSON value, ended by a line's end.
pub(super) fn json(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// Without what would move a terminal's cursor: names come from accounts of customers.
fn harmless(text: &str) -> String {
    let letters = text.chars();
    letters
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_even_and_an_empty_cell_shows() {
        let mut out = Vec::new();
        let rows = [
            ["acme".to_owned(), String::new(), "x".to_owned()],
            ["a".to_owned(), "12\u{1b}[2J".to_owned(), "yy".to_owned()],
        ];
        columns(&mut out, Look::default(), ["NAME", "N", "LAST"], &rows).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(
            out,
            "NAME  N       LAST\nacme  -       x\na     12\u{fffd}[2J  yy\n"
        );
    }
}
