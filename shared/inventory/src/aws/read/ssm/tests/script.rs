//! The document's script, run by the shell over made-up `/proc` and files; what it puts into the inventory is read as the
//! answer of Systems Manager is. Needs what nodes have: a POSIX shell, awk and jq (`PLIMSOLL_JQ`, else that of the machine).

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use plimsoll_model::{NodeEvidence, Part, Reason};
use serde_json::{Value, json};

use super::super::entry::evidence;
use super::TIME;

const TEMPLATE: &str = include_str!("../../../../../../../infra/onboarding/node-evidence-ssm.yaml");
const ID: &str = "i-0123456789abcdef0";

/// The script as Systems Manager gives it to the shell.
fn script() -> String {
    let (_, text) = TEMPLATE.split_once("\n                - |\n").unwrap();
    let (text, _) = text.split_once("\n\n  Association:\n").unwrap();
    let lines = text
        .lines()
        .map(|line| match line.strip_prefix("                  ") {
            Some(line) => line,
            None => {
                assert_eq!(line, "", "the script has an indentation of its own");
                line
            }
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// A node whose kubelet and files are made up.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        machine.process(1, "systemd", 0, "host", &["/sbin/init"]);
        machine.tool(
            "aws",
            "while [ $# -gt 1 ]; do shift; done\nprintf '%s' \"$1\" >\"$PUT\"",
        );
        machine.tool(
            "date",
            &format!("test \"$*\" = '-u +%Y-%m-%dT%H:%M:%SZ' && echo {TIME}"),
        );
        machine
    }

    /// The kubelet of the machine, with the command line of EKS's images and `flags`.
    fn with_kubelet(flags: &[&str]) -> Self {
        let machine = Self::new();
        let mut line = vec![
            "/usr/bin/kubelet",
            "--node-ip=10.0.0.1",
            "--config=/etc/kubernetes/kubelet/config.json",
            "--config-dir",
            "/etc/kubernetes/kubelet/config.json.d",
            "--kubeconfig=/var/lib/kubelet/kubeconfig",
            "--node-labels",
            "token=hush",
        ];
        line.extend(flags);
        machine.process(700, "kubelet", 1, "host", &line);
        machine.write("var/lib/kubelet/kubeconfig", "token: hush");
        machine.write("pki/ca.crt", "hush");
        let file = json!({
            "kind": "KubeletConfiguration",
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "authentication": { "anonymous": { "enabled": false }, "x509": { "clientCAFile": "/pki/ca.crt" } },
            "clusterDNS": ["10.1.0.10"],
            "staticPodURLHeader": { "Authorization": ["hush"] },
            "readOnlyPort": 10255,
        });
        machine.write("etc/kubernetes/kubelet/config.json", &file.to_string());
        let drop_in =
            r#"{"kind": "KubeletConfiguration", "readOnlyPort": 0, "providerID": "hush"}"#;
        machine.write(
            "etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf",
            drop_in,
        );
        machine.write("etc/kubernetes/kubelet/config.json.d/README", "hush");
        machine
    }

    /// A program that the script finds before all others.
    fn tool(&self, name: &str, script: &str) {
        let path = format!("bin/{name}");
        self.write(&path, &format!("#!/bin/sh\n{script}\n"));
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.0.path().join(path), executable).unwrap();
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    fn process(&self, pid: u32, name: &str, parent: u32, namespaces: &str, line: &[&str]) {
        let folder = format!("proc/{pid}");
        self.write(&format!("{folder}/comm"), &format!("{name}\n"));
        self.write(
            &format!("{folder}/status"),
            &format!("Name:\t{name}\nPPid:\t{parent}\n"),
        );
        self.write(
            &format!("{folder}/cmdline"),
            &format!("{}\0", line.join("\0")),
        );
        let links = self.0.path().join(folder).join("ns");
        fs::create_dir_all(&links).unwrap();
        for kind in ["mnt", "pid"] {
            symlink(format!("{kind}:[{namespaces}]"), links.join(kind)).unwrap();
        }
    }

    fn run(&self) -> (Output, Option<String>) {
        let put = self.0.path().join("put.json");
        let tools = self.0.path().join("bin");
        if let Some(jq) = std::env::var_os("PLIMSOLL_JQ") {
            fs::create_dir_all(&tools).unwrap();
            let _another_run_made_it = symlink(jq, tools.join("jq"));
        }
        let mut path = tools.into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        let mut run = Command::new("sh");
        run.args(["-c", &script()])
            .env("PATH", path)
            .env("PLIMSOLL_ROOT", self.0.path())
            .env("PUT", &put)
            .env("AWS_SSM_INSTANCE_ID", ID)
            .env("AWS_SSM_REGION_NAME", "eu-central-1");
        let ran = run.output().unwrap();
        (ran, fs::read_to_string(put).ok())
    }

    /// What it put into the inventory, as text and as evidence.
    fn told(&self) -> (String, NodeEvidence) {
        let (ran, put) = self.run();
        let error = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success() && error.is_empty(), "{error}");
        let put = put.unwrap();
        let items: Value = serde_json::from_str(&put).unwrap();
        assert_eq!(items.as_array().unwrap().len(), 1);
        assert_eq!(items[0]["TypeName"], super::super::TYPE);
        for row in items[0]["Content"].as_array().unwrap() {
            for (name, value) in row.as_object().unwrap() {
                let value = value.as_str().unwrap();
                assert!(name.len() <= 64 && value.chars().count() <= 4096);
            }
        }
        (put, evidence(ID, &items[0]))
    }

    fn kubelet(&self) -> Result<Value, String> {
        match self.told().1.kubelet {
            Part::Known(settings) => Ok(settings),
            Part::Unknown(line) => Err(Reason::of_line(&line).unwrap().need),
        }
    }
}

#[test]
fn a_node_tells_what_its_kubelet_is_set_to_and_no_secret() {
    let machine = Machine::with_kubelet(&[
        "--anonymous-auth",
        "--protect_kernel_defaults=true",
        "--tls-cipher-suites",
        "TLS_A,TLS_B",
        "--manifest-url=https://u:hush@pods.example",
        "--manifest-url-header=Authorization:hush",
        "-v=2",
    ]);
    let (put, told) = machine.told();
    assert_eq!(
        (told.node.as_str(), told.read_at),
        (ID, TIME.parse().unwrap())
    );
    for secret in ["hush", "10.1.0.10", "pods.example"] {
        assert!(!put.contains(secret), "{secret}: {put}");
    }
    let Part::Known(settings) = &told.kubelet else {
        panic!("{told:?}");
    };
    assert_eq!(
        settings["authentication"]["anonymous"]["enabled"], true,
        "a flag beats the file"
    );
    assert_eq!(
        settings.get("readOnlyPort"),
        None,
        "a drop-in beats the file"
    );
    assert_eq!(settings["protectKernelDefaults"], true);
    assert_eq!(settings["tlsCipherSuites"], json!(["TLS_A", "TLS_B"]));
    assert_eq!(settings["staticPodURL"], crate::redact::REDACTED);
    assert_eq!(
        settings["authorization"]["mode"], "Webhook",
        "what a file leaves out"
    );
    let own = fs::metadata(machine.0.path()).unwrap();
    let name = |id: u32| {
        if id == 0 {
            "root".to_owned()
        } else {
            id.to_string()
        }
    };
    use std::os::unix::fs::MetadataExt;
    for (key, path) in [
        ("kubeconfig", "/var/lib/kubelet/kubeconfig"),
        ("config", "/etc/kubernetes/kubelet/config.json"),
        ("clientCa", "/pki/ca.crt"),
    ] {
        let file = json!({ "path": path, "mode": "0644", "owner": name(own.uid()), "group": name(own.gid()) });
        assert_eq!(told.files[key], Part::Known(file));
    }
}

#[test]
fn kubelets_of_containers_and_forks_are_not_the_nodes() {
    let machine = Machine::with_kubelet(&["--read-only-port", "1"]);
    machine.process(
        800,
        "kubelet",
        1,
        "container",
        &["kubelet", "--read-only-port=2"],
    );
    machine.process(
        801,
        "kubelet",
        700,
        "host",
        &["kubelet", "--read-only-port=3"],
    );
    assert_eq!(machine.kubelet().unwrap()["readOnlyPort"], 1);
    machine.process(
        802,
        "kubelet",
        1,
        "host",
        &["kubelet", "--read-only-port=4"],
    );
    let why = machine.kubelet().unwrap_err();
    assert!(why.contains("more than one process"), "{why}");
}

#[test]
fn what_cannot_be_read_is_said_and_nothing_is_made_up() {
    let machine = Machine::new();
    let (_, told) = machine.told();
    assert_eq!(told.files.len(), 3, "{told:?}");
    assert!(
        machine
            .kubelet()
            .unwrap_err()
            .contains("no process of that name")
    );

    let yaml = Machine::with_kubelet(&[]);
    yaml.write(
        "etc/kubernetes/kubelet/config.json",
        "kind: KubeletConfiguration\n",
    );
    let why = yaml.kubelet().unwrap_err();
    assert!(
        why.ends_with("/etc/kubernetes/kubelet/config.json: it cannot be read as JSON"),
        "{why}"
    );
    let (_, told) = yaml.told();
    assert!(
        matches!(told.files["config"], Part::Known(_)),
        "its mode is known"
    );
    assert!(matches!(told.files["clientCa"], Part::Unknown(_)));

    let long = Machine::with_kubelet(&[]);
    let suites = json!({ "tlsCipherSuites": vec!["TLS_A"; 600] });
    long.write(
        "etc/kubernetes/kubelet/config.json.d/50.conf",
        &suites.to_string(),
    );
    assert!(long.kubelet().unwrap_err().contains("longer than 4096"));

    let gone = Machine::with_kubelet(&["--config-dir=/nowhere"]);
    assert!(gone.kubelet().unwrap_err().contains("/nowhere"));
    let relative = Machine::with_kubelet(&["--config=config.json"]);
    assert!(relative.kubelet().unwrap_err().contains("no absolute path"));
    let odd = Machine::with_kubelet(&["--read-only-port=ssh"]);
    let port = &odd.kubelet().unwrap()["readOnlyPort"]["$unknown"];
    assert!(port.as_str().unwrap().contains(ID), "{port}");
}

#[test]
fn a_run_that_leaves_nothing_fails() {
    let machine = Machine::with_kubelet(&[]);
    machine.tool("aws", "echo refused >&2\nexit 254");
    let (ran, put) = machine.run();
    assert_eq!((ran.status.code(), put), (Some(254), None));
}

#[test]
fn systems_manager_finds_no_parameters_of_its_own_in_the_script() {
    assert!(!script().contains("{{"));
    assert!(Path::new("/bin/sh").exists() && script().starts_with("#!/bin/sh\n"));
}
