//! A catalogue as bytes: policies compiled when a program is built, and only loaded when it starts.

use std::borrow::Cow;

use thiserror::Error;

use crate::catalogue::Catalogue;

/// Why bytes are no catalogue: they were stored by another version.
#[derive(Debug, Error)]
#[error("the stored policies are not of this version: {0}")]
pub struct StoredError(#[from] postcard::Error);

/// `policy.yaml` and `cases.yaml` of one policy.
type Texts<'t> = (&'t str, Option<&'t str>);

impl Catalogue {
    /// What is compiled, and the texts of all files.
    ///
    /// # Errors
    /// Never: everything in a catalogue can be stored.
    pub fn stored(&self) -> Result<(Vec<u8>, Vec<u8>), StoredError> {
        let texts = self.policies.iter();
        let texts: Vec<Texts<'_>> = texts
            .map(|policy| (policy.text.as_ref(), policy.cases.as_deref()))
            .collect();
        Ok((postcard::to_allocvec(self)?, postcard::to_allocvec(&texts)?))
    }

    /// Loads what [`Catalogue::stored`] gave.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn from_stored(compiled: &'static [u8], texts: &'static [u8]) -> Result<Self, StoredError> {
        let mut catalogue: Catalogue = postcard::from_bytes(compiled)?;
        let texts: Vec<Texts<'static>> = postcard::from_bytes(texts)?;
        for (policy, (text, cases)) in catalogue.policies.iter_mut().zip(texts) {
            policy.text = Cow::Borrowed(text);
            policy.cases = cases.map(Cow::Borrowed);
        }
        Ok(catalogue)
    }
}

/// What only describes itself (JSON values) as a text of JSON, because the stored form does not.
pub(crate) mod as_json {
    use serde::de::{DeserializeOwned, Error};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_string(value).map_err(ser::Error::custom)?;
        json.serialize(to)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        from: D,
    ) -> Result<T, D::Error> {
        let json = <&str>::deserialize(from)?;
        serde_json::from_str(json).map_err(D::Error::custom)
    }
}
