//! Random expressions that are mostly well-typed, the same ones for ever for a seed. Used by this crate's tests, and
//! by those that put the same expressions before a real API server.

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

/// What an expression comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Ints,
    Texts,
    /// Text to int.
    Map,
    Time,
    Span,
    Quantity,
    OptInt,
    /// A field of the object.
    Dyn,
}

impl Ty {
    const ALL: [Ty; 13] = [
        Ty::Bool,
        Ty::Int,
        Ty::Uint,
        Ty::Double,
        Ty::Text,
        Ty::Ints,
        Ty::Texts,
        Ty::Map,
        Ty::Time,
        Ty::Span,
        Ty::Quantity,
        Ty::OptInt,
        Ty::Dyn,
    ];

    /// Expressions of one step.
    fn leaves(self) -> &'static [&'static str] {
        match self {
            Ty::Bool => &["true", "false", "object.spec.hostNetwork", "has(object.spec.labels)"],
            Ty::Int => &[
                "0", "1", "2", "-1", "7", "100", "9223372036854775807", "-9223372036854775808",
                "object.spec.replicas", "object.spec.counts[0]", "object.spec.containers.size()",
            ],
            Ty::Uint => &["0u", "1u", "3u", "18446744073709551615u"],
            Ty::Double => &["0.0", "1.0", "-1.5", "2.5", "1e6", "1e308", "object.spec.weight"],
            Ty::Text => &[
                "''", "'a'", "'ab'", "'b-c'", "'é日😀'", "'1'", "'10.0.0.1'", "'1.5Gi'", "' x '",
                "object.spec.host", "object.spec.image", "object.spec.namespace",
            ],
            Ty::Ints => &["[1].slice(0, 0)", "[1]", "[3, 1, 2]", "[1, 1]", "object.spec.counts.map(c, c)", "lists.range(3)"],
            Ty::Texts => &["['a']", "['b', 'a', 'b']", "['', 'é']", "object.spec.tags.map(t, t)"],
            Ty::Map => &["{'a': 1}", "{'a': 1, 'b': 2}", "{'x': 0, 'é': -1}"],
            Ty::Time => &[
                "timestamp('2024-02-29T12:30:45.5Z')",
                "timestamp('1969-12-31T23:59:59Z')",
                "timestamp(0)",
                "timestamp(object.spec.created)",
            ],
            Ty::Span => &["duration('90m')", "duration('-1.5s')", "duration('0')", "duration(object.spec.grace)"],
            Ty::Quantity => &["quantity('1')", "quantity('250m')", "quantity('1.5Gi')", "quantity(object.spec.cpu)"],
            Ty::OptInt => &["optional.of(1)", "object.spec.?replicas", "[1, 2][?5]"],
            Ty::Dyn => &[
                "object.spec.replicas", "object.spec.weight", "object.spec.host", "object.spec.hostNetwork",
                "object.spec.nothing", "object.spec.missing", "object.spec.tags", "object.spec.labels",
                "object.spec.mixed", "object.spec.empty", "object.spec.containers[0].name", "dyn(1)", "dyn('a')",
                "dyn(1.5)", "dyn(2u)", "dyn(null)",
            ],
        }
    }

    /// Expressions made of others: `I` stands for one that comes to an int, and so on; `i`, `s` and `d` for one within
    /// a macro whose variable `@` is an int, a text or dynamic; `X` for one of this very type.
    fn forms(self) -> &'static [&'static str] {
        match self {
            Ty::Bool => &[
                "!B", "(B && B)", "(B || B)", "(B ? B : B)", "(I == I)", "(I != I)", "(I < I)", "(I <= I)", "(I > N)",
                "(U < I)", "(U == U)", "(N >= N)", "(N == N)", "(S == S)", "(S < S)", "(S >= S)", "(B == B)",
                "(L == L)", "(T == T)", "(M == M)", "(W < W)", "(W == W)", "(P > P)", "(P == P)", "(D == D)",
                "(D == I)", "(D != S)", "(D < D)", "(D > I)", "(I in L)", "(S in T)", "(S in M)", "(D in L)",
                "(D in D)", "L.all(@, i)", "L.exists(@, i)", "L.exists_one(@, i)", "T.all(@, s)", "T.exists(@, s)",
                "M.all(@, s)", "M.exists(@, s)", "D.all(@, d)", "D.exists(@, d)", "D.exists_one(@, d)",
                "L.all(k, @, i && k < 2)", "M.exists(@, v, s || v == 1)", "S.contains(S)", "S.startsWith(S)",
                "S.endsWith(S)", "S.matches('^[a-z]+$')", "S.matches('.b?')", "L.isSorted()", "T.isSorted()",
                "sets.contains(L, L)", "sets.intersects(T, T)", "sets.equivalent(L, L)", "isIP(S)", "isCIDR(S)",
                "isQuantity(S)", "isSemver(S)", "isSemver(S, true)", "isURL(S)", "O.hasValue()", "Q.isLessThan(Q)",
                "Q.isGreaterThan(Q)", "Q.compareTo(Q) == 0", "Q.isInteger()", "has(object.spec.replicas)", "(O == O)",
                "(type(D) == int)", "(type(D) == type(D))", "format.dns1123Label().validate(S).hasValue()",
                "L.first().hasValue()", "D.?a.hasValue()", "bool(S)",
            ],
            Ty::Int => &[
                "(I + I)", "(I - I)", "(I * I)", "(I / I)", "(I % I)", "-I", "(B ? I : I)", "size(S)", "size(L)",
                "M.size()", "int(N)", "int(U)", "int(S)", "L[I]", "L.sum()", "L.max()", "L.min()", "L.indexOf(I)",
                "L.lastIndexOf(I)", "S.indexOf(S)", "S.lastIndexOf(S)", "S.indexOf(S, I)", "M['a']", "M[S]",
                "W.getFullYear()", "W.getDayOfYear()", "W.getHours('+02:30')", "P.getMinutes()", "O.orValue(I)",
                "O.value()", "int(W)", "Q.compareTo(Q)", "Q.asInteger()", "sign(Q)", "L.filter(@, i).size()",
                "T.filter(@, s).size()", "(D + I)", "(I - D)", "D.size()", "L.first().orValue(I)",
                "O.optMap(v, v + I).orValue(I)", "T.transformList(@k, @, s ? @k : -1).sum()", "int(D)",
            ],
            Ty::Uint => &["(U + U)", "(U - U)", "(U * U)", "(U / U)", "(U % U)", "uint(I)", "uint(N)", "(B ? U : U)", "uint(S)"],
            Ty::Double => &[
                "(N + N)", "(N - N)", "(N * N)", "(N / N)", "-N", "double(I)", "double(U)", "double(S)", "(B ? N : N)",
                "[N, N].max()", "[N, N].sum()", "Q.asApproximateFloat()", "(D * N)",
            ],
            Ty::Text => &[
                "(S + S)", "(B ? S : S)", "string(I)", "string(N)", "string(B)", "string(U)", "string(D)", "string(W)",
                "string(P)", "S.substring(I)", "S.substring(I, I)", "S.charAt(I)", "S.lowerAscii()", "S.upperAscii()",
                "S.trim()", "S.replace(S, S)", "S.replace(S, S, I)", "T.join()", "T.join(S)", "T[I]",
                "S.find('[0-9]+')", "strings.quote(S)", "'%s-%d'.format([S, I])", "'%.2f'.format([N])",
                "'%x'.format([I])", "'%s'.format([D])", "T.max()", "(D + S)",
            ],
            Ty::Ints => &[
                "(L + L)", "[I, I]", "[I]", "(B ? L : L)", "L.filter(@, i)", "L.map(@, @ + I)", "L.map(@, i, @ * 2)",
                "L.sort()", "L.distinct()", "L.reverse()", "L.slice(0, I)", "lists.range(L.size())", "[L, L].flatten()",
                "L.sortBy(@, -@)", "T.map(@, @.size())", "M.map(@, M[@])", "L.transformList(k, @, k + @)",
                "M.transformList(@, v, s ? v : 0)", "T.transformList(k, @, k)", "[?O, ?O]", "[O].unwrapOpt()",
            ],
            Ty::Texts => &[
                "(T + T)", "[S, S]", "S.split(S)", "S.split('')", "S.split(S, I)", "T.filter(@, s)", "T.map(@, @ + S)",
                "T.sort()", "T.distinct()", "T.reverse()", "M.map(@, @)", "S.findAll('[a-z]')", "S.findAll('.', I)",
                "L.map(@, string(@))", "(B ? T : T)", "T.sortBy(@, @.size())", "M.filter(@, s)",
            ],
            Ty::Map => &[
                "{S: I}", "{S: I, 'z': I}", "(B ? M : M)", "M.transformMap(@, v, v + I)", "M.transformMap(@, v, s, v)",
                "M.transformMapEntry(@, v, {@ + 'x': v})", "{?'o': O}",
            ],
            Ty::Time => &["(W + P)", "(W - P)", "timestamp(I)", "timestamp(S)", "(B ? W : W)"],
            Ty::Span => &["(P + P)", "(P - P)", "(W - W)", "duration(S)", "(B ? P : P)"],
            Ty::Quantity => &["Q.add(Q)", "Q.sub(Q)", "Q.add(I)", "quantity(S + S)", "(B ? Q : Q)"],
            Ty::OptInt => &[
                "optional.of(I)", "optional.ofNonZeroValue(I)", "O.or(O)", "M[?S]", "L[?I]", "L.first()", "L.last()",
                "O.optMap(v, v + I)", "O.optFlatMap(v, optional.of(v * I))",
            ],
            Ty::Dyn => &[
                "dyn(I)", "dyn(S)", "dyn(N)", "D.a", "D[I]", "D[S]", "D.?a.orValue(D)", "(D + D)",
                "(D - D)", "(D * D)", "-D", "(B ? D : D)", "D.map(@, @)", "D.filter(@, d)", "D.map(@, d)",
            ],
        }
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
            letter => of_letter(*letter).map(|ty| expression(random, ty, depth - 1, names)),
        };
        match filled {
            Some(part) => out.push_str(&part),
            None => out.push(*letter),
        }
    }
    out
}

fn of_letter(letter: char) -> Option<Ty> {
    Some(match letter {
        'B' => Ty::Bool,
        'I' => Ty::Int,
        'U' => Ty::Uint,
        'N' => Ty::Double,
        'S' => Ty::Text,
        'L' => Ty::Ints,
        'T' => Ty::Texts,
        'M' => Ty::Map,
        'W' => Ty::Time,
        'P' => Ty::Span,
        'Q' => Ty::Quantity,
        'O' => Ty::OptInt,
        'D' => Ty::Dyn,
        _ => return None,
    })
}

/// A condition on a macro's variable.
fn condition(random: &mut Random, of: &str, variable: &str) -> String {
    let forms: &[&str] = match of {
        "INT" => &["@ > 1", "@ == 1", "@ % 2 == 0", "1 / @ > 0", "@ in [1, 2]", "@ != object.spec.replicas", "true"],
        "TEXT" => &[
            "@ == 'a'", "@.size() > 1", "@.startsWith('a')", "@ in ['a', 'b']", "@ < object.spec.host",
            "@.matches('^.$')", "false",
        ],
        _ => &["@ == 1", "@.size() > 0", "@ > 1", "has(@.a)", "@.a == 1", "@ in ['a']", "@ == object.spec.nothing"],
    };
    format!("({})", random.choose(forms).replace('@', variable))
}
