//! Parameters of policies: what they may be, what somebody made of them, and how expressions see them.

use plimsoll_cel::{Bump, Node};
use plimsoll_model::PolicyId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::catalogue::Catalogue;
use crate::error::nearest;
use crate::file::{ParamFile, ParamType};

/// Items that a list may have, and characters that a text may have: a parameter is looked at for every object.
const ITEMS: usize = 1_000;
const CHARACTERS: usize = 1_000;

/// A parameter that whoever uses the policy may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name in the policy.
    pub name: String,
    /// What it holds.
    pub kind: ParamType,
    /// What it means, for people.
    pub description: String,
    /// The value where nobody says another.
    pub default: Value,
    /// The least number it may be.
    pub min: Option<i64>,
    /// The greatest number it may be.
    pub max: Option<i64>,
    /// The texts it, or each item of a list, may be; empty for any.
    pub values: Vec<String>,
}

/// A parameter that somebody gave another value than the policy's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterChange {
    /// The policy.
    pub policy: PolicyId,
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Its value where nobody says another.
    pub default: Value,
}

/// A value that somebody wants a parameter to have.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterValue {
    /// The policy's id.
    pub policy: String,
    /// The parameter's name.
    pub name: String,
    /// As it was written.
    pub value: WrittenValue,
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum WrittenValue {
    /// A text from a command line, which is read as what the parameter holds: a list has commas.
    Text(String),
    /// A value from a document.
    Value(Value),
}

/// Why a parameter cannot have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterError {
    /// Which of the values is meant, by its number.
    pub number: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Parameter {
    pub(crate) fn of(name: &str, file: &ParamFile) -> Self {
        Self {
            name: name.to_owned(),
            kind: file.kind,
            description: file.description.clone(),
            default: file.default.clone(),
            min: file.min,
            max: file.max,
            values: file.values.clone(),
        }
    }

    /// What it may be, in a few words.
    #[must_use]
    pub fn holds(&self) -> String {
        let of = match self.values.is_empty() {
            true => String::new(),
            false => format!(" of {}", self.values.join(", ")),
        };
        match (self.kind, self.min, self.max) {
            (ParamType::Int, Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
            (ParamType::Int, Some(min), None) => format!("a whole number of at least {min}"),
            (ParamType::Int, None, Some(max)) => format!("a whole number of at most {max}"),
            (ParamType::Int, None, None) => "a whole number".to_owned(),
            (ParamType::Bool, ..) => "true or false".to_owned(),
            (ParamType::String, ..) if of.is_empty() => "a text".to_owned(),
            (ParamType::String, ..) => format!("one{of}"),
            (ParamType::List, ..) => {
                format!("a list{}", if of.is_empty() { " of texts" } else { &of })
            }
        }
    }

    /// Whether a value fits; if not, what is wrong with it.
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        let wrong = || Err(format!("{} is not {}", short(value), self.holds()));
        let text = |text: &Value| {
            text.as_str().is_some_and(|text| {
                text.chars().count() <= CHARACTERS
                    && (self.values.is_empty() || self.values.iter().any(|known| known == text))
            })
        };
        let fits = match self.kind {
            ParamType::List => value
                .as_array()
                .is_some_and(|items| items.len() <= ITEMS && items.iter().all(text)),
            ParamType::Int => value.as_i64().is_some_and(|number| {
                self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
            }),
            ParamType::String => text(value),
            ParamType::Bool => value.is_boolean(),
        };
        match fits {
            true => Ok(()),
            false => wrong(),
        }
    }

    fn read(&self, written: &WrittenValue) -> Result<Value, String> {
        let value = match written {
            WrittenValue::Value(value) => value.clone(),
            WrittenValue::Text(text) => match self.kind {
                ParamType::List if text.starts_with('[') => {
                    let as_json = serde_json::from_str(text);
                    as_json.unwrap_or_else(|_| Value::String(text.clone()))
                }
                ParamType::List => {
                    let items = text.split(',').map(str::trim);
                    items.filter(|item| !item.is_empty()).collect()
                }
                ParamType::String => Value::String(text.clone()),
                ParamType::Int | ParamType::Bool => {
                    let as_json = serde_json::from_str(text.trim());
                    as_json.unwrap_or_else(|_| Value::String(text.clone()))
                }
            },
        };
        self.check(&value).map(|()| value)
    }
}

impl Catalogue {
    /// The same policies with these values of parameters; of two about one parameter the later one counts.
    ///
    /// # Errors
    /// Every value that does not fit, and every policy or parameter that does not exist.
    pub fn with_parameters(
        mut self,
        values: &[ParameterValue],
    ) -> Result<Self, Vec<ParameterError>> {
        let mut errors = Vec::new();
        for (number, value) in values.iter().enumerate() {
            if let Err((message, help)) = self.set_parameter(value) {
                errors.push(ParameterError {
                    number,
                    message,
                    help,
                });
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let changes = self.changed_parameters();
        if !changes.is_empty() {
            let mut hasher = Sha256::new();
            hasher.update(self.hash.as_bytes());
            for change in changes {
                hasher.update(format!(
                    "{}\0{}\0{}\0",
                    change.policy, change.name, change.value
                ));
            }
            let digest: String = hasher
                .finalize()
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            self.hash = format!("sha256:{digest}");
        }
        Ok(self)
    }

    /// The parameters whose values are not the policies' own, in order of policies.
    #[must_use]
    pub fn changed_parameters(&self) -> Vec<ParameterChange> {
        let of = |policy: &crate::Policy| {
            let values = policy.compiled.params.iter().map(|(_, value)| value);
            let changed = policy
                .params
                .iter()
                .zip(values.cloned().collect::<Vec<_>>());
            let changed = changed.filter(|(parameter, value)| parameter.default != *value);
            let id = policy.id.clone();
            let change = changed.map(|(parameter, value)| ParameterChange {
                policy: id.clone(),
                name: parameter.name.clone(),
                value,
                default: parameter.default.clone(),
            });
            change.collect::<Vec<_>>()
        };
        self.policies.iter().flat_map(of).collect()
    }

    fn set_parameter(&mut self, wanted: &ParameterValue) -> Result<(), (String, Option<String>)> {
        let (id, name) = (&wanted.policy, &wanted.name);
        let found = self
            .policies
            .binary_search_by(|policy| policy.id.as_str().cmp(id));
        let Ok(index) = found else {
            let near = self.policy_like(id);
            let help = near.map(|near| format!("did you mean {near}?"));
            return Err((format!("no policy {id}"), help));
        };
        let policy = &mut self.policies[index];
        let position = policy.params.iter().position(|one| one.name == *name);
        let Some(position) = position else {
            let known = || policy.params.iter().map(|one| one.name.as_str());
            let help = match nearest(name, known()) {
                Some(near) => Some(format!("did you mean {near}?")),
                None if policy.params.is_empty() => None,
                None => Some(format!("it has {}", known().collect::<Vec<_>>().join(", "))),
            };
            return Err((format!("{id} has no parameter {name}"), help));
        };
        let parameter = &policy.params[position];
        let value = parameter.read(&wanted.value).map_err(|wrong| {
            let help = Some(parameter.description.clone()).filter(|text| !text.is_empty());
            (format!("{id}.{name}: {wrong}"), help)
        })?;
        policy.compiled.params[position].1 = value;
        Ok(())
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A parameter's value, its texts where they are.
pub(crate) fn node<'a>(value: &'a Value, arena: &'a Bump) -> Node<'a> {
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Number(number) => number.as_i64().map_or_else(
            || Node::Double(number.as_f64().unwrap_or(f64::NAN)),
            Node::Int,
        ),
        Value::String(text) => Node::Str(text),
        Value::Array(items) => {
            Node::list_in(arena, items.iter().map(|item| node(item, arena)).collect())
        }
        Value::Object(map) => Node::map_in(
            arena,
            map.iter()
                .map(|(key, item)| (key.as_str(), node(item, arena)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests;
