//! The templates, embedded and compiled once. Each kind of output has its own registry, because each escapes in its own
//! way: Slack's words are JSON strings, the text part escapes nothing, HTML escapes HTML.

use std::sync::LazyLock;

use handlebars::{Handlebars, no_escape};
use include_dir::{Dir, include_dir};
use serde_json::Value;

use super::{RenderError, escape};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../templates");

/// The folder whose files other templates include.
const PARTIALS: &str = "partials";

/// Compiled templates, named `message/part`.
pub(super) struct Templates {
    slack: Handlebars<'static>,
    text: Handlebars<'static>,
    html: Handlebars<'static>,
    /// What did not compile: only possible between writing a template and running its test.
    broken: Vec<String>,
}

static TEMPLATES: LazyLock<Templates> = LazyLock::new(Templates::load);

impl Templates {
    pub(super) fn get() -> &'static Self {
        &TEMPLATES
    }

    fn load() -> Self {
        let mut templates = Self {
            slack: registry(escape::escape_json),
            text: registry(no_escape),
            html: registry(handlebars::html_escape),
            broken: Vec::new(),
        };
        for file in FOLDER.dirs().flat_map(Dir::files) {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let (Some(path), Some(source)) = (path.strip_suffix(".hbs"), file.contents_utf8())
            else {
                continue;
            };
            templates.add(path, source);
        }
        templates
    }

    /// Adds `message/part`, or `partials/name.kind`, whose kind says for which outputs it is.
    fn add(&mut self, path: &str, source: &str) {
        let kind = path.rsplit('.').next().unwrap_or_default();
        let registry = match kind {
            "json" | "slack" => &mut self.slack,
            "html" => &mut self.html,
            _ => &mut self.text,
        };
        let partial = path.strip_prefix(PARTIALS).and_then(|rest| {
            rest.strip_prefix('/')?
                .strip_suffix(kind)?
                .strip_suffix('.')
        });
        let result = match partial {
            Some(name) => registry.register_partial(name, source),
            None => registry.register_template_string(path, source),
        };
        if let Err(error) = result {
            self.broken.push(format!("{path}.hbs: {error}"));
        }
    }

    pub(super) fn has(&self, message: &str, part: &str) -> bool {
        self.registry(part)
            .has_template(&format!("{message}/{part}"))
    }

    fn registry(&self, part: &str) -> &Handlebars<'static> {
        match part {
            "slack.json" => &self.slack,
            "email.html" => &self.html,
            _ => &self.text,
        }
    }

    pub(super) fn render(
        &self,
        message: &str,
        part: &str,
        context: &Value,
    ) -> Result<String, RenderError> {
        if !self.has(message, part) {
            let broken = self
                .broken
                .iter()
                .find(|text| text.starts_with(&format!("{message}/{part}")));
            return Err(match broken {
                Some(reason) => RenderError::Broken {
                    message: message.to_owned(),
                    reason: reason.clone(),
                },
                None => RenderError::Unknown {
                    message: message.to_owned(),
                    channel: if part == "slack.json" {
                        super::Channel::Slack
                    } else {
                        super::Channel::Email
                    },
                },
            });
        }
        self.registry(part)
            .render(&format!("{message}/{part}"), context)
            .map_err(|error| RenderError::Broken {
                message: message.to_owned(),
                reason: error.to_string(),
            })
    }

    pub(super) fn messages(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = FOLDER
            .dirs()
            .filter_map(|dir| dir.path().to_str())
            .filter(|name| *name != PARTIALS)
            .collect();
        names.sort_unstable();
        names
    }

    pub(super) fn sample(message: &str) -> Option<&'static str> {
        FOLDER
            .get_file(format!("{message}/sample.json"))?
            .contents_utf8()
    }

    /// Every template with its path.
    #[cfg(test)]
    pub(super) fn sources() -> Vec<(String, &'static str)> {
        FOLDER
            .dirs()
            .flat_map(Dir::files)
            .filter(|file| {
                file.path()
                    .extension()
                    .is_some_and(|ending| ending == "hbs")
            })
            .filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)))
            .collect()
    }

    #[cfg(test)]
    pub(super) fn broken(&self) -> &[String] {
        &self.broken
    }
}

fn registry(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    escape::register(&mut registry);
    registry
}
