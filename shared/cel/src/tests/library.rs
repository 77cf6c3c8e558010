//! The functions.

use super::{compile, plain, table};

#[test]
fn text() {
    plain(&[
        ("size('é€😀')", "3"),
        ("'é'.size()", "1"),
        ("size(b'é')", "2"),
        (
            "'abc'.contains('b') && 'abc'.startsWith('ab') && 'abc'.endsWith('bc')",
            "true",
        ),
        (
            "'abc'.contains('x') || 'abc'.startsWith('b') || 'abc'.endsWith('b')",
            "false",
        ),
        ("'abc'.matches('^a.c$')", "true"),
        ("'xabcx'.matches('b')", "true"),
        ("matches('abc', 'x')", "false"),
        ("'abc'.matches('a' + 'b')", "true"),
        (
            "'abc'.matches('(' + '')",
            "! the pattern is broken: unclosed group",
        ),
        ("'a1b22'.find('[0-9]+')", "\"1\""),
        ("'a1b22'.find('z')", "\"\""),
        ("'a1b22'.findAll('[0-9]+')", "[\"1\",\"22\"]"),
        ("'a1b22'.findAll('[0-9]+', 1)", "[\"1\"]"),
        ("'a,b,c'.split(',')", "[\"a\",\"b\",\"c\"]"),
        ("'a,b,c'.split(',', 2)", "[\"a\",\"b,c\"]"),
        ("'a,b,c'.split(',', 0)", "[]"),
        ("'aé'.split('')", "[\"a\",\"é\"]"),
        ("''.split('')", "[]"),
        ("'abc'.split('', 2)", "[\"a\",\"bc\"]"),
        ("''.split(',')", "[\"\"]"),
        ("'aXbX'.replace('X', '-')", "\"a-b-\""),
        ("'aXbX'.replace('X', '-', 1)", "\"a-bX\""),
        ("'aXbX'.replace('X', '-', 0)", "\"aXbX\""),
        ("'ab'.replace('', '-')", "\"-a-b-\""),
        ("'hélène'.substring(1, 3)", "\"él\""),
        ("'hélène'.substring(5)", "\"e\""),
        ("'hélène'.substring(6)", "\"\""),
        ("'abc'.substring(4)", "! index out of range: 4"),
        (
            "'abc'.substring(2, 1)",
            "! substring from 2 to 1 is no range",
        ),
        ("'AbÉ'.lowerAscii() + 'aé'.upperAscii()", "\"abÉAé\""),
        ("' \\t a\\n'.trim()", "\"a\""),
        ("['a', 'b'].join() + ['a', 'b'].join('-')", "\"aba-b\""),
        ("[].join('-')", "\"\""),
        ("'hellé mellé'.indexOf('m')", "6"),
        ("'hello mellow'.indexOf('ello', 2)", "7"),
        ("'hello mellow'.indexOf('jello')", "-1"),
        ("'hello'.indexOf('', 2)", "2"),
        ("'hello'.indexOf('l', 9)", "-1"),
        ("'hello'.indexOf('l', -1)", "! index out of range: -1"),
        ("'hello mellow'.lastIndexOf('ello')", "7"),
        ("'hello mellow'.lastIndexOf('ello', 6)", "1"),
        ("'hello mellow'.lastIndexOf('ello', 7)", "7"),
        ("'hello'.lastIndexOf('')", "5"),
        ("'héllo'.charAt(1)", "\"é\""),
        ("'abc'.charAt(3)", "\"\""),
        ("'abc'.charAt(4)", "! index out of range: 4"),
        ("strings.quote('a\"\\n')", "\"\\\"a\\\\\\\"\\\\n\\\"\""),
    ]);
    table(&[
        (
            "x.startsWith('a')",
            "1",
            "! `startsWith` does not take (int, string)",
        ),
        ("x.matches('a')", "1", "! `matches` does not take (int)"),
        ("x.size()", "null", "! `size` does not take (null_type)"),
        ("size(x)", r#"{"a":1,"b":2}"#, "2"),
        ("x.size() == size([1, 2])", "[5,6]", "true"),
    ]);
}

#[test]
fn formats() {
    plain(&[
        (
            "'%s has %d of %.2f'.format(['a', 2, 1.005])",
            "\"a has 2 of 1.00\"",
        ),
        (
            "'%s'.format([[1, 'b', null, {'k': true, 'a': 1.5}]])",
            "\"[1, \\\"b\\\", null, {\\\"a\\\":1.500000, \\\"k\\\":true}]\"",
        ),
        (
            "'%s %s'.format([[b'a', duration('90m')], {2: 'x'}])",
            "\"[b\\\"a\\\", duration(\\\"5400s\\\")] {2:\\\"x\\\"}\"",
        ),
        (
            "'%s %s %s %s'.format([b'a', duration('1s'), type(1), null])",
            "\"a 1s int null\"",
        ),
        ("'%s %s'.format([1000000.0, 1.5])", "\"1e+06 1.5\""),
        (
            "'%x %X %b %o'.format([255, 'az', 5, 8])",
            "\"ff 617A 101 10\"",
        ),
        (
            "'%x %b %o %b'.format([-255, -5, -8, true])",
            "\"-ff -101 -10 1\"",
        ),
        (
            "'%f %.0f'.format([1234567.5, -999.0])",
            "\"1,234,567.500000 -999\"",
        ),
        (
            "'%e %e'.format([1234.5, -0.00012])",
            "\"1.234500×10⁰³ -1.200000×10⁻⁰⁴\"",
        ),
        ("'100%%'.format([])", "\"100%\""),
        ("'%d'.format([dyn('a')])", "! `%d` does not take string"),
        ("'%d'.format([dyn(1.5)])", "! `%d` does not take double"),
        ("'%f'.format([dyn(1)])", "! `%f` does not take int"),
        (
            "'%s'.format([dyn(quantity('1'))])",
            "! `%s` does not take kubernetes.Quantity",
        ),
        (
            "'%d'.format([] + [])",
            "! the format has more verbs than there are values",
        ),
        ("'%d'.format([1] + [2])", "\"1\""),
        ("'%q'.format([1] + [])", "! `%q` is not a verb of formats"),
        (
            "'%'.format([1] + [])",
            "! the format ends in the middle of a `%`",
        ),
        (
            "'%.1001f'.format([1.0] + [])",
            "! the format asks for more than 1000 decimals",
        ),
    ]);
}

#[test]
fn lists_and_sets() {
    plain(&[
        ("[1, 2, 3].sum() + [].sum()", "6"),
        ("[1.5, 2.0].sum()", "3.5"),
        ("[3, 1, 2].min() + [3, 1, 2].max()", "4"),
        ("[].min()", "! `min` of an empty list"),
        ("['b', 'a'].max()", "\"b\""),
        (
            "[1, 2, 2].isSorted() && !['b', 'a'].isSorted() && [].isSorted()",
            "true",
        ),
        (
            "[dyn(1), dyn(1.5)].isSorted() && [dyn(1), dyn(1.5)].max() == 1.5",
            "true",
        ),
        (
            "[dyn(1), dyn(1.5)].sort()",
            "! int and double have no order",
        ),
        ("[dyn(1), dyn('a')].isSorted()", "true"),
        (
            "[1, 2, 1].indexOf(1) + [1, 2, 1].lastIndexOf(1) + [1].indexOf(9)",
            "1",
        ),
        (
            "([dyn(1), dyn(1.0)] + ['a', 'a'] + [[1], [1]]).distinct()",
            "[1,\"a\",[1]]",
        ),
        ("([dyn(4)] + [[1], [2]] + [[[3]]]).flatten()", "[4,1,2,[3]]"),
        ("([dyn(4)] + [[1], [2]] + [[[3]]]).flatten(2)", "[4,1,2,3]"),
        ("[[1]].flatten(-1)", "! flatten cannot go -1 levels deep"),
        ("[3, 1, 2].sort()", "[1,2,3]"),
        ("[1, 2, 3, 4].slice(1, 3)", "[2,3]"),
        ("[1].slice(1, 2)", "! slice from 1 to 2 of a list of 1"),
        ("[1, 2].reverse()", "[2,1]"),
        ("lists.range(3)", "[0,1,2]"),
        ("lists.range(-3)", "[]"),
        (
            "sets.contains([1, 2], dyn([2.0])) && !sets.contains([1], [2])",
            "true",
        ),
        (
            "sets.equivalent([1, 2, 2], [2, 1]) && !sets.equivalent([1], [1, 2])",
            "true",
        ),
        (
            "sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [])",
            "true",
        ),
    ]);
    table(&[
        ("x.a + x.b", r#"{"a":[1],"b":[2]}"#, "[1,2]"),
        (
            "(x.a + x.b).exists(n, n == 2)",
            r#"{"a":[1],"b":[2]}"#,
            "true",
        ),
        ("x.slice(0, 1)", r#"[{"a":1},2]"#, r#"[{"a":1}]"#),
        (
            "x.sum()",
            "[1,\"a\"]",
            "! `+` does not go with int and string",
        ),
        ("x.sum()", "[\"a\"]", "! `sum` does not take (list)"),
        ("x.join('')", "[1]", "! `join` does not take (list, string)"),
    ]);
}

#[test]
fn conversions() {
    plain(&[
        ("int('12') + int(3.9) + int(4u)", "19"),
        ("int(-3.9)", "-3"),
        ("int(1e98 * 10.0)", "! 1e+99 does not fit an int"),
        ("uint(5) + uint('6')", "11"),
        ("uint(0 - 1)", "! -1 does not fit a uint"),
        ("double(3) + double('0.5')", "3.5"),
        (
            "string(1) + string(1.5) + string(true) + string(b'a') + string(2u)",
            "\"11.5truea2\"",
        ),
        ("string(1000000.0)", "\"1e+06\""),
        ("string(123456.5)", "\"123456.5\""),
        ("string(0.00001)", "\"1e-05\""),
        ("string(b'\\xff' + b'')", "! the bytes are not UTF-8"),
        ("bytes('é')", "\"w6k=\""),
        ("bool('true') && !bool('f')", "true"),
        ("bool('yes' + '')", "! 'yes' is not a bool"),
        ("int('a' + '')", "! 'a' is not an int"),
        ("int(dyn([]))", "! `int` does not take (list)"),
        (
            "string(timestamp('2024-01-02T03:04:05Z'))",
            "\"2024-01-02T03:04:05Z\"",
        ),
        ("string(duration('90m'))", "\"5400s\""),
    ]);
}

#[test]
fn times() {
    plain(&[
        (
            "timestamp('2024-02-29T12:30:45.123Z').getFullYear()",
            "2024",
        ),
        ("timestamp('2024-02-29T12:30:45.123Z').getMonth()", "1"),
        ("timestamp('2024-02-29T12:30:45.123Z').getDate()", "29"),
        (
            "timestamp('2024-02-29T12:30:45.123Z').getDayOfMonth()",
            "28",
        ),
        ("timestamp('2024-02-29T12:30:45.123Z').getDayOfYear()", "59"),
        ("timestamp('2024-02-29T12:30:45.123Z').getDayOfWeek()", "4"),
        (
            "timestamp('2024-02-29T12:30:45.123Z').getHours('+02:00')",
            "14",
        ),
        (
            "timestamp('2024-02-29T12:30:45.123Z').getHours('-02:30')",
            "10",
        ),
        (
            "timestamp('2024-07-01T12:00:00Z').getHours('Europe/Berlin')",
            "14",
        ),
        (
            "timestamp('2024-07-01T12:00:00Z').getHours('Nowhere')",
            "! 'Nowhere' is not a time zone",
        ),
        (
            "timestamp('2024-02-29T12:30:45.123Z').getMilliseconds()",
            "123",
        ),
        (
            "timestamp('2024-01-01T00:00:00Z') - timestamp('2023-12-31T00:00:00Z') == duration('24h')",
            "true",
        ),
        (
            "timestamp('2024-01-01T00:00:00Z') + duration('1h') > timestamp('2024-01-01T00:59:59+00:00')",
            "true",
        ),
        ("timestamp(0) == timestamp('1970-01-01T00:00:00Z')", "true"),
        ("int(timestamp('1970-01-01T00:01:00Z'))", "60"),
        (
            "timestamp('9999-12-30T00:00:00Z') + duration('48h')",
            "! the time is out of range",
        ),
        (
            "timestamp('2024-01-01' + '')",
            "! '2024-01-01' is not a timestamp",
        ),
        (
            "duration('1.5h').getMinutes() + duration('1.5h').getHours()",
            "91",
        ),
        (
            "duration('1h') + duration('30m') == duration('5400s')",
            "true",
        ),
        ("duration('-1.5s')", "\"-1.5s\""),
        (
            "[duration('1s'), duration('2s')].sum() == duration('3s')",
            "true",
        ),
    ]);
}

#[test]
fn quantities() {
    plain(&[
        ("quantity('1Gi').isGreaterThan(quantity('1G'))", "true"),
        ("quantity('100m').isLessThan(quantity('0.2'))", "true"),
        ("quantity('1k').compareTo(quantity('1000'))", "0"),
        ("quantity('1k') == quantity('1000')", "true"),
        ("quantity('50k').asInteger()", "50000"),
        (
            "quantity('100m').isInteger() || !quantity('2').isInteger()",
            "false",
        ),
        (
            "quantity('100m').asInteger()",
            "! 0.1 is not kept as a whole number",
        ),
        ("quantity('250m').asApproximateFloat()", "0.25"),
        (
            "quantity('1').add(quantity('500m')).sub(1) == quantity('500m')",
            "true",
        ),
        ("isQuantity('1Gi') && !isQuantity('1Qi')", "true"),
        ("quantity('abc' + '')", "! 'abc' is not a quantity"),
    ]);
    table(&[(
        "quantity(x.memory).isLessThan(quantity('2Gi'))",
        r#"{"memory":"512Mi"}"#,
        "true",
    )]);
}

#[test]
fn addresses_and_networks() {
    plain(&[
        ("ip('10.0.0.1').family() + ip('::1').family()", "10"),
        (
            "ip('127.0.0.1').isLoopback() && ip('::').isUnspecified()",
            "true",
        ),
        (
            "ip('169.254.1.1').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast()",
            "true",
        ),
        (
            "ip('224.0.0.5').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()",
            "true",
        ),
        (
            "ip('10.0.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()",
            "true",
        ),
        ("string(ip('2001:DB8::0'))", "\"2001:db8::\""),
        (
            "ip.isCanonical('2001:db8::') && !ip.isCanonical('2001:DB8::')",
            "true",
        ),
        (
            "isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('01.2.3.4') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%e')",
            "true",
        ),
        ("ip('::1') == ip('0:0:0:0:0:0:0:1')", "true"),
        ("ip('x' + '')", "! 'x' is not an IP address"),
        (
            "cidr('10.0.0.0/8').containsIP('10.255.0.1') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')",
            "true",
        ),
        (
            "cidr('0.0.0.0/0').containsIP(ip('1.2.3.4')) && !cidr('0.0.0.0/0').containsIP('::1')",
            "true",
        ),
        (
            "cidr('::/0').containsCIDR('2001:db8::/32') && !cidr('10.0.0.0/24').containsCIDR(cidr('10.0.0.0/8'))",
            "true",
        ),
        (
            "string(cidr('10.1.2.3/16').masked()) + ' ' + string(cidr('10.1.2.3/16').ip())",
            "\"10.1.0.0/16 10.1.2.3\"",
        ),
        ("cidr('10.0.0.0/8').prefixLength()", "8"),
        (
            "isCIDR('::1/128') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0/08') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/+8')",
            "true",
        ),
        (
            "type(ip('::1')) == net.IP && type(cidr('::/0')) == net.CIDR",
            "true",
        ),
        ("[ip('::1')].exists(i, i.isLoopback())", "true"),
        (
            "cidr('10.0.0.0/' + '33')",
            "! '10.0.0.0/33' is not a CIDR network",
        ),
    ]);
    table(&[(
        "x.exists(r, cidr(r).prefixLength() == 0)",
        r#"["10.0.0.0/8","0.0.0.0/0"]"#,
        "true",
    )]);
}

#[test]
fn versions() {
    plain(&[
        (
            "semver('1.29.3').isLessThan(semver('1.30.0-alpha.1'))",
            "true",
        ),
        (
            "semver('1.30.0').isGreaterThan(semver('1.30.0-rc.1'))",
            "true",
        ),
        ("semver('1.2.3').compareTo(semver('1.2.3+build'))", "0"),
        ("semver('1.2.3') == semver('1.2.3+build')", "true"),
        (
            "semver('v1.30', true).minor() + semver('2.1.0').major() + semver('1.2.3').patch()",
            "35",
        ),
        (
            "isSemver('1.2.3') && !isSemver('v1.2') && isSemver('v1.2', true)",
            "true",
        ),
        ("semver('v1' + '')", "! 'v1' is not a semantic version"),
        ("semver('1.2.3')", "\"1.2.3\""),
    ]);
}

#[test]
fn urls() {
    plain(&[
        (
            "isURL('https://a/b') && isURL('/a') && !isURL('a/b') && !isURL('https://a b')",
            "true",
        ),
        (
            "[url('HTTPS://u:p@EXAMPLE.com:80/a b?q=1#f')].map(u, [u.getScheme(), u.getHost(), u.getHostname(), \
             u.getPort(), u.getEscapedPath()])",
            "[[\"https\",\"EXAMPLE.com:80\",\"EXAMPLE.com\",\"80\",\"/a%20b\"]]",
        ),
        ("url('https://[::1]:80/').getHostname()", "\"::1\""),
        (
            "url('https://a/?k=1&l=x%20y+z&k=2&bad=%zz').getQuery()",
            "{\"k\":[\"1\",\"2\"],\"l\":[\"x y z\"]}",
        ),
        ("url('https://a/b c') == url('https://a/b%20c')", "true"),
        ("url('x' + '')", "! 'x' is not a URL"),
    ]);
}

#[test]
fn named_formats() {
    plain(&[
        ("format.dns1123Label().validate('a-b').hasValue()", "false"),
        (
            "format.dns1123Label().validate('a.b')",
            "[\"a label has no dots\"]",
        ),
        (
            "format.named('qualifiedName').value().validate('/a').orValue([]).size()",
            "1",
        ),
        ("format.named('nothing').hasValue()", "false"),
        ("format.uuid()", "\"uuid\""),
        (
            "format.uuid() == format.uuid() && format.uuid() != format.uri()",
            "true",
        ),
    ]);
}

#[test]
fn what_an_api_server_lacks_is_told() {
    let beyond = |source: &str| compile(source).unwrap().beyond_kubernetes().join(", ");
    for (source, expected) in [
        ("x.exists(i, i == 1)", ""),
        ("cel.bind(n, x, n + n)", "cel.bind"),
        ("x.includes(1)", "includes (1.37)"),
        (
            "x.existsOne(i, cel.bind(n, i, n == 1))",
            "cel.bind, existsOne of one variable (1.37)",
        ),
        ("x.existsOne(i, v, v == 1)", ""),
    ] {
        assert_eq!(beyond(source), expected, "{source}");
    }
    table(&[
        ("x.includes(1)", "[2, 1.0]", "true"),
        ("x.includes('a')", "\"a\"", "true"),
        ("x.includes(3)", "[2, 1.0]", "false"),
    ]);
}
