//! Block Kit as HTML: the blocks that our messages use. What a name from a cluster says stays text.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::marks;

/// The frame around the channels.
pub(super) fn page(body: &str, count: usize) -> String {
    let style = include_str!("page.css");
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>Slack messages</title><style>\n{style}</style></head>\n<body>\n\
         <header><h1>Slack messages</h1><p>{count} in all, each as it is now. What it said before is folded below it; \
         the JSON lies beside this page.</p></header>\n<main>\n{body}</main></body></html>\n"
    )
}

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// All blocks of `message`; its text where it has none.
pub(super) fn blocks(message: &Value, zone: &TimeZone, out: &mut String) {
    let blocks = list(&message["blocks"]);
    if blocks.is_empty() {
        let _ = write!(out, "<p>{}</p>", mrkdwn(text(&message["text"]), zone));
    }
    for block in blocks {
        match text(&block["type"]) {
            "header" => {
                let words = emoji(&escape(text(&block["text"]["text"])));
                let _ = writeln!(out, "<h3>{words}</h3>");
            }
            "rich_text" => list(&block["elements"])
                .iter()
                .for_each(|part| rich(part, out)),
            "context" => {
                let parts: Vec<String> = list(&block["elements"])
                    .iter()
                    .map(|element| mrkdwn(text(&element["text"]), zone))
                    .collect();
                let _ = writeln!(out, "<p class=\"context\">{}</p>", parts.join(" "));
            }
            "section" => section(block, zone, out),
            "actions" => {
                let parts: Vec<String> = list(&block["elements"]).iter().map(control).collect();
                let _ = writeln!(out, "<p class=\"actions\">{}</p>", parts.concat());
            }
            other => {
                let _ = writeln!(out, "<p class=\"context\">[{}]</p>", escape(other));
            }
        }
    }
}

fn section(block: &Value, zone: &TimeZone, out: &mut String) {
    out.push_str("<div class=\"fields\">");
    let only = std::slice::from_ref(&block["text"]);
    let fields = list(&block["fields"]);
    for field in if fields.is_empty() { only } else { fields } {
        let _ = write!(out, "<div>{}</div>", mrkdwn(text(&field["text"]), zone));
    }
    out.push_str("</div>\n");
}

fn rich(part: &Value, out: &mut String) {
    let inside = |value: &Value| -> String { list(&value["elements"]).iter().map(run).collect() };
    let _ = match text(&part["type"]) {
        "rich_text_list" => {
            let items: Vec<String> = list(&part["elements"])
                .iter()
                .map(|item| format!("<li>{}</li>", inside(item)))
                .collect();
            writeln!(out, "<ul>{}</ul>", items.concat())
        }
        "rich_text_preformatted" => writeln!(out, "<pre>{}</pre>", inside(part)),
        _ => writeln!(out, "<p>{}</p>", inside(part)),
    };
}

fn run(run: &Value) -> String {
    let words = escape(text(&run["text"]));
    match text(&run["type"]) {
        "user" => format!(
            "<span class=\"user\">@{}</span>",
            escape(text(&run["user_id"]))
        ),
        "link" => format!("<a href=\"{}\">{words}</a>", escape(text(&run["url"]))),
        _ if run["style"]["code"] == true => format!("<code>{words}</code>"),
        _ if run["style"]["bold"] == true => format!("<b>{words}</b>"),
        _ => words,
    }
}

fn control(element: &Value) -> String {
    let label = escape(text(&element["text"]["text"]));
    match text(&element["type"]) {
        "static_select" => {
            let label = escape(text(&element["placeholder"]["text"]));
            format!("<span class=\"button\">{label} ▾</span>")
        }
        _ if element["url"].is_string() => {
            let url = escape(text(&element["url"]));
            format!("<a class=\"button\" href=\"{url}\">{label}</a>")
        }
        _ if element["style"] == "primary" => {
            format!("<span class=\"button primary\">{label}</span>")
        }
        _ => format!("<span class=\"button\">{label}</span>"),
    }
}

/// Slack's own marks in our own words: bold, links, people, dates.
fn mrkdwn(source: &str, zone: &TimeZone) -> String {
    let mut out = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(&bold(&plain(before)));
        let Some((inside, after)) = after.split_once('>') else {
            rest = after;
            break;
        };
        out.push_str(&token(inside, zone));
        rest = after;
    }
    out.push_str(&bold(&plain(rest)));
    emoji(&out)
}

/// Slack's three entities back to letters, then safe for HTML.
fn plain(text: &str) -> String {
    let letters = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    escape(&letters)
}

fn bold(text: &str) -> String {
    let parts: Vec<&str> = text.split('*').collect();
    if parts.len() < 3 || parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let marked = parts.iter().enumerate().map(|(index, part)| {
        if index % 2 == 1 {
            format!("<b>{part}</b>")
        } else {
            (*part).to_owned()
        }
    });
    marked.collect()
}

fn token(inside: &str, zone: &TimeZone) -> String {
    let (what, words) = inside.split_once('|').unwrap_or((inside, inside));
    if let Some(user) = what.strip_prefix('@') {
        return format!("<span class=\"user\">@{}</span>", escape(user));
    }
    if let Some(date) = what.strip_prefix("!date^") {
        return date_words(date, zone).unwrap_or_else(|| plain(words));
    }
    if what.starts_with("http://") || what.starts_with("https://") {
        return format!("<a href=\"{}\">{}</a>", escape(what), plain(words));
    }
    plain(words)
}

/// `1795227000^{date_short_pretty} {time}` in `zone`.
fn date_words(date: &str, zone: &TimeZone) -> Option<String> {
    let (seconds, format) = date.split_once('^')?;
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    let local = at.to_zoned(zone.clone());
    let words = format
        .replace("{date_short_pretty}", &local.strftime("%b %-d").to_string())
        .replace("{date_short}", &local.strftime("%b %-d, %Y").to_string())
        .replace("{time}", &local.strftime("%H:%M").to_string());
    Some(format!("<span class=\"date\">{}</span>", escape(&words)))
}

/// The marks we use, drawn, since not every machine has letters for them.
fn emoji(text: &str) -> String {
    marks::MARKS.iter().fold(text.to_owned(), |text, mark| {
        if text.contains(mark.name) {
            text.replace(mark.name, &mark.drawn())
        } else {
            text
        }
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
