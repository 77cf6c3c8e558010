//! Tests over the whole catalogue: its cases, mutants of its expressions, and what losing an input may do.

mod catalogue;
mod dying;
mod load;
mod losing;
mod sessions;
