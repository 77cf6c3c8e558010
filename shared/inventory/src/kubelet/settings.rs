//! The settings, laid one over the other, and made to look as a kubelet's `/configz` would show them.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Value, json};

use super::Flags;
use super::form::Form;
use super::table::{BOOTSTRAP, CERTIFICATE, KEY, SECCOMP, SETTINGS};
use crate::aws::read::unknown;

type Known<T> = Result<T, Reason>;

/// What is said of settings, by path.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where it is said, as reasons tell it after the name of a setting.
    place: String,
    has_file: bool,
    said: BTreeMap<&'static str, Known<Value>>,
    /// Where the kubelet keeps the pair that it signs itself.
    own_pair: Known<String>,
}

impl Settings {
    /// Those that a kubelet's file sets, if it has one.
    pub(crate) fn new(place: &str, file: Option<&Value>) -> Self {
        let mut settings = Self {
            place: place.to_owned(),
            has_file: file.is_some(),
            said: BTreeMap::new(),
            own_pair: Ok("/var/lib/kubelet/pki".to_owned()),
        };
        settings.configure(file.unwrap_or(&Value::Null));
        // Defaults are put in after the file is read, and before drop-ins are: only there is zero as good as unset.
        let is_unset = |value: &Value| matches!(value.as_str(), Some("" | "0s"));
        let stays = |value: &Known<Value>| value.as_ref().map_or(true, |value| !is_unset(value));
        settings.said.retain(|_, value| stays(value));
        settings
    }

    /// Lays the files of a folder over what was said before, in the order in which a walk through it comes by them: name
    /// by name, not byte by byte.
    pub(crate) fn drop_ins(&mut self, by_path: &[(String, Value)]) {
        let mut sorted: Vec<_> = by_path.iter().collect();
        sorted.sort_by_key(|(path, _)| Path::new(path));
        sorted
            .into_iter()
            .for_each(|(_, config)| self.configure(config));
    }

    /// Lays a KubeletConfiguration over what was said before: maps are merged, anything else is replaced, null sets nothing.
    pub(crate) fn configure(&mut self, config: &Value) {
        for setting in &SETTINGS {
            let formed = match stands_at(config, setting.path) {
                Ok(None | Some(Value::Null)) => continue,
                Ok(Some(value)) => setting.form.of_config(value),
                Err(what) => Err(what),
            };
            let value = formed.map_err(|what| self.misplaced(setting.path, what));
            self.set(setting.path, value);
        }
    }

    /// Lays a command line over what was said before.
    pub(crate) fn command(&mut self, flags: &Flags) {
        for setting in &SETTINGS {
            let given = setting.flag.map(|flag| flags.all(flag));
            let Some(formed) = setting.form.of_flags(&given.unwrap_or_default()) else {
                continue;
            };
            // This flag counts beside the setting, not before it.
            if setting.path == SECCOMP && formed == Ok(Value::Bool(false)) {
                continue;
            }
            let value = formed.map_err(|what| self.misplaced(setting.path, what));
            self.set(setting.path, value);
        }
        if let Some(folder) = flags.last("cert-dir") {
            let formed = Form::Path.of_text(folder).map(|_| folder.to_owned());
            self.own_pair = formed.map_err(|what| self.misplaced("--cert-dir", what));
        }
    }

    /// Sets one, or says why it is not known.
    pub(crate) fn set(&mut self, path: &'static str, value: Known<Value>) {
        self.said.insert(path, value);
    }

    /// What is said of one.
    pub(crate) fn get(&self, path: &str) -> Option<&Known<Value>> {
        self.said.get(path)
    }

    /// As `/configz` shows them: with the kubelet's defaults, and without what is off, zero or empty where its type leaves
    /// that out.
    pub(crate) fn shown(mut self) -> Value {
        self.name_own_pair();
        let mut shown = json!({});
        for setting in &SETTINGS {
            let value = match self.said.remove(setting.path) {
                Some(Ok(value)) => value,
                Some(Err(reason)) => unknown(&reason),
                None => setting.default(self.has_file),
            };
            if !setting.is_left_out(&value) {
                let steps = setting.path.split('.');
                *steps.fold(&mut shown, |place, step| &mut place[step]) = value;
            }
        }
        shown
    }

    /// A kubelet that has no certificate and will not ask for one makes one, and names it as if it had been given
    /// (`InitializeTLS`).
    fn name_own_pair(&mut self) {
        let is_empty = |said: &Known<Value>| matches!(said, Ok(value) if value == "");
        let is_unset = |path: &str| self.get(path).is_none_or(is_empty);
        if !(is_unset(CERTIFICATE) && is_unset(KEY)) {
            return;
        }
        let folder = match self.get(BOOTSTRAP) {
            Some(Ok(Value::Bool(true))) => return,
            Some(Err(reason)) => Err(reason.clone()),
            _ => self.own_pair.clone(),
        };
        for (path, name) in [(CERTIFICATE, "kubelet.crt"), (KEY, "kubelet.key")] {
            let folder = folder.clone();
            self.set(path, folder.map(|folder| format!("{folder}/{name}").into()));
        }
    }

    /// Why what stands at a setting is not known. The value itself is not told: it may be anything.
    fn misplaced(&self, path: &str, what: &str) -> Reason {
        let need = format!("{path} {}, {what}", self.place);
        Reason::new(ReasonCode::MalformedInput, need)
    }
}

/// What stands at the path of a setting in a KubeletConfiguration: null where it, or what is around it, is null.
///
/// # Errors
/// Something that has no members stands above it.
pub(crate) fn stands_at<'a>(
    config: &'a Value,
    path: &str,
) -> Result<Option<&'a Value>, &'static str> {
    let mut value = config;
    for step in path.split('.') {
        match value {
            Value::Null => break,
            Value::Object(members) => match members.get(step) {
                None => return Ok(None),
                Some(member) => value = member,
            },
            _ => return Err("below what is no map"),
        }
    }
    Ok(Some(value))
}
