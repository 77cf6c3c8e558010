//! The repository's own order: what is written down about it is true, and stays so.

mod catalogue;
mod crates;
mod documents;
mod files;
mod functions;
mod onboarding;
mod tree;
mod watching;
