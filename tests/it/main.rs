//! Tests that cross crates and need nothing but this checkout.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod doors;
mod lambda;
mod repository;
