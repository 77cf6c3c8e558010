//! Checks and compiles the policies of `policies/`, so that a program that holds them need not parse them.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use plimsoll_policy::{Catalogue, CatalogueFile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../policies");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    gather(&folder, &folder, &mut files)?;
    let catalogue = match Catalogue::load(&files) {
        Ok(catalogue) => catalogue,
        Err(errors) => {
            for error in errors {
                println!("cargo::error=policies/{error}");
            }
            return Ok(());
        }
    };
    let (compiled, texts) = catalogue.stored()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("compiled"), compiled)?;
    fs::write(out.join("texts"), texts)?;
    Ok(())
}

/// All YAML files below a folder, by their path below `root`.
fn gather(root: &Path, folder: &Path, files: &mut Vec<CatalogueFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(root, &path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            files.push(CatalogueFile {
                path: below.replace('\\', "/"),
                text: fs::read_to_string(&path)?,
            });
        }
    }
    Ok(())
}
