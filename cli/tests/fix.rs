//! `plimsoll fix`: the diff that people see, files written in place, and what is left alone.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Write;
use std::process::Stdio;

use support::{Folder, PAYMENTS, Run};

const SOME: [&str; 2] = [
    "--only",
    "privileged-container,allow-privilege-escalation,host-pid,seccomp-not-set",
];

fn fix(folder: &Folder, more: &[&str]) -> Run {
    let all: Vec<&str> = ["fix", "k8s"]
        .iter()
        .chain(&SOME)
        .chain(more)
        .copied()
        .collect();
    folder.run(&all)
}

/// Two files, one of them with Windows' line ends.
fn two_files() -> Folder {
    let folder = Folder::new();
    folder.write(
        "k8s/payments.yaml",
        PAYMENTS.replace("1.4\n", "1.4   # pinned\n"),
    );
    let agent = "# agent\napiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec:\n  hostPID: true\n  containers:\n  - {name: a, image: b}\n";
    folder.write("k8s/sub/agent.yml", agent.replace('\n', "\r\n"));
    folder.write("k8s/other.yaml", "a: 1\n");
    folder
}

#[test]
fn a_diff_shows_what_would_change_and_nothing_is_written() {
    let folder = two_files();
    let before = folder.read("k8s/payments.yaml");
    let run = fix(&folder, &[]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.out);
    assert_eq!(
        run.err,
        "6 changes in 2 files mend 6 findings; write them with --write\n"
    );
    assert_eq!(folder.read("k8s/payments.yaml"), before);
}

#[test]
fn the_diff_is_one_that_patch_takes() {
    let folder = two_files();
    let run = fix(&folder, &[]);
    let patched = |folder: &Folder| {
        [
            folder.read("k8s/payments.yaml"),
            folder.read("k8s/sub/agent.yml"),
        ]
    };
    let mut patch = std::process::Command::new("git");
    patch
        .args(["apply", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped());
    let mut patch = patch.spawn().unwrap();
    patch
        .stdin
        .take()
        .unwrap()
        .write_all(run.out.as_bytes())
        .unwrap();
    assert!(patch.wait().unwrap().success());
    let written = two_files();
    assert_eq!(fix(&written, &["--write"]).code, 0);
    assert_eq!(patched(&folder), patched(&written));
}

#[test]
fn written_files_keep_everything_else_and_are_clean_afterwards() {
    let folder = two_files();
    let run = fix(&folder, &["--write"]);
    assert_eq!(run.code, 0, "{}", run.err);
    insta::assert_snapshot!(format!("{}{}", run.out, run.err), @r"
    k8s/payments.yaml
      critical  18:11  container app runs privileged                                    privileged-container
      high      17:9   container app may gain more privileges than it was started with  allow-privilege-escalation
      medium    17:9   container app has no seccomp profile                             seccomp-not-set
    k8s/sub/agent.yml
      high    8:5  container a may gain more privileges than it was started with  allow-privilege-escalation
      high    6:3  pod sees the processes of its node                             host-pid
      medium  8:5  container a has no seccomp profile                             seccomp-not-set
    6 changes in 2 files mended 6 findings
    ");
    assert_eq!(
        folder.read("k8s/payments.yaml"),
        PAYMENTS.replace("1.4\n", "1.4   # pinned\n").replace(
            "          privileged: true\n",
            "          allowPrivilegeEscalation: false\n          seccompProfile:\n            type: RuntimeDefault\n"
        )
    );
    assert_eq!(
        folder.read("k8s/sub/agent.yml"),
        "# agent\r\napiVersion: v1\r\nkind: Pod\r\nmetadata: {name: agent}\r\nspec:\r\n  containers:\r\n  - {name: a, image: b, securityContext: {allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}}}\r\n"
    );
    let scan: Vec<&str> = ["scan", "k8s"].iter().chain(&SOME).copied().collect();
    assert_eq!(folder.run(&scan).out, "");
    let again = fix(&folder, &["--write"]);
    assert_eq!(
        (again.out.as_str(), again.err.as_str()),
        ("", "No findings: nothing to mend.\n")
    );
}

#[test]
fn people_see_what_is_mended_above_the_diff() {
    let folder = two_files();
    let run = fix(&folder, &["--color", "always"]);
    assert!(
        run.out
            .contains("\u{1b}[31m-          privileged: true\u{1b}[0m\n"),
        "{}",
        run.out
    );
    assert!(run.out.contains("\u{1b}[36m@@ "), "{}", run.out);
    let mut command = folder.command(&["fix", "k8s", "--only", "host-pid", "--color", "always"]);
    command.env("NO_COLOR", "1");
    assert!(
        Run::of(command.output().unwrap()).out.contains('\u{1b}'),
        "the flag beats NO_COLOR"
    );
    let mut command = folder.command(&["fix", "k8s", "--only", "host-pid"]);
    command.env("NO_COLOR", "1").env("TERM", "xterm-256color");
    assert!(!Run::of(command.output().unwrap()).out.contains('\u{1b}'));
}

#[test]
fn the_scans_closing_line_counts_what_fix_mends() {
    let folder = two_files();
    let scan: Vec<&str> = ["scan", "k8s"].iter().chain(&SOME).copied().collect();
    let said = folder.run(&scan).err;
    let command = "6 findings can be mended: plimsoll fix k8s --only privileged-container,allow-privilege-escalation,host-pid,seccomp-not-set\nno gate set";
    assert!(said.contains(command), "{said}");
    let all = folder
        .run(&["scan", "k8s", "--only", "memory-limit-missing"])
        .err;
    assert!(!all.contains("mended"), "{all}");
    let fixed = fix(&folder, &[]).err;
    assert!(
        fixed.starts_with("6 changes in 2 files mend 6 findings; write them with --write\n"),
        "{fixed}"
    );
    let piped = folder.run_with(&["scan", "-"], PAYMENTS).err;
    assert!(
        !piped.contains("mended"),
        "standard input has no file to change: {piped}"
    );
}

#[test]
fn what_needs_a_person_is_said() {
    let folder = Folder::with_payments();
    let run = folder.run(&["fix", "k8s", "--only", "memory-limit-missing"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    insta::assert_snapshot!(run.err, @r"
    Nothing that can be mended safely by machine.
    1 finding needs a person: plimsoll scan k8s --only memory-limit-missing
    ");
}

#[test]
fn shared_values_are_left_and_the_rest_is_mended() {
    let folder = Folder::new();
    let text = "\
apiVersion: v1
kind: Pod
metadata: { name: shared }
spec:
  hostPID: true
  containers:
  - name: a
    image: a
    securityContext: &sc
      privileged: true
  - name: b
    image: b
    securityContext: *sc
";
    folder.write("k8s/shared.yaml", text);
    let run = folder.run(&[
        "fix",
        "k8s",
        "--only",
        "privileged-container,host-pid",
        "--write",
    ]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.err, @r"
    warning[not-mended]: k8s/shared.yaml:9:22: privileged-container: other places use it through its anchor
    warning[not-mended]: k8s/shared.yaml:13:22: privileged-container: it comes from an alias: change it where its anchor stands
    1 change in 1 file mended 1 finding
    2 findings need a person: plimsoll scan k8s --only privileged-container,host-pid
    ");
    assert_eq!(
        folder.read("k8s/shared.yaml"),
        text.replace("  hostPID: true\n", "")
    );
}

#[test]
fn what_cannot_be_changed_in_place_is_refused() {
    let folder = two_files();
    let stdin = folder.run_with(&["fix", "-"], PAYMENTS);
    assert_eq!((stdin.code, stdin.out.as_str()), (2, ""));
    assert!(
        stdin
            .err
            .contains("standard input has no file that could be changed"),
        "{}",
        stdin.err
    );
    assert_eq!(folder.run(&["fix"]).code, 2);
    assert_eq!(
        folder.run(&["fix", "k8s", "--only", "no-such-policy"]).code,
        2
    );
    let missing = folder.run(&["fix", "k8"]);
    assert_eq!(missing.code, 3);
    assert!(missing.err.contains("k8s exists"), "{}", missing.err);
    let nothing = folder.run(&["fix", "k8s/other.yaml"]);
    assert_eq!(nothing.code, 3, "{}", nothing.err);
}

#[test]
fn templates_and_other_encodings_stay_as_they_are() {
    let folder = two_files();
    folder.write("chart/Chart.yaml", "name: x\n");
    let template = PAYMENTS.replace("replicas: 2", "replicas: {{ .Values.replicas }}");
    folder.write("chart/templates/payments.yaml", &template);
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(PAYMENTS.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("chart/wide.yaml", &wide);
    let marked = format!("\u{feff}{PAYMENTS}");
    folder.write("chart/marked.yaml", &marked);
    let run = folder.run(&["fix", "chart", "--only", "privileged-container", "--write"]);
    assert_eq!(run.code, 0);
    assert!(
        run.err
            .contains("a Helm template that has not been rendered"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("chart/wide.yaml is not plain UTF-8 text"),
        "{}",
        run.err
    );
    assert_eq!(folder.read("chart/templates/payments.yaml"), template);
    assert_eq!(
        std::fs::read(folder.path().join("chart/wide.yaml")).unwrap(),
        wide
    );
    let expected = marked.replace("        securityContext:\n          privileged: true\n", "");
    assert_eq!(folder.read("chart/marked.yaml"), expected);
}

#[cfg(unix)]
#[test]
fn rights_and_links_stay_and_nothing_else_is_left_behind() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with_payments();
    folder.write("elsewhere/real.yaml", PAYMENTS);
    let real = folder.path().join("elsewhere/real.yaml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.yaml");
    symlink(&real, &link).unwrap();
    let run = folder.run(&[
        "fix",
        "link.yaml",
        "--only",
        "privileged-container",
        "--write",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(!folder.read("elsewhere/real.yaml").contains("privileged"));
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(
        std::fs::read_dir(folder.path().join("elsewhere"))
            .unwrap()
            .count(),
        1
    );

    let kept = folder.read("k8s/payments.yaml");
    let path = folder.path().join("k8s/payments.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let run = folder.run(&["fix", "k8s", "--only", "privileged-container", "--write"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(
        run.err
            .contains("error[not-written]: k8s/payments.yaml cannot be written: it is read-only"),
        "{}",
        run.err
    );
    assert_eq!(folder.read("k8s/payments.yaml"), kept);
}

#[test]
fn patches_that_meet_at_one_place_are_made_in_the_order_of_severity() {
    let folder = Folder::new();
    let policy = |id: &str, severity: &str, op: &str| {
        format!(
            "id: {id}\ntitle: Title\nseverity: {severity}\nmatch: {{ kinds: [Pod] }}\nexpression: '{id}'\npath: spec.x\nmessage: is wrong\nwhy: An example of {id}.\nfix:\n  text: Mend {id}.\n  patch: [{op}]\n"
        )
    };
    let write = |id: &str, severity: &str, expression: &str, op: &str| {
        let text = policy(id, severity, op).replace(&format!("'{id}'"), &format!("'{expression}'"));
        folder.write(&format!("own/{id}/policy.yaml"), text);
    };
    // Both want another node; the first of a list is enough for the third.
    write(
        "wants-a",
        "high",
        "has(object.spec.nodeName) && object.spec.nodeName == \"a\"",
        "{ op: add, path: spec/nodeName, value: a }",
    );
    write(
        "wants-b",
        "low",
        "has(object.spec.nodeName) && object.spec.nodeName == \"b\"",
        "{ op: add, path: spec/nodeName, value: b }",
    );
    write(
        "wants-any",
        "medium",
        "has(object.spec.nodeName)",
        "{ op: add, path: spec/nodeName, value: c }",
    );
    folder.write(
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n",
    );
    let run = folder.run(&[
        "fix",
        "pod.yaml",
        "--policies",
        "own",
        "--only",
        "wants-*",
        "--write",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        folder.read("pod.yaml").ends_with("spec:\n  nodeName: a\n"),
        "{}",
        folder.read("pod.yaml")
    );
    insta::assert_snapshot!(run.err, @r"
    warning[not-mended]: pod.yaml:4:1: wants-b: the change of wants-a stands in its way
    1 change in 1 file mended 2 findings
    1 finding needs a person: plimsoll scan pod.yaml --policies own --only 'wants-*'
    ");
}
