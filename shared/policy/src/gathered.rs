//! What a session gathered of lists read to their end, as bytes: a scan may be interrupted between two lists and go on in
//! another process.

use plimsoll_model::hash_text;
use thiserror::Error;

use crate::exception::ExceptionLog;
use crate::facts::{Joins, Owners};
use crate::plan::Plan;
use crate::session::Session;
use crate::tally::Tally;

/// The layout of the bytes; raised whenever something in it means something else.
const LAYOUT: u32 = 1;

/// Why bytes are not what a session gathered, or what it gathered cannot be stored.
#[derive(Debug, Error)]
pub enum GatheredError {
    /// The tables of facts.
    #[error("what was gathered: {0}")]
    Tables(#[from] postcard::Error),
    /// The counts.
    #[error("what was counted: {0}")]
    Counts(#[from] serde_json::Error),
}

impl Plan<'_> {
    /// Names all that decides how an object is judged, but for the time that exceptions end by: what sessions of two plans
    /// gathered fits together only if both have this name.
    ///
    /// # Errors
    /// Never: everything in a catalogue can be stored.
    pub fn name(&self) -> Result<String, GatheredError> {
        let options = &self.options;
        let given = format!(
            "{LAYOUT} {:?}",
            (
                (&options.scope, &options.cluster_version, &options.provider),
                (&options.git_version, &options.chosen_lists, &options.aws),
                (&options.frameworks, &options.only, &options.skip),
                options.exceptions.as_ref().map(|one| one.rules.len()),
            )
        );
        let policies = hash_bytes(&postcard::to_allocvec(self.catalogue)?);
        Ok(hash_text(&[&given, &policies]))
    }
}

fn hash_bytes(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Owners {
    /// As bytes.
    ///
    /// # Errors
    /// Never: tables can be stored.
    pub fn stored(&self) -> Result<Vec<u8>, GatheredError> {
        Ok(postcard::to_allocvec(self)?)
    }

    /// Loads what [`Owners::stored`] gave.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, GatheredError> {
        Ok(postcard::from_bytes(bytes)?)
    }
}

impl<'c> Session<'c> {
    /// What it gathered and counted in the first pass, without owners, as bytes. What it keeps only to judge the pods of
    /// one list against each other is left out: it is of no use after the end of that list.
    ///
    /// # Errors
    /// Never: everything in a session can be stored.
    pub fn stored(&self) -> Result<Vec<u8>, GatheredError> {
        let counts = serde_json::to_string(&(&self.tally, &self.exceptions))?;
        Ok(postcard::to_allocvec(&(&self.joins, counts))?)
    }

    /// Loads what [`Session::stored`] gave, of a plan of the same [`Plan::name`].
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn from_stored(plan: &'c Plan<'c>, bytes: &[u8]) -> Result<Self, GatheredError> {
        let (joins, counts): (Joins, String) = postcard::from_bytes(bytes)?;
        let (tally, exceptions): (Tally, ExceptionLog) = serde_json::from_str(&counts)?;
        Ok(Self {
            joins,
            tally,
            exceptions,
            ..Self::new(plan)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use plimsoll_cel::{Bump, decode_our_own};
    use plimsoll_model::Verdict;

    use super::*;
    use crate::exception::Exceptions;
    use crate::lists::Lists;
    use crate::plan::PlanOptions;
    use crate::session::Sink;
    use crate::{Catalogue, Seen};

    struct Nobody;

    impl Sink for Nobody {
        fn wants(&self, _: Verdict) -> bool {
            false
        }
        fn judgement(&mut self, _: plimsoll_model::Judgement) {}
    }

    #[test]
    fn what_was_gathered_comes_back_and_half_of_it_does_not() {
        let catalogue = Catalogue::load(&[]).unwrap();
        let plan = Plan::new(&catalogue, PlanOptions::default());
        let mut session = Session::new(&plan);
        let arena = Bump::new();
        let object = r#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}"#;
        let node = decode_our_own(&arena, object.as_bytes()).unwrap();
        let lists = Lists::of_cluster();
        let seen = session.first(&node, None, &arena, &lists, &mut Nobody);
        assert_eq!(seen, Seen::Done);
        session.joins.gather("Namespace", &node);
        let bytes = session.stored().unwrap();
        let back = Session::from_stored(&plan, &bytes).unwrap();
        assert_eq!((&back.joins, &back.tally), (&session.joins, &session.tally));
        assert_eq!(back.tally.resources, 1);
        assert!(Session::from_stored(&plan, &bytes[..bytes.len() / 2]).is_err());
        let owners = session.owners.stored().unwrap();
        assert_eq!(Owners::from_stored(&owners).unwrap(), session.owners);
    }

    #[test]
    fn a_plan_is_named_by_what_decides_verdicts() {
        let catalogue = Catalogue::load(&[]).unwrap();
        let name = |version: &str, now| {
            let options = PlanOptions {
                cluster_version: Some(version.to_owned()),
                exceptions: Some(Exceptions::of_annotations(now)),
                ..PlanOptions::default()
            };
            Plan::new(&catalogue, options).name().unwrap()
        };
        let (early, late) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        assert_eq!(name("1.33", early), name("1.33", late));
        assert_ne!(name("1.33", early), name("1.34", early));
    }
}
