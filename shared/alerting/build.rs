//! The templates are part of the library: a change of one builds it again.

fn main() {
    println!("cargo::rerun-if-changed=../../templates");
}
