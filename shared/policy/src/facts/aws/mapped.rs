//! The IAM roles that aws-auth lets in.

use plimsoll_cel::{Bump, Node};
use serde::Deserialize;

use super::super::{Joins, name, namespace};
use super::roles::{self, Found};
use super::{Border, said, unread};

/// One entry of `mapRoles` (aws-iam-authenticator, README).
#[derive(Deserialize)]
struct Mapped {
    #[serde(default)]
    rolearn: String,
}

fn written(object: &Node<'_>) -> Option<Vec<Mapped>> {
    match said(object, &["data", "mapRoles"]).trim() {
        "" => Some(Vec::new()),
        text => serde_saphyr::from_str(text).ok(),
    }
}

/// Keeps the ARNs.
pub(super) fn gather(border: &mut Border, object: &Node<'_>) {
    if name(object) != "aws-auth" || namespace(object) != "kube-system" {
        return;
    }
    for mapped in written(object).into_iter().flatten() {
        border.mapped.push(|out| out.text(&mapped.rolearn));
    }
}

/// A list of `{roleArn, name, exists}`, where the name is the ARN too, of what the object maps; unknown if that is no list.
pub(in super::super) fn fact<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let Some(mapped) = written(object) else {
        return Node::Unknown("malformedInput data.mapRoles");
    };
    let nodes = mapped.iter().map(|mapped| {
        let exists = match roles::find_without_path(joins, &mapped.rolearn) {
            Found::Role(_) => Node::Bool(true),
            Found::Nowhere => Node::Bool(false),
            Found::Unknown(what) => unread(arena, &what),
        };
        let fields = vec![
            ("exists", exists),
            ("name", Node::text_in(arena, &mapped.rolearn)),
            ("roleArn", Node::text_in(arena, &mapped.rolearn)),
        ];
        Node::map_in(arena, fields)
    });
    Node::list_in(arena, nodes.collect())
}
