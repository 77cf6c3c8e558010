//! What is said about a verdict: the element, where it is, what stands there, and the message.

use std::borrow::Cow;

use plimsoll_cel::{Budget, Node, Value};
use plimsoll_model::{Fingerprint, FingerprintParts, Judgement, Reason, Verdict};

use crate::catalogue::Policy;
use crate::compile::{Message, PathSpec, Root};
use crate::judge::Case;
use crate::path::{self, Step};

/// The longest observed value that is kept, in characters.
const OBSERVED_LENGTH: usize = 120;
/// As many bytes of it are asked for, at four bytes a character and one character more, to know that there is more.
const OBSERVED_BYTES: usize = 4 * (OBSERVED_LENGTH + 1);

/// A chosen element and its place among its siblings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) siblings: Value<'a>,
    pub(crate) index: usize,
}

impl<'a> Case<'_, '_, 'a> {
    /// A verdict of a policy, written out; `chosen` are the elements it is about, `reason` why it is none.
    #[inline(never)]
    pub(crate) fn judgement(
        &self,
        policy: &Policy,
        verdict: Verdict,
        chosen: &[Element<'a>],
        reason: Option<Reason>,
        budget: &Budget,
    ) -> Judgement {
        let keys = chosen.iter().map(Element::key);
        let element = keys.reduce(|all, key| all + "/" + key);
        let mut observed = None;
        let mut redacted = false;
        let mut paths = Vec::new();
        for (path, node) in self.places(policy, chosen.last()) {
            let node = node.filter(|node| observed.is_none() && node.unknown().is_none());
            let shown = &self.plan.options.shown;
            let text = shown(
                self.view.kind,
                &path,
                &node.unwrap_or(Node::Null),
                OBSERVED_BYTES,
            );
            redacted |= text.is_none();
            if node.is_some() {
                observed = text;
            }
            paths.push(path);
        }
        let patch_paths = match verdict {
            Verdict::Fail if self.view.in_pods.is_none() => {
                self.patch_paths(policy, chosen.last()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let observed = observed.filter(|_| !redacted).map(shorten);
        let message = match &reason {
            Some(reason) => format!("not evaluated: {}", reason.need),
            None => self.message(policy, verdict, budget) + self.view.in_pods.unwrap_or_default(),
        };
        Judgement {
            policy: policy.id.clone(),
            verdict,
            severity: policy.severity,
            resource: self.view.resource().clone(),
            fingerprint: fingerprint(
                &self.plan.options.scope,
                policy.id.as_str(),
                self.view.resource(),
                element.as_deref(),
            ),
            element: element.map(Cow::into_owned),
            observed,
            paths,
            patch_paths,
            in_pods: self.view.in_pods.is_some(),
            redacted,
            message,
            reason,
            source: self.view.source.clone(),
            exception: None,
            place: None,
        }
    }

    /// The message is about the failure; a pass is named by the policy's title.
    fn message(&self, policy: &Policy, verdict: Verdict, budget: &Budget) -> String {
        if verdict != Verdict::Fail {
            return format!("{}: {}", policy.title, verdict.as_str());
        }
        match &policy.compiled.message {
            Message::Fixed(text) => text.clone(),
            Message::Program(program) => match program.eval(self.scope, budget) {
                Ok(value) => value
                    .as_str()
                    .filter(|text| !text.is_empty())
                    .unwrap_or(&policy.title)
                    .to_owned(),
                Err(_) => policy.title.clone(),
            },
        }
    }

    /// The places that exist among those the policy names, with what stands there, or the first, as the one that should
    /// exist.
    fn places(
        &self,
        policy: &Policy,
        element: Option<&Element<'a>>,
    ) -> Vec<(String, Option<Node<'a>>)> {
        let element_steps = element.map(|element| self.element_steps(element).unwrap_or_default());
        let mut first = None;
        let mut all = Vec::with_capacity(policy.compiled.paths.len());
        for spec in &policy.compiled.paths {
            let steps = self.place(spec, element_steps.as_deref());
            match path::follow(&self.view.node, &steps) {
                Some(node) => all.push((path::write(&steps), Some(node))),
                None if all.is_empty() && first.is_none() => first = Some(path::write(&steps)),
                None => {}
            }
        }
        if all.is_empty() {
            all.extend(first.map(|path| (path, None)));
        }
        all
    }

    /// Found by the element's address, or, where it has none of its own (an empty map, a number), by its list's.
    fn element_steps(&self, element: &Element<'a>) -> Option<Vec<Step<'a>>> {
        let of = |value: &Value<'a>| self.steps_to(value.as_node()?);
        let by_list = || {
            let mut steps = of(&element.siblings)?;
            steps.push(Step::Index(element.index));
            Some(steps)
        };
        of(&element.value).or_else(by_list)
    }

    /// The way to a part of the object. The last one is kept: policies of a group come to the same element in turn.
    fn steps_to(&self, part: Node<'a>) -> Option<Vec<Step<'a>>> {
        if let Some((last, steps)) = &*self.last_part.borrow()
            && path::same(last, &part)
        {
            return Some(steps.clone());
        }
        let steps = path::of_part(&self.view.node, &part)?;
        self.last_part.replace(Some((part, steps.clone())));
        Some(steps)
    }

    /// Where the patch acts: below the pod template's parts that it names, else below the element if there is one, else
    /// below the object. None when the element has no place in the object.
    fn patch_paths(&self, policy: &Policy, element: Option<&Element<'a>>) -> Option<Vec<String>> {
        let mut of_element = None;
        let mut placed = |path: &str| {
            let (first, rest) = path.split_once('/').unwrap_or((path, ""));
            let keys = |keys: &[&str]| keys.iter().map(|key| format!("/{key}")).collect::<String>();
            let base = match (first, self.view.pod_spec_keys) {
                ("podSpec", Some(of)) => keys(of),
                ("podMetadata", Some(_)) => keys(crate::kinds::pod_metadata_keys(self.view.kind)?),
                _ => {
                    let base = match (element, &of_element) {
                        (None, _) => String::new(),
                        (Some(_), Some(known)) => String::clone(known),
                        (Some(element), None) => path::pointer(&self.element_steps(element)?),
                    };
                    of_element = Some(base.clone());
                    return Some(below(base, path));
                }
            };
            Some(below(base, rest))
        };
        policy.patch.iter().map(|op| placed(&op.path)).collect()
    }

    fn place<'s>(&self, spec: &'s PathSpec, element: Option<&'s [Step<'a>]>) -> Vec<Step<'s>> {
        let keys =
            |keys: &[&'static str]| keys.iter().map(|key| Step::Key((*key).into())).collect();
        let mut steps: Vec<Step<'s>> = match spec.root {
            Root::Object => Vec::new(),
            Root::Element => element.unwrap_or_default().iter().map(Step::lent).collect(),
            Root::PodSpec => keys(self.view.pod_spec_keys.unwrap_or_default()),
            Root::PodMetadata => {
                keys(crate::kinds::pod_metadata_keys(self.view.kind).unwrap_or_default())
            }
        };
        steps.extend(spec.steps.iter().map(Step::lent));
        steps
    }
}

/// A pointer with more steps.
fn below(base: String, path: &str) -> String {
    match path.trim_start_matches('/') {
        "" => base,
        path => format!("{base}/{path}"),
    }
}

impl<'a> Element<'a> {
    /// An ordinal is added only among equals.
    fn key(&self) -> Cow<'a, str> {
        let key = key_of(&self.value);
        let before = self.siblings.items().take(self.index);
        match before.filter(|other| key_of(other) == key).count() {
            0 => key,
            before => format!("{key}#{}", before + 1).into(),
        }
    }
}

/// What tells an element from its siblings: its name, its text, or a hash of it.
fn key_of<'a>(value: &Value<'a>) -> Cow<'a, str> {
    if let Some(text) = value.as_str().filter(|text| text.len() <= 64) {
        return text.into();
    }
    let node = value.as_node();
    let name = node.and_then(|node| node.get("name"));
    if let Some(name) = name.and_then(|name| name.as_str()) {
        return name.into();
    }
    let json = node
        .and_then(|node| serde_json::to_string(&node).ok())
        .unwrap_or_else(|| value.to_json().to_string());
    plimsoll_model::hash_text(&[&json])[..10].to_owned().into()
}

/// The identity of a policy's verdict about a resource and element; an empty element stands for the whole object.
pub(crate) fn fingerprint(
    scope: &str,
    policy: &str,
    resource: &plimsoll_model::ResourceRef,
    element: Option<&str>,
) -> Fingerprint {
    Fingerprint::of(&FingerprintParts {
        policy,
        scope,
        group: resource.group(),
        kind: &resource.kind,
        namespace: resource.namespace.as_deref().unwrap_or(""),
        name: resource.name.as_deref().unwrap_or(""),
        element: element.unwrap_or(""),
    })
}

fn shorten(mut text: String) -> String {
    if text.len() > OBSERVED_LENGTH
        && let Some((end, _)) = text.char_indices().nth(OBSERVED_LENGTH)
    {
        text.truncate(end);
        text.push('…');
    }
    text
}
