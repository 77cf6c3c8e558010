//! Signature Version 4, from the side of the one who checks it: the same canonical request is
//! built from what arrived, signed with the secret we know, and compared. Both forms exist, in the
//! `Authorization` header (every API call) and in the query (the presigned URL in an EKS token).
//! Source of the rules: "Create a signed AWS API request", IAM user guide.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The only algorithm accepted.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a signed request says about itself, before anything of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) access_key: String,
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) time: Timestamp,
    pub(crate) time_text: String,
    pub(crate) signed_headers: Vec<String>,
    pub(crate) signature: Vec<u8>,
    pub(crate) session_token: Option<String>,
}

/// Why a request carries no usable claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoClaim {
    Unsigned,
    Malformed,
}

impl Claim {
    /// Reads the claim from the headers of a request.
    pub(crate) fn from_headers(headers: &http::HeaderMap) -> Result<Self, NoClaim> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = text("authorization").ok_or(NoClaim::Unsigned)?;
        let fields = authorization
            .strip_prefix(ALGORITHM)
            .ok_or(NoClaim::Malformed)?;
        let field = |name: &str| {
            fields
                .split(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
                .ok_or(NoClaim::Malformed)
        };
        Self::new(
            field("Credential")?,
            field("SignedHeaders")?,
            field("Signature")?,
            text("x-amz-date").ok_or(NoClaim::Malformed)?,
            text("x-amz-security-token"),
        )
    }

    /// Reads the claim from the decoded query of a presigned URL.
    pub(crate) fn from_query(query: &[(String, String)]) -> Result<Self, NoClaim> {
        let get = |name: &str| {
            let found = query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        if get("X-Amz-Algorithm").ok_or(NoClaim::Unsigned)? != ALGORITHM {
            return Err(NoClaim::Malformed);
        }
        let need = |name: &str| get(name).ok_or(NoClaim::Malformed);
        Self::new(
            need("X-Amz-Credential")?,
            need("X-Amz-SignedHeaders")?,
            need("X-Amz-Signature")?,
            need("X-Amz-Date")?,
            get("X-Amz-Security-Token"),
        )
    }

    fn new(
        credential: &str,
        signed_headers: &str,
        signature: &str,
        time: &str,
        session_token: Option<&str>,
    ) -> Result<Self, NoClaim> {
        let mut scope = credential.split('/');
        let mut next = || scope.next().map(str::to_owned).ok_or(NoClaim::Malformed);
        let (access_key, date, region, service) = (next()?, next()?, next()?, next()?);
        if next()? != "aws4_request" || !time.starts_with(&date) {
            return Err(NoClaim::Malformed);
        }
        Ok(Self {
            access_key,
            date,
            region,
            service,
            time: parse_time(time).ok_or(NoClaim::Malformed)?,
            time_text: time.to_owned(),
            signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
            signature: from_hex(signature).ok_or(NoClaim::Malformed)?,
            session_token: session_token.map(str::to_owned),
        })
    }

    /// Whether the signature is the one that `secret` gives for this canonical request.
    pub(crate) fn verifies(&self, secret: &str, canonical_request: &str) -> bool {
        let scope = Scope {
            date: &self.date,
            region: &self.region,
            service: &self.service,
            time: &self.time_text,
        };
        scope
            .mac(secret, canonical_request)
            .verify_slice(&self.signature)
            .is_ok()
    }
}

/// What a signature is bound to besides the request.
pub(crate) struct Scope<'a> {
    pub(crate) date: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) time: &'a str,
}

impl Scope<'_> {
    /// The signature of a canonical request, as it is written into a URL or header.
    pub(crate) fn sign(&self, secret: &str, canonical_request: &str) -> String {
        to_hex(&self.mac(secret, canonical_request).finalize().into_bytes())
    }

    fn mac(&self, secret: &str, canonical_request: &str) -> Hmac<Sha256> {
        let Self {
            date,
            region,
            service,
            time,
        } = self;
        let digest = to_hex(&Sha256::digest(canonical_request.as_bytes()));
        let to_sign =
            format!("{ALGORITHM}\n{time}\n{date}/{region}/{service}/aws4_request\n{digest}");
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [*date, *region, *service, "aws4_request"] {
            key = keyed(&key, part.as_bytes())
                .finalize()
                .into_bytes()
                .to_vec();
        }
        keyed(&key, to_sign.as_bytes())
    }
}

/// The text that both sides sign. `query` is decoded; `header` looks a header up by its lower-case
/// name; a signed header that did not arrive makes the result `None`.
pub(crate) fn canonical_request<'a>(
    method: &str,
    path: &str,
    query: &[(String, String)],
    signed_headers: &[String],
    header: impl Fn(&str) -> Option<&'a str>,
    payload: &[u8],
) -> Option<String> {
    let query = canonical_query(query);
    let mut headers = String::new();
    for name in signed_headers {
        let value: Vec<&str> = header(name)?.split_whitespace().collect();
        headers += &format!("{name}:{}\n", value.join(" "));
    }
    // Every service but S3 signs the path encoded once more than it travels.
    let path = encode(if path.is_empty() { "/" } else { path }, true);
    let signed = signed_headers.join(";");
    let payload = to_hex(&Sha256::digest(payload));
    Some(format!(
        "{method}\n{path}\n{}\n{headers}\n{signed}\n{payload}",
        query
    ))
}

/// The query in the one order and spelling that is signed, without the signature itself.
pub(crate) fn canonical_query(query: &[(String, String)]) -> String {
    let mut pairs: Vec<(String, String)> = query
        .iter()
        .filter(|(key, _)| key != "X-Amz-Signature")
        .map(|(key, value)| (encode(key, false), encode(value, false)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join("&")
}

/// Decodes a query string into its pairs, in the order they came.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Lower-case hexadecimal.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(time).ok()
}

fn encode(text: &str, keep_slash: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b'/' if keep_slash => out.push('/'),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

fn keyed(key: &[u8], data: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length");
    mac.update(data);
    mac
}

#[cfg(test)]
mod tests;
