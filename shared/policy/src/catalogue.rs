//! All policies and frameworks: a walk over a folder, nothing registered by hand.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use plimsoll_model::{PolicyId, Severity, kind};

use crate::compile::{self, Compiled};
use crate::error::{LoadError, nearest};
use crate::file::{Applies, Control, FrameworkFile, Lifecycle, PatchOp, PolicyFile};
use crate::kinds::{WORKLOAD, workload_kinds};
use crate::parameter::Parameter;
use crate::rule::Sketch;

/// One policy, checked and compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Policy {
    /// Its permanent id.
    pub id: PolicyId,
    /// Title for people: what is wrong.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// How settled.
    pub lifecycle: Lifecycle,
    /// The kinds it matches, `Workload` written out.
    pub kinds: Vec<String>,
    /// The kinds as the file has them, for people.
    pub kinds_written: Vec<String>,
    /// Whether it also judges pods that a controller made.
    pub(crate) owned: bool,
    /// Other lists it joins, by plural.
    pub needs: Vec<String>,
    /// For messages about many.
    pub plural: String,
    /// Why it matters.
    pub why: String,
    /// What to change.
    pub fix: String,
    /// The change as a patch, where one is safe; relative as `path` is.
    #[serde(with = "crate::stored::as_json")]
    pub patch: Vec<PatchOp>,
    /// The change as a patch that a person has to weigh; there is either this or `patch`.
    #[serde(with = "crate::stored::as_json")]
    pub sketch: Option<Sketch>,
    /// What whoever uses it may change.
    #[serde(with = "crate::stored::as_json")]
    pub params: Vec<Parameter>,
    /// Other tools' ids of the same check.
    pub peers: BTreeMap<String, Vec<String>>,
    /// Where tools read the rule differently.
    pub note: Option<String>,
    /// `framework/control` of every control it counts for.
    pub controls: Vec<String>,
    /// `policy.yaml` as it is.
    #[serde(skip)]
    pub text: Cow<'static, str>,
    /// `cases.yaml` as it is.
    #[serde(skip)]
    pub cases: Option<Cow<'static, str>>,
    /// Where the file is, below the catalogue's folder.
    pub file: String,
    /// Whether it came beside the policies that were there before: somebody's own.
    #[serde(skip)]
    pub own: bool,
    pub(crate) compiled: Compiled,
}

impl Policy {
    /// Whether it is judged in the second pass, when joins are known.
    #[must_use]
    pub fn joins(&self) -> bool {
        !self.compiled.facts.is_empty() || self.compiled.reads_namespace
    }

    /// Whether it joins objects of Kubernetes with resources of AWS, so that it takes a cluster and its account.
    #[must_use]
    pub fn crosses_border(&self) -> bool {
        let of_aws = |name: &String| kind::is_of_aws(name);
        let lists = self.needs.iter();
        let of_aws_list = |list: &String| kind::of_plural(list).map(|kind| kind.is_of_aws());
        let mut sides = self.kinds.iter().map(of_aws);
        let first = sides.next();
        sides
            .chain(lists.filter_map(of_aws_list))
            .any(|side| Some(side) != first)
    }

    /// An error about its id.
    pub(crate) fn error_at_id(&self, message: String) -> LoadError {
        self.error_at("id:", message)
    }

    /// An error about the line that begins with a word.
    fn error_at(&self, word: &str, message: String) -> LoadError {
        let error = LoadError::of_file(&self.file, message);
        let mut lines = self.text.lines().zip(1..);
        let found = lines.find_map(|(line, number)| Some((line.strip_prefix(word)?, number)));
        let Some((rest, line)) = found else {
            return error;
        };
        let value = rest.trim_start();
        let before = word.len() + rest.len() - value.len();
        LoadError {
            line,
            column: before as u32 + 1,
            length: value.chars().count().max(1) as u32,
            ..error
        }
    }

    /// The condition as it stands in the file, for people.
    #[must_use]
    pub fn expression(&self) -> &str {
        self.compiled.expression.source()
    }
}

/// One framework.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Framework {
    /// Its id, for example `cis-eks-1.8.0`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// For one line among others: `CIS EKS`.
    pub short: String,
    /// Where it applies.
    pub applies: Applies,
    /// Whether it is scored only when somebody asks for it by name.
    pub by_choice: bool,
    /// Its controls in order.
    pub controls: Vec<Control>,
}

/// Policies and frameworks that go together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Catalogue {
    /// Sorted by id.
    pub policies: Vec<Policy>,
    /// Sorted by id.
    pub frameworks: Vec<Framework>,
    /// `sha256:` over all files.
    pub hash: String,
}

/// A file of a catalogue: its path below the folder, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueFile {
    /// With `/`.
    pub path: String,
    /// The content.
    pub text: String,
}

impl Catalogue {
    /// Reads policies (`…/policy.yaml`, `cases.yaml` beside them) and frameworks (`frameworks/*.yaml`).
    ///
    /// # Errors
    /// Everything wrong in the files, with positions.
    pub fn load(files: &[CatalogueFile]) -> Result<Self, Vec<LoadError>> {
        let none = Self {
            policies: Vec::new(),
            frameworks: Vec::new(),
            hash: String::new(),
        };
        none.with(files)
    }

    /// These policies, and those of some files beside them.
    ///
    /// # Errors
    /// Everything wrong in the files, with positions; also an id that one of these policies has.
    pub fn with(mut self, files: &[CatalogueFile]) -> Result<Self, Vec<LoadError>> {
        let mut sorted: Vec<&CatalogueFile> = files.iter().collect();
        sorted.sort_by(|a, b| a.path.cmp(&b.path));
        let mut hasher = Sha256::new();
        hasher.update(self.hash.as_bytes());
        let own = !self.policies.is_empty();
        let (mut frameworks, mut errors) = (Vec::new(), Vec::new());
        for file in &sorted {
            hasher.update(file.path.as_bytes());
            hasher.update([0]);
            hasher.update(file.text.as_bytes());
            if file.path.ends_with("/policy.yaml") || file.path == "policy.yaml" {
                let cases_path = file.path.replace("policy.yaml", "cases.yaml");
                let cases = sorted
                    .iter()
                    .find(|f| f.path == cases_path)
                    .map(|f| f.text.clone());
                match policy(file, cases) {
                    Ok(policy) => self.policies.push(Policy { own, ..policy }),
                    Err(found) => errors.extend(found),
                }
            } else if is_framework(&file.path) {
                match serde_saphyr::from_str::<FrameworkFile>(&file.text) {
                    Ok(framework) => frameworks.push((file.path.clone(), framework)),
                    Err(error) => errors.push(LoadError::of_yaml(&file.path, &error)),
                }
            }
        }
        // Stable: of two of one id, the one that was there before comes first.
        self.policies.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in self.policies.windows(2) {
            if pair[0].id == pair[1].id {
                let message = format!("the id `{}` is taken by {}", pair[0].id, pair[0].file);
                errors.push(pair[1].error_at_id(message));
            }
        }
        let added = join_frameworks(&mut self.policies, frameworks, &mut errors);
        self.frameworks.extend(added);
        self.frameworks.sort_by(|a, b| a.id.cmp(&b.id));
        if !errors.is_empty() {
            return Err(errors);
        }
        let digest = hasher.finalize();
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.hash = format!("sha256:{digest}");
        Ok(self)
    }

    /// The policy of that id.
    #[must_use]
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies
            .binary_search_by(|policy| policy.id.as_str().cmp(id))
            .ok()
            .map(|i| &self.policies[i])
    }

    /// The framework of that id.
    #[must_use]
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| framework.id == id)
    }

    /// The controls a policy counts for, for people: `CIS EKS 4.2.1`, `PSS baseline`. Only numbers are added to the
    /// framework's name; controls that are named by words say nothing more than the policy.
    #[must_use]
    pub fn control_names(&self, policy: &Policy) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for control in &policy.controls {
            let Some((framework, number)) = control.split_once('/') else {
                continue;
            };
            let Some(framework) = self.framework(framework) else {
                continue;
            };
            let name = match number.starts_with(|c: char| c.is_ascii_digit()) {
                true => format!("{} {number}", framework.short),
                false => framework.short.clone(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The framework whose id is nearest to a wrong one, for a suggestion.
    #[must_use]
    pub fn framework_like(&self, wrong: &str) -> Option<&str> {
        let ids = || self.frameworks.iter().map(|f| f.id.as_str());
        ids()
            .find(|id| id.starts_with(wrong))
            .or_else(|| nearest(wrong, ids()))
    }

    /// The policy whose id is nearest to a wrong one, for a suggestion.
    #[must_use]
    pub fn policy_like(&self, wrong: &str) -> Option<&str> {
        nearest(wrong, self.policies.iter().map(|p| p.id.as_str()))
    }
}

pub(crate) fn is_framework(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(dir, _)| dir == "frameworks" || dir.ends_with("/frameworks"))
}

fn policy(file: &CatalogueFile, cases: Option<String>) -> Result<Policy, Vec<LoadError>> {
    let name = file.path.as_str();
    let mut parsed: PolicyFile = serde_saphyr::from_str(&file.text)
        .map_err(|error| vec![LoadError::of_yaml(name, &error)])?;
    let id = &parsed.id.value;
    let mut errors = Vec::new();
    let folder = name.rsplit('/').nth(1).unwrap_or(id);
    if folder != id {
        errors.push(LoadError::at(
            name,
            &parsed.id,
            format!("the id must equal the folder's name, `{folder}`"),
        ));
    }
    if !id
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        || id.is_empty()
    {
        errors.push(LoadError::at(
            name,
            &parsed.id,
            "an id is made of a-z, 0-9 and `-`",
        ));
    }
    errors.extend(crate::patch::wrong(name, &parsed));
    let compiled = match compile::compile(name, &file.text, &parsed) {
        Ok(compiled) if errors.is_empty() => compiled,
        Ok(_) => return Err(errors),
        Err(found) => {
            errors.extend(found);
            return Err(errors);
        }
    };
    let kinds = parsed
        .matches
        .kinds
        .iter()
        .flat_map(|kind| {
            if kind == WORKLOAD {
                workload_kinds().map(str::to_owned).collect()
            } else {
                vec![kind.clone()]
            }
        })
        .collect();
    Ok(Policy {
        id: PolicyId::new(id),
        plural: parsed.plural.unwrap_or_else(|| parsed.title.clone()),
        title: parsed.title,
        severity: parsed.severity,
        lifecycle: parsed.lifecycle,
        kinds,
        kinds_written: parsed.matches.kinds,
        owned: parsed.matches.owned,
        needs: parsed.needs.into_iter().map(|need| need.value).collect(),
        why: parsed.why.trim().to_owned(),
        fix: parsed.fix.text.trim().to_owned(),
        sketch: parsed.fix.sketch(),
        patch: parsed.fix.patch,
        params: parsed
            .params
            .iter()
            .map(|(name, file)| Parameter::of(name, file))
            .collect(),
        peers: parsed.peers,
        note: parsed.note,
        controls: Vec::new(),
        text: Cow::Owned(file.text.clone()),
        cases: cases.map(Cow::Owned),
        file: file.path.clone(),
        own: false,
        compiled,
    })
}

fn join_frameworks(
    policies: &mut [Policy],
    files: Vec<(String, FrameworkFile)>,
    errors: &mut Vec<LoadError>,
) -> Vec<Framework> {
    let mut frameworks = Vec::new();
    for (path, file) in files {
        for control in &file.controls {
            for wanted in &control.policies {
                match policies.binary_search_by(|policy| policy.id.as_str().cmp(wanted)) {
                    Ok(i) => policies[i]
                        .controls
                        .push(format!("{}/{}", file.id, control.id)),
                    Err(_) => {
                        let message = format!(
                            "control {} names `{wanted}`, which is no policy",
                            control.id
                        );
                        errors.push(LoadError::of_file(&path, message));
                    }
                }
            }
        }
        frameworks.push(Framework {
            id: file.id,
            title: file.title,
            short: file.short,
            applies: file.applies,
            by_choice: file.by_choice,
            controls: file.controls,
        });
    }
    frameworks
}
