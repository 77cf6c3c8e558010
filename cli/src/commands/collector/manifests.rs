//! The manifests of the collector.

use plimsoll_model::COLLECTOR_NAMESPACE;

use crate::args::CollectorArgs;

const MANIFESTS: &str = include_str!("manifests.yaml");

/// Folders of a node below which the usual installers keep what the kubelet is started with.
const FOLDERS: [(&str, &str); 2] = [
    ("etc-kubernetes", "/etc/kubernetes"),
    ("var-lib-kubelet", "/var/lib/kubelet"),
];

/// All of them, ready for kubectl apply.
pub(super) fn all(args: &CollectorArgs) -> String {
    let mut words = vec!["collect-node"];
    if args.unverified_kubelet {
        words.push("--unverified-kubelet");
    }
    let (mut mounts, mut volumes) = (String::new(), String::new());
    if args.files {
        words.push("--files");
        words.push("/host");
        for (name, path) in FOLDERS {
            mounts.push_str(&format!(
                "            - {{ name: {name}, mountPath: /host{path}, readOnly: true }}\n"
            ));
            volumes.push_str(&format!(
                "        # Only modes and owners are looked at, but what is readable for everybody here is readable.\n        \
                 - name: {name}\n          hostPath: {{ path: {path}, type: Directory }}\n"
            ));
        }
    }
    // Folders of the host are admitted in privileged namespaces alone.
    let level = match args.files {
        true => "privileged",
        false => "restricted",
    };
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    MANIFESTS
        .replace("@NAMESPACE@", COLLECTOR_NAMESPACE)
        .replace("@LEVEL@", level)
        .replace("@IMAGE@", &quoted(&args.image))
        .replace("@ARGS@", &words.join(", "))
        .replace("@MOUNTS@", &mounts)
        .replace("@VOLUMES@\n", &volumes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(files: bool) -> CollectorArgs {
        CollectorArgs {
            image: "registry.example/plimsoll:1".to_owned(),
            files,
            unverified_kubelet: false,
        }
    }

    #[test]
    fn folders_of_the_host_only_where_they_are_asked_for() {
        let (without, with) = (all(&args(false)), all(&args(true)));
        assert!(!without.contains("hostPath") && without.contains("enforce: restricted"));
        assert!(without.contains("args: [\"collect-node\"]\n"));
        assert_eq!(with.matches("hostPath").count(), FOLDERS.len());
        assert!(with.contains("args: [\"collect-node\", \"--files\", \"/host\"]\n"));
        for printed in [without, with] {
            assert!(!printed.contains('@'), "{printed}");
        }
    }
}
