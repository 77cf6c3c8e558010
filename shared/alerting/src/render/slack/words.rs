//! What a template for Slack says: parts in order, without a word of Block Kit. `null` may stand anywhere in a list, so
//! that a template can leave something out without counting commas.

use serde::Deserialize;

/// A message in words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::render) struct Words {
    /// A full sentence: the notification, and what a screen reader says. No stranger's name but the cluster's.
    pub(super) text: String,
    /// The first line; replies have none.
    #[serde(default)]
    pub(super) header: Option<String>,
    /// Whether a reply is shown in the channel as well.
    #[serde(default)]
    pub(super) broadcast: bool,
    #[serde(default)]
    parts: Vec<Option<Part>>,
}

/// One part.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Part {
    /// Running text.
    Paragraph(Vec<Option<Run>>),
    /// Points.
    List(List),
    /// Text as it is, in fixed width.
    Code(String),
    /// A line of facts in mrkdwn: our own words and dates.
    Context(Vec<Option<String>>),
    /// Facts side by side, in mrkdwn.
    Fields(Vec<Option<String>>),
    /// What one can do.
    Buttons(Buttons),
}

/// A row of buttons.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Buttons {
    /// What a click says it was about; another one in each edit of the message.
    pub(super) id: String,
    pub(super) row: Vec<Option<Button>>,
}

/// Points, and how many were left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub(super) items: Vec<Option<Vec<Option<Run>>>>,
    /// How many the template left out.
    #[serde(default)]
    pub(super) more: usize,
    /// Where all of them are.
    #[serde(default)]
    pub(super) more_url: Option<String>,
}

/// A stretch of text. Whatever a stranger named stands in one of these, which parse nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Run {
    /// Plain.
    Text(String),
    /// Bold.
    Bold(String),
    /// In fixed width.
    Code(String),
    /// A link.
    Link {
        /// What it says.
        text: String,
        /// Where it goes; none makes it plain.
        url: Option<String>,
    },
    /// A person, addressed.
    User(String),
}

/// A button or a choice.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Button {
    /// Does something here.
    Act {
        /// The action's id.
        action: String,
        /// A verb, at most 24 letters.
        label: String,
        /// The incident's id.
        value: String,
        /// Whether it is the one most wanted.
        #[serde(default)]
        primary: bool,
        /// What a screen reader says.
        #[serde(default)]
        describes: Option<String>,
    },
    /// Opens a page.
    Open {
        /// Where.
        url: Option<String>,
    },
    /// Asks how long to be quiet; the row's id says of which incident.
    Snooze,
}

impl Words {
    pub(super) fn parts(&self) -> Vec<&Part> {
        self.parts.iter().flatten().collect()
    }
}

impl Part {
    /// Whether the message still says the essential without it.
    pub(super) fn can_go(&self) -> bool {
        !matches!(self, Part::Context(_) | Part::Buttons(_))
    }
}
