//! What a person vouches for: shown by name and day beside what is measured, never in its place.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/api.rs"]
mod api;
mod support;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use plimsoll_runtime::Clock;
use serde_json::{Value, json};
use support::{Folder, Run};

/// A day so many days from now.
fn day(days: i64) -> Date {
    let today = Clock::machine().now().to_zoned(TimeZone::UTC).date();
    today.checked_add(days.days()).unwrap()
}

fn shown(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

fn entry(framework: &str, control: &str, last_day: Date) -> String {
    format!(
        "- framework: {framework}
  control: {control}
  statement: Taken from the image's build, https://ci.acme.example/ami
  by: ana@acme.example
  until: {last_day}
"
    )
}

/// An EKS cluster with one Deployment that runs privileged.
fn cluster(path: &str) -> (u16, String) {
    let items = match path.split('?').next().unwrap() {
        "/version" => {
            let version = r#"{"major":"1","minor":"34+","gitVersion":"v1.34.2-eks-abc1234"}"#;
            return (200, version.to_owned());
        }
        "/apis/apps/v1/deployments" => json!([{
            "metadata": { "name": "ledger", "namespace": "payments", "uid": "u" },
            "spec": { "template": { "spec": { "containers": [
                { "name": "app", "image": "a:1", "securityContext": { "privileged": true } },
            ] } } },
        }]),
        "/apis/networking.k8s.io/v1/ingresses" => json!([{
            "metadata": { "name": "shop", "namespace": "payments", "uid": "i" },
            "spec": { "rules": [{ "host": "shop.acme.example" }] },
        }]),
        "/api/v1/nodes" => json!([{ "metadata": { "name": "one", "uid": "n" } }]),
        "/api/v1/namespaces" => json!([{ "metadata": { "name": "payments" } }]),
        _ => json!([]),
    };
    let list = json!({ "kind": "List", "metadata": {}, "items": items });
    (200, list.to_string())
}

/// The scan of that cluster by CIS EKS, with this file of attestations.
fn scan(attestations: &str, more: &[&str]) -> Run {
    let folder = Folder::new();
    folder.write("config", api::serve(cluster));
    folder.write("plimsoll.attestations.yaml", attestations);
    let arguments = "scan --kubeconfig config --context prod-eu-1 --framework cis-eks-1.8.0";
    let arguments: Vec<&str> = arguments.split(' ').chain(more.iter().copied()).collect();
    folder.run(&arguments)
}

fn framework(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.out).unwrap();
    report["frameworks"][0].clone()
}

fn control<'f>(framework: &'f Value, id: &str) -> &'f Value {
    let mut controls = framework["controls"].as_array().unwrap().iter();
    controls.find(|control| control["id"] == id).unwrap()
}

#[test]
fn a_word_stands_beside_what_is_measured_and_never_in_its_place() {
    let last = day(100);
    let of = |control: &str| entry("cis-eks-1.8.0", control, last);
    let elsewhere = of("3.2.1").replace("  statement", "  cluster: dev-*\n  statement");
    let all = ["3.1.1", "3.1.2", "3.1.3", "5.4.5"].map(of).concat() + &elsewhere;
    let json = ["--format", "json"];
    let (with, without) = (framework(&scan(&all, &json)), framework(&scan("", &json)));
    assert_eq!(control(&with, "3.1.1")["verdict"], "notEvaluated");
    let note = json!({
        "by": "ana@acme.example",
        "until": format!("{last}T23:59:59Z"),
        "statement": "Taken from the image's build, https://ci.acme.example/ami",
        "cluster": null,
    });
    assert_eq!(control(&with, "3.1.1")["attestation"], note);
    assert_eq!(control(&with, "3.2.1")["attestation"], Value::Null);
    assert_eq!(control(&with, "5.4.5")["verdict"], "fail");
    assert_eq!(control(&with, "5.4.5")["attestation"], Value::Null);
    for figure in ["score", "scorePossible"] {
        assert_eq!(with[figure], without[figure]);
    }
    assert!(with["scoreAttested"].as_f64() > with["score"].as_f64());
    assert!(without.get("scoreAttested").is_none());

    let table = scan(&all, &["--format", "table"]);
    for said in [
        "· 3 attested ·",
        "with what is attested",
        "Attested, not measured\n",
        &format!(
            "  3.1.1–3.1.3  by ana@acme.example until {}  Taken",
            shown(last)
        ),
    ] {
        assert!(table.out.contains(said), "{said}\n{}", table.out);
    }
    let contradicted = "warning[attestation-contradicted]: CIS EKS 5.4.5 is attested and fails\n";
    assert!(table.err.contains(contradicted), "{}", table.err);
    let place = " --> plimsoll.attestations.yaml:17:12\n";
    assert!(table.err.contains(place), "{}", table.err);
}

#[test]
fn what_ended_or_soon_will_is_said_with_its_place() {
    let (ended, ending) = (day(-1), day(10));
    let all = entry("cis-eks-1.8.0", "3.1.1", ended) + &entry("cis-eks-1.8.0", "3.1.2", ending);
    let run = scan(&all, &["--format", "json"]);
    let framework = framework(&run);
    assert_eq!(control(&framework, "3.1.1")["attestation"], Value::Null);
    assert!(control(&framework, "3.1.2")["attestation"].is_object());
    for said in [
        format!(
            "attestation of CIS EKS 3.1.1 ended on {}\n --> plimsoll.attestations.yaml:2:12\n",
            shown(ended)
        ),
        format!(
            "attestation of CIS EKS 3.1.2 ends on {}\n --> plimsoll.attestations.yaml:7:12\n",
            shown(ending)
        ),
    ] {
        assert!(run.err.contains(&said), "{}", run.err);
    }
}

#[test]
fn the_file_is_found_above_named_or_left_out_and_refused_with_its_place() {
    let folder = Folder::with_payments();
    let attested = |more: &[&str]| {
        let run = folder.run(
            &[
                &["scan", "k8s", "--framework", "nsa-cisa", "--format", "json"],
                more,
            ]
            .concat(),
        );
        let kubelet = control(&framework(&run), "kubelet").clone();
        (kubelet["attestation"].is_object(), run.code)
    };
    assert_eq!(attested(&[]), (false, 0));
    folder.write("words.yaml", entry("nsa-cisa", "kubelet", day(100)));
    assert_eq!(attested(&["--attestations", "words.yaml"]), (true, 0));
    folder.write("plimsoll.toml", "[scan]\nattestations = \"words.yaml\"\n");
    assert_eq!(attested(&[]), (true, 0));
    folder.write("plimsoll.toml", "");
    folder.write(
        "plimsoll.attestations.yaml",
        entry("nsa-cisa", "kubelet", day(100)),
    );
    assert_eq!(attested(&[]), (true, 0));
    assert_eq!(attested(&["--no-attestations"]), (false, 0));

    folder.write(
        "plimsoll.attestations.yaml",
        entry("nsa-cisa", "kublet", day(100)),
    );
    let run = folder.run(&["scan", "k8s"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @r"
    error[attestations]: nsa-cisa has no control kublet
     --> plimsoll.attestations.yaml:2:12
      |
    2 |   control: kublet
      |            ^^^^^^ did you mean kubelet?
    ");
    let run = folder.run(&["scan", "k8s", "--attestations", "none.yaml"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("error[attestations]: none.yaml cannot be read"),
        "{}",
        run.err
    );
}

#[test]
fn explain_says_how_to_attest_a_control_and_who_does() {
    let folder = Folder::new();
    let explained = |folder: &Folder| folder.run(&["explain", "cis-eks-1.8.0/3.1.1"]).out;
    let bare = explained(&folder);
    insta::assert_snapshot!(bare, @r"
    CIS Amazon EKS 1.8.0 3.1.1: Mode of the kubelet's kubeconfig limited scored
      policy   kubelet-kubeconfig-writable: Kubelet's kubeconfig is writable by others
      routes   collector, ssm, ami, attestation: ways to its evidence that the Kubernetes API does not give
      attest   by a person's word, shown apart, in plimsoll.attestations.yaml:
                 - framework: cis-eks-1.8.0
                   control: '3.1.1'
                   statement: what shows that it holds, or a link to that
                   by: ana@acme.example
                   until: 2027-01-31
    ");
    // What it shows is a file as it has to be.
    let example = bare.rsplit("plimsoll.attestations.yaml:\n").next().unwrap();
    let lines: Vec<&str> = example
        .lines()
        .map(|line| line.strip_prefix("             ").unwrap())
        .collect();
    let example = lines
        .join("\n")
        .replace("2027-01-31", &day(100).to_string());
    folder.write("plimsoll.attestations.yaml", example);
    let attested = format!(
        "  attested by ana@acme.example, until {}\n",
        shown(day(100))
    );
    assert!(
        explained(&folder).contains(&attested),
        "{}",
        explained(&folder)
    );
    let measured = folder.run(&["explain", "cis-eks-1.8.0/4.2.1"]).out;
    assert!(!measured.contains("attest"), "{measured}");
}
