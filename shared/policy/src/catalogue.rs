//! All policies and frameworks: a walk over a folder, nothing registered by hand.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use plimsoll_model::{PolicyId, Severity};

use crate::compile::{self, Compiled};
use crate::error::{LoadError, nearest};
use crate::file::{Applies, Control, FrameworkFile, Lifecycle, PatchOp, PolicyFile};
use crate::kinds::{WORKLOAD, workload_kinds};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../policies");

/// One policy, checked and compiled.
#[derive(Debug, Clone)]
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
    /// Other lists it joins, by plural.
    pub needs: Vec<String>,
    /// For messages about many.
    pub plural: String,
    /// Why it matters.
    pub why: String,
    /// What to change.
    pub fix: String,
    /// The change as a patch, where one is safe; relative as `path` is.
    pub patch: Vec<PatchOp>,
    /// Other tools' ids of the same check.
    pub peers: BTreeMap<String, Vec<String>>,
    /// Where tools read the rule differently.
    pub note: Option<String>,
    /// `framework/control` of every control it counts for.
    pub controls: Vec<String>,
    /// `policy.yaml` as it is.
    pub text: String,
    /// `cases.yaml` as it is.
    pub cases: Option<String>,
    /// Where the file is, below the catalogue's folder.
    pub file: String,
    pub(crate) compiled: Compiled,
}

impl Policy {
    /// Whether it is judged in the second pass, when joins are known.
    #[must_use]
    pub fn joins(&self) -> bool {
        !self.compiled.facts.is_empty() || self.compiled.reads_namespace
    }

    /// The condition as it stands in the file, for people.
    #[must_use]
    pub fn expression(&self) -> &str {
        self.compiled.expression.source()
    }
}

/// One framework.
#[derive(Debug, Clone)]
pub struct Framework {
    /// Its id, for example `cis-eks-1.8.0`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// For one line among others: `CIS EKS`.
    pub short: String,
    /// Where it applies.
    pub applies: Applies,
    /// Its controls in order.
    pub controls: Vec<Control>,
}

/// Policies and frameworks that go together.
#[derive(Debug, Clone)]
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
    /// The policies in this binary.
    ///
    /// # Errors
    /// Never in a tested build: a test loads them.
    pub fn built_in() -> Result<Self, Vec<LoadError>> {
        let mut files = Vec::new();
        gather(&BUILT_IN, &mut files);
        Self::load(&files)
    }

    /// The built-in policies and a person's own beside them.
    ///
    /// # Errors
    /// Everything wrong in the files, also an id that a built-in policy has.
    pub fn with_own(own: &[CatalogueFile]) -> Result<Self, Vec<LoadError>> {
        let mut files = Vec::new();
        gather(&BUILT_IN, &mut files);
        files.extend_from_slice(own);
        Self::load(&files)
    }

    /// Reads policies (`…/policy.yaml`, `cases.yaml` beside them) and frameworks (`frameworks/*.yaml`).
    ///
    /// # Errors
    /// Everything wrong in the files, with positions.
    pub fn load(files: &[CatalogueFile]) -> Result<Self, Vec<LoadError>> {
        let mut sorted: Vec<&CatalogueFile> = files.iter().collect();
        sorted.sort_by(|a, b| a.path.cmp(&b.path));
        let mut hasher = Sha256::new();
        let (mut policies, mut frameworks, mut errors) = (Vec::new(), Vec::new(), Vec::new());
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
                    Ok(policy) => policies.push(policy),
                    Err(found) => errors.extend(found),
                }
            } else if is_framework(&file.path) {
                match serde_saphyr::from_str::<FrameworkFile>(&file.text) {
                    Ok(framework) => frameworks.push((file.path.clone(), framework)),
                    Err(error) => errors.push(LoadError::of_yaml(&file.path, &error)),
                }
            }
        }
        policies.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in policies.windows(2) {
            if pair[0].id == pair[1].id {
                let message = format!("the id `{}` is taken by {}", pair[0].id, pair[0].file);
                errors.push(LoadError::of_file(&pair[1].file, message));
            }
        }
        let frameworks = join_frameworks(&mut policies, frameworks, &mut errors);
        if errors.is_empty() {
            let digest: String = hasher
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            Ok(Self {
                policies,
                frameworks,
                hash: format!("sha256:{digest}"),
            })
        } else {
            Err(errors)
        }
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

fn gather(dir: &Dir<'_>, files: &mut Vec<CatalogueFile>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let Some(text) = file.contents_utf8().filter(|_| path.ends_with(".yaml")) {
            files.push(CatalogueFile {
                path,
                text: text.to_owned(),
            });
        }
    }
    for sub in dir.dirs() {
        gather(sub, files);
    }
}

fn is_framework(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(dir, _)| dir == "frameworks" || dir.ends_with("/frameworks"))
}

fn policy(file: &CatalogueFile, cases: Option<String>) -> Result<Policy, Vec<LoadError>> {
    let name = file.path.as_str();
    let parsed: PolicyFile = serde_saphyr::from_str(&file.text)
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
        needs: parsed.needs.into_iter().map(|need| need.value).collect(),
        why: parsed.why.trim().to_owned(),
        fix: parsed.fix.text.trim().to_owned(),
        patch: parsed.fix.patch,
        peers: parsed.peers,
        note: parsed.note,
        controls: Vec::new(),
        text: file.text.clone(),
        cases,
        file: file.path.clone(),
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
        let FrameworkFile {
            id,
            title,
            short,
            applies,
            controls,
        } = file;
        frameworks.push(Framework {
            id,
            title,
            short,
            applies,
            controls,
        });
    }
    frameworks.sort_by(|a, b| a.id.cmp(&b.id));
    frameworks
}
