//! Tests over the whole catalogue: its cases, mutants of its expressions, and what losing an input may do.

use std::path::Path;

use crate::{Catalogue, CatalogueFile};

mod catalogue;
mod dying;
mod elsewhere;
mod facts;
mod joined;
mod load;
mod losing;
mod narrowing;
mod owned;
mod sessions;
mod unknown;

/// The policies of the repository's `policies/`.
pub(crate) fn built_in() -> Catalogue {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                files.push(CatalogueFile {
                    path: path.strip_prefix(&root).unwrap().display().to_string(),
                    text: std::fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    Catalogue::load(&files).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n"))
    })
}
