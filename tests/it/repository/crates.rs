//! Which crate may know which (design: pure crates never depend on adapters, adapters never on each other).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::tree;

/// Crates that only compute.
const PURE: [&str; 6] = ["alerting", "catalogue", "cel", "model", "policy", "report"];
/// Crates that reach something outside.
const ADAPTERS: [&str; 5] = ["channels", "inventory", "runtime", "store", "world"];

/// Whatever speaks to a network, a database or an event loop ends up with one of these.
const IO_CRATES: [&str; 14] = [
    "aws-config",
    "aws-smithy-runtime",
    "dynoxide-rs",
    "h2",
    "hyper",
    "kube-client",
    "lambda_runtime",
    "lettre",
    "mio",
    "reqwest",
    "rusqlite",
    "rustls",
    "socket2",
    "tokio",
];

/// What the source of a pure crate must not name: files, networks, processes, clocks.
const IMPURE: [&str; 10] = [
    "std::env",
    "std::fs",
    "std::process",
    "TcpListener",
    "TcpStream",
    "ToSocketAddrs",
    "UdpSocket",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(tree::root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Direct dependencies of each member on other members, by package name, those of tests left out.
fn members() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
        "--offline",
    ]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let names: BTreeSet<String> = packages.iter().map(name).collect();
    let dependencies = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(name)
            .filter(|dependency| names.contains(dependency))
            .collect()
    };
    packages
        .iter()
        .map(|package| (name(package), dependencies(package)))
        .collect()
}

fn shared(name: &str) -> String {
    format!("plimsoll-{name}")
}

#[test]
fn every_shared_crate_is_pure_or_an_adapter() {
    let known: BTreeSet<String> = PURE
        .iter()
        .chain(&ADAPTERS)
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(
        tree::folders("shared").into_iter().collect::<BTreeSet<_>>(),
        known
    );
}

#[test]
fn pure_crates_reach_no_io_crate() {
    let mut complaints = Vec::new();
    for name in PURE {
        let tree = cargo(&[
            "tree",
            "--locked",
            "--offline",
            "--package",
            &shared(name),
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        for line in tree.lines() {
            let dependency = line.split(' ').next().unwrap_or_default();
            if IO_CRATES.contains(&dependency) || dependency.starts_with("aws-sdk-") {
                complaints.push(format!("{name} depends on {line}"));
            }
        }
    }
    complaints.sort();
    complaints.dedup();
    tree::assert_none(&complaints);
}

#[test]
fn dependencies_between_members_follow_the_design() {
    let members = members();
    let mut complaints = Vec::new();
    for (member, dependencies) in &members {
        let own = member.strip_prefix("plimsoll-").unwrap_or(member);
        for dependency in dependencies {
            let other = dependency.strip_prefix("plimsoll-").unwrap_or(dependency);
            let allowed = if own == "model" {
                false
            } else if PURE.contains(&own) || ADAPTERS.contains(&own) {
                PURE.contains(&other)
            } else if tree::folders("functions").contains(member) {
                // Never the world.
                other != "world"
            } else {
                true
            };
            if !allowed {
                complaints.push(format!("{member} must not depend on {dependency}"));
            }
        }
    }
    println!("exercised: dependencies between {} crates", members.len());
    tree::assert_none(&complaints);
}

#[test]
fn pure_sources_name_no_file_network_process_or_clock() {
    let mut complaints = Vec::new();
    for name in PURE {
        let folder = PathBuf::from("shared").join(name).join("src");
        for path in tree::files_ending(".rs")
            .iter()
            .filter(|path| path.starts_with(&folder))
        {
            let text = tree::text(path);
            // Tests may do what they like; they are at a file's end or in files of their own.
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            if path.ends_with("tests.rs")
                || path.components().any(|part| part.as_os_str() == "tests")
            {
                continue;
            }
            for (number, line) in product.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                let found = IMPURE.iter().find(|word| code.contains(**word));
                // Reports are sorted through a spill file.
                let spill = name == "report" && found == Some(&"std::fs");
                if let (Some(word), false) = (found, spill) {
                    complaints.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    tree::assert_none(&complaints);
}
