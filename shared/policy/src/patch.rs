//! Whether a policy's patch can be made at all: found out when the policy is loaded, not when somebody needs it.

use crate::error::{LoadError, nearest};
use crate::file::{PatchOp, PolicyFile};
use crate::kinds::{WORKLOAD, pod_spec_keys};

/// The operations there are (of RFC 6902, those that need nothing but the place).
const OPERATIONS: [&str; 3] = ["add", "remove", "replace"];

/// What is wrong with the patch.
pub(crate) fn wrong(name: &str, file: &PolicyFile) -> Vec<LoadError> {
    let steps = file.fix.patch.iter().enumerate();
    let idle = file.fix.risk.is_some() && file.fix.patch.is_empty();
    let idle =
        idle.then(|| LoadError::of_file(name, "the fix has a risk, but no patch".to_owned()));
    steps
        .filter_map(|(i, op)| {
            let (message, help) = complaint(file, op)?;
            let error = LoadError::of_file(name, format!("step {} of the patch {message}", i + 1));
            Some(match help {
                Some(help) => error.help(help),
                None => error,
            })
        })
        .chain(idle)
        .collect()
}

fn complaint(file: &PolicyFile, op: &PatchOp) -> Option<(String, Option<String>)> {
    if !OPERATIONS.contains(&op.op.as_str()) {
        let near = nearest(&op.op, OPERATIONS.into_iter());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", OPERATIONS.join(", ")),
        };
        return Some((format!("is `{}`, which is no operation", op.op), Some(help)));
    }
    if (op.op == "remove") == op.value.is_some() {
        let what = match op.value {
            Some(_) => "has a value, but removes",
            None => "has no value to set",
        };
        return Some((what.to_owned(), None));
    }
    let root = op.path.split('/').next().unwrap_or_default();
    let kinds = &file.matches.kinds;
    let template = |kind: &String| kind == WORKLOAD || pod_spec_keys(kind).is_some();
    if matches!(root, "podSpec" | "podMetadata") && !kinds.iter().all(template) {
        let other = kinds.iter().find(|kind| !template(kind))?;
        return Some((
            format!("begins with `{root}`, but {other} has no pod template"),
            None,
        ));
    }
    if op.path.is_empty() && (op.op != "remove" || file.each.0.is_empty()) {
        return Some(("names no place".to_owned(), None));
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::{Catalogue, CatalogueFile};

    fn load(patch: &str) -> Result<Catalogue, Vec<crate::LoadError>> {
        let text = format!(
            "id: a\ntitle: T\nseverity: low\nmatch: {{ kinds: [Pod, Service] }}\nexpression: has(object.metadata.labels)\nmessage: m\nwhy: W.\nfix: {{ text: F., patch: [{patch}] }}\n"
        );
        Catalogue::load(&[CatalogueFile {
            path: "own/a/policy.yaml".into(),
            text,
        }])
    }

    #[test]
    fn a_patch_that_could_never_be_made_is_refused() {
        for (patch, complaint) in [
            (
                "{ op: ad, path: spec/x, value: 1 }",
                "is `ad`, which is no operation; did you mean `add`?",
            ),
            (
                "{ op: test, path: spec/x }",
                "no operation; there are add, remove, replace",
            ),
            (
                "{ op: add, path: spec/x }",
                "step 1 of the patch has no value to set",
            ),
            (
                "{ op: remove, path: spec/x, value: 1 }",
                "has a value, but removes",
            ),
            (
                "{ op: remove, path: podSpec/x }",
                "begins with `podSpec`, but Service has no pod template",
            ),
            ("{ op: remove, path: '' }", "names no place"),
        ] {
            let errors = load(patch).unwrap_err();
            assert!(errors[0].to_string().contains(complaint), "{}", errors[0]);
        }
        assert!(load("{ op: add, path: spec/x, value: false }").is_ok());
    }
}
