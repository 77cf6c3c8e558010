use serde_json::{Value, json};

use super::*;

fn email(message: &str, context: &Value) -> RenderedEmail {
    match render(message, Channel::Email, context).unwrap_or_else(|error| panic!("{error}")) {
        Rendered::Email(mail) => mail,
        Rendered::Slack(_) => panic!("{message} is no mail"),
    }
}

fn slack(message: &str, context: &Value) -> Value {
    match render(message, Channel::Slack, context).unwrap_or_else(|error| panic!("{error}")) {
        Rendered::Slack(message) => message,
        Rendered::Email(_) => panic!("{message} is no Slack message"),
    }
}

fn with_mail() -> Vec<&'static str> {
    messages()
        .into_iter()
        .filter(|message| channels_of(message).contains(&Channel::Email))
        .collect()
}

#[test]
fn every_template_compiles_and_every_message_has_a_sample() {
    assert_eq!(Templates::get().broken(), Vec::<String>::new().as_slice());
    assert_eq!(messages().len(), 13);
    for message in messages() {
        sample(message).unwrap_or_else(|error| panic!("{error}"));
        assert!(!channels_of(message).is_empty(), "{message}");
    }
}

#[test]
fn every_message_looks_as_it_did_in_every_channel() {
    for message in messages() {
        let context = sample(message).unwrap();
        let body = serde_json::to_string_pretty(&slack(message, &context)).unwrap();
        insta::assert_snapshot!(format!("{message}.slack"), body);
        if channels_of(message).contains(&Channel::Email) {
            let mail = email(message, &context);
            let text = format!("Subject: {}\n\n{}", mail.subject, mail.text);
            insta::assert_snapshot!(format!("{message}.text"), text);
            insta::assert_snapshot!(format!("{message}.html"), mail.html);
        }
    }
}

/// The words of a text in their order, without addresses and without what is only a mark.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| !word.starts_with("http"))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// What a reader of the HTML sees, as text.
fn seen(html: &str) -> String {
    let body = html
        .split_once("<body")
        .unwrap()
        .1
        .split_once('>')
        .unwrap()
        .1;
    let (before, hidden) = body.split_once("<div class=\"preheader\"").unwrap();
    let body = format!("{before}{}", hidden.split_once("</div>").unwrap().1);
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x3D;", "="),
        ("&#x60;", "`"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

/// Tags inside a word (`<b>x</b>:`) must not part it from its colon: compare without blanks before marks.
fn same(text: &str, html: &str) {
    assert_eq!(words(text).join(" "), words(&seen(html)).join(" "));
}

#[test]
fn the_html_says_the_same_in_the_same_order_as_the_text() {
    for message in with_mail() {
        let context = sample(message).unwrap();
        let mail = email(message, &context);
        same(&mail.text, &mail.html);
        // And without links.
        let mut context = context;
        context["url"] = Value::Null;
        let mail = email(message, &context);
        same(&mail.text, &mail.html);
        assert!(mail.text.contains("Nothing to do") || !mail.text.contains("Look closer"));
    }
    let mut quiet = sample("weekly-summary").unwrap();
    for list in [
        "new",
        "firstScans",
        "scores",
        "exceptions",
        "worst",
        "notEvaluated",
    ] {
        quiet[list] = json!([]);
    }
    for (field, value) in [
        ("quiet", json!(true)),
        ("newCount", json!(0)),
        ("fixed", Value::Null),
        ("overdue", Value::Null),
        ("unsubscribe", Value::Null),
        ("headline", json!("nothing changed")),
    ] {
        quiet[field] = value;
    }
    let mail = email("weekly-summary", &quiet);
    same(&mail.text, &mail.html);
    insta::assert_snapshot!(
        "weekly-summary.quiet",
        format!("Subject: {}\n\n{}", mail.subject, mail.text)
    );
}

#[test]
fn mail_is_as_gmail_and_outlook_need_it() {
    for message in with_mail() {
        let html = email(message, &sample(message).unwrap()).html;
        assert!(
            html.contains("<html lang=\"en\">") && html.contains("<h1 "),
            "{message}"
        );
        assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"));
        for forbidden in [
            "flex",
            "var(--",
            "<img",
            "<svg",
            "<script",
            "<link",
            "javascript:",
        ] {
            assert!(!html.contains(forbidden), "{message}: {forbidden}");
        }
        // A table without a role is a table of data, and needs headings.
        assert_eq!(
            html.matches("<table").count(),
            html.matches("<table role=\"presentation\"").count()
        );
    }
}

#[test]
fn the_subject_is_the_same_for_a_whole_life() {
    let life = [
        "incident-opened",
        "incident-changed",
        "incident-escalated",
        "incident-reminded",
        "incident-resolved",
    ];
    for message in life {
        let subject = email(message, &sample(message).unwrap()).subject;
        assert_eq!(
            subject, "[critical] prod-eu-1: containers run privileged (INC-1042)",
            "{message}"
        );
    }
    let unreadable = sample("cluster-unreadable").unwrap();
    for message in [
        "cluster-unreadable",
        "incident-escalated",
        "incident-reminded",
    ] {
        assert_eq!(
            email(message, &unreadable).subject,
            "edge-2 can no longer be read (INC-1043)"
        );
    }
    let again = email("cluster-readable", &sample("cluster-readable").unwrap());
    assert_eq!(again.subject, "edge-2 can no longer be read (INC-1043)");
}

#[test]
fn incident_mail_has_fewer_than_25_lines() {
    for message in [
        "incident-opened",
        "incident-changed",
        "incident-escalated",
        "incident-resolved",
    ] {
        let text = email(message, &sample(message).unwrap()).text;
        assert!(text.lines().count() < 25, "{message}:\n{text}");
    }
}

#[test]
fn the_largest_tenants_mail_is_not_clipped() {
    let long = "x".repeat(140);
    for message in ["weekly-summary", "incident-opened"] {
        let mut context = sample(message).unwrap();
        let list = if message == "weekly-summary" {
            "new"
        } else {
            "findings"
        };
        let mut one = context[list][0].clone();
        one["name"] = json!(long);
        one["message"] =
            json!("container app runs privileged and may do more than it should".to_owned());
        one["url"] = json!(format!(
            "https://plimsoll.example/t/acme/findings/{}",
            "0".repeat(32)
        ));
        context[list] = Value::Array(vec![one; 40]);
        let html = email(message, &context).html;
        assert!(html.len() <= 60 * 1024, "{message}: {} bytes", html.len());
    }
}

#[test]
fn a_missing_field_is_an_error_and_not_an_empty_word() {
    for (message, channel) in [
        ("incident-opened", Channel::Slack),
        ("incident-opened", Channel::Email),
    ] {
        let mut context = sample(message).unwrap();
        context.as_object_mut().unwrap().remove("lead");
        let error = render(message, channel, &context).unwrap_err();
        assert!(matches!(error, RenderError::Broken { .. }), "{error}");
    }
    let unknown = render("no-such-message", Channel::Email, &json!({})).unwrap_err();
    assert!(matches!(unknown, RenderError::Unknown { .. }));
    let details = sample("incident-details").unwrap();
    assert!(render("incident-details", Channel::Email, &details).is_err());
}

/// Strict mode does not look into conditions and helpers' arguments: a slip there would leave something out in silence.
#[test]
fn every_field_a_template_names_exists() {
    let mut known = std::collections::BTreeSet::new();
    for message in messages() {
        keys(&sample(message).unwrap(), &mut known);
    }
    let ours = [
        "if",
        "else",
        "each",
        "unless",
        "eq",
        "and",
        "or",
        "not",
        "gt",
        "len",
        "this",
        "last",
        "partial-block",
        "mark",
        "mrkdwn",
        "date",
        "day",
        "shape",
        "colour",
        "number-of",
        "pad",
        "right",
        "rest",
        "frame",
        "frameTitle",
        "preheader",
        "accent",
        "heading",
        "finding",
        "findings",
        "change",
        "bar",
        "button",
        "href",
        "code",
        "card",
        "incident",
        "footer",
        "subject",
    ];
    for (path, source) in Templates::sources() {
        for expression in source
            .split("{{")
            .skip(1)
            .filter_map(|rest| rest.split("}}").next())
        {
            let mut quoted = expression.split('"');
            let bare: String = quoted.by_ref().step_by(2).collect::<Vec<_>>().join(" ");
            for word in bare.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
                let number = word.chars().all(|c| c.is_ascii_digit());
                assert!(
                    number || ours.contains(&word) || known.contains(word),
                    "{path}: {word} in {{{{{expression}}}}}"
                );
            }
        }
    }
}

fn keys(value: &Value, known: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                known.insert(name.clone());
                keys(field, known);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, known)),
        _ => {}
    }
}

#[test]
fn strangers_names_are_only_words() {
    let hostile = "<script>\"&{{x}}</td>*_<!channel>|\\";
    for message in messages() {
        let mut context = sample(message).unwrap();
        fill(&mut context, hostile);
        let body = slack(message, &context);
        // Escaped in mrkdwn and in the notification, untouched in rich text, which parses nothing.
        for text in mrkdwn_texts(&body) {
            assert!(
                !text.contains("<!channel>") && !text.contains("<script>"),
                "{text}"
            );
        }
        if channels_of(message).contains(&Channel::Email) {
            let html = email(message, &context).html;
            assert!(
                !html.contains("<script>") && !html.contains("<!channel>"),
                "{message}"
            );
            assert!(!html.contains("href=\"<"), "{message}");
        }
    }
}

/// Puts `text` wherever a context has words that come from elsewhere.
fn fill(value: &mut Value, text: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let foreign = matches!(
                    name.as_str(),
                    "name"
                        | "message"
                        | "path"
                        | "observed"
                        | "kind"
                        | "note"
                        | "need"
                        | "mend"
                        | "by"
                        | "who"
                        | "chain"
                        | "why"
                        | "fix"
                        | "patch"
                        | "title"
                        | "what"
                        | "tenant"
                        | "cluster"
                );
                if foreign && field.is_string() {
                    *field = json!(text);
                } else {
                    fill(field, text);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, text)),
        _ => {}
    }
}

/// The notification and every mrkdwn text of a message.
fn mrkdwn_texts(value: &Value) -> Vec<String> {
    let mut texts = vec![value["text"].as_str().unwrap().to_owned()];
    collect(&value["blocks"], &mut texts);
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if value["type"] == "mrkdwn" {
                texts.push(value["text"].as_str().unwrap().to_owned());
            }
            fields.values().for_each(|field| collect(field, texts));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        _ => {}
    }
}
