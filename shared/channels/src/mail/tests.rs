use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

fn mail<'a>(delivery: &'a DeliveryId, to: &'a str) -> OutgoingMail<'a> {
    OutgoingMail {
        delivery,
        from: "Plimsoll <plimsoll@acme.example>",
        to,
        reply_to: Some("ana@acme.example"),
        subject: "[critical] prod-eu-1: containers run privileged (INC-1042)",
        text: "2 containers run privileged.\n",
        html: "<p>2 containers run privileged.</p>\n",
        thread: None,
        list: None,
        domain: "plimsoll.example",
        now: "2026-11-21T01:10:00Z".parse().unwrap(),
    }
}

fn delivery() -> DeliveryId {
    DeliveryId::of(&["incident", "step", "destination"])
}

/// The headers of a mail, with folded lines joined.
fn headers(mail: &OutgoingMail<'_>) -> Vec<String> {
    let bytes = build_mail(mail).unwrap().formatted();
    let text = String::from_utf8(bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.lines().map(str::to_owned).collect()
}

fn header(mail: &OutgoingMail<'_>, name: &str) -> Option<String> {
    let prefix = format!("{name}: ");
    let found = headers(mail);
    let lines: Vec<&String> = found
        .iter()
        .filter(|line| line.starts_with(&prefix))
        .collect();
    assert!(lines.len() <= 1, "{name} twice");
    lines.first().map(|line| line[prefix.len()..].to_owned())
}

#[test]
fn every_mail_says_that_a_machine_wrote_it_and_who_reads_answers() {
    let id = delivery();
    let mail = mail(&id, "eve@acme.example");
    assert_eq!(
        header(&mail, "Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert_eq!(
        header(&mail, "X-Auto-Response-Suppress").as_deref(),
        Some("All")
    );
    assert_eq!(
        header(&mail, "Reply-To").as_deref(),
        Some("ana@acme.example")
    );
    assert_eq!(
        header(&mail, "Message-ID"),
        Some(format!("<{id}@plimsoll.example>"))
    );
    assert_eq!(
        header(&mail, "Date").as_deref(),
        Some("Sat, 21 Nov 2026 01:10:00 +0000")
    );
    assert_eq!(header(&mail, "List-Unsubscribe"), None);
    assert_eq!(header(&mail, "References"), None);
}

#[test]
fn a_conversation_has_one_root_in_every_mail() {
    let id = delivery();
    let mut mail = mail(&id, "eve@acme.example");
    let mut thread = MailThread {
        root: "inc_01jd",
        reply: false,
        in_reply_to: None,
    };
    mail.thread = Some(thread);
    assert_eq!(
        header(&mail, "References").as_deref(),
        Some("<inc_01jd@plimsoll.example>")
    );
    assert_eq!(header(&mail, "In-Reply-To"), None);
    thread.reply = true;
    mail.thread = Some(thread);
    assert!(
        header(&mail, "Subject")
            .unwrap()
            .starts_with("Re: [critical]")
    );
    assert_eq!(
        header(&mail, "In-Reply-To").as_deref(),
        Some("<inc_01jd@plimsoll.example>")
    );
    thread.in_reply_to = Some("0100@email.amazonses.com");
    mail.thread = Some(thread);
    assert_eq!(
        header(&mail, "References").as_deref(),
        Some("<inc_01jd@plimsoll.example> <0100@email.amazonses.com>")
    );
    assert_eq!(
        header(&mail, "In-Reply-To").as_deref(),
        Some("<0100@email.amazonses.com>")
    );
}

#[test]
fn a_summary_can_be_left_with_one_click_where_there_is_a_page() {
    let id = delivery();
    let mut mail = mail(&id, "eve@acme.example");
    mail.list = Some(WeeklyList {
        tenant: "acme",
        unsubscribe: Some("https://plimsoll.example/u/4f2a"),
        unsubscribe_mail: Some("Plimsoll <leave@plimsoll.example>"),
    });
    assert_eq!(
        header(&mail, "List-Id").as_deref(),
        Some("<weekly.acme.plimsoll.example>")
    );
    assert_eq!(
        header(&mail, "List-Unsubscribe").as_deref(),
        Some(
            "<https://plimsoll.example/u/4f2a>, <mailto:leave@plimsoll.example?subject=unsubscribe>"
        )
    );
    assert_eq!(
        header(&mail, "List-Unsubscribe-Post").as_deref(),
        Some("List-Unsubscribe=One-Click")
    );
    mail.list = Some(WeeklyList {
        tenant: "acme",
        unsubscribe: None,
        unsubscribe_mail: None,
    });
    assert_eq!(header(&mail, "List-Unsubscribe"), None);
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), None);
}

#[test]
fn nothing_in_a_mail_can_add_a_header() {
    let id = delivery();
    let mut injected = mail(&id, "eve@acme.example");
    injected.subject = "a\r\nBcc: everybody@x.example";
    assert!(
        !headers(&injected)
            .iter()
            .any(|line| line.starts_with("Bcc"))
    );
    let mut bad = mail(&id, "eve@acme.example\r\nBcc: x@x.example");
    assert!(matches!(
        build_mail(&bad),
        Err(MailBuildError::Address { .. })
    ));
    bad = mail(&id, "eve@acme.example");
    bad.list = Some(WeeklyList {
        tenant: "acme>\r\nX: y",
        unsubscribe: None,
        unsubscribe_mail: None,
    });
    assert_eq!(
        build_mail(&bad).unwrap_err(),
        MailBuildError::Header { name: "List-Id" }
    );
}

#[tokio::test]
async fn a_folder_gets_three_files_and_the_second_time_none() {
    let folder = tempfile::tempdir().unwrap();
    let target = Mail::folder(&folder.path().join("mail"));
    let id = delivery();
    let first = target.send(&mail(&id, "eve@acme.example")).await.unwrap();
    assert_eq!(first, format!("{id}.eml"));
    let read = |ending: &str| {
        let path = folder.path().join("mail").join(format!("{id}.{ending}"));
        std::fs::read_to_string(path).unwrap()
    };
    let before = read("eml");
    let mut again = mail(&id, "eve@acme.example");
    again.now = "2026-11-22T01:10:00Z".parse().unwrap();
    assert_eq!(target.send(&again).await.unwrap(), first);
    assert_eq!(read("eml"), before);
    assert_eq!(read("txt"), "2 containers run privileged.\n");
    assert_eq!(read("html"), "<p>2 containers run privileged.</p>\n");
    assert_eq!(
        std::fs::read_dir(folder.path().join("mail"))
            .unwrap()
            .count(),
        3
    );
}

#[tokio::test]
async fn a_wrong_address_is_a_permanent_failure() {
    let folder = tempfile::tempdir().unwrap();
    let id = delivery();
    let sent = Mail::folder(folder.path()).send(&mail(&id, "nobody")).await;
    assert!(matches!(sent, Err(SendError::Permanent { .. })));
}

/// An SMTP server for one mail; `answer` is what it says to the recipient. Gives what was sent as data.
async fn catcher(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 catcher\r\n").await.unwrap();
        let mut data = String::new();
        let mut in_data = false;
        while let Ok(Some(line)) = lines.next_line().await {
            let reply = if in_data {
                if line == "." {
                    in_data = false;
                    "250 kept"
                } else {
                    data.push_str(&line);
                    data.push('\n');
                    continue;
                }
            } else if line.starts_with("EHLO") {
                "250 catcher"
            } else if line.starts_with("RCPT") {
                answer
            } else if line.starts_with("DATA") {
                in_data = true;
                "354 go on"
            } else if line.starts_with("QUIT") {
                write.write_all(b"221 bye\r\n").await.unwrap();
                break;
            } else {
                "250 ok"
            };
            write
                .write_all(format!("{reply}\r\n").as_bytes())
                .await
                .unwrap();
            if data.ends_with("--\n") && !in_data {
                break;
            }
        }
        data
    });
    (url, task)
}

#[tokio::test]
async fn an_smtp_server_gets_both_parts() {
    let (url, task) = catcher("250 ok").await;
    let id = delivery();
    let remote = Mail::smtp(&url)
        .unwrap()
        .send(&mail(&id, "eve@acme.example"))
        .await
        .unwrap();
    assert_eq!(remote, format!("{id}@plimsoll.example"));
    let data = task.await.unwrap();
    assert!(data.contains("To: eve@acme.example"));
    assert!(data.contains("text/plain") && data.contains("text/html"));
}

#[tokio::test]
async fn what_a_server_says_decides_whether_to_try_again() {
    let id = delivery();
    let (url, _task) = catcher("550 no such user").await;
    let refused = Mail::smtp(&url)
        .unwrap()
        .send(&mail(&id, "eve@acme.example"))
        .await;
    assert!(
        matches!(refused, Err(SendError::Permanent { .. })),
        "{refused:?}"
    );
    let (url, _task) = catcher("451 come back later").await;
    let later = Mail::smtp(&url)
        .unwrap()
        .send(&mail(&id, "eve@acme.example"))
        .await;
    assert!(
        matches!(later, Err(SendError::Throttled { .. })),
        "{later:?}"
    );
    // A port that was free a moment ago: nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let nobody = Mail::smtp(&url)
        .unwrap()
        .send(&mail(&id, "eve@acme.example"))
        .await;
    assert!(matches!(nobody, Err(SendError::Temporary(_))), "{nobody:?}");
}

#[test]
fn a_wrong_smtp_address_is_not_repeated() {
    let error = Mail::smtp("http://user:hunter2@host").unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
}

mod ses;
