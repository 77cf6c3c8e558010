//! Tests that cross crates; see `it/`.
