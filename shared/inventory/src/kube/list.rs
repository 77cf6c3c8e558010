//! One list, page by page: what a page holds, and how a list ended.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use plimsoll_cel::{Bump, Node};
use plimsoll_model::kind::Kind;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::ClusterError;
use super::item;

/// Objects asked for at a time at most: what client-go asks for.
pub const PAGE_SIZE: u32 = 500;

/// Objects asked for when nothing is known of their size.
const FIRST_PAGE: u32 = 200;

/// What a page may hold, in bytes: a page is in memory as a whole. Pods come some 200 at a time, and ConfigMaps of the
/// most that is allowed, 1 MiB, one or two at a time.
const PAGE_BYTES: usize = 2 << 20;

/// How many objects to ask for after a page of `bytes` with `objects`, so that the next is not too large; at most `most`.
pub(crate) fn next_page_size(last: Option<(usize, usize)>, most: u32) -> u32 {
    let fits = match last {
        None => FIRST_PAGE,
        Some((_, 0)) => most,
        Some((bytes, objects)) => {
            let each = bytes.div_ceil(objects).max(1);
            u32::try_from(PAGE_BYTES / each).unwrap_or(u32::MAX)
        }
    };
    fits.clamp(1, most.max(1))
}

/// What part of a kind's objects is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListScope {
    /// Only these namespaces; empty for all. Kinds without namespaces are listed whole.
    pub namespaces: Vec<String>,
    /// A label selector in kubectl's notation.
    pub label_selector: Option<String>,
}

/// What happens while a list is read.
pub enum ListEvent<'p> {
    /// The next objects.
    Page(Page<'p>),
    /// The server lost the list's version (410): it is read again from the beginning. Whatever was made of its pages
    /// so far no longer counts.
    Restarted,
}

/// Some objects of a list, not decoded yet.
pub struct Page<'p> {
    /// The kind listed.
    pub spec: &'p Kind,
    /// How many objects the server still has, where it says so.
    pub remaining: Option<u64>,
    items: Vec<&'p RawValue>,
    pub(crate) broken: Rc<RefCell<Option<String>>>,
}

impl<'p> Page<'p> {
    /// How many objects it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Decodes one object after another, without managed fields and entries that are null. Each lives until `f`
    /// returns, then the arena is emptied. An object that cannot be decoded makes the list a failed one.
    pub fn for_each(&self, arena: &mut Bump, mut f: impl FnMut(Node<'_>)) {
        for raw in &self.items {
            arena.reset();
            match item::decode(arena, raw.get(), self.spec) {
                Ok(node) => f(node),
                Err(error) => {
                    *self.broken.borrow_mut() =
                        Some(format!("an object cannot be decoded: {error}"))
                }
            }
        }
    }

    /// Takes a page apart; the second value is the token of the next one.
    pub(crate) fn parse(
        spec: &'p Kind,
        body: &'p str,
    ) -> Result<(Self, Option<String>), ClusterError> {
        let list: RawPage<'p> =
            serde_json::from_str(body).map_err(|error| ClusterError::Server {
                status: 200,
                message: format!("what came is no list: {error}"),
            })?;
        let next = list
            .metadata
            .next
            .filter(|token| !token.is_empty())
            .map(Cow::into_owned);
        let remaining = list.metadata.remaining_item_count;
        let page = Page {
            spec,
            remaining,
            items: list.items.unwrap_or_default(),
            broken: Rc::default(),
        };
        Ok((page, next))
    }
}

#[derive(Deserialize)]
struct RawPage<'p> {
    #[serde(borrow)]
    metadata: RawMeta<'p>,
    #[serde(borrow)]
    items: Option<Vec<&'p RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMeta<'p> {
    #[serde(rename = "continue", borrow, default)]
    next: Option<Cow<'p, str>>,
    remaining_item_count: Option<u64>,
}

/// How a list ended. Only [`ListOutcome::Complete`] and [`ListOutcome::Absent`] say what is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListOutcome {
    /// Read to its end.
    Complete {
        /// Objects handed over (since the last restart).
        count: u64,
    },
    /// The cluster does not have this kind: the list is complete and empty.
    Absent,
    /// The server refused it (403).
    Denied {
        /// The server's words.
        message: String,
        /// Who it was refused to, where the server says so.
        user: Option<String>,
    },
    /// Not read to its end, for another reason.
    Failed {
        /// Why.
        error: ClusterError,
        /// Objects handed over before; they do not count.
        count: u64,
    },
}

/// `User "reader" cannot list …` in the server's words.
pub(crate) fn user_of(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("User \"")?;
    rest.split_once('"').map(|(user, _)| user.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::kind::named as kind_named;

    #[test]
    fn a_page_is_taken_apart_without_decoding_its_objects() {
        let body = r#"{"kind":"PodList","metadata":{"continue":"t","remainingItemCount":7},"items":[{"metadata":{"name":"a"}},{"metadata":1}]}"#;
        let pods = kind_named("Pod").unwrap();
        let (page, next) = Page::parse(pods, body).unwrap();
        assert_eq!(
            (page.len(), page.remaining, next.as_deref()),
            (2, Some(7), Some("t"))
        );
        let mut names = Vec::new();
        page.for_each(&mut Bump::new(), |node| {
            names.push(
                node.at(&["metadata", "name"])
                    .map(|n| n.as_str() == Some("a")),
            )
        });
        assert_eq!(names, [Some(true)]);
        assert!(
            page.broken
                .borrow()
                .as_ref()
                .unwrap()
                .contains("cannot be decoded")
        );
        let (empty, next) =
            Page::parse(pods, r#"{"metadata":{"continue":""},"items":null}"#).unwrap();
        assert!(empty.is_empty() && next.is_none());
        assert!(Page::parse(pods, "<html>").is_err());
    }

    #[test]
    fn large_objects_come_in_small_pages() {
        let sizes = [
            (None, FIRST_PAGE),
            (Some((0, 0)), 500),
            (Some((400 << 10, 200)), 500),
            (Some((2 << 20, 256)), 256),
            (Some((200 << 20, 200)), 2),
            (Some((300 << 20, 100)), 1),
        ];
        for (last, expected) in sizes {
            assert_eq!(next_page_size(last, 500), expected, "{last:?}");
            assert!(next_page_size(last, 5) <= 5);
        }
    }

    #[test]
    fn the_refused_user_is_read_from_the_servers_words() {
        let message =
            r#"secrets is forbidden: User "reader" cannot list resource "secrets" in API group """#;
        assert_eq!(user_of(message).as_deref(), Some("reader"));
        assert_eq!(user_of("Unauthorized"), None);
    }
}
