use std::collections::HashSet;

use super::*;

#[test]
fn names_are_unique_and_paths_right() {
    let plurals: HashSet<_> = all().map(|k| k.plural).collect();
    let names: HashSet<_> = all().map(|k| k.name).collect();
    assert_eq!((plurals.len(), names.len()), (all().count(), all().count()));
    for kind in all() {
        assert_eq!(named(kind.name), Some(kind));
        assert_eq!(of_plural(kind.plural), Some(kind));
    }
    assert_eq!(of_plural("pods").unwrap().list_path(None), "/api/v1/pods");
    let deployments = named("Deployment").unwrap();
    assert_eq!(
        deployments.list_path(Some("shop")),
        "/apis/apps/v1/namespaces/shop/deployments"
    );
    assert_eq!(
        named("Node").unwrap().list_path(Some("shop")),
        "/api/v1/nodes"
    );
}

#[test]
fn secrets_are_never_more_than_metadata() {
    let whole: Vec<_> = KINDS
        .iter()
        .filter(|k| k.metadata_only())
        .map(|k| k.plural)
        .collect();
    assert_eq!(whole, ["secrets"]);
}
