//! Sample answers in `tests/aws_replies`, read by us and by botocore: both must come to the same. What botocore makes of
//! them is kept beside them, written by `tests/gen/aws_replies_check.py`.

use std::path::Path;

use serde_json::Value;

use crate::aws::wire::answer::decode;
use crate::aws::wire::table::table;

#[test]
fn answers_are_read_as_botocore_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws_replies");
    let mut seen = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(stem) = name.strip_suffix(".expected.json") else {
            continue;
        };
        let mut parts = stem.split('.');
        let (service, operation) = (parts.next().unwrap(), parts.next().unwrap());
        let (service, operation) = table().unwrap().find(service, operation).unwrap();
        let reply = ["xml", "json"]
            .iter()
            .find_map(|kind| std::fs::read(folder.join(format!("{stem}.{kind}"))).ok())
            .unwrap();
        let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let read = decode(service, operation, &reply).unwrap();
        assert_eq!(read, expected, "{stem}");
        for end in 0..reply.trim_ascii_end().len() {
            let cut = &reply[..end];
            let blank = cut.iter().all(u8::is_ascii_whitespace);
            assert!(
                blank || decode(service, operation, cut).is_err(),
                "{stem} is taken for whole after {end} bytes"
            );
        }
        seen += 1;
    }
    assert!(seen >= 10, "{seen} answers");
}
