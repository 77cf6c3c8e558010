//! Calls against a server on loopback, and answers against botocore's own reading of them.

mod calls;
mod failures;
mod made_up;
mod replies;
pub(in crate::aws) mod server;
