//! One instance's entry in the inventory: rows of `part`, `name` and `value`.
//!
//! | part | name | value |
//! |---|---|---|
//! | `flags` | `kubelet` | the flags that are asked about, `["--name=value"]` as JSON |
//! | `config` | path | the members that are asked about of the file that `--config` names, as JSON |
//! | `drop-in` | path | those of a file in the folder that `--config-dir` names |
//! | `file` | path | mode, user and group in numbers: `644 0 0` |
//! | `problem` | what | why that could not be read: the settings are then unknown |
//! | `time` | `script` | when it was read, so that no two entries are alike |

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::{NODE_FILES, NodeEvidence, Part, Reason, ReasonCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::kubelet::{CLIENT_CA, Flags, Settings};

/// What the template writes now.
const VERSION: &str = "1.0";

/// More than any node has: a file, a command line, and some drop-ins.
const MOST_ROWS: usize = 200;

/// What an entry says of an instance.
pub(super) fn evidence(id: &str, entry: &Value) -> NodeEvidence {
    let malformed = |why: String| {
        let need = format!("what Systems Manager's inventory says of {id}: {why}");
        Reason::new(ReasonCode::MalformedInput, need)
    };
    let read_at = entry["CaptureTime"]
        .as_str()
        .and_then(|time| time.parse::<Timestamp>().ok());
    let told = match read_at {
        Some(_) => Told::of(entry),
        None => Err("it has no time".to_owned()),
    };
    let (kubelet, files) = match told.map_err(malformed) {
        Ok(told) => {
            let settings = told.settings(id);
            let files = told.files(id, &settings);
            let kubelet = match settings {
                Ok(settings) => Part::Known(settings.shown()),
                Err(reason) => Part::unknown(&reason),
            };
            (kubelet, files)
        }
        Err(reason) => (Part::unknown(&reason), Part::no_files(&reason)),
    };
    NodeEvidence {
        node: id.to_owned(),
        read_at: read_at.unwrap_or_default(),
        kubelet,
        files,
    }
}

/// The rows.
#[derive(Debug, Default)]
struct Told {
    flags: Flags,
    /// The file of settings, where there is one, and its path.
    config: Option<(String, Value)>,
    drop_ins: Vec<(String, Value)>,
    files: BTreeMap<String, Value>,
    problem: Option<String>,
}

impl Told {
    /// Reads them.
    ///
    /// # Errors
    /// What is wrong with them.
    fn of(entry: &Value) -> Result<Self, String> {
        let version = entry["SchemaVersion"].as_str().unwrap_or_default();
        if version != VERSION {
            return Err(format!(
                "it is of version `{version}`, and {VERSION} is read: deploy node-evidence-ssm.yaml again"
            ));
        }
        let rows = entry["Content"].as_array().map_or(&[][..], Vec::as_slice);
        if rows.len() > MOST_ROWS {
            return Err(format!("it has more than {MOST_ROWS} rows"));
        }
        let (mut told, mut flags) = (Told::default(), None);
        for row in rows {
            let text = |key: &str| {
                row[key]
                    .as_str()
                    .ok_or_else(|| format!("a row without {key}"))
            };
            let (part, name, value) = (text("part")?, text("name")?.to_owned(), text("value")?);
            match part {
                "flags" => once(
                    &mut flags,
                    Flags::parse(&json_of::<Vec<String>>(part, value)?)?,
                    part,
                )?,
                "config" => {
                    let settings = Value::Object(json_of::<Map<_, _>>(part, value)?);
                    once(&mut told.config, (name, settings), part)?;
                }
                "drop-in" => {
                    let settings = Value::Object(json_of::<Map<_, _>>(part, value)?);
                    told.drop_ins.push((name, settings));
                }
                "file" => {
                    let file =
                        file(&name, value).ok_or("a file's row is no mode, user and group")?;
                    told.files.insert(name, file);
                }
                "problem" => told.problem = Some(format!("{name}: {value}")),
                "time" => {}
                other => return Err(format!("nobody knows its part `{other}`")),
            }
        }
        match (flags, &told.problem) {
            (Some(flags), _) => told.flags = flags,
            (None, Some(_)) => {}
            (None, None) => return Err("it has no command line".to_owned()),
        }
        let path = told.config.as_ref().map(|(path, _)| path.as_str());
        if told.problem.is_none() && path != told.flags.last("config") {
            return Err("its file is not the one of its command line".to_owned());
        }
        Ok(told)
    }

    fn settings(&self, id: &str) -> Result<Settings, Reason> {
        if let Some(problem) = &self.problem {
            let need = format!("the kubelet of {id}: {problem}");
            return Err(Reason::new(ReasonCode::InputUnread, need));
        }
        let file = self.config.as_ref().map(|(_, file)| file);
        let mut settings = Settings::new(&format!("of the kubelet of {id}"), file);
        settings.drop_ins(&self.drop_ins);
        settings.command(&self.flags);
        Ok(settings)
    }

    /// A file that the kubelet was not told of does not exist.
    fn files(&self, id: &str, settings: &Result<Settings, Reason>) -> BTreeMap<String, Part> {
        let [kubeconfig, config, client_ca] = NODE_FILES;
        let authority = match settings {
            Ok(settings) => settings.get(CLIENT_CA).map(|said| match said {
                Ok(path) => Ok(path.as_str().unwrap_or_default()),
                Err(reason) => Err(reason),
            }),
            Err(reason) => Some(Err(reason)),
        };
        // Without a command line nobody knows what it was told of.
        let told = |name: &str| match (self.flags.last(name), settings) {
            (Some(path), _) => Some(Ok(path)),
            (None, Err(reason)) => Some(Err(reason)),
            (None, Ok(_)) => None,
        };
        let part = |path: Result<&str, &Reason>| match path {
            Err(reason) => Part::unknown(reason),
            Ok(path) => match self.files.get(path) {
                Some(file) => Part::Known(file.clone()),
                None => {
                    let need = format!("{path} of {id}: it is not there, or was not read");
                    Part::unknown(&Reason::new(ReasonCode::InputUnread, need))
                }
            },
        };
        [
            (kubeconfig, told("kubeconfig")),
            (config, told("config")),
            (client_ca, authority),
        ]
        .into_iter()
        .filter_map(|(key, path)| {
            let named = path.filter(|path| path.as_ref().map_or(true, |path| !path.is_empty()))?;
            Some((key.to_owned(), part(named)))
        })
        .collect()
    }
}

fn once<T>(place: &mut Option<T>, value: T, part: &str) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("its part `{part}` comes twice")),
    }
}

fn json_of<T: DeserializeOwned>(part: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|_| format!("its part `{part}` is not what it should be"))
}

/// `{path, mode, owner, group}` of `644 0 0`. Names of users are the node's own, and not known here; but 0 is root everywhere.
fn file(path: &str, value: &str) -> Option<Value> {
    let mut words = value.split(' ');
    let (mode, user, group) = (words.next()?, words.next()?, words.next()?);
    let mode = u32::from_str_radix(mode, 8)
        .ok()
        .filter(|mode| *mode <= 0o7777)?;
    let name = |id: &str| match id.parse::<u32>().ok()? {
        0 => Some("root".to_owned()),
        id => Some(id.to_string()),
    };
    let done = words.next().is_none();
    done.then_some(json!({
        "path": path,
        "mode": format!("{mode:04o}"),
        "owner": name(user)?,
        "group": name(group)?,
    }))
}
