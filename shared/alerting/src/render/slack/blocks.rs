//! Block Kit, block by block, each within its own limits (docs.slack.dev, block reference).

use serde_json::{Value, json};

use super::cut;
use super::words::{Button, List, Part, Run};

/// How much room each thing may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Characters of one stretch of text.
    run: usize,
    /// Points of a list.
    items: usize,
    /// Stretches of a paragraph or point.
    runs: usize,
    /// Characters of text in fixed width, and of a line of facts.
    text: usize,
    /// Characters of an address; a longer one is left out, never cut.
    url: usize,
}

impl Size {
    pub(super) const SMALLEST: Size = Size {
        run: 40,
        items: 3,
        runs: 6,
        text: 200,
        url: 200,
    };
    /// From large to small.
    pub(super) const STEPS: [Size; 4] = [
        Size {
            run: 1_000,
            items: 40,
            runs: 24,
            text: 2_900,
            url: 1_000,
        },
        Size {
            run: 240,
            items: 20,
            runs: 16,
            text: 1_500,
            url: 500,
        },
        Size {
            run: 100,
            items: 8,
            runs: 12,
            text: 600,
            url: 300,
        },
        Size::SMALLEST,
    ];
}

/// Most facts side by side.
const MAX_FIELDS: usize = 10;
/// Most characters on a button by our own rule; Slack cuts the look of longer ones.
const MAX_LABEL: usize = 24;
/// Most buttons in a row that still stand in one line.
const MAX_BUTTONS: usize = 5;
/// Most characters of an action's id (255) and of a value (2,000); ours are short.
const MAX_ID: usize = 255;

/// The block of `part`; none when there is nothing in it.
pub(super) fn block(part: &Part, size: Size) -> Option<Value> {
    match part {
        Part::Paragraph(runs) => {
            let section = section(runs, size)?;
            Some(json!({ "type": "rich_text", "elements": [section] }))
        }
        Part::List(list) => points(list, size),
        Part::Code(text) if text.trim().is_empty() => None,
        Part::Code(text) => {
            let text = cut::plain(&cut::discreet(text.trim_end()), size.text);
            let element = json!({ "type": "text", "text": text });
            let code = json!({ "type": "rich_text_preformatted", "elements": [element] });
            Some(json!({ "type": "rich_text", "elements": [code] }))
        }
        Part::Context(texts) => {
            let facts: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
            let text = cut::mrkdwn(cut::discreet(&facts.join(" · ")).trim(), size.text);
            let element = json!({ "type": "mrkdwn", "text": text });
            (!text.is_empty()).then(|| json!({ "type": "context", "elements": [element] }))
        }
        Part::Fields(texts) => {
            let fields: Vec<Value> = texts
                .iter()
                .flatten()
                .filter(|text| !text.trim().is_empty())
                .take(MAX_FIELDS)
                .map(|text| json!({ "type": "mrkdwn", "text": cut::mrkdwn(&cut::discreet(text), size.text.min(600)) }))
                .collect();
            (!fields.is_empty()).then(|| json!({ "type": "section", "fields": fields }))
        }
        Part::Buttons(buttons) => {
            let elements: Vec<Value> = buttons
                .row
                .iter()
                .flatten()
                .filter_map(|button| element(button, size))
                .take(MAX_BUTTONS)
                .collect();
            let id = cut::plain(&buttons.id, MAX_ID);
            (!elements.is_empty())
                .then(|| json!({ "type": "actions", "block_id": id, "elements": elements }))
        }
    }
}

fn section(runs: &[Option<Run>], size: Size) -> Option<Value> {
    let elements: Vec<Value> = runs
        .iter()
        .flatten()
        .filter_map(|one| run(one, size))
        .take(size.runs)
        .collect();
    (!elements.is_empty()).then(|| json!({ "type": "rich_text_section", "elements": elements }))
}

fn points(list: &List, size: Size) -> Option<Value> {
    let all: Vec<&Vec<Option<Run>>> = list.items.iter().flatten().collect();
    let shown = all.len().min(size.items);
    let mut items: Vec<Value> = all
        .iter()
        .take(shown)
        .filter_map(|runs| section(runs, size))
        .collect();
    let more = list.more.saturating_add(all.len() - shown);
    if more > 0 {
        let rest = Run::Link {
            text: format!("and {more} more"),
            url: list.more_url.clone(),
        };
        items.extend(section(&[Some(rest)], size));
    }
    let list = json!({ "type": "rich_text_list", "style": "bullet", "elements": items });
    (!items.is_empty()).then(|| json!({ "type": "rich_text", "elements": [list] }))
}

fn run(run: &Run, size: Size) -> Option<Value> {
    let (text, style) = match run {
        Run::Text(text) => (text, None),
        Run::Bold(text) => (text, Some("bold")),
        Run::Code(text) => (text, Some("code")),
        Run::Link { text, url } => {
            let text = cut::plain(&cut::discreet(text), size.run);
            return match address(url.as_deref(), size) {
                Some(url) if !text.is_empty() => {
                    Some(json!({ "type": "link", "url": url, "text": text }))
                }
                _ if text.is_empty() => None,
                _ => Some(json!({ "type": "text", "text": text })),
            };
        }
        Run::User(id) => {
            let known = id.len() <= 24 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return (known && !id.is_empty()).then(|| json!({ "type": "user", "user_id": id }));
        }
    };
    if text.is_empty() {
        return None;
    }
    let mut element = json!({ "type": "text", "text": cut::plain(&cut::discreet(text), size.run) });
    if let Some(style) = style {
        element["style"] = json!({ style: true });
    }
    Some(element)
}

/// An address we made ourselves; anything else, and what is too long, is left out.
fn address(url: Option<&str>, size: Size) -> Option<&str> {
    url.filter(|url| url.len() <= size.url)
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        .filter(|url| url.chars().all(|c| !c.is_whitespace() && !c.is_control()))
}

fn label(text: &str) -> Value {
    json!({ "type": "plain_text", "text": cut::plain(text, MAX_LABEL) })
}

fn element(button: &Button, size: Size) -> Option<Value> {
    match button {
        Button::Act {
            action,
            label: text,
            value,
            primary,
            describes,
        } => {
            let mut element = json!({
                "type": "button",
                "action_id": cut::plain(action, MAX_ID),
                "text": label(text),
                "value": cut::plain(value, MAX_ID),
            });
            if *primary {
                element["style"] = json!("primary");
            }
            if let Some(describes) = describes {
                element["accessibility_label"] = json!(cut::plain(describes, 75));
            }
            Some(element)
        }
        Button::Open { url } => {
            let url = address(url.as_deref(), size)?;
            Some(json!({
                "type": "button",
                "action_id": "open",
                "text": label("Open"),
                "url": url,
            }))
        }
        Button::Snooze => {
            let option = |text: &str, until: &str| json!({ "text": label(text), "value": until });
            Some(json!({
                "type": "static_select",
                "action_id": "snooze",
                "placeholder": label("Snooze"),
                "options": [
                    option("4 hours", "PT4H"),
                    option("Until Monday 09:00", "monday"),
                ],
            }))
        }
    }
}
