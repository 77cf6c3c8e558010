//! The table of operations (`replies.txt`), read once.

mod parse;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::form::Form;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Forms of EC2's kind, XML back.
    Ec2,
    /// Forms, XML back.
    Query,
    /// JSON with the operation in a header; its version, for example `1.1`.
    Json(&'static str),
    /// Paths and JSON.
    RestJson,
    /// Paths and XML.
    RestXml,
}

/// A service.
#[derive(Debug)]
pub(crate) struct Service {
    /// As botocore calls it, for example `elbv2`.
    pub(crate) name: &'static str,
    pub(crate) protocol: Protocol,
    /// The API's version, a date.
    pub(crate) version: &'static str,
    /// What its host names begin with.
    pub(crate) prefix: &'static str,
    /// What requests are signed for.
    pub(crate) signing: &'static str,
    /// The service's id, spaces as `_`: what configuration of one service is named by.
    pub(crate) id: &'static str,
    /// What the operation is prefixed with in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// Partitions in which one host serves every region.
    pub(crate) global: Vec<Global>,
}

/// One host for a partition.
#[derive(Debug)]
pub(crate) struct Global {
    pub(crate) partition: &'static str,
    pub(crate) host: &'static str,
    /// The region that requests are signed for.
    pub(crate) region: &'static str,
}

/// An operation of a service.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Index of its service in the table.
    pub(crate) service: usize,
    pub(crate) method: &'static str,
    /// Path, with members in braces, and perhaps a query.
    pub(crate) uri: &'static str,
    /// What the host begins with, a member in braces.
    pub(crate) host: Option<&'static str>,
    pub(crate) input: Form,
    pub(crate) output: Form,
    /// The root element of an answer, where it is not named after the operation.
    pub(crate) root: Option<&'static str>,
    /// The member that the whole body is.
    pub(crate) payload: Option<&'static str>,
    pub(crate) paging: Option<Paging>,
    /// Codes that say: this part was never set.
    pub(crate) absent: Vec<&'static str>,
    /// Codes that say: the account does not use the service.
    pub(crate) unsubscribed: Vec<&'static str>,
    /// The IAM action, where it is not the operation's name under the signing name.
    pub(crate) action: Option<&'static str>,
}

/// How a list goes on.
#[derive(Debug)]
pub(crate) struct Paging {
    /// Members for the token: in the input, in the output.
    pub(crate) token: Option<(&'static str, &'static str)>,
    /// The member for a page's size, and the largest.
    pub(crate) size: Option<(&'static str, u32)>,
    /// The members that hold the items.
    pub(crate) results: Vec<&'static str>,
}

/// A partition of AWS: what its regions begin with, what its hosts end with.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    pub(crate) begins: &'static str,
    pub(crate) suffix: &'static str,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) partitions: Vec<Partition>,
    pub(crate) services: Vec<Service>,
    /// By service and name.
    pub(crate) operations: BTreeMap<&'static str, BTreeMap<&'static str, Operation>>,
}

static TABLE: LazyLock<Result<Table, String>> =
    LazyLock::new(|| Table::parse(include_str!("replies.txt")));

/// The table. An error says which line cannot be read (a test holds that there is none).
pub(crate) fn table() -> Result<&'static Table, String> {
    TABLE.as_ref().map_err(Clone::clone)
}

impl Table {
    /// An operation and its service.
    pub(crate) fn find(&self, service: &str, name: &str) -> Option<(&Service, &Operation)> {
        let operation = self.operations.get(service)?.get(name)?;
        Some((self.services.get(operation.service)?, operation))
    }
}

#[cfg(test)]
mod tests;
