//! Large YAML lists, as `kubectl get -o yaml` prints them: taken apart at the lines where items begin, so that memory
//! follows one item and not the list.

use plimsoll_cel::Bump;

use super::load::narrow;
use super::precise;
use super::split::Chunk;

/// Documents smaller than this are decoded at once.
const LARGE: usize = 1 << 20;

/// A list whose items can be read one by one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LargeList {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    /// Each item's text, from the line of its dash: a list of one.
    pub(crate) items: Vec<Chunk>,
}

/// The document as a large list, if it is one whose items stand by themselves.
pub(crate) fn large_list(text: &str, document: &Chunk) -> Option<LargeList> {
    (document.end - document.start >= LARGE)
        .then(|| take_apart(text, document))
        .flatten()
}

fn take_apart(text: &str, document: &Chunk) -> Option<LargeList> {
    let body = document.of(text);
    // What an anchor names may be used in another item.
    if [": &", "- &", ": *", "- *"]
        .iter()
        .any(|mark| body.contains(mark))
    {
        return None;
    }
    let (mut head, mut items) = (String::new(), Vec::<Chunk>::new());
    let mut indent = None;
    let (mut at, mut in_items) = (document.start, false);
    for (number, line) in (document.line..).zip(body.split_inclusive('\n')) {
        let (start, end) = (at, at + line.len());
        at = end;
        let trimmed = line.trim_start_matches(' ');
        let depth = line.len() - trimmed.len();
        let blank = trimmed.trim_end().is_empty() || trimmed.starts_with('#');
        if in_items && !blank {
            let dash = trimmed.starts_with("- ") || trimmed.trim_end() == "-";
            let item_indent = *indent.get_or_insert(depth);
            if dash && depth == item_indent {
                items.push(Chunk {
                    start,
                    end,
                    line: number,
                });
                continue;
            }
            // A line that is neither an item nor inside one ends the list.
            in_items = depth > item_indent && !items.is_empty();
        }
        if in_items {
            if let Some(item) = items.last_mut() {
                item.end = end;
            }
        } else if items.is_empty() && line.trim_end() == "items:" {
            in_items = true;
        } else if !blank {
            head.push_str(line);
        }
    }
    let arena = Bump::new();
    let head = precise::read(&head, 1, &arena).ok()??.node;
    let text_of = |key| {
        head.get(key)
            .and_then(|node| node.as_str())
            .map(str::to_owned)
    };
    let (api_version, kind) = (text_of("apiVersion")?, text_of("kind")?);
    let is_list = kind.ends_with("List")
        && head.get("items").is_none()
        && !items.is_empty()
        && narrow(items.len()) < u32::MAX;
    is_list.then_some(LargeList {
        api_version,
        kind,
        items,
    })
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    fn items(text: &str) -> Option<Vec<(u32, &str)>> {
        let chunk = split(text)[0];
        take_apart(text, &chunk)
            .map(|list| list.items.iter().map(|i| (i.line, i.of(text))).collect())
    }

    #[test]
    fn items_are_told_apart_at_either_indentation() {
        let text = "apiVersion: v1\nitems:\n- a: 1\n  b: |\n    - x\n# c\n\n- c:\n  - d\n-\n  e: 1\nkind: List\nmetadata:\n  x: yes\n";
        let expected = [
            (3, "- a: 1\n  b: |\n    - x\n# c\n\n"),
            (8, "- c:\n  - d\n"),
            (10, "-\n  e: 1\n"),
        ];
        assert_eq!(items(text).unwrap(), expected);
        let deeper = "apiVersion: v1\nkind: PodList\nitems:\n  - a: 1\n    b: 2\n  - c: 3\n";
        assert_eq!(
            items(deeper).unwrap(),
            [(4, "  - a: 1\n    b: 2\n"), (6, "  - c: 3\n")]
        );
    }

    #[test]
    fn other_documents_are_left_whole() {
        for text in [
            "apiVersion: v1\nkind: List\nitems: []\n",
            "apiVersion: v1\nkind: Pod\nitems:\n- a: 1\n",
            "apiVersion: v1\nkind: List\nitems:\n- a: &x 1\n- b: *x\n",
            "apiVersion: v1\nkind: List\nitems:\n  a: 1\n",
            "kind: List\nitems:\n- a: 1\n",
        ] {
            assert_eq!(items(text), None, "{text}");
        }
    }
}
