//! The kubelet's settings that policies read, made to look as its `/configz` would show them.
//!
//! Only what stands in [`SETTINGS`] is ever taken from user data, and only in the form that the setting has: nothing else
//! of user data is kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::form::Form;
use super::table::{BOOTSTRAP, CERTIFICATE, KEY, SETTINGS};
use crate::aws::derive::look::{Known, malformed};
use crate::aws::read::unknown;

/// Where a kubelet keeps the pair that it signs itself: its `--cert-dir`.
const SELF_SIGNED: &str = "/var/lib/kubelet/pki/kubelet";

/// What is said of settings, by path.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings(BTreeMap<&'static str, Known<Value>>);

impl Settings {
    /// Those that a KubeletConfiguration sets.
    pub(super) fn of(config: &Value) -> Self {
        let mut settings = Self::default();
        settings.configure(config);
        settings
    }

    /// Puts a KubeletConfiguration over what was said before, as a kubelet puts a drop-in over its file: maps are merged,
    /// anything else is replaced, null removes.
    pub(super) fn configure(&mut self, config: &Value) {
        for setting in &SETTINGS {
            match stands_at(config, setting.path) {
                Stands::Nothing => {}
                Stands::Removed => drop(self.0.remove(setting.path)),
                Stands::Value(value) => match setting.form.of_config(value) {
                    Ok(None) => drop(self.0.remove(setting.path)),
                    Ok(Some(value)) => self.set(setting.path, Ok(value)),
                    Err(what) => self.set(setting.path, Err(misplaced(setting.path, what))),
                },
                Stands::Beyond => self.set(
                    setting.path,
                    Err(misplaced(setting.path, "below what is no map")),
                ),
            }
        }
    }

    /// Sets one, or says why it is not known.
    pub(super) fn set(&mut self, path: &'static str, value: Known<Value>) {
        self.0.insert(path, value);
    }

    /// What is said of one.
    pub(super) fn get(&self, path: &str) -> Option<&Known<Value>> {
        self.0.get(path)
    }

    /// As `/configz` shows them: with the kubelet's defaults, without what is off, zero or empty where its type leaves that
    /// out, and with the pair that it signs itself where it is given none (`InitializeTLS` in `cmd/kubelet/app/server.go`).
    pub(super) fn shown(mut self) -> Value {
        self.name_own_pair();
        let mut shown = json!({});
        for setting in &SETTINGS {
            let default = || setting.default.and_then(|text| text.parse().ok());
            let value = match self.0.remove(setting.path) {
                Some(Ok(value)) => Some(value),
                Some(Err(reason)) => Some(unknown(&reason)),
                None => default(),
            };
            let left_out = setting.default.is_none() && setting.form != Form::Gate;
            if let Some(value) = value.filter(|value| !left_out || !is_empty(value)) {
                put(&mut shown, setting.path, value);
            }
        }
        shown
    }

    fn name_own_pair(&mut self) {
        let said = |path: &str| self.0.get(path).cloned().transpose();
        let own = match (said(BOOTSTRAP), said(CERTIFICATE), said(KEY)) {
            (Err(reason), Ok(None), Ok(None)) => Err(reason),
            (Ok(asked), Ok(None), Ok(None)) if asked != Some(Value::Bool(true)) => Ok(()),
            _ => return,
        };
        for (path, end) in [(CERTIFICATE, "crt"), (KEY, "key")] {
            let name = Value::from(format!("{SELF_SIGNED}.{end}"));
            self.set(path, own.clone().map(|()| name));
        }
    }
}

/// Why what stands at a setting is not known. The value itself is not told: it may be anything.
pub(super) fn misplaced(path: &str, what: &str) -> plimsoll_model::Reason {
    malformed(&format!("{path} in the user data, {what}"))
}

/// What a KubeletConfiguration has at a path.
#[derive(Debug, PartialEq)]
pub(super) enum Stands<'a> {
    /// Nothing.
    Nothing,
    /// Null: what was said before does not hold.
    Removed,
    /// This.
    Value(&'a Value),
    /// Something that has no members stands above it.
    Beyond,
}

/// What stands at the path of a setting.
pub(super) fn stands_at<'a>(config: &'a Value, path: &str) -> Stands<'a> {
    let mut value = config;
    for step in path.split('.') {
        match value {
            Value::Object(members) => match members.get(step) {
                None => return Stands::Nothing,
                Some(Value::Null) => return Stands::Removed,
                Some(member) => value = member,
            },
            _ => return Stands::Beyond,
        }
    }
    Stands::Value(value)
}

fn put(shown: &mut Value, path: &str, value: Value) {
    let mut place = shown;
    for step in path.split('.') {
        place = &mut place[step];
    }
    *place = value;
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null | Value::Object(_) => false,
    }
}
