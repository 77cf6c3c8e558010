//! Flags, files and defaults, as the sources of kubelet have them.

mod policies;

use serde_json::{Value, json};

use super::{Flags, Settings};

fn settings(flags: &[&str], file: Option<Value>, drop_ins: &[(&str, Value)]) -> Value {
    let arguments: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let own = |(path, value): &(&str, Value)| ((*path).to_owned(), value.clone());
    let drop_ins: Vec<_> = drop_ins.iter().map(own).collect();
    let mut settings = Settings::new("of the kubelet of n", file.as_ref());
    settings.drop_ins(&drop_ins);
    settings.command(&Flags::parse(&arguments).unwrap());
    settings.shown()
}

/// Why a setting is not known.
fn why(settings: &Value, path: &str) -> String {
    let pointer = format!("/{}/$unknown", path.replace('.', "/"));
    let line = settings.pointer(&pointer).and_then(Value::as_str);
    line.unwrap_or_else(|| panic!("{path}: {settings}"))
        .to_owned()
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
        json!({ "RotateKubeletServerCertificate": false }),
        "of the others nothing is read"
    );
    let flag = settings(&["--read-only-port=0"], Some(file), &drop_ins);
    assert_eq!(flag.get("readOnlyPort"), None);
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
    assert_eq!(of_flag["streamingConnectionIdleTimeout"], "0s");
    let off = json!({ "tlsMinVersion": "", "authentication": { "x509": { "clientCAFile": "" } } });
    let file = json!({ "authentication": { "x509": { "clientCAFile": "/ca" } } });
    let of_drop_in = settings(&[], Some(file), &[("/d/a.conf", off)]);
    assert_eq!(of_drop_in["authentication"].get("x509"), None);
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
    let emptied = json!({ "tlsCertFile": "" });
    assert_eq!(
        settings(&[], Some(json!({})), &[("/d/a.conf", emptied)])["tlsCertFile"],
        "/var/lib/kubelet/pki/kubelet.crt"
    );
    let odd = settings(&["--cert-dir=hunter2"], Some(json!({})), &[]);
    assert!(why(&odd, "tlsCertFile").contains("--cert-dir of the kubelet of n"));
}

#[test]
fn a_switch_of_seccomp_only_turns_it_on() {
    let on = json!({ "seccompDefault": true });
    let off = ["--seccomp-default=false"];
    assert_eq!(settings(&off, Some(on), &[])["seccompDefault"], true);
    let on = ["--seccomp-default=true"];
    assert_eq!(settings(&on, Some(json!({})), &[])["seccompDefault"], true);
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
fn what_no_kubelet_starts_with_is_unknown_alone_and_is_not_told() {
    for (flag, path) in [
        (
            "--anonymous-auth=hunter2",
            "authentication.anonymous.enabled",
        ),
        ("--read-only-port=hunter2", "readOnlyPort"),
        ("--tls-cipher-suites=\"hunter2,B\"", "tlsCipherSuites"),
        (
            "--feature-gates=RotateKubeletServerCertificate=hunter2",
            "featureGates.RotateKubeletServerCertificate",
        ),
        (
            "--feature-gates=RotateKubeletServerCertificate",
            "featureGates.RotateKubeletServerCertificate",
        ),
        (
            "--streaming-connection-idle-timeout=",
            "streamingConnectionIdleTimeout",
        ),
    ] {
        let settings = settings(&[flag], Some(json!({})), &[]);
        let start = format!("malformedInput {path} of the kubelet of n, ");
        let why = why(&settings, path);
        assert!(why.starts_with(&start), "{flag}: {why}");
        assert!(!settings.to_string().contains("hunter2"), "{settings}");
        assert_eq!(settings["eventRecordQPS"], 50);
    }
    let bare = Flags::parse(&["--anonymous-auth".to_owned()]).unwrap_err();
    assert!(bare.contains("no --flag=value"), "{bare}");
}

#[test]
fn what_does_not_fit_is_unknown_until_something_is_laid_over_it() {
    let file = json!({ "readOnlyPort": "hunter2", "authentication": "hunter2" });
    let of_file = settings(&[], Some(file.clone()), &[]);
    assert!(!of_file.to_string().contains("hunter2"), "{of_file}");
    why(&of_file, "readOnlyPort");
    assert!(why(&of_file, "authentication.anonymous.enabled").contains("below what is no map"));
    let of_flag = settings(&["--read-only-port=1"], Some(file), &[]);
    assert_eq!(of_flag["readOnlyPort"], 1);
}
