//! `plimsoll message preview`.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::Folder;

#[test]
fn a_message_is_shown_as_its_channel_gets_it() {
    let folder = Folder::new();
    let slack = folder.run(&[
        "message",
        "preview",
        "incident-opened",
        "--channel",
        "slack",
    ]);
    let body: Value = serde_json::from_str(&slack.out).unwrap();
    assert!(!body["text"].as_str().unwrap().is_empty());
    assert!(body["blocks"].as_array().unwrap().len() <= 12);
    let mail = folder.run(&["message", "preview", "weekly-summary", "--channel", "email"]);
    assert!(mail.out.starts_with("Subject: "), "{}", mail.out);
    assert_eq!((mail.code, mail.err.as_str()), (0, ""));
    let wrong = folder.run(&["message", "preview", "incident-opend"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("did you mean incident-opened?"),
        "{}",
        wrong.err
    );
}
