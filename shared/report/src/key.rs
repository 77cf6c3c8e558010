//! The bytes that records are sorted by: texts, each ended by a zero byte.

use plimsoll_model::ResourceRef;

/// Adds a text.
pub(crate) fn put(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

/// Adds what a resource is told from others by, in the order of reports: namespace, name, kind, API version.
pub(crate) fn put_resource(resource: &ResourceRef, out: &mut Vec<u8>) {
    put(resource.namespace.as_deref().unwrap_or(""), out);
    put(resource.name.as_deref().unwrap_or(""), out);
    put(&resource.kind, out);
    put(&resource.api_version, out);
}
