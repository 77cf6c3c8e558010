//! Each framework's resources with their worst verdict, sorted outside memory as rows are.

use std::io::{self, Write};

use plimsoll_model::{ResourceRef, Verdict};

use crate::FrameworkResource;
use crate::spill::{CHUNK_BYTES, SortedRecords, Spill};

/// Gathers what frameworks' policies say about resources, in any order and as often as wanted per resource.
#[derive(Debug)]
pub struct Affected {
    spill: Spill,
}

impl Default for Affected {
    fn default() -> Self {
        Self::with_limit(CHUNK_BYTES)
    }
}

impl Affected {
    /// One that keeps about `bytes` in memory (the default is 8 MiB).
    #[must_use]
    pub fn with_limit(bytes: usize) -> Self {
        Self {
            spill: Spill::new(bytes),
        }
    }

    /// Notes that a policy of framework number `framework` (its index in the header) gave `verdict` on a resource.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn push(
        &mut self,
        framework: u16,
        resource: &ResourceRef,
        file: Option<&str>,
        verdict: Verdict,
    ) -> io::Result<()> {
        self.spill.push(
            |out| {
                out.extend_from_slice(&framework.to_be_bytes());
                for text in [
                    resource.namespace.as_deref().unwrap_or(""),
                    resource.name.as_deref().unwrap_or(""),
                    &resource.kind,
                    &resource.api_version,
                    file.unwrap_or(""),
                ] {
                    out.extend_from_slice(text.as_bytes());
                    out.push(0);
                }
            },
            |out| {
                out.push(verdict as u8);
                let named = Named { resource, file };
                serde_json::to_writer(out, &named).map_err(io::Error::from)
            },
        )
    }

    /// No more resources come for now: what is in memory goes to the temporary file, unless there is hardly anything.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn rest(&mut self) -> io::Result<()> {
        self.spill.rest()
    }

    /// Ends the input.
    #[must_use]
    pub fn finish(self) -> SortedAffected {
        Self::finish_all(vec![self])
    }

    /// Ends the input of several workers.
    #[must_use]
    pub fn finish_all(gathered: Vec<Self>) -> SortedAffected {
        let parts = gathered.into_iter().map(|affected| affected.spill);
        SortedAffected {
            records: Spill::finish(parts.collect()),
        }
    }
}

#[derive(serde::Serialize)]
struct Named<'a> {
    resource: &'a ResourceRef,
    file: Option<&'a str>,
}

/// All of it in order: framework, then resource.
#[derive(Debug)]
pub struct SortedAffected {
    records: SortedRecords,
}

impl SortedAffected {
    /// Writes the resources of one framework as JSON objects after each other, separated by commas.
    pub(crate) fn write_json(&self, framework: usize, out: &mut dyn Write) -> io::Result<()> {
        let mut reader = self.records.reader()?;
        let mut last_key = Vec::new();
        let mut separator = "\n  ";
        while let Some((key, value)) = reader.next()? {
            // The worst verdict of a resource comes first, since a value begins with its verdict.
            if !belongs(key, framework) || key == last_key {
                continue;
            }
            last_key.clear();
            last_key.extend_from_slice(key);
            let Some((&verdict, named)) = value.split_first() else {
                continue;
            };
            let verdict = Verdict::ALL[usize::from(verdict).min(Verdict::ALL.len() - 1)];
            out.write_all(separator.as_bytes())?;
            out.write_all(named.strip_suffix(b"}").unwrap_or(named))?;
            write!(out, ",\"verdict\":\"{}\"}}", verdict.as_str())?;
            separator = ",\n  ";
        }
        Ok(())
    }

    /// The resources of one framework, all in memory.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn of_framework(&self, framework: usize) -> io::Result<Vec<FrameworkResource>> {
        let mut text = b"[".to_vec();
        self.write_json(framework, &mut text)?;
        text.push(b']');
        serde_json::from_slice(&text).map_err(io::Error::from)
    }
}

fn belongs(key: &[u8], framework: usize) -> bool {
    u16::try_from(framework).is_ok_and(|number| key.starts_with(&number.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_resource_stands_once_a_framework_with_its_worst_verdict() {
        let pod = |name: &str| ResourceRef {
            api_version: "v1".into(),
            kind: "Pod".into(),
            namespace: Some("a".into()),
            name: Some(name.into()),
            ..Default::default()
        };
        let mut affected = Affected::default();
        for (framework, name, verdict) in [
            (0, "x", Verdict::Pass),
            (1, "x", Verdict::Pass),
            (0, "x", Verdict::NotEvaluated),
            (0, "w", Verdict::NotApplicable),
            (0, "x", Verdict::Fail),
        ] {
            affected
                .push(framework, &pod(name), Some("k.yaml"), verdict)
                .unwrap();
        }
        let sorted = affected.finish();
        let named = |framework| -> Vec<(String, Verdict)> {
            sorted
                .of_framework(framework)
                .unwrap()
                .into_iter()
                .map(|found| (found.resource.short_name(), found.verdict))
                .collect()
        };
        assert_eq!(
            named(0),
            [
                ("a/w".to_owned(), Verdict::NotApplicable),
                ("a/x".to_owned(), Verdict::Fail)
            ]
        );
        assert_eq!(named(1), [("a/x".to_owned(), Verdict::Pass)]);
        assert!(named(2).is_empty());
    }
}
