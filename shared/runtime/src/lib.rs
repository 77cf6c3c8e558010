//! What every function starts with: configuration, logs, the clock, SQS batches with partial answers, and ticks. No product
//! logic.

mod batch;
mod clock;
mod config;
mod logs;
mod start;
mod tick;

pub use batch::{Disposition, Failure, sqs};
pub use clock::Clock;
pub use config::{ConfigError, Environment};
pub use logs::{start_logs, start_logs_for_people};
pub use start::{Start, start};
pub use tick::tick;
