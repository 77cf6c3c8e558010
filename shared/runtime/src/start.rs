//! What a function does once, before its first event.

use aws_config::{BehaviorVersion, SdkConfig};

use crate::{Clock, Environment, logs};

/// What every function has in hand after its start.
#[derive(Debug, Clone)]
pub struct Start {
    /// Credentials, region and endpoint as Lambda gives them.
    pub sdk: SdkConfig,
    /// The environment.
    pub environment: Environment,
    /// The machine's time.
    pub clock: Clock,
}

/// Starts logs and reads the environment.
pub async fn start() -> Start {
    logs::start_logs();
    let sdk = aws_config::load_defaults(BehaviorVersion::latest()).await;
    Start {
        sdk,
        environment: Environment::of_process(),
        clock: Clock::machine(),
    }
}
