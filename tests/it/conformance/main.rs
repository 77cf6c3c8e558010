//! The language's own conformance cases, put before the engine. `tests/run conformance` prints them from the module
//! that carries them and says where they are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod case;
mod judge;
mod left_out;
mod value;

use case::Case;
use left_out::LeftOut;

/// Where the cases are, one JSON object a line.
const CASES: &str = "PLIMSOLL_CONFORMANCE_CASES";

#[test]
fn the_engine_agrees_with_every_case_that_is_not_left_out() {
    let path =
        std::env::var(CASES).unwrap_or_else(|_| panic!("{CASES} is not set; see tests/README.md"));
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Case> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(cases.len() > 1000, "only {} cases", cases.len());

    let mut left_out = LeftOut::read(include_str!("left-out.txt"));
    let (mut alike, mut differences) = (0, Vec::new());
    for case in &cases {
        let verdict = judge::judge(case);
        if left_out.takes(&case.place, verdict.is_err()) {
            continue;
        }
        match verdict {
            Ok(()) => alike += 1,
            Err(text) => differences.push(format!("{}: {}\n    {text}", case.place, case.expr)),
        }
    }
    println!(
        "exercised: {} conformance cases of the language, {alike} alike, {} left out with a reason, {} differences",
        cases.len(),
        left_out.count(),
        differences.len(),
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let stale = left_out.stale();
    assert!(
        stale.is_empty(),
        "in left-out.txt nothing differs under {stale:?}"
    );
}
