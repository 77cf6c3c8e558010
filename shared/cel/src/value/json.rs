//! Values as JSON and as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json};

use super::Value;

impl Value<'_> {
    /// This value as JSON, as protobuf would write it: bytes in base64, durations as `1.5s`, timestamps as RFC 3339;
    /// an empty optional is null, a number that JSON has no notation for its name as text.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match *self {
            Value::Null | Value::Optional(None) => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Int(value) => Json::from(value),
            Value::Uint(value) => Json::from(value),
            Value::Double(value) => match serde_json::Number::from_f64(value) {
                Some(number) => Json::Number(number),
                None if value.is_nan() => Json::from("NaN"),
                None if value > 0.0 => Json::from("Infinity"),
                None => Json::from("-Infinity"),
            },
            Value::Str(text) => Json::String(text.to_owned()),
            Value::Nodes(_) | Value::List(_) => self.items().map(|item| item.to_json()).collect(),
            Value::Entries(entries) => {
                let pairs = entries
                    .iter()
                    .map(|e| (e.key.to_owned(), Value::from(e.value).to_json()));
                Json::Object(pairs.collect())
            }
            Value::Map(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| (key.key_text(), value.to_json()));
                Json::Object(pairs.collect::<Map<_, _>>())
            }
            Value::Optional(Some(inner)) => inner.to_json(),
            other => Json::String(other.key_text()),
        }
    }

    /// A simple value as text: what `string(x)` gives where that exists.
    pub(crate) fn key_text(&self) -> String {
        match *self {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Uint(value) => value.to_string(),
            Value::Double(value) => double_text(value),
            Value::Str(text) => text.to_owned(),
            Value::Bytes(bytes) => STANDARD.encode(bytes),
            Value::Timestamp(time) => time.to_string(),
            Value::Duration(span) => duration_text(span),
            Value::Type(kind) => kind.name().to_owned(),
            Value::Quantity(quantity) => quantity.to_string(),
            Value::Ip(address) => address.to_string(),
            Value::Cidr(network) => network.to_string(),
            Value::Semver(version) => version.to_string(),
            Value::Url(url) => url.text.to_owned(),
            Value::Format(format) => format.name().to_owned(),
            Value::Unknown(reason) => reason.to_owned(),
            Value::Nodes(_)
            | Value::List(_)
            | Value::Entries(_)
            | Value::Map(_)
            | Value::Optional(_) => self.to_json().to_string(),
        }
    }
}

/// A double in the shortest form that reads back as itself; like cel-go, which prints with `%g`, with an exponent from
/// a million on.
pub(crate) fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e6).contains(&size) {
        let text = format!("{value:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) => {
                let (sign, power) = match exponent.strip_prefix('-') {
                    Some(power) => ('-', power),
                    None => ('+', exponent),
                };
                format!("{digits}e{sign}{power:0>2}")
            }
            None => text,
        };
    }
    value.to_string()
}

/// A duration in seconds with as many decimals as it needs: `1.5s`.
fn duration_text(span: SignedDuration) -> String {
    let sign = if span.is_negative() { "-" } else { "" };
    let (seconds, nanos) = (
        span.as_secs().unsigned_abs(),
        span.subsec_nanos().unsigned_abs(),
    );
    if nanos == 0 {
        return format!("{sign}{seconds}s");
    }
    let decimals = format!("{nanos:09}");
    format!("{sign}{seconds}.{}s", decimals.trim_end_matches('0'))
}
