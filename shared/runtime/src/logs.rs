//! Logs: JSON lines in Lambda, plain lines on a machine. Never a secret, never a person.

use tracing_subscriber::EnvFilter;

/// Starts JSON logs on stdout, where Lambda picks them up. A second call does nothing.
pub fn start_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let _already_started = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_current_span(true)
        .try_init();
}

/// Starts plain logs on stderr at `level` (`warn`, `info`, `debug`). A second call does nothing.
pub fn start_logs_for_people(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let _already_started = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_env_filter(filter)
        .try_init();
}
