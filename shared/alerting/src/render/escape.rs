//! What templates can do besides showing a field.

use handlebars::{Handlebars, handlebars_helper};
use serde_json::Value;

/// The inside of a JSON string.
pub(super) fn escape_json(text: &str) -> String {
    let quoted = Value::String(text.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// `text` for Slack's mrkdwn: the three letters that begin something are written as entities
/// (docs.slack.dev, formatting message text).
pub(super) fn escape_mrkdwn(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

handlebars_helper!(mrkdwn: |text: str| escape_mrkdwn(text));

// A time as Slack shows it in the reader's own zone, with our words where it cannot.
handlebars_helper!(date: |when: Json| slack_date(when, "{date_short_pretty} {time}", "text"));
handlebars_helper!(day: |when: Json| slack_date(when, "{date_short_pretty}", "day"));

fn slack_date(when: &Value, format: &str, words: &str) -> String {
    let words = escape_mrkdwn(when[words].as_str().unwrap_or_default()).replace('|', "/");
    match when["unix"].as_i64() {
        Some(unix) => format!("<!date^{unix}^{format}|{words}>"),
        None => words,
    }
}

// The mark beside a severity's word.
handlebars_helper!(mark: |severity: str| match severity {
    "critical" => ":octagonal_sign:",
    "high" => ":warning:",
    "medium" => ":large_orange_diamond:",
    "low" => ":small_blue_diamond:",
    _ => ":information_source:",
});

// The shape beside a severity's word where there are no emoji: a square for the octagon, which many fonts lack (then a
// box of nothing would stand there), triangle, diamond, small diamond, ring.
handlebars_helper!(shape: |severity: str| match severity {
    "critical" => "\u{25a0}",
    "high" => "\u{25b2}",
    "medium" => "\u{25c6}",
    "low" => "\u{25c7}",
    _ => "\u{25cb}",
});

// The colour of a severity in mail: dark enough on white, light enough on black.
handlebars_helper!(colour: |severity: str| match severity {
    "critical" => "#c62828",
    "high" => "#d9730d",
    "medium" => "#a68a00",
    "low" => "#3f78b5",
    _ => "#7a7f87",
});

// `1 finding`, `2 findings`: the number and the word, which forms its plural with s.
handlebars_helper!(number_of: |number: i64, word: str| match number {
    1 => format!("1 {word}"),
    _ => format!("{number} {word}s"),
});

// The text filled with blanks to a width, for columns.
handlebars_helper!(pad: |text: str, width: usize| format!("{text:<width$}"));

// The text filled with blanks from the left, for columns of numbers.
handlebars_helper!(right: |text: Json, width: usize| {
    let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
    format!("{text:>width$}")
});

// What remains of a bar of 100.
handlebars_helper!(rest: |width: u64| 100_u64.saturating_sub(width));

pub(super) fn register(registry: &mut Handlebars<'_>) {
    registry.register_helper("mrkdwn", Box::new(mrkdwn));
    registry.register_helper("date", Box::new(date));
    registry.register_helper("day", Box::new(day));
    registry.register_helper("mark", Box::new(mark));
    registry.register_helper("shape", Box::new(shape));
    registry.register_helper("colour", Box::new(colour));
    registry.register_helper("number-of", Box::new(number_of));
    registry.register_helper("pad", Box::new(pad));
    registry.register_helper("right", Box::new(right));
    registry.register_helper("rest", Box::new(rest));
}
