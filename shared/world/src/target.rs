//! What a method and a path of the Kubernetes API ask for.

use http::Method;

/// A path of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// Nothing that is a resource: `/version`, `/apis`, `/metrics`.
    Path,
    Resource {
        group: &'a str,
        version: &'a str,
        resource: &'a str,
        namespace: Option<&'a str>,
        name: Option<&'a str>,
    },
}

/// The verb authorization knows: reading many is `list`.
pub(crate) fn verb(method: &Method, target: &Target<'_>) -> &'static str {
    let named = matches!(target, Target::Resource { name: Some(_), .. });
    match (method.as_str(), named) {
        ("GET" | "HEAD", true) => "get",
        ("GET" | "HEAD", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => "unknown",
    }
}

/// Takes a path apart.
pub(crate) fn target<'a>(path: &[&'a str]) -> Target<'a> {
    let (group, version, rest) = match path {
        ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
        ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
        _ => return Target::Path,
    };
    let (resource, namespace, name) = match rest {
        ["namespaces", namespace, resource] => (*resource, Some(*namespace), None),
        ["namespaces", namespace, resource, name] => (*resource, Some(*namespace), Some(*name)),
        [resource] => (*resource, None, None),
        [resource, name] => (*resource, None, Some(*name)),
        _ => return Target::Path,
    };
    Target::Resource {
        group,
        version,
        resource,
        namespace,
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let parse = |path: &'static str| {
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            target(&parts)
        };
        let pods = |namespace, name| Target::Resource {
            group: "",
            version: "v1",
            resource: "pods",
            namespace,
            name,
        };
        assert_eq!(parse("/api/v1/pods"), pods(None, None));
        assert_eq!(
            parse("/api/v1/namespaces/shop/pods"),
            pods(Some("shop"), None)
        );
        assert_eq!(
            parse("/api/v1/namespaces/shop/pods/web"),
            pods(Some("shop"), Some("web"))
        );
        assert_eq!(parse("/version"), Target::Path);
        assert_eq!(parse("/apis/apps/v1"), Target::Path);
    }
}
