//! Two scans compared: what is new, what is fixed, and what nobody can say.
//!
//! Losing a list, a page or a permission never resolves anything: what was failing and is not seen now is resolved only
//! when every list it depends on was read to its end and nothing about its resource was *not evaluated*.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::sync::Arc;

use plimsoll_model::{About, Fingerprint, Judgement, Manifest, ManifestEntry, Verdict};

use crate::catalogue::Catalogue;
use crate::evidence::fingerprint;
use crate::kinds::{is_built_in, plural, workload_kinds};
use crate::lists::Lists;

/// What a scan changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Failing now and not in the published manifest (new, or re-opened: the stored finding tells).
    pub opened: Vec<Fingerprint>,
    /// Failing in the published manifest and now, but with another message, place or value; after an attempt that died,
    /// everything that fails now and then, because that attempt may have written something else.
    pub changed: Vec<Fingerprint>,
    /// Failing now and excepted, but not so in the published manifest; those that were not in it are opened as well.
    pub excepted: Vec<ManifestEntry>,
    /// Failing now, and excepted no longer.
    pub counted: Vec<ManifestEntry>,
    /// Failing in the published manifest, and known not to fail now.
    pub resolved: Vec<ManifestEntry>,
    /// Written by an attempt that died before it published, and known not to fail now: to be resolved, not announced.
    pub undone: Vec<ManifestEntry>,
    /// The manifest to publish: what fails, and what failed and can not be said to be gone.
    pub manifest: Manifest,
}

/// What earlier attempts left behind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before<'m> {
    /// The manifest of the last scan that was published.
    pub published: Option<&'m Manifest>,
    /// What attempts that died since may have written.
    pub pending: Option<&'m Manifest>,
}

/// Compares failing judgements with what was there before. Judgements are looked at one after another; of each that
/// fails its entry of the manifest is kept.
#[must_use]
pub fn difference<J: Borrow<Judgement>>(
    catalogue: &Catalogue,
    scope: &str,
    before: Before<'_>,
    now: impl IntoIterator<Item = J>,
    lists: &Lists,
) -> Difference {
    let empty = Manifest::default();
    let published = before.published.unwrap_or(&empty);
    let pending = before.pending.unwrap_or(&empty);
    let now = now.into_iter();
    let mut shared = HashSet::new();
    let (_, most) = now.size_hint();
    let mut entries: Vec<ManifestEntry> = Vec::with_capacity(most.unwrap_or_default());
    let mut untold: Vec<Fingerprint> = Vec::new();
    for judgement in now {
        let judgement = judgement.borrow();
        let object = fingerprint(scope, judgement.policy.as_str(), &judgement.resource, None);
        match judgement.verdict {
            Verdict::NotEvaluated => untold.push(object),
            Verdict::Fail => entries.push(entry(catalogue, judgement, object, &mut shared)),
            _ => {}
        }
    }
    untold.sort_unstable();
    untold.dedup();
    // Of two about the same, whichever came first, the same counts.
    entries.sort_unstable_by_key(|entry| (entry.fingerprint, entry.hash));
    entries.dedup_by_key(|entry| entry.fingerprint);
    let mut out = Difference {
        manifest: Manifest { entries },
        ..Difference::default()
    };
    for entry in &out.manifest.entries {
        let old = published.get(entry.fingerprint);
        match (old.is_some_and(|old| old.excepted), entry.excepted) {
            (false, true) => out.excepted.push(entry.clone()),
            (true, false) => out.counted.push(entry.clone()),
            _ => {}
        }
        match old {
            None => out.opened.push(entry.fingerprint),
            Some(old) if old.hash != entry.hash || before.pending.is_some() => {
                out.changed.push(entry.fingerprint);
            }
            Some(_) => {}
        }
    }
    let unpublished = pending
        .entries
        .iter()
        .filter(|old| published.get(old.fingerprint).is_none());
    let mut kept = Vec::new();
    for (old, was_published) in (published.entries.iter().map(|old| (old, true)))
        .chain(unpublished.map(|old| (old, false)))
        .filter(|(old, _)| out.manifest.get(old.fingerprint).is_none())
    {
        let list_lost = old.about.lists.iter().any(|list| lists.gap(list).is_some());
        if list_lost || untold.binary_search(&old.object).is_ok() {
            kept.push(ManifestEntry {
                verdict: Verdict::NotEvaluated,
                ..old.clone()
            });
            if !was_published {
                out.opened.push(old.fingerprint);
            }
        } else if was_published {
            out.resolved.push(old.clone());
        } else {
            out.undone.push(old.clone());
        }
    }
    out.opened.sort_unstable();
    out.manifest.entries.append(&mut kept);
    out.manifest
        .entries
        .sort_unstable_by_key(|entry| entry.fingerprint);
    out
}

/// `shared` holds what entries have in common.
fn entry(
    catalogue: &Catalogue,
    judgement: &Judgement,
    object: Fingerprint,
    shared: &mut HashSet<Arc<About>>,
) -> ManifestEntry {
    let policy = catalogue.policy(judgement.policy.as_str());
    let resource = &judgement.resource;
    let ours = is_built_in(&resource.kind, &resource.api_version);
    let own = plural(&resource.kind).filter(|_| ours).map(str::to_owned);
    let kinds = || {
        policy
            .map(|policy| policy.kinds.iter().filter_map(|kind| plural(kind)))
            .into_iter()
            .flatten()
    };
    let mut lists: Vec<String> = match own {
        Some(own) => vec![own],
        None => kinds().map(str::to_owned).collect(),
    };
    if judgement.in_pods {
        lists.extend(workload_kinds().filter_map(plural).map(str::to_owned));
    }
    lists.extend(
        policy
            .into_iter()
            .flat_map(|policy| policy.needs.iter().cloned()),
    );
    let text = format!(
        "{}\n{}\n{}",
        judgement.message,
        judgement.paths.join("\n"),
        judgement.observed.as_deref().unwrap_or("")
    );
    let mut parts = vec![text.as_str(), judgement.severity.as_str()];
    let exception = judgement.exception.as_ref();
    let exception = exception.and_then(|excepted| serde_json::to_string(excepted).ok());
    parts.extend(exception.as_deref());
    let about = About {
        policy: judgement.policy.clone(),
        severity: judgement.severity,
        lists,
    };
    let about = shared.get(&about).cloned().unwrap_or_else(|| {
        let about = Arc::new(about);
        shared.insert(Arc::clone(&about));
        about
    });
    ManifestEntry {
        fingerprint: judgement.fingerprint,
        object,
        about,
        hash: plimsoll_model::hash_number(&parts),
        verdict: Verdict::Fail,
        excepted: judgement.exception.is_some(),
    }
}
