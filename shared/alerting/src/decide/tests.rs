use plimsoll_model::FingerprintParts;

use super::*;

fn set(names: &[&str]) -> BTreeSet<Fingerprint> {
    let one = |name: &&str| {
        Fingerprint::of(&FingerprintParts {
            policy: "p",
            scope: "",
            group: "",
            kind: "Pod",
            namespace: "n",
            name,
            element: "",
        })
    };
    names.iter().map(one).collect()
}

#[test]
fn only_a_change_is_told() {
    struct Case {
        rule: &'static str,
        told: &'static [&'static str],
        ever_told: bool,
        resolved: bool,
        open: &'static [&'static str],
        expected: Option<Reason>,
    }
    let case = |rule, told, ever_told, resolved, open, expected| Case {
        rule,
        told,
        ever_told,
        resolved,
        open,
        expected,
    };
    use Reason::*;
    for case in [
        case("nobody knows yet", &[], false, false, &["a"], Some(First)),
        case("they know all of it", &["a"], true, false, &["a"], None),
        case(
            "one more",
            &["a"],
            true,
            false,
            &["a", "b"],
            Some(NewFindings),
        ),
        case(
            "one less",
            &["a", "b"],
            true,
            false,
            &["a"],
            Some(SomeResolved),
        ),
        case(
            "one for another is news",
            &["a"],
            true,
            false,
            &["b"],
            Some(NewFindings),
        ),
        case(
            "the last one is gone",
            &["a"],
            true,
            false,
            &[],
            Some(AllResolved),
        ),
        case(
            "gone before anybody was told",
            &[],
            false,
            false,
            &[],
            Some(AllResolved),
        ),
        case("gone and known to be", &[], true, true, &[], None),
        case("back again", &[], true, true, &["a"], Some(Reopened)),
        case(
            "back before anybody was told",
            &[],
            false,
            true,
            &["a"],
            Some(Reopened),
        ),
    ] {
        let told = set(case.told);
        let known = Known {
            ever_told: case.ever_told,
            resolved: case.resolved,
            told: &told,
        };
        assert_eq!(
            decide(&known, &set(case.open)),
            case.expected,
            "{}",
            case.rule
        );
    }
}

#[test]
fn reasons_have_the_same_name_in_logs_and_documents() {
    for reason in [
        Reason::First,
        Reason::AcknowledgementTimedOut,
        Reason::ReadableAgain,
    ] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
}
