//! Which attribute of a Terraform resource is which property of CloudFormation: the tables of `tables/`, read once.
//!
//! A line `TYPE[|TYPE…] [BLOCK] [ATTRIBUTE=VALUE] = KIND [by ATTRIBUTE…]` begins a type, or what becomes of each repetition of one of its blocks.
//! The indented lines below it are `ATTRIBUTE PROPERTY [WORD…]`, or `=VALUE PROPERTY` for what is the same in all, `=self` being
//! the resource itself. A block that can be there once is written without `[]`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The tables, an area each.
const AREAS: &[&str] = &[
    include_str!("tables/data.txt"),
    include_str!("tables/eks.txt"),
    include_str!("tables/iam.txt"),
    include_str!("tables/logging.txt"),
    include_str!("tables/machines.txt"),
    include_str!("tables/network.txt"),
    include_str!("tables/rules.txt"),
];

/// What the resources of a type, or the repetitions of a block in them, are to CloudFormation.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// The block; none for the resource itself.
    pub(super) block: Option<&'static str>,
    /// An attribute and its value: others become something else.
    pub(super) only: Option<(&'static str, &'static str)>,
    pub(super) kind: &'static str,
    /// Attributes by which others name it, besides its `id` and `arn`.
    pub(super) by: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
}

/// An attribute and its property.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Empty for what is the same in all resources of the type.
    pub(super) from: Vec<Step>,
    pub(super) to: Vec<Step>,
    pub(super) how: How,
    /// Each element makes a resource of its own.
    pub(super) fans: bool,
    /// What it is if its block is there and says nothing.
    pub(super) default: Option<&'static str>,
    /// A block that the provider fills in where nobody writes it.
    pub(super) computed: bool,
}

/// A key, and whether all elements of the list under it are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) key: &'static str,
    pub(super) each: bool,
}

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Nothing.
    Same,
    /// It names another resource.
    Name,
    /// It is a list of names of other resources.
    Names,
    /// Text that holds JSON.
    Json,
    /// A map, told as a list of keys and values.
    Pairs,
    /// A map that is there, whatever it holds.
    Block,
    /// An element of a list of keys and values, with this key.
    Attribute(&'static str),
    /// Other words, `from=to` parted by commas; to nothing is left out.
    Words(&'static str),
}

static TABLE: LazyLock<HashMap<&'static str, Vec<Shape>>> = LazyLock::new(|| {
    let mut table: HashMap<_, Vec<Shape>> = HashMap::new();
    let mut of = "";
    for line in AREAS.iter().flat_map(|area| area.lines()) {
        let line = line.split(" #").next().unwrap_or(line);
        match line.split_once(" = ") {
            _ if line.starts_with('#') || line.trim().is_empty() => {}
            Some((head, kind)) if !line.starts_with(' ') => {
                let (kind, by) = kind.split_once(" by ").unwrap_or((kind, ""));
                let mut words = head.split_whitespace();
                of = words.next().unwrap_or_default();
                let only = words.clone().find_map(|word| word.split_once('='));
                let shape = Shape {
                    block: words.find(|word| !word.contains('=')),
                    only,
                    kind: kind.trim(),
                    by: by.split_whitespace().collect(),
                    rows: Vec::new(),
                };
                for of in of.split('|') {
                    table.entry(of).or_default().push(shape.clone());
                }
            }
            _ => {
                for of in of.split('|') {
                    let shape = table.get_mut(of).and_then(|shapes| shapes.last_mut());
                    if let (Some(shape), Some(row)) = (shape, row(line)) {
                        shape.rows.push(row);
                    }
                }
            }
        }
    }
    table
});

/// What resources of a type become; nothing of those that no policy asks about.
pub(super) fn shapes(kind: &str) -> &'static [Shape] {
    TABLE.get(kind).map_or(&[], Vec::as_slice)
}

fn row(line: &'static str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let (from, to) = (words.next()?, words.next()?);
    let mut row = Row {
        from: match from.strip_prefix('=') {
            Some(_) => Vec::new(),
            None => steps(from),
        },
        to: steps(to),
        how: How::Same,
        fans: false,
        default: from.strip_prefix('='),
        computed: false,
    };
    while let Some(word) = words.next() {
        match word {
            "name" => row.how = How::Name,
            "names" => row.how = How::Names,
            "json" => row.how = How::Json,
            "pairs" => row.how = How::Pairs,
            "block" => row.how = How::Block,
            "attribute" => row.how = How::Attribute(words.next()?),
            "words" => row.how = How::Words(words.next()?),
            "fans" => row.fans = true,
            "computed" => row.computed = true,
            _ => row.default = Some(word.strip_prefix("default=")?),
        }
    }
    Some(row)
}

fn steps(path: &'static str) -> Vec<Step> {
    let parts = path.split('.');
    let step = |part: &'static str| match part.strip_suffix("[]") {
        Some(key) => Step { key, each: true },
        None => Step {
            key: part,
            each: false,
        },
    };
    parts.map(step).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use plimsoll_model::kind::{self, Kind};

    use super::*;

    /// Kinds that no template has, hence no plan: they are made of what an account answers.
    const OF_ACCOUNTS: [&str; 4] = ["AwsImage", "AwsRegion", "AwsSnapshot", "AwsAccount"];

    #[test]
    fn every_kind_that_policies_are_about_is_made_of_something() {
        let made: BTreeSet<&str> = TABLE.values().flatten().map(|shape| shape.kind).collect();
        let kinds = kind::all().filter(|kind| kind.is_of_aws());
        let names = kinds.map(|kind: &Kind| kind.name);
        let missing: Vec<&str> = names.filter(|name| !made.contains(name)).collect();
        assert_eq!(missing, OF_ACCOUNTS);
    }

    #[test]
    fn every_line_of_the_tables_is_understood() {
        for line in AREAS.iter().flat_map(|area| area.lines()) {
            if line.starts_with(' ') {
                let line = line.split(" #").next().unwrap();
                let row = row(line).unwrap_or_else(|| panic!("{line}"));
                let count = |steps: &[Step]| steps.iter().filter(|step| step.each).count();
                assert!(
                    row.from.is_empty() || row.fans || count(&row.from) == count(&row.to),
                    "{line}"
                );
            }
        }
    }
}
