//! Readers against answers with everything in them, and against refusals.

mod calls;
mod refusals;
mod samples;
mod schema;
mod world;
