use super::*;

const GOOD: &str = r#"
endpoint = "https://api.acme.example:6443/"
name = "edge"
provider = "self-managed"
web_identity = { audience = "acme" }
"#;

fn read(text: &str) -> ConnectionConfig {
    toml::from_str(text).unwrap()
}

fn wrong(from: &str, to: &str) -> String {
    let text = GOOD.replace(from, to);
    let found = read(&text).mistake();
    found.map_or(String::new(), |(message, _)| message.to_owned())
}

#[test]
fn a_good_one_becomes_what_is_kept() {
    let config = read(GOOD);
    assert_eq!(config.mistake(), None);
    let endpoint = endpoint(&config, "plm-1").unwrap();
    assert_eq!(endpoint.url, "https://api.acme.example:6443");
    assert_eq!(endpoint.provider, Provider::Other);
    assert_eq!(endpoint.audience().as_deref(), Some("acme/plm-1"));
    let gke = GOOD.replace("self-managed", "gke").replace(
        "web_identity = { audience = \"acme\" }",
        "gke = { project = \"471\", pool = \"p\", provider = \"aws\" }",
    );
    assert_eq!(read(&gke).mistake(), None);
}

#[test]
fn each_mistake_is_named() {
    for (from, to, message) in [
        ("https://api", "http://api", "must be an https://"),
        ("https://api", "https://user@api", "must be an https://"),
        ("6443/", "6443/?x=1", "must be an https://"),
        ("name = \"edge\"", "", "`name` is needed"),
        ("\"edge\"", "\"a b\"", "`name` is needed"),
        (
            "provider = \"self-managed\"",
            "",
            "`provider` is needed with",
        ),
        (
            "web_identity",
            "token_env = \"T\"\nweb_identity",
            "exactly one of `token_secret`",
        ),
        (
            "web_identity = { audience = \"acme\" }",
            "",
            "exactly one of `token_secret`",
        ),
        (
            "web_identity = { audience = \"acme\" }",
            "token_secret = \"a/b\"",
            "`token_secret` is the last part",
        ),
        ("\"acme\"", "\"a b\"", "`audience` is made of"),
        (
            "web_identity = { audience = \"acme\" }",
            "gke = { project = \"acme\", pool = \"p\", provider = \"a\" }",
            "project's number",
        ),
        (
            "web_identity = { audience = \"acme\" }",
            "gke = { project = \"471\", pool = \"p\", provider = \"a\" }",
            "is for provider \"gke\"",
        ),
        (
            "web_identity = { audience = \"acme\" }",
            "aks = { tenant_id = \"a/b\", client_id = \"c\" }",
            "must be the ids of",
        ),
        (
            "name =",
            "kube_context = \"a\"\nname =",
            "exactly one of `kube_context`",
        ),
    ] {
        let said = wrong(from, to);
        assert!(said.contains(message), "{from} → {to}: {said}");
    }
    let stray = read("kube_context = \"a\"\nca = \"ca.crt\"");
    let (message, _) = stray.mistake().unwrap();
    assert!(message.contains("belong to a connection with `endpoint`"));
}

#[test]
fn certificates_are_read_beside_the_file_and_must_be_some() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = read(GOOD);
    config.ca = Some("ca.crt".to_owned());
    let error = beside(&config, folder.path()).unwrap_err();
    assert!(error.contains("ca.crt"), "{error}");
    std::fs::write(folder.path().join("ca.crt"), "none").unwrap();
    let error = beside(&config, folder.path()).unwrap_err();
    assert_eq!(error, "`ca` holds no certificate in PEM");
    config.ca = None;
    config.token_file = Some("token".into());
    let whole = beside(&config, folder.path()).unwrap();
    assert!(whole.token_file.unwrap().is_absolute());
}

#[test]
fn tokens_of_this_machine_are_not_for_a_deployed_stack_nor_the_other_way() {
    let with = |token: &str| {
        read(&GOOD.replace(
            "web_identity = { audience = \"acme\" }",
            &format!("{token} = \"x\""),
        ))
    };
    for (token, deployed) in [
        ("token_env", true),
        ("token_file", true),
        ("token_secret", false),
    ] {
        assert!(place_mistake(&with(token), deployed).is_some(), "{token}");
        assert!(place_mistake(&with(token), !deployed).is_none(), "{token}");
    }
}
