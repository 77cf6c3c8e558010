use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::GzEncoder};

use super::secrets;

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn found(text: &str) -> Vec<String> {
    secrets(&encoded(text)).unwrap()
}

#[test]
fn values_given_to_names_for_credentials_are_found_by_name() {
    for (text, name) in [
        ("#!/bin/bash\nexport DB_PASSWORD=hunter2\n", "DB_PASSWORD"),
        ("DB_PASSWORD='hunter2 and more'", "DB_PASSWORD"),
        (
            "write_files:\n  - content: |\n      api_key: h/nter2",
            "api_key",
        ),
        (
            r#"{"clientSecret": 1, "client_secret": "hunter2"}"#,
            "client_secret",
        ),
        ("curl --password hunter2 https://example.org", "password"),
        ("app --db-password=hunter2", "db-password"),
        (
            "aws_secret_access_key = wJalrXUtnFEMI",
            "aws_secret_access_key",
        ),
        ("echo x;TOKEN=abc", "TOKEN"),
        (
            "spring.datasource.password=abc",
            "spring.datasource.password",
        ),
    ] {
        assert_eq!(found(text), [name], "{text}");
    }
}

#[test]
fn what_has_a_form_of_its_own_is_found_by_what_it_is() {
    for (text, name) in [
        ("aws configure set x AKIAABCDEFGHIJKLMNOP", "AWS access key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "private key"),
        (
            "git clone https://ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@github.com/x",
            "GitHub token",
        ),
        ("psql postgres://app:hunter2@db/app", "password in a URL"),
    ] {
        assert_eq!(found(text), [name], "{text}");
    }
}

#[test]
fn references_switches_and_prose_are_no_secrets() {
    for text in [
        "",
        "#!/bin/bash\n/etc/eks/bootstrap.sh prod --b64-cluster-ca LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM= --apiserver-endpoint https://a.eks.amazonaws.com",
        "TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')",
        "curl -H \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/",
        "DB_PASSWORD=`aws ssm get-parameter --name x`\nDB_PASSWORD=\"${OTHER}\"",
        "aws secretsmanager get-secret-value --secret-id prod/db",
        "if [ \"$TOKEN\" = \"x\" ]; then exit 1; fi",
        "# the password is in the store, the token there too",
        "password: '{{resolve:secretsmanager:db}}'\nsecret: arn:aws:secretsmanager:eu-central-1:1:secret:x",
        "USE_TOKEN=true\nMAX_TOKEN=4096\nPASSWORD_FILE=abc\nPASSWORD=",
        "docker pull https://example.org:443/a@b",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn packed_multipart_and_nested_data_are_looked_into() {
    let script = "export DB_PASSWORD=hunter2\n";
    assert_eq!(secrets(&encoded(packed(script))).unwrap(), ["DB_PASSWORD"]);
    let multipart = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"==B==\"\n\n--==B==\nContent-Type: text/x-shellscript\n\
         Content-Transfer-Encoding: base64\n\n{}\n--==B==--\n",
        encoded(format!("{script}# {}", "long ".repeat(30)))
    );
    assert_eq!(found(&multipart), ["DB_PASSWORD"]);
    let file = format!(
        "write_files:\n  - encoding: gz+b64\n    content: {}\n",
        encoded(packed(script))
    );
    assert_eq!(found(&file), ["DB_PASSWORD"]);
    let lines = encoded(packed(&multipart));
    assert_eq!(secrets(&lines).unwrap(), ["DB_PASSWORD"]);
}

#[test]
fn plain_text_is_looked_at_as_it_is() {
    assert_eq!(secrets("#!/bin/bash\nTOKEN=abc").unwrap(), ["TOKEN"]);
}

#[test]
fn what_does_not_unpack_is_not_known() {
    let mut cut = packed("export DB_PASSWORD=hunter2");
    cut.truncate(12);
    assert!(secrets(&encoded(cut)).is_err());
    let bomb = packed(&"a ".repeat(5 << 20));
    assert!(secrets(&encoded(bomb)).is_err());
    let mut nested = b"TOKEN=abc".to_vec();
    for _ in 0..8 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
        encoder.write_all(&nested).unwrap();
        nested = encoder.finish().unwrap();
    }
    assert!(secrets(&encoded(nested)).is_err());
}

#[test]
fn no_value_is_ever_named() {
    let text = "DB_PASSWORD=hunter2 postgres://app:hunter2@db AKIAABCDEFGHIJKLMNOP";
    let names = found(text).join(" ");
    assert!(
        !names.contains("hunter2") && !names.contains("AKIA"),
        "{names}"
    );
}
