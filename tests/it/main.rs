//! Tests that cross crates and need nothing but this checkout.

mod repository;
