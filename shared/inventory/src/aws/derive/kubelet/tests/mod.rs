//! What is said of kubelets, of user data as people write it.

mod bootstrap;
mod bottlerocket;
mod image;
mod nodeadm;

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::GzEncoder};
use plimsoll_model::Part;
use serde_json::{Value, json};

use super::image::Family;
use super::{Told, of_family};

/// User data as EC2 gives it.
fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn told(family: Family, text: &str) -> Told {
    of_family(family, &encoded(text)).unwrap_or_else(|reason| panic!("{reason:?}\n{text}"))
}

fn shown(family: Family, text: &str) -> Value {
    told(family, text).settings.shown()
}

fn need(family: Family, text: &str) -> String {
    match of_family(family, &encoded(text)) {
        Ok(told) => panic!("known: {}\n{text}", told.settings.shown()),
        Err(reason) => reason.need,
    }
}

fn known(part: &Part) -> &Value {
    match part {
        Part::Known(value) => value,
        Part::Unknown(line) => panic!("{line}"),
    }
}

fn file(path: &str, mode: &str) -> Value {
    json!({ "path": path, "mode": mode, "owner": "root", "group": "root" })
}

#[test]
fn user_data_that_is_cut_anywhere_is_told_or_refused() {
    let families = [Family::Nodeadm, Family::Bootstrap, Family::Bottlerocket];
    let mut told = 0;
    for text in [
        nodeadm::multipart_of_a_group(),
        bootstrap::MANAGED.to_owned(),
        bottlerocket::HEAD.to_owned(),
    ] {
        for (end, _) in text.char_indices() {
            for family in families {
                let cut = of_family(family, &encoded(&text[..end]));
                told += usize::from(cut.is_ok_and(|told| told.settings.shown().is_object()));
            }
        }
    }
    assert!(told > 0);
}
