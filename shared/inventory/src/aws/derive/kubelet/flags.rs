//! A kubelet's command line, which goes before its configuration.

use serde_json::Value;

use super::form::{Form, truth};
use super::settings::{Settings, misplaced};
use super::table::{GATE, SECCOMP, SETTINGS, Setting};
use crate::aws::derive::look::{Known, unread};

/// Flags that name another file with settings.
const OTHER_SETTINGS: [&str; 2] = ["config", "config-dir"];
/// Flags that name another kubeconfig, or have the kubelet write its own.
const OTHER_KUBECONFIG: [&str; 2] = ["kubeconfig", "bootstrap-kubeconfig"];

/// What is to be known of a command line beside the settings in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    /// Whether it names a kubeconfig.
    pub(super) kubeconfig: bool,
}

impl Settings {
    /// Puts flags over what was said before: those in one text with spaces between, as systemd hands them to a kubelet.
    ///
    /// # Errors
    /// They cannot be told apart, or name another file with settings.
    pub(super) fn command(&mut self, text: &str) -> Known<Beside> {
        let (mut beside, mut listed) = (Beside::default(), Vec::new());
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
            let setting = SETTINGS.iter().find(|one| one.flag == Some(&name));
            let is_truth = setting.is_some_and(|setting| setting.form == Form::Truth);
            let value = match given {
                Some(value) => value,
                None if is_truth => "true".to_owned(),
                // What follows a flag that we do not know is its value, unless it is a flag.
                None => words
                    .next_if(|next| setting.is_some() || !next.starts_with("--"))
                    .unwrap_or_default(),
            };
            if OTHER_SETTINGS.contains(&name.as_str()) {
                return Err(unread("a file of settings that the user data names"));
            }
            beside.kubeconfig |= OTHER_KUBECONFIG.contains(&name.as_str());
            match setting {
                Some(setting) => self.flag(setting, &value, &mut listed),
                None if name == "feature-gates" => self.gates(&value),
                None => {}
            }
        }
        Ok(beside)
    }

    fn flag(&mut self, setting: &'static Setting, value: &str, listed: &mut Vec<&'static str>) {
        let path = setting.path;
        let mut formed = setting
            .form
            .of_flag(value)
            .map_err(|what| misplaced(path, what));
        if path == SECCOMP && formed == Ok(Value::Bool(false)) {
            return;
        }
        // A list that is given again is longer.
        if setting.form == Form::Words {
            let before = self.get(path).filter(|_| listed.contains(&path));
            if let (Some(Ok(Value::Array(before))), Ok(Value::Array(more))) = (before, &formed) {
                formed = Ok(before.iter().chain(more).cloned().collect());
            }
            listed.push(path);
        }
        self.set(path, formed);
    }

    fn gates(&mut self, text: &str) {
        for gate in text.split(',') {
            let Some((name, value)) = gate.split_once('=') else {
                continue;
            };
            if GATE.ends_with(&format!(".{}", name.trim())) {
                let value = truth(value.trim()).map(Value::Bool);
                self.set(
                    GATE,
                    value.ok_or_else(|| misplaced(GATE, "neither true nor false")),
                );
            }
        }
    }
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
