//! The embedded files: readable manifests and AWS replies.

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::WorldError;

static DATA: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// The text of one file.
pub(crate) fn text(path: &str) -> Result<String, WorldError> {
    let file = DATA
        .get_file(path)
        .ok_or_else(|| WorldError::data(path, "no such file"))?;
    let text = file
        .contents_utf8()
        .ok_or_else(|| WorldError::data(path, "not UTF-8"))?;
    Ok(text.to_owned())
}

/// One YAML file in a known form.
pub(crate) fn yaml<T: DeserializeOwned>(path: &str) -> Result<T, WorldError> {
    yaml_serde::from_str(&text(path)?).map_err(|error| WorldError::data(path, error))
}

/// The paths of the YAML files of a folder, by name; none if the folder does not exist.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let Some(dir) = DATA.get_dir(folder) else {
        return Vec::new();
    };
    let paths = dir.files().filter_map(|file| file.path().to_str());
    let mut paths: Vec<String> = paths
        .filter(|path| path.ends_with(".yaml"))
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths
}

/// The weeks after the first night in which something changes in a cluster, in order.
pub(crate) fn weeks(cluster_folder: &str) -> Vec<u32> {
    let Some(dir) = DATA.get_dir(cluster_folder) else {
        return Vec::new();
    };
    let names = dir
        .dirs()
        .filter_map(|dir| dir.path().file_name()?.to_str());
    let mut weeks: Vec<u32> = names
        .filter_map(|name| name.strip_prefix("week-")?.parse().ok())
        .collect();
    weeks.sort_unstable();
    weeks
}

/// The documents of a YAML text; `place` names it in errors.
pub(crate) fn documents(place: &str, text: &str) -> Result<Vec<Value>, WorldError> {
    let mut documents = Vec::new();
    for document in yaml_serde::Deserializer::from_str(text) {
        let value = Value::deserialize(document).map_err(|error| WorldError::data(place, error))?;
        if !value.is_null() {
            documents.push(value);
        }
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_yaml_file_parses() {
        fn walk(dir: &Dir<'_>, count: &mut usize) {
            for file in dir
                .files()
                .filter(|f| f.path().extension().is_some_and(|e| e == "yaml"))
            {
                documents(
                    &file.path().display().to_string(),
                    file.contents_utf8().unwrap(),
                )
                .unwrap();
                *count += 1;
            }
            dir.dirs().for_each(|dir| walk(dir, count));
        }
        let mut count = 0;
        walk(&DATA, &mut count);
        assert!(count > 10, "only {count} files are embedded");
    }

    #[test]
    fn a_broken_document_names_its_place() {
        let error = documents("here.yaml", "a: [").unwrap_err();
        assert!(error.to_string().contains("here.yaml"), "{error}");
    }
}
