//! What every function starts with: configuration, logs, the clock, and SQS batches with partial answers. No product
//! logic.

mod batch;
mod clock;
mod config;
mod logs;

pub use batch::{Disposition, Failure, sqs};
pub use clock::Clock;
pub use config::{ConfigError, Environment};
pub use logs::{start_logs, start_logs_for_people};
