//! A manifest as text: what entries have in common first, then a row an entry, which is written and read row by row.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::{About, Manifest, ManifestEntry, Union};
use crate::{Fingerprint, Verdict};

const ABOUT: &str = "about";
const ENTRIES: &str = "entries";

/// An entry: fingerprint, fingerprint of the object, which `about`, hash, verdict, whether excepted.
type Row = (Fingerprint, Fingerprint, usize, u64, Verdict, bool);

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize(self.entries.iter(), to)
    }
}

impl Serialize for Union<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let only_earlier = |entry: &&ManifestEntry| self.newer.get(entry.fingerprint).is_none();
        let earlier = self.earlier.entries.iter().filter(only_earlier);
        serialize(self.newer.entries.iter().chain(earlier), to)
    }
}

fn serialize<'a, S: Serializer>(
    entries: impl Iterator<Item = &'a ManifestEntry> + Clone,
    to: S,
) -> Result<S::Ok, S::Error> {
    let abouts = entries.clone().map(|entry| (&*entry.about, 0));
    let mut places: BTreeMap<&About, usize> = abouts.collect();
    for (at, place) in places.values_mut().enumerate() {
        *place = at;
    }
    let mut map = to.serialize_struct("Manifest", 2)?;
    map.serialize_field(ABOUT, &places.keys().collect::<Vec<_>>())?;
    map.serialize_field(ENTRIES, &Rows(entries, &places))?;
    map.end()
}

struct Rows<'p, 'a, I>(I, &'p BTreeMap<&'a About, usize>);

impl<'a, I: Iterator<Item = &'a ManifestEntry> + Clone> Serialize for Rows<'_, 'a, I> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.clone().map(|entry| -> Row {
            let about = self.1.get(&*entry.about).copied().unwrap_or_default();
            let (is, of) = (entry.fingerprint, entry.object);
            (is, of, about, entry.hash, entry.verdict, entry.excepted)
        }))
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OfManifest)
    }
}

struct OfManifest;

impl<'de> Visitor<'de> for OfManifest {
    type Value = Manifest;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("what entries have in common, and then the entries")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Manifest, A::Error> {
        let mut abouts: Option<Vec<Arc<About>>> = None;
        let mut entries = None;
        while let Some(key) = map.next_key::<String>()? {
            match (key.as_str(), &abouts) {
                (ABOUT, _) => {
                    let read: Vec<About> = map.next_value()?;
                    abouts = Some(read.into_iter().map(Arc::new).collect());
                }
                (ENTRIES, Some(abouts)) => entries = Some(map.next_value_seed(OfRows(abouts))?),
                _ => return Err(A::Error::unknown_field(&key, &[ABOUT, ENTRIES])),
            }
        }
        let mut entries = entries.ok_or_else(|| A::Error::missing_field(ENTRIES))?;
        if !entries.is_sorted_by_key(|entry: &ManifestEntry| entry.fingerprint) {
            entries.sort_by_key(|entry| entry.fingerprint);
        }
        Ok(Manifest { entries })
    }
}

struct OfRows<'a>(&'a [Arc<About>]);

impl<'de> DeserializeSeed<'de> for OfRows<'_> {
    type Value = Vec<ManifestEntry>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for OfRows<'_> {
    type Value = Vec<ManifestEntry>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((fingerprint, object, about, hash, verdict, excepted)) =
            rows.next_element::<Row>()?
        {
            let unknown = || A::Error::custom(format!("nothing stands at {about}"));
            entries.push(ManifestEntry {
                fingerprint,
                object,
                about: Arc::clone(self.0.get(about).ok_or_else(unknown)?),
                hash,
                verdict,
                excepted,
            });
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PolicyId, Severity};

    fn manifest() -> Manifest {
        let about = |policy: &str| {
            Arc::new(About {
                policy: PolicyId::new(policy),
                severity: Severity::High,
                lists: vec!["pods".to_owned()],
            })
        };
        let entry = |at: u8, about: &Arc<About>| ManifestEntry {
            fingerprint: Fingerprint::from_bytes([at; 16]),
            object: Fingerprint::from_bytes([at + 100; 16]),
            about: Arc::clone(about),
            hash: u64::MAX - u64::from(at),
            verdict: Verdict::Fail,
            excepted: at == 2,
        };
        let (z, a) = (about("z"), about("a"));
        Manifest {
            entries: vec![entry(1, &z), entry(2, &a), entry(3, &z)],
        }
    }

    #[test]
    fn what_is_written_is_read_and_shared_as_it_was() {
        let text = serde_json::to_string(&manifest()).unwrap();
        assert_eq!(text.matches("\"pods\"").count(), 2, "{text}");
        let read: Manifest = serde_json::from_str(&text).unwrap();
        assert_eq!(read, manifest());
        assert!(Arc::ptr_eq(&read.entries[0].about, &read.entries[2].about));
        let empty = serde_json::to_string(&Manifest::default()).unwrap();
        let read: Manifest = serde_json::from_str(&empty).unwrap();
        assert_eq!(read, Manifest::default());
        assert_eq!(std::mem::size_of::<ManifestEntry>(), 56);
    }

    #[test]
    fn what_is_broken_is_an_error_and_not_an_empty_manifest() {
        let text = serde_json::to_string(&manifest()).unwrap();
        for broken in [
            "{}".to_owned(),
            r#"{"about":[]}"#.to_owned(),
            r#"{"entries":[]}"#.to_owned(),
            text.replace(",1,1844", ",7,1844"),
            text[..text.len() - 3].to_owned(),
        ] {
            assert!(
                serde_json::from_str::<Manifest>(&broken).is_err(),
                "{broken}"
            );
        }
    }
}
