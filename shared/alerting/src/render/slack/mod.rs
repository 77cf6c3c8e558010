//! Slack messages from words. The templates say what stands in a message; this alone knows Block Kit, its limits, and how
//! to cut, so that no template and no name from a cluster can make a message that Slack refuses or misreads.

mod blocks;
mod cut;
#[cfg(test)]
mod tests;
mod words;

use serde_json::{Value, json};

use self::blocks::Size;
use self::words::Part;
pub(super) use self::words::Words;
use super::escape::escape_mrkdwn;
use crate::context::one_line;

/// Most blocks of a message; Slack's own limit is 50.
pub(super) const MAX_BLOCKS: usize = 12;
/// Most characters of all blocks as JSON. Slack refuses messages somewhere above 13,200 although each block is legal
/// (slackapi/bolt-js issue 2509).
pub(super) const MAX_CHARACTERS: usize = 12_000;
/// Most characters of a header (docs.slack.dev, header block).
pub(super) const MAX_HEADER: usize = 150;
/// Most characters of the notification.
const MAX_TEXT: usize = 600;

/// The message. It is shortened step by step until it fits: first long texts, then long lists, then parts from the end,
/// but never the header, the line of facts or the buttons.
pub(super) fn assemble(words: &Words) -> Value {
    let mut blocks = Vec::new();
    for size in Size::STEPS {
        blocks = build(words, words.parts(), size);
        if fits(&blocks) {
            return message(words, blocks);
        }
    }
    let mut parts = words.parts();
    while !fits(&blocks) {
        // What is left over at the smallest size: names, evidence. The last of them goes first.
        match parts.iter().rposition(|part| part.can_go()) {
            Some(index) => drop(parts.remove(index)),
            None if parts.is_empty() => break,
            None => drop(parts.pop()),
        }
        blocks = build(words, parts.clone(), Size::SMALLEST);
    }
    message(words, blocks)
}

fn build(words: &Words, parts: Vec<&Part>, size: Size) -> Vec<Value> {
    let header = words.header.as_ref().map(|header| {
        let text = one_line(header, MAX_HEADER);
        json!({ "type": "header", "text": { "type": "plain_text", "emoji": true, "text": text } })
    });
    let parts = parts
        .into_iter()
        .filter_map(|part| blocks::block(part, size));
    header.into_iter().chain(parts).collect()
}

fn fits(blocks: &[Value]) -> bool {
    let characters: usize = blocks
        .iter()
        .map(|block| block.to_string().chars().count())
        .sum();
    blocks.len() <= MAX_BLOCKS && characters <= MAX_CHARACTERS
}

fn message(words: &Words, blocks: Vec<Value>) -> Value {
    let mut message = json!({
        "text": cut::mrkdwn(&escape_mrkdwn(&one_line(&words.text, MAX_TEXT)), MAX_TEXT),
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    });
    if words.broadcast {
        message["reply_broadcast"] = Value::Bool(true);
    }
    message
}
