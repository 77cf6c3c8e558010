//! What the store promises, over the embedded servers, or over the endpoint named by `AWS_ENDPOINT_URL`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod checkpoints;
mod clusters;
mod deliveries;
mod due;
mod iam;
mod incidents;
mod isolation;
mod leases;
mod life;
mod persistence;
mod publication;
mod queues;
mod support;
mod tenants;
mod units;
