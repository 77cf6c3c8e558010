//! The data folder is embedded by a macro that sees changed files but not new ones; this line
//! makes a new file rebuild the crate too.

fn main() {
    println!("cargo:rerun-if-changed=data");
}
