//! Paths as verdicts write them (`spec.containers[0].image`, `metadata.annotations['a/b']`) turned into JSON pointers.

/// The segments of a path; keys in brackets may be quoted with `'` or `"`.
pub(crate) fn segments(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (segment, after) = bracket(inner);
            out.push(segment);
            rest = after;
        } else {
            let plain = rest.strip_prefix('.').unwrap_or(rest);
            let end = plain.find(['.', '[']).unwrap_or(plain.len());
            if end > 0 {
                out.push(plain[..end].to_owned());
            }
            rest = if end == 0 && rest.len() == plain.len() {
                &plain[1.min(plain.len())..]
            } else {
                &plain[end..]
            };
        }
    }
    out
}

/// The text inside a bracket and what follows it.
fn bracket(inner: &str) -> (String, &str) {
    for quote in ['\'', '"'] {
        if let Some(quoted) = inner.strip_prefix(quote) {
            let end = quoted.find(&format!("{quote}]")).unwrap_or(quoted.len());
            let after = quoted.get(end + 2..).unwrap_or("");
            return (quoted[..end].to_owned(), after);
        }
    }
    let end = inner.find(']').unwrap_or(inner.len());
    (inner[..end].to_owned(), inner.get(end + 1..).unwrap_or(""))
}

/// An absolute JSON pointer (RFC 6901) to `relative` (a policy's patch path, `/` between its segments) inside the
/// element that was judged: `found` is the verdict's path, `inside` the policy's path inside the element. None when
/// `found` does not end with `inside`, so that no wrong place is ever named.
///
/// Both may begin with the same root of workloads, `podSpec` or `podMetadata`, which stands for where the element begins.
pub(crate) fn absolute(found: &str, inside: &str, relative: &str) -> Option<String> {
    let found = segments(found);
    let mut inside = segments(inside);
    let mut relative: Vec<&str> = relative
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    if root(inside.first().map(String::as_str)) != root(relative.first().copied()) {
        return None;
    }
    if root(relative.first().copied()).is_some() {
        inside.remove(0);
        relative.remove(0);
    }
    let base = found.strip_suffix(inside.as_slice())?;
    let mut pointer = String::new();
    for part in base.iter().map(String::as_str) {
        push(&mut pointer, &part.replace('~', "~0").replace('/', "~1"));
    }
    relative.iter().for_each(|part| push(&mut pointer, part));
    Some(pointer)
}

/// The roots that a policy's paths may begin with instead of the element.
fn root(first: Option<&str>) -> Option<&str> {
    first.filter(|name| matches!(*name, "podSpec" | "podMetadata"))
}

fn push(pointer: &mut String, part: &str) {
    pointer.push('/');
    pointer.push_str(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_split_into_keys_indexes_and_quoted_keys() {
        assert_eq!(
            segments("spec.containers[0].image"),
            ["spec", "containers", "0", "image"]
        );
        assert_eq!(
            segments("metadata.annotations['a.b/c'].x"),
            ["metadata", "annotations", "a.b/c", "x"]
        );
        assert_eq!(
            segments("rules[2].verbs[\"*\"]"),
            ["rules", "2", "verbs", "*"]
        );
        assert!(segments("").is_empty());
        assert_eq!(segments("..a"), ["a"]);
        assert_eq!(segments("a['unclosed"), ["a", "unclosed"]);
        assert_eq!(segments("a[").len(), 2);
    }

    #[test]
    fn a_patch_is_placed_at_the_element_that_failed() {
        assert_eq!(
            absolute(
                "spec.template.spec.containers[1].securityContext.privileged",
                "securityContext.privileged",
                "securityContext/privileged"
            )
            .as_deref(),
            Some("/spec/template/spec/containers/1/securityContext/privileged")
        );
        assert_eq!(
            absolute("metadata.annotations['a/b']", "", "x").as_deref(),
            Some("/metadata/annotations/a~1b/x")
        );
        assert_eq!(
            absolute(
                "spec.template.spec.hostPID",
                "podSpec.hostPID",
                "podSpec/hostPID"
            )
            .as_deref(),
            Some("/spec/template/spec/hostPID")
        );
        assert_eq!(absolute("spec.hostPID", "hostIPC", "hostPID"), None);
        assert_eq!(absolute("spec.hostPID", "podSpec.hostPID", "hostPID"), None);
    }
}
