//! An API server of a few lines on loopback: what it answers is given by path.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// Answers a path (with its query) with a status and a JSON body.
pub(crate) type Answer = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// Serves until the test process ends; the returned text is a kubeconfig with the context `prod-eu-1`.
pub(crate) fn serve(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer: Arc<Answer> = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answer) = (stream.unwrap(), answer.clone());
            std::thread::spawn(move || reply(stream, &*answer));
        }
    });
    kubeconfig(&address)
}

/// A kubeconfig that leads to `address`.
pub(crate) fn kubeconfig(address: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: prod-eu-1\nclusters: [{{name: c, cluster: {{server: 'http://{address}'}}}}]\nusers: [{{name: u, user: {{token: t}}}}]\ncontexts: [{{name: prod-eu-1, context: {{cluster: c, user: u}}}}]\n"
    )
}

fn reply(mut stream: TcpStream, answer: &Answer) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(first)) = lines.next() else {
        return;
    };
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    let path = first.split(' ').nth(1).unwrap_or("/");
    let (status, body) = answer(path);
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Any\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}
