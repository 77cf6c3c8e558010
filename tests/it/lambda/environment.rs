//! The variables that the template sets are those that the code reads.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_store::StoreConfig;

use super::template;

/// What the C library reads, in every program.
const OF_LIBRARY: &str = "MALLOC_";

/// The names in capitals among a source's literals: variables, by this repository's convention.
fn names_in(source: &str) -> BTreeSet<String> {
    source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|literal| literal.len() > 2)
        .filter(|literal| {
            literal
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_function_is_given_exactly_the_variables_that_it_reads() {
    let asked = RefCell::new(BTreeSet::new());
    StoreConfig::read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        Some("x")
    })
    .unwrap();
    let of_store = asked.into_inner();
    let functions = template::functions();
    assert!(functions.len() >= 7);
    let mut complaints = Vec::new();
    for function in &functions {
        let main = Path::new("../functions")
            .join(&function.folder)
            .join("src/main.rs");
        let main = Path::new(env!("CARGO_MANIFEST_DIR")).join(main);
        let read = names_in(&std::fs::read_to_string(main).unwrap());
        if read != function.own {
            complaints.push(format!(
                "{}: main.rs reads {read:?}, the template gives it {:?}",
                function.folder, function.own
            ));
        }
        let shared: BTreeSet<String> = function
            .variables
            .keys()
            .filter(|name| !function.own.contains(*name) && !name.starts_with(OF_LIBRARY))
            .cloned()
            .collect();
        if shared != of_store {
            complaints.push(format!(
                "{}: the store reads {of_store:?}, the template gives every function {shared:?}",
                function.folder
            ));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
