//! Live clusters: connections that go only where they may, lists read page by page.

mod connect;
mod context;
mod eks;
mod endpoint;
mod error;
mod exchange;
mod item;
mod list;
mod nodes;
mod reader;
mod request;
#[cfg(test)]
mod tests;

pub use context::{connect_context, contexts};
pub use eks::{Clock, EksTarget, connect_eks, eks_token};
pub use endpoint::{EndpointTarget, certificates, connect_endpoint};
pub use error::ClusterError;
pub use exchange::{ExchangeError, GoogleProvider, TokenServices};
pub use list::{ListEvent, ListOutcome, ListScope, PAGE_SIZE, Page};
pub use nodes::{KubeletDoor, NodeRef, collect, node_config};
pub use reader::{ClusterReader, ClusterVersion};
pub use request::Patience;
