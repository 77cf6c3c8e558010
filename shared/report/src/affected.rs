//! Each framework's resources with their worst verdict, sorted outside memory as rows are.

use std::io::{self, Write};

use plimsoll_model::{ResourceRef, Verdict};

use crate::FrameworkResource;
use crate::key;
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

    /// Notes the verdicts that policies of frameworks (by their index in the header) gave on a resource.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn push(
        &mut self,
        resource: &ResourceRef,
        file: Option<&str>,
        verdicts: &[(u16, Verdict)],
    ) -> io::Result<()> {
        self.spill.push(
            |out| {
                key::put_resource(resource, out);
                key::put(file.unwrap_or(""), out);
            },
            |out| {
                let number = u16::try_from(verdicts.len()).map_err(io::Error::other)?;
                out.extend_from_slice(&number.to_be_bytes());
                for (framework, verdict) in verdicts {
                    let [high, low] = framework.to_be_bytes();
                    out.extend_from_slice(&[high, low, *verdict as u8]);
                }
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

/// All resources in order.
#[derive(Debug)]
pub struct SortedAffected {
    records: SortedRecords,
}

impl SortedAffected {
    /// Writes the resources of one framework as JSON objects after each other, separated by commas.
    pub(crate) fn write_json(&self, framework: usize, out: &mut dyn Write) -> io::Result<()> {
        let mut reader = self.records.reader()?;
        let mut one = One::default();
        let mut separator = "\n  ";
        while let Some((key, value)) = reader.next()? {
            if key != one.key {
                one.write(&mut separator, out)?;
                one.begin(key);
            }
            one.add(framework, value);
        }
        one.write(&mut separator, out)
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

/// A resource whose records, which follow each other, are being read.
#[derive(Default)]
struct One {
    key: Vec<u8>,
    /// The resource as JSON, without its closing brace; of an earlier one while there is no verdict.
    named: Vec<u8>,
    /// None while the framework says nothing of it.
    worst: Option<Verdict>,
}

impl One {
    fn begin(&mut self, key: &[u8]) {
        self.key.clear();
        self.key.extend_from_slice(key);
        self.worst = None;
    }

    /// Takes what one record says of a framework.
    fn add(&mut self, framework: usize, value: &[u8]) {
        let Some(([high, low], rest)) = value.split_first_chunk() else {
            return;
        };
        let number = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((verdicts, named)) = rest.split_at_checked(3 * number) else {
            return;
        };
        let (verdicts, _) = verdicts.as_chunks();
        for [high, low, verdict] in verdicts {
            if usize::from(u16::from_be_bytes([*high, *low])) != framework {
                continue;
            }
            if self.worst.is_none() {
                self.named.clear();
                let open = named.strip_suffix(b"}").unwrap_or(named);
                self.named.extend_from_slice(open);
            }
            // Verdicts are ordered from the worst on.
            let verdict = Verdict::ALL[usize::from(*verdict).min(Verdict::ALL.len() - 1)];
            self.worst = Some(self.worst.map_or(verdict, |before| before.min(verdict)));
        }
    }

    fn write(&self, separator: &mut &str, out: &mut dyn Write) -> io::Result<()> {
        let Some(worst) = self.worst else {
            return Ok(());
        };
        out.write_all(separator.as_bytes())?;
        *separator = ",\n  ";
        out.write_all(&self.named)?;
        write!(out, ",\"verdict\":\"{}\"}}", worst.as_str())
    }
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
        for (name, verdicts) in [
            ("x", &[(0, Verdict::Pass), (1, Verdict::Pass)][..]),
            ("x", &[(0, Verdict::NotEvaluated)]),
            ("w", &[(0, Verdict::NotApplicable)]),
            ("x", &[(0, Verdict::Fail)]),
        ] {
            let pod = pod(name);
            affected.push(&pod, Some("k.yaml"), verdicts).unwrap();
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
