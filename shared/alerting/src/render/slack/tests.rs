use proptest::prelude::*;

use super::*;

/// Checks `message` against the limits of Block Kit that ours can come near to.
fn check(message: &Value) {
    let blocks = message["blocks"].as_array().unwrap();
    assert!(blocks.len() <= MAX_BLOCKS);
    let characters: usize = blocks
        .iter()
        .map(|block| block.to_string().chars().count())
        .sum();
    assert!(characters <= MAX_CHARACTERS, "{characters}");
    let length = |value: &Value| value.as_str().unwrap().chars().count();
    assert!(length(&message["text"]) <= 3_000);
    for block in blocks {
        match block["type"].as_str().unwrap() {
            "header" => assert!(length(&block["text"]["text"]) <= 150),
            "rich_text" => {
                for element in block["elements"].as_array().unwrap() {
                    assert!(!element["elements"].as_array().unwrap().is_empty());
                }
            }
            "context" => {
                let text = &block["elements"][0]["text"];
                assert!((1..=3_000).contains(&length(text)));
                balanced(text.as_str().unwrap());
            }
            "section" => {
                let fields = block["fields"].as_array().unwrap();
                assert!((1..=10).contains(&fields.len()));
                for field in fields {
                    assert!((1..=2_000).contains(&length(&field["text"])));
                    balanced(field["text"].as_str().unwrap());
                }
            }
            "actions" => {
                let elements = block["elements"].as_array().unwrap();
                assert!((1..=25).contains(&elements.len()));
                assert!(length(&block["block_id"]) <= 255);
                for element in elements {
                    assert!(length(&element["action_id"]) <= 255);
                    assert!(element["text"].is_null() || length(&element["text"]["text"]) <= 24);
                    assert!(element["value"].is_null() || length(&element["value"]) <= 2_000);
                    assert!(element["url"].is_null() || length(&element["url"]) <= 3_000);
                }
            }
            other => panic!("{other}"),
        }
    }
}

/// Every `<` of our own is closed, and every `&` begins an entity.
fn balanced(text: &str) {
    assert_eq!(
        text.matches('<').count(),
        text.matches('>').count(),
        "{text}"
    );
    for (at, _) in text.match_indices('&') {
        assert!(
            ["&amp;", "&lt;", "&gt;"]
                .iter()
                .any(|entity| text[at..].starts_with(entity)),
            "{text}"
        );
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9/-]{0,60}",
        "\\PC{0,200}",
        Just("<!channel> *x* & \u{202e}\u{0}\"\\{{}}</script>".to_owned()),
        Just("a<b>&".repeat(800)),
        Just("\u{1F600}".repeat(1_100)),
    ]
}

fn run() -> impl Strategy<Value = Value> {
    (text(), text(), 0..5_u8).prop_map(|(text, url, kind)| match kind {
        0 => json!({ "text": text }),
        1 => json!({ "bold": text }),
        2 => json!({ "code": text }),
        3 => json!({ "user": text }),
        _ => json!({ "link": { "text": text, "url": format!("https://x.example/{url}") } }),
    })
}

/// Our own words around somebody's text, as a template would write them.
fn mrkdwn() -> impl Strategy<Value = Value> {
    text().prop_map(|text| json!(format!("due <!date^1^{{time}}|x> {}", escape_mrkdwn(&text))))
}

fn part() -> impl Strategy<Value = Value> {
    let runs = || prop::collection::vec(run(), 0..10);
    prop_oneof![
        runs().prop_map(|runs| json!({ "paragraph": runs })),
        (prop::collection::vec(runs(), 0..50), any::<u16>())
            .prop_map(|(items, more)| json!({ "list": { "items": items, "more": more } })),
        text().prop_map(|text| json!({ "code": text })),
        prop::collection::vec(mrkdwn(), 0..12).prop_map(|texts| json!({ "context": texts })),
        prop::collection::vec(mrkdwn(), 0..15).prop_map(|texts| json!({ "fields": texts })),
        (text(), prop::collection::vec(text(), 0..9)).prop_map(|(id, texts)| {
            let act =
                |text: &String| json!({ "act": { "action": text, "label": text, "value": text } });
            let mut row: Vec<Value> = texts.iter().map(act).collect();
            row.push(json!({ "open": { "url": format!("https://x.example/{id}") } }));
            row.push(json!("snooze"));
            json!({ "buttons": { "id": id, "row": row } })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn no_words_make_a_message_that_slack_refuses(
        text in text(),
        header in prop::option::of(text()),
        parts in prop::collection::vec(part(), 0..20),
    ) {
        let words = json!({ "text": text, "header": header, "parts": parts });
        let words: Words = serde_json::from_value(words).unwrap();
        check(&assemble(&words));
    }
}

fn words(parts: Value) -> Words {
    serde_json::from_value(json!({ "text": "t", "header": "h", "parts": parts })).unwrap()
}

#[test]
fn what_is_left_out_is_counted() {
    let item = json!([{ "text": "payments/ledger" }]);
    let list = json!([{ "list": { "items": vec![item; 60], "more": 7, "more_url": "https://x.example/all" } }]);
    let message = assemble(&words(list));
    let elements = message["blocks"][1]["elements"][0]["elements"]
        .as_array()
        .unwrap();
    let last = &elements.last().unwrap()["elements"][0];
    assert_eq!(
        last["text"],
        format!("and {} more", 67 - (elements.len() - 1))
    );
    assert_eq!(last["url"], "https://x.example/all");
}

#[test]
fn the_facts_and_the_buttons_survive_any_amount_of_names() {
    let mut parts = vec![json!({ "code": "x".repeat(9_000) }); 15];
    parts.push(json!({ "context": ["INC-1042"] }));
    parts.push(json!({ "buttons": { "id": "inc:1", "row": [{ "act": { "action": "ack", "label": "Acknowledge", "value": "inc" } }] } }));
    let message = assemble(&words(Value::Array(parts)));
    check(&message);
    let blocks = message["blocks"].as_array().unwrap();
    assert_eq!(blocks[blocks.len() - 2]["elements"][0]["text"], "INC-1042");
    assert_eq!(blocks[blocks.len() - 1]["elements"][0]["action_id"], "ack");
}

#[test]
fn an_address_that_is_not_ours_makes_no_link() {
    for url in ["javascript:x", "https://x.example/a b", ""] {
        let parts = json!([{ "paragraph": [{ "link": { "text": "name", "url": url } }] }]);
        let message = assemble(&words(parts));
        assert_eq!(
            message["blocks"][1]["elements"][0]["elements"][0]["type"],
            "text"
        );
    }
}

#[test]
fn a_part_nobody_knows_is_refused() {
    assert!(
        serde_json::from_value::<Words>(json!({ "text": "t", "parts": [{ "image": "x" }] }))
            .is_err()
    );
    assert!(serde_json::from_value::<Words>(json!({ "text": "t", "extra": 1 })).is_err());
}
