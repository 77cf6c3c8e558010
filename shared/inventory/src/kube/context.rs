//! A cluster by the kubeconfig that kubectl uses.

use std::path::Path;

use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};

use super::error::ClusterError;
use super::reader::ClusterReader;
use super::request::Patience;
use crate::network::AllowedNetworks;

/// Connects by a context of a kubeconfig: the file given, else `KUBECONFIG`, else `~/.kube/config`; the context named,
/// else the current one. Credential plugins (`exec`) are run as kubectl runs them.
///
/// # Errors
/// No such file or context, a broken file, or a plugin that fails. Nothing is sent to the cluster.
pub async fn connect_context(
    kubeconfig: Option<&Path>,
    context: Option<&str>,
    allowed: AllowedNetworks,
    patience: Patience,
) -> Result<ClusterReader, ClusterError> {
    let file = read(kubeconfig)?;
    let name = chosen(&file, context)?;
    let options = KubeConfigOptions {
        context: Some(name.clone()),
        cluster: None,
        user: None,
    };
    let config = kube::Config::from_custom_kubeconfig(file, &options)
        .await
        .map_err(|error| configuration(&error))?;
    ClusterReader::new(&name, &config, None, allowed, patience)
}

/// The contexts of a kubeconfig, the current one first.
///
/// # Errors
/// No such file, or a broken one.
pub fn contexts(kubeconfig: Option<&Path>) -> Result<Vec<String>, ClusterError> {
    let file = read(kubeconfig)?;
    let mut names: Vec<String> = file
        .contexts
        .into_iter()
        .map(|context| context.name)
        .collect();
    names.sort_by_key(|name| Some(name) != file.current_context.as_ref());
    Ok(names)
}

fn read(path: Option<&Path>) -> Result<Kubeconfig, ClusterError> {
    let read = match path {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    read.map_err(|error| configuration(&error))
}

fn chosen(file: &Kubeconfig, context: Option<&str>) -> Result<String, ClusterError> {
    let names: Vec<&str> = file
        .contexts
        .iter()
        .map(|context| context.name.as_str())
        .collect();
    let have = (!names.is_empty()).then(|| format!("you have: {}", names.join(", ")));
    let Some(wanted) = context
        .or(file.current_context.as_deref())
        .filter(|name| !name.is_empty())
    else {
        let message = "the kubeconfig has no current context".to_owned();
        return Err(ClusterError::Configuration {
            message,
            help: have.map(|h| format!("--context NAME; {h}")),
        });
    };
    if names.contains(&wanted) {
        return Ok(wanted.to_owned());
    }
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, wanted), *name))
        .min();
    let near = near.filter(|(distance, _)| *distance <= 1 + wanted.chars().count() / 4);
    let help = near
        .map(|(_, name)| format!("did you mean {name}?"))
        .or(have);
    Err(ClusterError::Configuration {
        message: format!("no context {wanted} in the kubeconfig"),
        help,
    })
}

fn configuration(error: &KubeconfigError) -> ClusterError {
    let (message, help) = match error {
        KubeconfigError::ReadConfig(io, path) if io.kind() == std::io::ErrorKind::NotFound => (
            format!("no kubeconfig at {}", path.display()),
            Some("--kubeconfig FILE, or set KUBECONFIG".to_owned()),
        ),
        KubeconfigError::FindPath => (
            "no kubeconfig: neither KUBECONFIG nor a home directory".to_owned(),
            Some("--kubeconfig FILE".to_owned()),
        ),
        KubeconfigError::LoadClusterOfContext(name) => (
            format!("the context names a cluster {name} that is not there"),
            None,
        ),
        other => (format!("the kubeconfig cannot be used: {other}"), None),
    };
    ClusterError::Configuration { message, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "apiVersion: v1\nkind: Config\ncurrent-context: dev\n\
        clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: t}}]\n\
        contexts:\n- {name: prod-eu-1, context: {cluster: c, user: u}}\n- {name: dev, context: {cluster: c, user: u}}\n";

    fn configuration_of(result: Result<ClusterReader, ClusterError>) -> (String, Option<String>) {
        match result {
            Err(ClusterError::Configuration { message, help }) => (message, help),
            Err(other) => panic!("{other}"),
            Ok(reader) => panic!("{}", reader.address()),
        }
    }

    #[tokio::test]
    async fn a_context_is_chosen_or_suggested() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config");
        std::fs::write(&path, FILE).unwrap();
        let connect = |context| {
            connect_context(
                Some(&path),
                context,
                AllowedNetworks::everything(),
                Patience::default(),
            )
        };
        let current = connect(None).await.unwrap();
        assert_eq!(
            (current.name(), current.address()),
            ("dev", "https://127.0.0.1:1")
        );
        assert_eq!(
            connect(Some("prod-eu-1")).await.unwrap().name(),
            "prod-eu-1"
        );
        let (message, help) = configuration_of(connect(Some("prod-eu1")).await);
        assert_eq!(message, "no context prod-eu1 in the kubeconfig");
        assert_eq!(help.as_deref(), Some("did you mean prod-eu-1?"));
        let (_, help) = configuration_of(connect(Some("zzz")).await);
        assert_eq!(help.as_deref(), Some("you have: prod-eu-1, dev"));
        assert_eq!(contexts(Some(&path)).unwrap(), ["dev", "prod-eu-1"]);
    }

    #[tokio::test]
    async fn a_missing_or_broken_kubeconfig_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config");
        let connect = || {
            connect_context(
                Some(&path),
                None,
                AllowedNetworks::everything(),
                Patience::default(),
            )
        };
        let (message, help) = configuration_of(connect().await);
        assert!(message.starts_with("no kubeconfig at "), "{message}");
        assert_eq!(
            help.as_deref(),
            Some("--kubeconfig FILE, or set KUBECONFIG")
        );
        std::fs::write(&path, "contexts: [").unwrap();
        let (message, _) = configuration_of(connect().await);
        assert!(
            message.starts_with("the kubeconfig cannot be used"),
            "{message}"
        );
    }
}
