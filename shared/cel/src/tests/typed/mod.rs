//! Random expressions that are mostly well-typed, the same ones for ever for a seed. Used by this crate's tests, and
//! by those that put the same expressions before a real API server.

mod forms;

use forms::Ty;

/// A small generator of numbers (splitmix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// One of the items, of which there is at least one.
    pub(crate) fn choose<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A random expression of a random type.
pub(crate) fn any(random: &mut Random, depth: usize) -> String {
    let ty = *random.choose(&Ty::ALL);
    expression(random, ty, depth, &mut 0)
}

/// A random expression; `names` counts the macros' variables.
pub(crate) fn expression(random: &mut Random, ty: Ty, depth: usize, names: &mut usize) -> String {
    if depth == 0 || random.below(8) == 0 {
        return (*random.choose(ty.leaves())).to_owned();
    }
    let form = *random.choose(ty.forms());
    let variable = if form.contains('@') {
        *names += 1;
        format!("x{names}")
    } else {
        String::new()
    };
    let mut out = String::new();
    let mut quoted = false;
    let letters: Vec<char> = form.chars().collect();
    for (place, letter) in letters.iter().enumerate() {
        // Only letters that stand alone are places to fill.
        let neighbour = |at: Option<usize>| {
            let beside = at.and_then(|at| letters.get(at));
            beside.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_')
        };
        let alone = !neighbour(place.checked_sub(1)) && !neighbour(Some(place + 1));
        quoted ^= *letter == '\'';
        let filled = match letter {
            _ if quoted || !(alone || *letter == '@') => None,
            '@' => {
                out.push_str(&variable);
                continue;
            }
            'i' => Some(condition(random, "INT", &variable)),
            's' => Some(condition(random, "TEXT", &variable)),
            'd' => Some(condition(random, "DYN", &variable)),
            letter => Ty::of_letter(*letter).map(|ty| expression(random, ty, depth - 1, names)),
        };
        match filled {
            Some(part) => out.push_str(&part),
            None => out.push(*letter),
        }
    }
    out
}

/// A condition on a macro's variable.
fn condition(random: &mut Random, of: &str, variable: &str) -> String {
    let forms: &[&str] = match of {
        "INT" => &[
            "@ > 1",
            "@ == 1",
            "@ % 2 == 0",
            "1 / @ > 0",
            "@ in [1, 2]",
            "@ != object.spec.replicas",
            "true",
        ],
        "TEXT" => &[
            "@ == 'a'",
            "@.size() > 1",
            "@.startsWith('a')",
            "@ in ['a', 'b']",
            "@ < object.spec.host",
            "@.matches('^.$')",
            "false",
        ],
        _ => &[
            "@ == 1",
            "@.size() > 0",
            "@ > 1",
            "has(@.a)",
            "@.a == 1",
            "@ in ['a']",
            "@ == object.spec.nothing",
        ],
    };
    format!("({})", random.choose(forms).replace('@', variable))
}
