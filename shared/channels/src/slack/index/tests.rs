use plimsoll_model::DeliveryId;
use serde_json::json;

use super::*;
use crate::{Posted, Slack, SlackPost};

fn message(words: &str) -> Value {
    json!({
        "text": words,
        "blocks": [
            { "type": "header", "text": { "type": "plain_text", "text": format!(":warning: {words}") } },
            { "type": "rich_text", "elements": [{ "type": "rich_text_list", "elements": [
                { "type": "rich_text_section", "elements": [
                    { "type": "text", "text": "<script>", "style": { "code": true } },
                    { "type": "user", "user_id": "U07ANA" },
                ] },
            ] }] },
            { "type": "context", "elements": [{ "type": "mrkdwn", "text": "*due* <!date^1795831800^{date_short_pretty}|28 Nov> a &amp; b &lt;i&gt;" }] },
            { "type": "actions", "elements": [{ "type": "button", "style": "primary", "text": { "type": "plain_text", "text": "Acknowledge" } }] },
        ],
    })
}

struct Sender {
    folder: tempfile::TempDir,
    slack: Slack,
}

impl Sender {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let slack = Slack::folder(folder.path());
        Self { folder, slack }
    }

    async fn send(
        &self,
        name: &str,
        words: &str,
        minute: i8,
        thread: Option<&Posted>,
        edits: Option<&Posted>,
    ) -> Posted {
        let now = format!("2026-11-21T01:{minute:02}:00Z");
        let post = SlackPost {
            delivery: &DeliveryId::of(&[name]),
            to: "#security",
            message: &message(words),
            thread,
            edits,
            now: now.parse().unwrap(),
        };
        self.slack.send("", &post).await.unwrap()
    }

    async fn page(&self) -> (usize, String) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let count = write_slack_index(self.folder.path(), &zone).await.unwrap();
        let page = std::fs::read_to_string(self.folder.path().join("index.html")).unwrap();
        (count, page)
    }
}

#[tokio::test]
async fn the_same_delivery_twice_is_one_file_and_one_message() {
    let sender = Sender::new();
    let first = sender.send("a", "one", 10, None, None).await;
    let second = sender.send("a", "two", 20, None, None).await;
    assert_eq!(first, second);
    assert_eq!(std::fs::read_dir(sender.folder.path()).unwrap().count(), 1);
    let (count, page) = sender.page().await;
    assert_eq!(count, 1);
    assert!(page.contains("one") && !page.contains("two"));
}

#[tokio::test]
async fn an_edit_takes_the_place_of_its_message_and_replies_stand_below_it() {
    let sender = Sender::new();
    let root = sender.send("root", "opened", 10, None, None).await;
    sender.send("reply", "details", 11, Some(&root), None).await;
    sender.send("edit", "resolved", 12, None, Some(&root)).await;
    let (count, page) = sender.page().await;
    assert_eq!(count, 2);
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(at("resolved") < at("edited once"));
    assert!(at("edited once") < at("opened"));
    assert!(at("opened") < at("message reply"));
    assert!(at("message reply") < at("details</h3>"));
    assert!(page.contains("<time>Sat 21 Nov 02:10</time>"));
}

#[tokio::test]
async fn the_page_shows_blocks_as_slack_does_and_names_as_text() {
    let sender = Sender::new();
    sender.send("root", "x", 10, None, None).await;
    let (_, page) = sender.page().await;
    for part in [
        "aria-label=\"warning\"",
        "</svg> x</h3>",
        "<code>&lt;script&gt;</code>",
        "<span class=\"user\">@U07ANA</span>",
        "<b>due</b> <span class=\"date\">Nov 28</span> a &amp; b &lt;i&gt;",
        "<span class=\"button primary\">Acknowledge</span>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(!page.contains("<script>"));
}

#[tokio::test]
async fn other_files_in_the_folder_are_left_alone() {
    let sender = Sender::new();
    sender.send("root", "x", 10, None, None).await;
    std::fs::write(sender.folder.path().join("notes.json"), "{}").unwrap();
    assert_eq!(sender.page().await.0, 1);
}
