//! Two scans compared: what is new, what is fixed, and what nobody can say.
//!
//! Losing a list, a page or a permission never resolves anything: what was failing and is not seen now is resolved only
//! when every list it depends on was read to its end and nothing about its resource was *not evaluated*.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Fingerprint, Judgement, Manifest, ManifestEntry, Verdict};

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
pub fn difference<'m, J: Borrow<Judgement>>(
    catalogue: &Catalogue,
    scope: &str,
    before: Before<'m>,
    now: impl IntoIterator<Item = J>,
    lists: &Lists,
) -> Difference {
    let index = |manifest: Option<&'m Manifest>| -> BTreeMap<Fingerprint, &'m ManifestEntry> {
        let entries = manifest.into_iter().flat_map(|manifest| &manifest.entries);
        entries.map(|entry| (entry.fingerprint, entry)).collect()
    };
    let published = index(before.published);
    let pending = index(before.pending);
    let mut entries: BTreeMap<Fingerprint, ManifestEntry> = BTreeMap::new();
    let mut untold: BTreeSet<Fingerprint> = BTreeSet::new();
    let mut out = Difference::default();
    for judgement in now {
        let judgement = judgement.borrow();
        let object = fingerprint(scope, judgement.policy.as_str(), &judgement.resource, None);
        if judgement.verdict == Verdict::NotEvaluated {
            untold.insert(object);
        }
        if judgement.verdict != Verdict::Fail {
            continue;
        }
        let entry = entry(catalogue, judgement, object);
        let before_excepted = published
            .get(&entry.fingerprint)
            .is_some_and(|old| old.excepted);
        match (before_excepted, entry.excepted) {
            (false, true) => out.excepted.push(entry.clone()),
            (true, false) => out.counted.push(entry.clone()),
            _ => {}
        }
        match published.get(&entry.fingerprint) {
            None => out.opened.push(entry.fingerprint),
            Some(old) if old.hash != entry.hash || before.pending.is_some() => {
                out.changed.push(entry.fingerprint)
            }
            Some(_) => {}
        }
        entries.insert(entry.fingerprint, entry);
    }
    let unpublished = pending
        .iter()
        .filter(|(fingerprint, _)| !published.contains_key(fingerprint));
    for (fingerprint, old) in published.iter().chain(unpublished) {
        if entries.contains_key(fingerprint) {
            continue;
        }
        let list_lost = old.lists.iter().any(|list| lists.gap(list).is_some());
        if list_lost || untold.contains(&old.object) {
            let kept = ManifestEntry {
                verdict: Verdict::NotEvaluated,
                ..(*old).clone()
            };
            entries.insert(*fingerprint, kept);
            if !published.contains_key(fingerprint) {
                out.opened.push(*fingerprint);
            }
        } else if published.contains_key(fingerprint) {
            out.resolved.push((*old).clone());
        } else {
            out.undone.push((*old).clone());
        }
    }
    out.opened.sort();
    out.opened.dedup();
    out.changed.sort();
    for entries in [&mut out.excepted, &mut out.counted] {
        entries.sort_by_key(|entry| entry.fingerprint);
        entries.dedup_by_key(|entry| entry.fingerprint);
    }
    out.manifest.entries = entries.into_values().collect();
    out
}

fn entry(catalogue: &Catalogue, judgement: &Judgement, object: Fingerprint) -> ManifestEntry {
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
    let hash = plimsoll_model::hash_text(&parts);
    ManifestEntry {
        fingerprint: judgement.fingerprint,
        object,
        policy: judgement.policy.clone(),
        severity: judgement.severity,
        lists,
        verdict: Verdict::Fail,
        excepted: judgement.exception.is_some(),
        hash,
    }
}
