//! Any text through every function that reads texts: quantities, addresses, networks, versions, URLs, times, numbers,
//! named formats, patterns. The laws below are true of every text that can be read at all.

use std::sync::LazyLock;

use plimsoll_cel::{Env, EvalError, Program, Type, Value};

use crate::laws;

const LAWS: &[&str] = &[
    "isQuantity(x) ? quantity(x).compareTo(quantity(x)) == 0 : true",
    "!quantity(x).isLessThan(quantity(x)) && quantity(x) == quantity(x)",
    "quantity(x).isInteger() ? quantity(x).asInteger() == quantity(x).asInteger() : true",
    "quantity(x).add(quantity('0')).compareTo(quantity(x)) == 0",
    "sign(quantity(x).sub(quantity(x))) == 0",
    "isIP(x) ? ip(x) == ip(string(ip(x))) : true",
    "ip(x).family() in [4, 6]",
    "isCIDR(x) ? cidr(x).containsIP(cidr(x).ip()) : true",
    "cidr(x).masked().prefixLength() == cidr(x).prefixLength()",
    "cidr(x).containsCIDR(cidr(x)) && cidr(x).masked() == cidr(string(cidr(x).masked()))",
    "isURL(x) ? url(x) == url(x) : true",
    "url(x).getHost() == url(x).getHost() && url(x).getHostname().size() <= url(x).getHost().size()",
    "url(x).getPort().size() + url(x).getScheme().size() + url(x).getEscapedPath().size() >= 0",
    "url(x).getQuery().all(k, url(x).getQuery()[k].size() > 0)",
    "isSemver(x) ? semver(x).compareTo(semver(x)) == 0 : true",
    "isSemver(x, true) ? !semver(x, true).isLessThan(semver(x, true)) : true",
    "type(semver(x).major()) == int && type(semver(x).minor()) == int && type(semver(x).patch()) == int",
    "timestamp(string(timestamp(x))) == timestamp(x)",
    "timestamp(x).getFullYear() >= 0 && timestamp(x).getDayOfYear('-07:30') >= 0",
    "timestamp('2024-02-29T12:30:45Z').getHours(x) < 24",
    // Seconds are shown as a double, which does not hold the nanoseconds of many years.
    "duration(string(duration(x))) - duration(x) < duration('1ms')",
    "duration(x) - duration(string(duration(x))) < duration('1ms')",
    "duration(x).getSeconds() == duration(x).getSeconds()",
    "int(string(int(x))) == int(x)",
    "uint(string(uint(x))) == uint(x)",
    "double(x) != double(x) || double(string(double(x))) == double(x)",
    "bool(x) || !bool(x)",
    "string(bytes(x)) == x",
    "x.split('').reverse().reverse() == x.split('')",
    "x.split(',').join(',') == x",
    "x.split('').join('') == x",
    "x.lowerAscii().size() == x.size() && x.upperAscii().lowerAscii() == x.lowerAscii()",
    "x.trim().size() <= x.size()",
    "x.replace('a', 'b').size() == x.size()",
    "x.substring(0, x.size()) == x && x.indexOf(x) == 0 && x.contains(x) && x.startsWith(x)",
    "x == '' || x.charAt(0) + x.substring(1) == x",
    "x.lastIndexOf('a') >= x.indexOf('a')",
    "x.matches(x) || true",
    "'aaaaaaaaaaaaaaaaaaaaaaaa!'.matches(x) || true",
    "x.find('[a-z]+').size() <= x.size() && x.findAll('.').size() <= x.size()",
    "'a1 b2'.find(x).size() <= 5 && 'a1 b2'.findAll(x).size() <= 6",
    "x.format([1, 'a', 2.5]).size() >= 0",
    "'%s'.format([x]) == x",
    "strings.quote(x).size() > x.size()",
    "[x, 'm'].sort().isSorted()",
    "format.named(x).hasValue() || true",
    "['dns1123Label', 'dns1123Subdomain', 'dns1035Label', 'qualifiedName', 'labelValue', 'uri', 'uuid', 'byte', 'date', \
     'datetime', 'dns1123LabelPrefix', 'dns1123SubdomainPrefix', 'dns1035LabelPrefix'].all(f, \
     format.named(f).value().validate(x).orValue([]).size() >= 0)",
];

static PROGRAMS: LazyLock<(Env, Vec<Program>)> = LazyLock::new(|| {
    let mut env = Env::new();
    env.declare("x", Type::String);
    let compile = |law: &&str| {
        env.compile(law)
            .unwrap_or_else(|error| panic!("{law}: {error}"))
    };
    let programs = LAWS.iter().map(compile).collect();
    (env, programs)
});

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (env, programs) = &*PROGRAMS;
    let x = env.slot("x").unwrap();
    for program in programs {
        laws::hold(
            env,
            program,
            |scope, arena| scope.set(x, Value::Str(arena.alloc_str(text))),
            |result| match result {
                Ok(Value::Bool(true)) | Err(EvalError::Failed { .. } | EvalError::CostLimit) => {}
                other => panic!("{}: {other:?} for {text:?}", program.source()),
            },
        );
    }
}
