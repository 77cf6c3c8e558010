//! One module a command.

pub(crate) mod access;
pub(crate) mod attestations;
pub(crate) mod catalogue;
pub(crate) mod collector;
pub(crate) mod explain;
pub(crate) mod fix;
pub(crate) mod message;
mod nearest;
pub(crate) mod policy;
pub(crate) mod scan;
pub(crate) mod service;
