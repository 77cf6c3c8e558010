//! Kubernetes CEL: checks and compiles expressions, then judges arena trees with them at a metered cost.
//!
//! The parser and its syntax tree come from the `cel` crate; everything after that is here. A typical use:
//! declare variables in an [`Env`], [`Env::compile`] a source to a [`Program`], put values in a [`Scope`],
//! and [`Program::eval`] with a [`Budget`].

mod budget;
mod cidr;
mod code;
mod compile;
mod decode;
mod encode;
mod env;
mod error;
mod estimate;
mod eval;
mod instant;
mod kind;
mod library;
mod node;
mod parse;
mod program;
mod quantity;
mod readings;
mod scan;
mod schema;
mod scope;
mod semver;
mod set;
mod signature;
mod source;
mod url;
mod value;

pub use budget::Budget;
pub use bumpalo::Bump;
pub use cidr::Cidr;
pub use decode::{DecodeError, MAX_NESTING, NodeSeed, decode_json, decode_our_own};
pub use encode::UNKNOWN_KEY;
pub use env::{Env, Limits, Slot};
pub use error::{CompileError, EvalError};
pub use estimate::{Estimate, Sizes};
pub use instant::Instant;
pub use kind::Kind;
pub use library::NamedFormat;
pub use node::{Entry, Key, Node, key_hash};
pub use program::Program;
pub use quantity::Quantity;
pub use readings::{Reading, Readings};
pub use schema::{Schema, Type};
pub use scope::{Ask, Scope};
pub use semver::Semver;
pub use url::Url;
pub use value::{Items, Value};

#[cfg(test)]
mod tests;
