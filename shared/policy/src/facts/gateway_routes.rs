//! The routes that hang on a gateway, and whether they only send callers on to TLS.

use plimsoll_cel::{Bump, Node};

use super::{Joins, items, name, namespace, text};

const REDIRECTS: &str = "y";

/// Keeps for each gateway that an HTTPRoute hangs on: the gateway's namespace and name, the listener, namespace and name
/// of the route, whether every rule redirects to https (Gateway API, `HTTPRequestRedirectFilter`).
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let redirects = |rule: &Node<'_>| {
        let filters = items(rule, "filters").iter();
        let schemes = filters.filter_map(|filter| filter.at(&["requestRedirect", "scheme"]));
        schemes
            .filter_map(|scheme| scheme.as_str())
            .any(|scheme| scheme == "https")
    };
    let rules = items(&spec, "rules");
    let redirects = !rules.is_empty() && rules.iter().all(redirects);
    for parent in items(&spec, "parentRefs") {
        if text(parent, "kind").is_none_or(|kind| kind == "Gateway") {
            let gateway = text(parent, "name").unwrap_or("");
            let space = text(parent, "namespace").unwrap_or(namespace(object));
            let listener = text(parent, "sectionName").unwrap_or("");
            joins.gateway_routes.push(|out| {
                out.texts([space, gateway, listener, namespace(object), name(object)]);
                out.text(if redirects { REDIRECTS } else { "" });
            });
        }
    }
}

/// `{scheme, routes}` of a Gateway: whom it faces, and a list of `{listener, namespace, name, redirects}`; a route for
/// all listeners names none.
pub(super) fn fact<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let text = |text| Node::text_in(arena, text);
    let named = [namespace(object), name(object)];
    let routes = joins.gateway_routes.beginning_with(named);
    let routes = routes.map(|mut texts| {
        let entries = vec![
            ("listener", text(texts.text())),
            ("namespace", text(texts.text())),
            ("name", text(texts.text())),
            ("redirects", Node::Bool(texts.text() == REDIRECTS)),
        ];
        Node::map_in(arena, entries)
    });
    let entries = vec![
        ("scheme", text(super::scheme::of_gateway(object))),
        ("routes", Node::list_in(arena, routes.collect())),
    ];
    Node::map_in(arena, entries)
}
