//! Reads one file: every object in it, and every problem, in the order of its documents.

use std::sync::Arc;

use plimsoll_cel::{Bump, Node, Type};
use plimsoll_model::{Place, SourceRef};

use super::discover::FileEntry;
use super::load::narrow;
use super::marked::Marked;
use super::object::{Document, classify, typed_item};
use super::parts::item_of;
use super::problem::{Fault, FileProblem, ProblemCode, on_line};
use super::split::{Chunk, split};
use super::{bulk, doubt, place, precise};
use crate::templates::{self, Types};

mod json;
mod list;

/// An object read from a file. It lives until the callback that gets it returns.
#[derive(Debug, Clone)]
pub struct ObjectIn<'a> {
    /// The object; map entries that are null are left out, as the API server does.
    pub node: Node<'a>,
    /// Where it stands.
    pub source: SourceRef,
    /// Where its parts stand, if that is known.
    pub(super) marked: Option<Marked<'a>>,
}

impl ObjectIn<'_> {
    /// The place of the value at `path`, as [`super::locate`] gives it; `None` if the object was read without places.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<Place> {
        let marked = self.marked.as_ref()?;
        Some(place::find(marked, path))
    }
}

/// What reading a file came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileOutcome {
    /// Objects handed over.
    pub objects: u32,
    /// Documents, or items of lists, that are well-formed but no Kubernetes objects, nor templates with a resource that is
    /// judged.
    pub not_kubernetes: u32,
    /// What could not be read.
    pub problems: Vec<FileProblem>,
}

/// Reads the objects of `text`, a file's content as [`super::load`] gives it. `arena` is emptied for each stretch of
/// documents, so memory follows the largest document and not the file.
///
/// What CloudFormation takes texts for is not told apart; see [`read_typed`].
pub fn read(
    entry: &FileEntry,
    text: &str,
    arena: &mut Bump,
    on_object: &mut dyn FnMut(ObjectIn<'_>),
) -> FileOutcome {
    read_typed(entry, text, |_| Type::Dyn, arena, on_object)
}

/// As [`read`]; texts in templates become the booleans and numbers that `types` says their properties hold.
pub fn read_typed(
    entry: &FileEntry,
    text: &str,
    types: Types,
    arena: &mut Bump,
    on_object: &mut dyn FnMut(ObjectIn<'_>),
) -> FileOutcome {
    let mut reader = Reader {
        entry,
        text,
        types,
        outcome: FileOutcome::default(),
        on_object,
    };
    if entry.chart.is_some() && text.contains("{{") {
        reader.template(0, text, 1);
    } else if !reader.json(arena) {
        reader.yaml(arena);
    }
    reader.outcome
}

struct Reader<'r> {
    entry: &'r FileEntry,
    text: &'r str,
    types: Types,
    outcome: FileOutcome,
    on_object: &'r mut dyn FnMut(ObjectIn<'_>),
}

impl Reader<'_> {
    fn yaml(&mut self, arena: &mut Bump) {
        for (index, chunk) in split(self.text).iter().enumerate() {
            if !self.large_list(index, chunk, arena) {
                self.precise(index, chunk, arena);
            }
        }
    }

    /// Reads one document with positions, to kubectl's meaning.
    fn precise(&mut self, index: usize, chunk: &Chunk, arena: &mut Bump) {
        arena.reset();
        let text = chunk.of(self.text);
        let arena: &Bump = arena;
        let read = precise::read(text, chunk.line, arena).and_then(|document| {
            let refusal = || bulk::refusal(text, chunk.line);
            let refused = doubt::doubtful(text).then(refusal).flatten();
            refused.map_or(Ok(document), Err)
        });
        match read {
            Ok(Some(document)) => {
                self.document(index, &document.node, arena, Some((chunk, &document)));
            }
            Ok(None) => {}
            Err(_) if text.replace("{{resolve:", "").contains("{{") => {
                self.template(index, text, chunk.line)
            }
            Err(fault) => self.problem(index, fault),
        }
    }

    fn document<'a>(
        &mut self,
        index: usize,
        node: &Node<'a>,
        arena: &'a Bump,
        read: Option<(&Chunk, &Marked<'a>)>,
    ) {
        let chunk = read.map(|(chunk, _)| chunk);
        let marked = |item| read.and_then(|(_, root)| item_of(root, item));
        match classify(node) {
            Document::Object => self.object(index, None, node, marked(None)),
            Document::Reviewed(object) => self.object(index, None, &object, marked(None)),
            Document::Template => match read {
                Some((_, root)) => self.resources(index, root, arena),
                None => self.outcome.not_kubernetes += 1,
            },
            Document::NotKubernetes => self.outcome.not_kubernetes += 1,
            Document::List {
                api_version,
                kind,
                items,
            } => {
                for (i, item) in items.iter().enumerate() {
                    let i = narrow(i);
                    let typed = typed_item(arena, *item, api_version, kind);
                    self.item(index, i, &typed, marked(Some(i)));
                }
            }
            Document::Broken { code, label, path } => {
                let spot = place::Spot {
                    document: narrow(index),
                    item: None,
                    path,
                };
                let place = match chunk {
                    Some(chunk) => place::in_document(chunk.of(self.text), chunk.line, &spot),
                    None => place::locate(&self.entry.display_path, self.text, &spot),
                };
                let place = place.unwrap_or(on_line(chunk.map_or(1, |c| c.line), 1, 1));
                self.problem(index, Fault::new(code, label, place));
            }
        }
    }

    /// Hands over the resources of a template.
    fn resources<'a>(&mut self, index: usize, root: &Marked<'a>, arena: &'a Bump) {
        let fault = templates::fault(root);
        let is_unread = fault
            .as_ref()
            .is_some_and(|it| it.code == ProblemCode::PlanFormat);
        if let Some(fault) = fault {
            self.problem(index, fault);
        }
        if is_unread {
            return;
        }
        let objects = templates::objects(root, self.types, arena);
        if objects.is_empty() {
            self.outcome.not_kubernetes += 1;
        }
        for (item, object) in objects {
            self.object(index, Some(item), &object.node, Some(object));
        }
    }

    fn item<'a>(&mut self, index: usize, item: u32, node: &Node<'a>, marked: Option<Marked<'a>>) {
        match classify(node) {
            Document::Object => self.object(index, Some(item), node, marked),
            Document::Template | Document::NotKubernetes => self.outcome.not_kubernetes += 1,
            other => {
                let (code, label, path) = match other {
                    Document::Broken { code, label, path } => (code, label, path),
                    _ => (
                        ProblemCode::NestedList,
                        "a list in a list is not read",
                        "kind",
                    ),
                };
                let spot = place::Spot {
                    document: narrow(index),
                    item: Some(item),
                    path,
                };
                let place = place::locate(&self.entry.display_path, self.text, &spot)
                    .unwrap_or(on_line(1, 1, 1));
                self.problem(index, Fault::new(code, label, place));
            }
        }
    }

    fn object<'a>(
        &mut self,
        index: usize,
        item: Option<u32>,
        node: &Node<'a>,
        marked: Option<Marked<'a>>,
    ) {
        self.outcome.objects += 1;
        let source = SourceRef {
            file: Arc::clone(&self.entry.display_path),
            document: narrow(index),
            item,
        };
        (self.on_object)(ObjectIn {
            node: *node,
            source,
            marked,
        });
    }

    /// A template, said once per file.
    fn template(&mut self, index: usize, text: &str, first_line: u32) {
        if self
            .outcome
            .problems
            .iter()
            .any(|p| p.code == ProblemCode::ChartNotRendered)
        {
            return;
        }
        let at = text
            .lines()
            .enumerate()
            .find_map(|(i, line)| line.find("{{").map(|byte| (i, line, byte)));
        let (i, line, byte) = at.unwrap_or((0, "", 0));
        let length = line[byte..]
            .find("}}")
            .map_or(2, |end| line[byte..byte + end + 2].chars().count());
        let place = on_line(
            first_line + narrow(i),
            narrow(line[..byte].chars().count()) + 1,
            narrow(length),
        );
        let label = "this is filled in when the chart is rendered";
        self.problem(
            index,
            Fault::new(ProblemCode::ChartNotRendered, label, place),
        );
    }

    fn problem(&mut self, index: usize, fault: Fault) {
        let template = fault.code == ProblemCode::ChartNotRendered;
        if template && self.outcome.problems.iter().any(|p| p.code == fault.code) {
            return;
        }
        let mut problem = FileProblem::at(&self.entry.display_path, narrow(index), fault);
        if template {
            let chart = self.entry.chart.as_deref().unwrap_or("CHART");
            problem = problem.with_help(format!("helm template {chart} | plimsoll scan -f -"));
        }
        self.outcome.problems.push(problem);
    }
}
