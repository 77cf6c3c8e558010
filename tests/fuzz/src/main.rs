//! What tenants write and clusters hold, made up by libFuzzer, put before the engine. `tests/run fuzz` builds this with
//! counters of coverage and runs each target; `FUZZ_TARGET` names it.

#![no_main]

mod check;
mod evaluate;
mod grammar;
mod laws;
mod leaves;
mod parse;
mod table;
mod texts;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> =
    LazyLock::new(|| match std::env::var("FUZZ_TARGET").as_deref() {
        Ok("parse") => parse::run,
        Ok("check") => check::run,
        Ok("evaluate") => evaluate::run,
        Ok("texts") => texts::run,
        other => panic!("FUZZ_TARGET is {other:?}"),
    });

fuzz_target!(|data: &[u8]| TARGET(data));
