//! A page that shows a folder's messages as Slack would: channels, messages as they are now, their replies, and what they
//! said before.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::folder::{Kept, read_all};
use super::page;
use crate::file::replace;

/// A message, its replies, and what it said before.
struct Shown {
    kept: Kept,
    before: Vec<(jiff::Timestamp, Value)>,
    edited: Option<jiff::Timestamp>,
    replies: Vec<Shown>,
}

/// Writes `index.html` into `folder`; times are shown in `zone`. Gives the number of messages on it, replies included.
///
/// # Errors
/// When the folder cannot be read or written.
pub async fn write_slack_index(folder: &Path, zone: &TimeZone) -> std::io::Result<usize> {
    let (channels, count) = collect(read_all(folder).await?);
    let mut body = String::new();
    for (channel, messages) in &channels {
        body.push_str(&format!("<section><h2>{}</h2>\n", page::escape(channel)));
        for message in messages {
            show(message, zone, false, &mut body);
        }
        body.push_str("</section>\n");
    }
    replace(folder, "index.html", page::page(&body, count).as_bytes()).await?;
    Ok(count)
}

/// Puts edits and replies where they belong.
fn collect(all: Vec<Kept>) -> (BTreeMap<String, Vec<Shown>>, usize) {
    let mut channels: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    let mut count = 0;
    for kept in all {
        let messages = channels.entry(kept.channel.clone()).or_default();
        if kept.edit {
            if let Some(shown) = find(messages, &kept.ts) {
                let at = shown.edited.unwrap_or(shown.kept.at);
                let before = std::mem::replace(&mut shown.kept.message, kept.message);
                shown.before.push((at, before));
                shown.edited = Some(kept.at);
            }
            continue;
        }
        count += 1;
        let shown = Shown {
            before: Vec::new(),
            edited: None,
            replies: Vec::new(),
            kept,
        };
        let root = shown.kept.thread_ts.clone();
        match root.and_then(|ts| messages.iter_mut().find(|root| root.kept.ts == ts)) {
            Some(root) => root.replies.push(shown),
            None => messages.push(shown),
        }
    }
    (channels, count)
}

fn find<'m>(messages: &'m mut [Shown], ts: &str) -> Option<&'m mut Shown> {
    messages
        .iter_mut()
        .find_map(|message| match message.kept.ts == ts {
            true => Some(message),
            false => message.replies.iter_mut().find(|reply| reply.kept.ts == ts),
        })
}

fn show(shown: &Shown, zone: &TimeZone, reply: bool, body: &mut String) {
    let time = |at: jiff::Timestamp| {
        let local = at.to_zoned(zone.clone());
        local.strftime("%a %-d %b %H:%M").to_string()
    };
    let class = if reply { "message reply" } else { "message" };
    body.push_str(&format!(
        "<article class=\"{class}\"><div class=\"who\"><b>Plimsoll</b> <span class=\"app\">APP</span> <time>{}</time>",
        time(shown.kept.at)
    ));
    if shown.kept.message["reply_broadcast"] == true {
        body.push_str(" <span class=\"also\">also sent to the channel</span>");
    }
    body.push_str("</div>\n");
    page::blocks(&shown.kept.message, zone, body);
    if let Some(at) = shown.edited {
        let times = if shown.before.len() == 1 {
            "once"
        } else {
            "times"
        };
        let number = match shown.before.len() {
            1 => String::new(),
            n => format!("{n} "),
        };
        body.push_str(&format!(
            "<details><summary>edited {number}{times}, last {}</summary>\n",
            time(at)
        ));
        for (at, message) in shown.before.iter().rev() {
            body.push_str(&format!(
                "<div class=\"before\"><time>{}</time>\n",
                time(*at)
            ));
            page::blocks(message, zone, body);
            body.push_str("</div>\n");
        }
        body.push_str("</details>\n");
    }
    for reply in &shown.replies {
        show(reply, zone, true, body);
    }
    body.push_str("</article>\n");
}

#[cfg(test)]
mod tests;
