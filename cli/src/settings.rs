//! Settings of `scan` and `fix` in files: `plimsoll.toml` in the current folder or the nearest above it, and below that the user's
//! own. A flag beats `PLIMSOLL_*`, that beats the project's file, that beats the user's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use plimsoll_report::Diagnostic;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::args::Cli;
use crate::mistake::Mistake;
use crate::parameters::{self, Parameters};

/// The file's name.
const NAME: &str = "plimsoll.toml";

/// Settings: the key in a file, the flag's id, and the flag.
const KEYS: [(&str, &str, &str); 12] = [
    ("attestations", "attestations", "--attestations"),
    ("exceptions", "exceptions", "--exceptions"),
    ("fail_on", "fail_on", "--fail-on"),
    ("format", "format", "--format"),
    ("framework", "frameworks", "--framework"),
    ("min_coverage", "min_coverage", "--min-coverage"),
    ("only", "only", "--only"),
    ("policies", "policies", "--policies"),
    ("severity", "severity", "--severity"),
    ("skip", "skip", "--skip"),
    ("verdicts", "verdicts", "--verdicts"),
    ("with", "with", "--with"),
];

/// The file: what `plimsoll up` reads in it is not looked at here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scan: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    #[serde(default, rename = "service")]
    _service: Option<IgnoredAny>,
    #[serde(default, rename = "tenant")]
    _tenants: Option<IgnoredAny>,
}

/// The file once more: of `[scan]` only `params`, with their places.
#[derive(Debug, Default, Deserialize)]
struct ParametersFile {
    #[serde(default)]
    scan: ParametersOfScan,
}

#[derive(Debug, Default, Deserialize)]
struct ParametersOfScan {
    #[serde(default)]
    params: parameters::Table,
}

/// What the files say.
pub(crate) struct Settings {
    /// The command line, with defaults of `scan`.
    pub(crate) command: Command,
    /// Values of parameters, the project's after the user's.
    pub(crate) parameters: Vec<Parameters>,
}

/// Where the user's own file may lie, from the environment.
pub(crate) fn user_file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let config = folder("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&folder("HOME")?).join(".config")))?;
    Some(config.join("plimsoll").join(NAME))
}

/// The command line with the files' settings as defaults of `scan`, and of `fix` as far as it has them.
///
/// # Errors
/// Every mistake in a file, with its place.
pub(crate) fn with_files(start: &Path, user: Option<PathBuf>) -> Result<Settings, Vec<Diagnostic>> {
    let project = start
        .ancestors()
        .map(|folder| folder.join(NAME))
        .find(|file| file.is_file());
    let user = user.filter(|file| file.is_file());
    let mut defaults = BTreeMap::new();
    let (mut parameters, mut diagnostics) = (Vec::new(), Vec::new());
    // The later file wins.
    for file in user.into_iter().chain(project) {
        match read(&file) {
            Ok((settings, values)) => {
                defaults.extend(settings);
                parameters.push(values);
            }
            Err(mistakes) => diagnostics.extend(mistakes),
        }
    }
    if diagnostics.is_empty() {
        Ok(Settings {
            command: command(&defaults),
            parameters,
        })
    } else {
        Err(diagnostics)
    }
}

fn command(defaults: &BTreeMap<&'static str, Vec<String>>) -> Command {
    let with_defaults = |command: Command| {
        let known: Vec<String> = command
            .get_arguments()
            .map(|arg| arg.get_id().to_string())
            .collect();
        let own = defaults
            .iter()
            .filter(|(id, _)| known.iter().any(|known| known == *id));
        own.fold(command, |command, (id, values)| {
            command.mut_arg(*id, |arg| arg.default_values(values.clone()))
        })
    };
    Cli::command()
        .mut_subcommand("scan", with_defaults)
        .mut_subcommand("fix", with_defaults)
}

/// Settings by the id of their flag.
type Defaults = BTreeMap<&'static str, Vec<String>>;

/// The settings of one file, and its values of parameters.
fn read(path: &Path) -> Result<(Defaults, Parameters), Vec<Diagnostic>> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| vec![Diagnostic::error("settings", format!("{name}: {error}"))])?;
    let shown = |mistake: Mistake| mistake.diagnostic("settings", &name, &text);
    let file: File =
        toml::from_str(&text).map_err(|error| vec![shown(Mistake::of_toml(&text, &error))])?;
    let with_places: ParametersFile =
        toml::from_str(&text).map_err(|error| vec![shown(Mistake::of_toml(&text, &error))])?;
    let mut settings = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (key, value) in file
        .scan
        .iter()
        .filter(|(key, _)| key.get_ref() != "params")
    {
        match setting(path, &text, key, value) {
            Ok((id, values)) => drop(settings.insert(id, values)),
            Err(mistake) => diagnostics.push(shown(mistake)),
        }
    }
    if diagnostics.is_empty() {
        let values = Parameters::of(&name, &text, &with_places.scan.params);
        Ok((settings, values))
    } else {
        Err(diagnostics)
    }
}

fn setting(
    path: &Path,
    text: &str,
    key: &Spanned<String>,
    value: &Spanned<toml::Value>,
) -> Result<(&'static str, Vec<String>), Mistake> {
    let name = key.get_ref();
    let Some((_, id, flag)) = KEYS.iter().find(|(known, ..)| known == name) else {
        let distance = |known: &str| strsim::damerau_levenshtein(known, name);
        let near = KEYS
            .iter()
            .map(|(known, ..)| *known)
            .min_by_key(|known| distance(known));
        let help = match near.filter(|known| distance(known) <= 3) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "there are {}, params",
                KEYS.map(|(known, ..)| known).join(", ")
            ),
        };
        let message = format!("[scan] has no setting `{name}`");
        return Err(Mistake::at(text, key.span(), &message, Some(&help)));
    };
    let wrong = |message: &str| Mistake::at(text, value.span(), message, None);
    let mut values = texts(value.get_ref())
        .ok_or_else(|| wrong("is neither a text, nor a number, nor a list of them"))?;
    if ["policies", "exceptions", "attestations"].contains(id) {
        // Relative to the file that says it, wherever the scan was started.
        for value in &mut values {
            *value = super::up::beside(path, Path::new(value))
                .display()
                .to_string();
        }
    }
    // The flag itself says what is wrong with a value.
    let given = values.iter().map(|value| format!("{flag}={value}"));
    let arguments = ["plimsoll".to_owned(), "scan".to_owned()]
        .into_iter()
        .chain(given);
    match Cli::command().try_get_matches_from(arguments) {
        Ok(_) => Ok((id, values)),
        Err(error) => {
            let said = error.to_string();
            let first = said.lines().next().unwrap_or_default();
            Err(wrong(first.strip_prefix("error: ").unwrap_or(first)))
        }
    }
}

fn texts(value: &toml::Value) -> Option<Vec<String>> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        toml::Value::Array(values) => values.iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}
