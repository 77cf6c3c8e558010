//! Flags for a kubelet in one text with spaces between, as systemd hands them to it.

use crate::aws::derive::look::{Known, unread};
use crate::kubelet::Flags;

/// Flags that name another file with settings.
const OTHER_SETTINGS: [&str; 2] = ["config", "config-dir"];
/// Flags that name another kubeconfig, or have the kubelet write its own.
const OTHER_KUBECONFIG: [&str; 2] = ["kubeconfig", "bootstrap-kubeconfig"];

/// The flags in a text.
///
/// # Errors
/// They cannot be told apart, or name another file with settings.
pub(super) fn flags(text: &str) -> Known<Flags> {
    let mut flags = Flags::default();
    let mut words = split(text).ok_or_else(unclear)?.into_iter().peekable();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--") else {
            match word.as_str() {
                "-v" => drop(words.next()),
                other if other.starts_with("-v") => {}
                _ => return Err(unclear()),
            }
            continue;
        };
        let (name, given) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        // The kubelet takes both.
        let name = name.replace('_', "-");
        let is_switch = Flags::is_switch(&name);
        let value = match given {
            Some(value) => value,
            None if is_switch == Some(true) => "true".to_owned(),
            // What follows a flag that we do not know is its value, unless it is a flag.
            None => words
                .next_if(|next| is_switch.is_some() || !next.starts_with("--"))
                .unwrap_or_default(),
        };
        if OTHER_SETTINGS.contains(&name.as_str()) {
            return Err(unread("a file of settings that the user data names"));
        }
        flags.push(&name, &value);
    }
    Ok(flags)
}

/// Whether flags name a kubeconfig.
pub(super) fn name_kubeconfig(flags: &Flags) -> bool {
    let mut names = OTHER_KUBECONFIG.iter();
    names.any(|name| !flags.all(name).is_empty())
}

fn unclear() -> plimsoll_model::Reason {
    unread("flags in the user data that cannot be told apart")
}

/// The words of a text, without quotes; none where a quote spans words, or where systemd would read on: a backslash, a
/// specifier, another line.
fn split(text: &str) -> Option<Vec<String>> {
    if text.contains(['\\', '%', '\n', '\r']) {
        return None;
    }
    let words = text.split_ascii_whitespace().map(|word| {
        let quotes = |quote: char| word.matches(quote).count();
        let is_whole = quotes('"') % 2 == 0 && quotes('\'') % 2 == 0;
        is_whole.then(|| word.replace(['"', '\''], ""))
    });
    words.collect()
}
