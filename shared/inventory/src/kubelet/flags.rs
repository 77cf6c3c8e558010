//! A kubelet's command line.

use super::form::Form;
use super::table::SETTINGS;

/// The flags of a command line with their values, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags(Vec<(String, String)>);

impl Flags {
    /// Reads arguments of the form `--name=value`.
    ///
    /// # Errors
    /// One has another.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut flags = Self::default();
        for argument in arguments {
            let pair = argument
                .strip_prefix("--")
                .and_then(|rest| rest.split_once('='));
            let (name, value) = pair.ok_or("an argument is no --flag=value")?;
            flags.push(name, value);
        }
        Ok(flags)
    }

    /// Adds one.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// All that a flag was given.
    pub(crate) fn all<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let given = self.0.iter().filter(|(known, _)| known == name);
        given.map(|(_, value)| value.as_str()).collect()
    }

    /// What a flag was given last; to be given nothing is not to be given.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        let given = self.all(name).pop();
        given.filter(|value| !value.is_empty())
    }

    /// Whether a flag sets something that policies read, and if so, whether it may stand without a value.
    pub(crate) fn is_switch(name: &str) -> Option<bool> {
        let setting = SETTINGS.iter().find(|one| one.flag == Some(name))?;
        Some(setting.form == Form::Truth)
    }
}
