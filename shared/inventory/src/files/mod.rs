//! Manifests from folders, files and standard input, read as kubectl reads them.
//!
//! A document is read once, with the place of everything in it. Where kubectl's YAML 1.1 habits could make a difference
//! its parser must agree. JSON and large lists are read without places, which are looked up for what fails.
//! All of it is plain functions over text; two threads can read two files, each with an arena of its own.

mod bulk;
mod discover;
mod doubt;
mod edit;
pub(crate) mod json;
mod kept;
mod large;
mod load;
pub(crate) mod marked;
mod object;
mod parts;
mod place;
pub(crate) mod precise;
pub(crate) mod problem;
mod read;
mod scalar;
mod split;
#[cfg(test)]
mod tests;
mod wording;

pub use discover::{Discovered, FileEntry, FileError, discover};
pub use edit::{Change, Edited, Obstacle, Op, Outcome, Step, edit};
pub use load::{MAX_BYTES, decode, load};
pub use place::{Spot, locate, locate_many};
pub use precise::MAX_EXPANSION;
pub use problem::{FileProblem, ProblemCode};
pub use read::{FileOutcome, ObjectIn, read, read_typed};
