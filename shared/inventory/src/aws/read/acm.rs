//! Certificates. The list has what a description of each would tell.

use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::{Shape, word};
use super::{Place, Reading};

const CERTIFICATE: &str = "AWS::CertificateManager::Certificate";

/// Without these the list has RSA keys of 1024 and 2048 bits only. Source: ACM's API reference, `Filters`.
const KEY_TYPES: [&str; 7] = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
];

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    let input = json!({ "Includes": { "keyTypes": KEY_TYPES } });
    reading.take(
        CERTIFICATE,
        at.objects("acm", "ListCertificates", input, certificate)
            .await,
    );
    reading
}

pub(super) fn certificate(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&["CertificateArn", "DomainName", "KeyAlgorithm"])
        .named("SubjectAlternativeNames", "SubjectAlternativeNameSummaries");
    let live = Shape::of(from).alike(&["InUse", "NotAfter", "Status"]);
    let arn = word(from, "CertificateArn");
    let name = arn.rsplit('/').next().unwrap_or(arn);
    place.object(CERTIFICATE, name, Some(arn), properties.done(), live.done())
}
