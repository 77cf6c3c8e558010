//! Flags, files and defaults, as the sources of kubelet have them.

use serde_json::{Value, json};

use super::{Flags, Started};

fn started(flags: &[&str], file: Option<Value>, drop_ins: &[(&str, Value)]) -> Started {
    let arguments: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    Started {
        flags: Flags::parse(&arguments).unwrap(),
        file,
        drop_ins: drop_ins
            .iter()
            .map(|(path, value)| ((*path).to_owned(), value.clone()))
            .collect(),
    }
}

fn settings(flags: &[&str], file: Option<Value>, drop_ins: &[(&str, Value)]) -> Value {
    started(flags, file, drop_ins).settings().unwrap()
}

#[test]
fn a_kubelet_that_nobody_told_anything_lets_everybody_in() {
    assert_eq!(
        settings(&[], None, &[]),
        json!({
            "authentication": { "anonymous": { "enabled": true } },
            "authorization": { "mode": "AlwaysAllow" },
            "enableProfilingHandler": true,
            "eventRecordQPS": 50,
            "makeIPTablesUtilChains": true,
            "podPidsLimit": -1,
            "readOnlyPort": 10255,
            "seccompDefault": false,
            "streamingConnectionIdleTimeout": "4h0m0s",
            "tlsCertFile": "/var/lib/kubelet/pki/kubelet.crt",
            "tlsPrivateKeyFile": "/var/lib/kubelet/pki/kubelet.key",
        })
    );
}

#[test]
fn an_empty_file_is_as_good_as_one_that_says_no_to_strangers() {
    let settings = settings(&["--cert-dir=/pki"], Some(json!({})), &[]);
    assert_eq!(settings["authentication"]["anonymous"]["enabled"], false);
    assert_eq!(settings["authorization"]["mode"], "Webhook");
    assert_eq!(settings.get("readOnlyPort"), None);
    assert_eq!(settings["tlsCertFile"], "/pki/kubelet.crt");
}

#[test]
fn flags_beat_drop_ins_and_drop_ins_beat_the_file() {
    let file = json!({
        "authentication": { "anonymous": { "enabled": false }, "x509": { "clientCAFile": "/pki/ca.crt" } },
        "eventRecordQPS": 5, "readOnlyPort": 1, "tlsCipherSuites": ["A", "B"],
        "featureGates": { "RotateKubeletServerCertificate": true, "Other": true },
    });
    let drop_ins = [
        (
            "/d/b.conf",
            json!({ "readOnlyPort": 3, "eventRecordQPS": null }),
        ),
        (
            "/d/a.conf",
            json!({ "readOnlyPort": 2, "tlsCipherSuites": ["C"] }),
        ),
    ];
    let all = settings(
        &[
            "--anonymous-auth=true",
            "--feature-gates=RotateKubeletServerCertificate=false",
        ],
        Some(file.clone()),
        &drop_ins,
    );
    assert_eq!(
        all["authentication"],
        json!({ "anonymous": { "enabled": true }, "x509": { "clientCAFile": "/pki/ca.crt" } })
    );
    assert_eq!(all["readOnlyPort"], 3, "the later of two");
    assert_eq!(all["eventRecordQPS"], 5, "null sets nothing");
    assert_eq!(all["tlsCipherSuites"], json!(["C"]), "lists as a whole");
    assert_eq!(
        all["featureGates"],
        json!({ "RotateKubeletServerCertificate": false, "Other": true })
    );
    assert_eq!(
        settings(&["--read-only-port=0"], Some(file), &drop_ins)["readOnlyPort"],
        0
    );
}

#[test]
fn drop_ins_come_as_a_walk_through_their_folder_has_them() {
    // The folder `a` before the file `a.conf`, though `.` is before `/`.
    let drop_ins = [
        ("/d/a.conf", json!({ "podPidsLimit": 2 })),
        ("/d/a/z.conf", json!({ "podPidsLimit": 1 })),
    ];
    assert_eq!(settings(&[], Some(json!({})), &drop_ins)["podPidsLimit"], 2);
}

#[test]
fn zero_in_the_file_is_the_default_and_elsewhere_is_zero() {
    let zero = json!({ "streamingConnectionIdleTimeout": "0s", "authorization": { "mode": "" } });
    let of_file = settings(&[], Some(zero.clone()), &[]);
    assert_eq!(of_file["streamingConnectionIdleTimeout"], "4h0m0s");
    assert_eq!(of_file["authorization"]["mode"], "Webhook");
    let of_drop_in = settings(&[], Some(json!({})), &[("/d/a.conf", zero)]);
    assert_eq!(of_drop_in["streamingConnectionIdleTimeout"], "0s");
    let flag = ["--streaming-connection-idle-timeout=0"];
    let of_flag = settings(&flag, Some(json!({})), &[]);
    assert_eq!(of_flag["streamingConnectionIdleTimeout"], "0");
}

#[test]
fn a_certificate_that_is_given_or_asked_for_is_none_that_it_made() {
    let given = json!({ "tlsCertFile": "/pki/node.crt", "tlsPrivateKeyFile": "/pki/node.key" });
    assert_eq!(
        settings(&[], Some(given), &[])["tlsCertFile"],
        "/pki/node.crt"
    );
    let asked = settings(&["--rotate-server-certificates=true"], Some(json!({})), &[]);
    assert_eq!(
        (&asked["serverTLSBootstrap"], asked.get("tlsCertFile")),
        (&json!(true), None)
    );
}

#[test]
fn a_flag_that_comes_again_counts_as_it_does_for_a_kubelet() {
    let twice = settings(
        &[
            "--allowed-unsafe-sysctls=a,b",
            "--allowed-unsafe-sysctls=c",
            "--pod-max-pids=1",
            "--pod-max-pids=2",
        ],
        Some(json!({ "allowedUnsafeSysctls": ["z"] })),
        &[],
    );
    assert_eq!(twice["allowedUnsafeSysctls"], json!(["a", "b", "c"]));
    assert_eq!(twice["podPidsLimit"], 2);
}

#[test]
fn what_no_kubelet_starts_with_tells_nothing() {
    for flag in [
        "--anonymous-auth=maybe",
        "--read-only-port=ssh",
        "--tls-cipher-suites=\"A,B\"",
        "--feature-gates=RotateKubeletServerCertificate",
    ] {
        let error = started(&[flag], None, &[]).settings().unwrap_err();
        assert!(error.starts_with(flag), "{error}");
    }
    let bare = Flags::parse(&["--anonymous-auth".to_owned()]).unwrap_err();
    assert!(bare.contains("no --flag=value"), "{bare}");
}
