//! A tenant's own policies: whether each may run beside the built-in ones, and the catalogue they make together.
//!
//! Strangers write them, so a policy is taken only if it loads, is small, names nothing that is built in, does what its
//! cases say, and is cheap even on a large object. Each is judged by itself: a broken one keeps no other from running.

mod heavy;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;

use plimsoll_model::PolicyId;

use crate::cases;
use crate::catalogue::{Catalogue, CatalogueFile, Policy, is_framework};
use crate::error::LoadError;
use crate::parameter::{ParameterError, ParameterValue};
use heavy::check_cost;

/// Own policies that a tenant may have: each looks at every object of its kinds.
pub const MAX_POLICIES: usize = 200;
/// Bytes that `policy.yaml` may have; no built-in one has a tenth of them.
pub const MAX_POLICY_BYTES: usize = 64 << 10;
/// Bytes that `cases.yaml` may have.
pub const MAX_CASES_BYTES: usize = 128 << 10;

/// A policy of a tenant as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPolicy {
    /// Its id.
    pub id: PolicyId,
    /// `policy.yaml`.
    pub text: String,
    /// `cases.yaml`, if it has one.
    pub cases: Option<String>,
}

/// What is wrong with a policy that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The id it should have had: the name of its folder.
    pub id: PolicyId,
    /// Its `policy.yaml`, as it was named to us.
    pub file: String,
    /// Everything wrong with it.
    pub errors: Vec<LoadError>,
}

/// What became of a folder of policies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// Those that may run.
    pub taken: Vec<OwnPolicy>,
    /// Those that may not.
    pub refused: Vec<Refusal>,
    /// Files that nothing is made of, with the reason.
    pub ignored: Vec<LoadError>,
}

impl Catalogue {
    /// Judges each policy of a folder by itself, whether it may run beside these.
    #[must_use]
    pub fn admit(&self, files: &[CatalogueFile]) -> Admission {
        let mut files: Vec<&CatalogueFile> = files.iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut admission = Admission::default();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for file in &files {
            if is_framework(&file.path) {
                let message =
                    "frameworks of a tenant are not read; scans of files and contexts read them";
                admission
                    .ignored
                    .push(LoadError::of_file(&file.path, message));
                continue;
            }
            let Some(folder) = folder(&file.path) else {
                continue;
            };
            let cases_path = file.path.replace("policy.yaml", "cases.yaml");
            let cases = files.iter().find(|other| other.path == cases_path);
            let again = !seen.insert(folder.to_owned());
            let mut errors = match again {
                true => vec![LoadError::of_file(
                    &file.path,
                    format!("another folder is called `{folder}`"),
                )],
                false => self.refuse(file, cases.copied(), folder),
            };
            if admission.taken.len() == MAX_POLICIES && errors.is_empty() {
                let message = format!("there are more than {MAX_POLICIES} policies");
                errors.push(LoadError::of_file(&file.path, message));
            }
            let id = PolicyId::new(folder);
            if errors.is_empty() {
                admission.taken.push(OwnPolicy {
                    id,
                    text: file.text.clone(),
                    cases: cases.map(|cases| cases.text.clone()),
                });
            } else if !again {
                admission.refused.push(Refusal {
                    id,
                    file: file.path.clone(),
                    errors,
                });
            } else {
                admission.ignored.append(&mut errors);
            }
        }
        admission
    }

    /// These policies and a tenant's own, with its parameters; these alone if it has none of either. What cannot run any
    /// more, because a newer version of these has its id or refuses it, is left out and named; so is a parameter that
    /// does not fit.
    #[must_use]
    pub fn with_own<'c>(
        &'c self,
        own: &[OwnPolicy],
        parameters: &[ParameterValue],
    ) -> (Cow<'c, Catalogue>, Vec<String>) {
        let mut left_out = Vec::new();
        let mut whole = Cow::Borrowed(self);
        let mut files = Vec::new();
        for policy in own {
            let own_files = policy.files();
            let refused = match self.policy(policy.id.as_str()) {
                Some(_) => Some("a built-in policy has its id".to_owned()),
                None => Catalogue::load(&own_files)
                    .err()
                    .map(|errors| first(&errors)),
            };
            match refused {
                Some(why) => left_out.push(format!("policy {}: {why}", policy.id)),
                None => files.extend(own_files),
            }
        }
        if !files.is_empty() {
            match self.clone().with(&files) {
                Ok(with) => whole = Cow::Owned(with),
                Err(errors) => left_out.push(first(&errors)),
            }
        }
        for value in parameters {
            match whole
                .clone()
                .into_owned()
                .with_parameters(std::slice::from_ref(value))
            {
                Ok(with) => whole = Cow::Owned(with),
                Err(errors) => left_out.extend(errors.into_iter().map(said)),
            }
        }
        (whole, left_out)
    }

    /// Why one of these policies may cost more on a large object than a policy may spend on one, at the part that does;
    /// none if it stays below that, by an estimate or by its cases made larger.
    #[must_use]
    pub fn too_costly(&self, policy: &Policy) -> Option<LoadError> {
        let cases = || policy.read_cases().unwrap_or_default();
        check_cost(self, policy, cases).err()
    }

    /// Everything that keeps a policy from running.
    fn refuse(
        &self,
        file: &CatalogueFile,
        cases: Option<&CatalogueFile>,
        folder: &str,
    ) -> Vec<LoadError> {
        let sizes = [(Some(file), MAX_POLICY_BYTES), (cases, MAX_CASES_BYTES)];
        for (file, most) in sizes {
            if let Some(file) = file.filter(|file| file.text.len() > most) {
                let message = format!("is larger than {} KiB", most >> 10);
                return vec![LoadError::of_file(&file.path, message)];
            }
        }
        let files: Vec<CatalogueFile> =
            [Some(file), cases].into_iter().flatten().cloned().collect();
        let alone = match Catalogue::load(&files) {
            Ok(alone) => alone,
            Err(errors) => return errors,
        };
        let [policy] = &alone.policies[..] else {
            return vec![LoadError::of_file(&file.path, "is no policy")];
        };
        if self.policy(policy.id.as_str()).is_some() {
            let message = format!("the id `{folder}` is that of a built-in policy");
            let error = policy.error_at_id(message);
            return vec![error.help("a policy of your own has an id of its own")];
        }
        let cases = match cases {
            Some(_) => policy.read_cases(),
            None => Ok(Vec::new()),
        };
        let cases = match cases {
            Ok(cases) => cases,
            Err(error) => return vec![error],
        };
        if let Err(error) = check_cost(&alone, policy, || cases.clone()) {
            return vec![error];
        }
        let wrong = cases.iter().filter_map(|case| {
            let result = cases::run(&alone, folder, case);
            let complaint = case.complaint(&result)?;
            Some(policy.error_at_case(case, &complaint))
        });
        wrong.collect()
    }
}

impl OwnPolicy {
    /// Its files, as a catalogue reads them.
    fn files(&self) -> Vec<CatalogueFile> {
        let file = |name: &str, text: &str| CatalogueFile {
            path: format!("{}/{name}", self.id),
            text: text.to_owned(),
        };
        let cases = self.cases.as_deref().map(|text| file("cases.yaml", text));
        [file("policy.yaml", &self.text)]
            .into_iter()
            .chain(cases)
            .collect()
    }
}

/// The folder of a `policy.yaml`.
fn folder(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("policy.yaml")?.strip_suffix('/')?;
    Some(folder.rsplit('/').next().unwrap_or(folder))
}

fn first(errors: &[LoadError]) -> String {
    errors.first().map(ToString::to_string).unwrap_or_default()
}

fn said(error: ParameterError) -> String {
    format!("parameter: {}", error.message)
}
