//! What reasons and error ids mean and what mends them.

/// The meaning of a verdict, a reason or an error id.
pub(super) fn meaning(id: &str) -> Option<&'static str> {
    MEANINGS
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, meaning)| *meaning)
}

const MEANINGS: &[(&str, &str)] = &[
    (
        "not-mended",
        "a finding whose patch could not be made where it stands; the message says why, and the text is as it was",
    ),
    (
        "not-written",
        "a file that plimsoll fix --write could not replace; it is as it was",
    ),
    (
        "new-finding",
        "a finding that the changes of plimsoll fix bring with them: look at it before you write them",
    ),
    ("pass", "the policy holds for this resource"),
    ("fail", "the policy is violated: a finding"),
    (
        "notApplicable",
        "the policy does not speak about this resource",
    ),
    ("manual", "a person has to look; no policy decides it"),
    (
        "notEvaluated",
        "nobody could tell, for the reason given; it never counts as a pass",
    ),
    (
        "permissionMissing",
        "a call was refused. plimsoll access prints the permissions the policies need",
    ),
    (
        "apiError",
        "a call failed for another reason than a refusal; the next scan asks again",
    ),
    (
        "pageLost",
        "a list could not be read to its end, so what is absent from it is not known",
    ),
    (
        "routeNotChosen",
        "the Kubernetes API does not give this evidence; choose one of the control's routes",
    ),
    (
        "inputUnread",
        "another list that the policy joins was not read",
    ),
    (
        "needsCluster",
        "no manifest can hold it; scan a live cluster with --context NAME",
    ),
    (
        "needsAccount",
        "neither a manifest nor a cluster holds it; the service reads the cluster's AWS account, and a template can be scanned",
    ),
    (
        "evaluationError",
        "the policy's expression failed on this object; plimsoll policy eval ID FILE shows how",
    ),
    (
        "malformedInput",
        "the input does not have the shape of its kind, or could not be read at all",
    ),
    (
        "unresolved",
        "a template's value is known only after deployment",
    ),
    (
        "costLimit",
        "the expression cost more than one policy may spend on one object",
    ),
    ("expired", "the evidence is too old to rely on"),
    (
        "time",
        "the time that a scan may take was over before this was read",
    ),
    (
        "no-such-path",
        "a path given does not exist; nothing was scanned",
    ),
    (
        "nothing-found",
        "no file held a Kubernetes object, that is something with apiVersion and kind",
    ),
    (
        "not-yaml",
        "the file is not YAML at the place shown; the good documents beside it are judged",
    ),
    ("not-json", "the file is not JSON at the place shown"),
    (
        "duplicate-key",
        "a map has a key twice; Kubernetes would silently keep one of the values",
    ),
    (
        "too-large",
        "the file is larger than any manifest; split it",
    ),
    (
        "too-deep",
        "maps and lists are nested deeper than any Kubernetes object",
    ),
    ("binary", "the file is no text"),
    (
        "encoding",
        "the file is neither UTF-8 nor UTF-16 with a mark",
    ),
    (
        "chart-not-rendered",
        "a Helm template is no manifest until it is rendered: helm template CHART | plimsoll scan -f -",
    ),
    (
        "alias-bomb",
        "aliases would grow beyond every manifest; they are not followed",
    ),
    (
        "no-kind",
        "it looks like a Kubernetes object but lacks apiVersion or kind",
    ),
    (
        "nested-list",
        "a List in a List is not read; kubectl does not read it either",
    ),
    (
        "unreadable",
        "the operating system refuses to give the file",
    ),
    ("cluster-unreachable", "the API server did not answer"),
    (
        "not-allowed",
        "the API server refused a list; the policies that need it are not evaluated",
    ),
    (
        "unknown-framework",
        "no framework has that id; plimsoll policy list --frameworks names them",
    ),
    (
        "unknown-policy",
        "no policy has that id; plimsoll policy list names them",
    ),
    (
        "exceptions",
        "the file of exceptions is wrong at the place shown; nothing ran",
    ),
    (
        "parameter",
        "a parameter of a policy cannot have the value given; plimsoll explain POLICY says what it may be",
    ),
    (
        "exception-mistake",
        "an annotation that should except a finding is wrong, so the finding counts. It is except.plimsoll.io/POLICY-ID: 'why, until 2027-01-31'",
    ),
    (
        "exception-ended",
        "the last day of an exception has passed, so what it covered counts again",
    ),
    (
        "exception-unused",
        "an exception covers nothing that fails; it can go, before it covers something nobody thought of",
    ),
    (
        "attested",
        "a person vouches for a control that nothing measures, on evidence and until a day; it is shown apart and is no proven pass",
    ),
    (
        "attestations",
        "the file of attestations is wrong at the place shown; nothing ran, and in the service the last good one stays in force",
    ),
    (
        "attestation-ending",
        "the last day of an attestation is less than 30 days away; somebody has to look at the evidence again",
    ),
    (
        "attestation-ended",
        "the last day of an attestation has passed, so the control is open again",
    ),
    (
        "attestation-contradicted",
        "a control is attested and fails: what is measured counts, whatever somebody says",
    ),
    (
        "attestation-unused",
        "a control is attested that policies decide, so the attestation counts for nothing",
    ),
    (
        "policy",
        "a policy's file is wrong at the place shown; nothing ran",
    ),
    (
        "escalation",
        "an escalation document is wrong at the place shown; the last good version stays active",
    ),
    (
        "port-in-use",
        "another process listens there; --port 0 takes any free port",
    ),
    ("no-aws-credentials", "the AWS SDK found no credentials"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::{ReasonCode, Verdict};

    #[test]
    fn every_verdict_and_reason_of_the_contract_is_explained_once() {
        let words = ReasonCode::ALL.map(ReasonCode::as_str).into_iter();
        for word in words.chain(Verdict::ALL.map(Verdict::as_str)) {
            assert!(meaning(word).is_some(), "{word}");
        }
        let mut ids: Vec<_> = MEANINGS.iter().map(|(id, _)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), MEANINGS.len());
    }
}
