//! No mutant of a built-in policy survives its cases.

use super::{mutants, run};

/// Mutants that no case can kill, because they mean the same; each line: policy, place, mutant, and why.
const EQUIVALENT: &str = include_str!("equivalent.txt");

#[test]
fn cases_kill_every_mutant_of_every_expression() {
    let catalogue = crate::tests::built_in();
    let known: Vec<&str> = EQUIVALENT
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let said = |known: &str| known.split(" # ").next().unwrap_or("").to_owned();
    let halves = catalogue
        .policies
        .chunks(catalogue.policies.len().div_ceil(2));
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = halves
            .map(|half| scope.spawn(|| half.iter().map(|policy| run(policy).unwrap()).collect()))
            .collect();
        let done = running.into_iter().map(|thread| thread.join().unwrap());
        done.flat_map(|outcomes: Vec<super::Outcome>| outcomes)
            .collect()
    });
    let tried: usize = outcomes.iter().map(|outcome| outcome.tried).sum();
    println!("exercised: {tried} mutants of policy expressions");
    let mut survivors: Vec<String> = outcomes
        .into_iter()
        .flat_map(|outcome| outcome.survivors)
        .collect();
    let stale: Vec<_> = known
        .iter()
        .filter(|known| !survivors.contains(&said(known)))
        .collect();
    assert!(
        stale.is_empty(),
        "listed as equivalent, but killed or gone: {stale:#?}"
    );
    survivors.retain(|line| known.iter().all(|known| said(known) != *line));
    assert!(
        survivors.is_empty(),
        "{} of {tried} mutants survive:\n{}",
        survivors.len(),
        survivors.join("\n")
    );
}

#[test]
fn mutants_change_operators_constants_and_names() {
    let found = mutants("!a.?b.c.all(x, x.n == 'v' && x.m < 3)");
    for wanted in [
        "a.?b.c.all(x, x.n == 'v' && x.m < 3)",
        "!a.?bX.c.all(x, x.n == 'v' && x.m < 3)",
        "!a.?b.c.exists(x, x.n == 'v' && x.m < 3)",
        "!a.?b.c.all(x, x.n != 'v' && x.m < 3)",
        "!a.?b.c.all(x, x.n == '~v' && x.m < 3)",
        "!a.?b.c.all(x, x.n == 'v' || x.m < 3)",
        "!a.?b.c.all(x, x.n == 'v' && x.m <= 3)",
        "!a.?b.c.all(x, x.n == 'v' && x.m < 4)",
    ] {
        assert!(
            found.iter().any(|mutant| mutant == wanted),
            "{wanted} is not among {found:#?}"
        );
    }
}
