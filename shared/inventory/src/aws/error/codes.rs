//! What the codes of refusals mean. AWS has no common list: each family of protocols spells the same thing in its own
//! way, so these come from the "Common Errors" of the services' API references, and the throttles from the SDK.

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;

use super::AwsError;

/// The caller may not: JSON services, query services, EC2, and SNS's family in turn.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
];

/// The request's keys, token or signature are not good.
const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// The account has not signed up for it.
const NOT_SUBSCRIBED: &[&str] = &[
    "NotSignedUp",
    "OptInRequired",
    // STS is switched off for the region: nobody's policy says no.
    "RegionDisabledException",
    "SubscriptionRequiredException",
];

/// The service itself failed; with 5xx as the status it says so, too.
const BROKEN: &[&str] = &[
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "ServerException",
    "ServiceException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
];

impl AwsError {
    pub(crate) fn of_code(call: String, code: &str, message: String, status: u16) -> Self {
        let is = |codes: &[&str]| codes.contains(&code);
        if is(DENIED) {
            AwsError::Denied { call, message }
        } else if is(CREDENTIALS) {
            AwsError::Credentials { call, message }
        } else if is(NOT_SUBSCRIBED) {
            AwsError::NotSubscribed { call, message }
        } else if is(THROTTLING_ERRORS) || code == "ThrottlingError" || status == 429 {
            AwsError::Throttled { call, message }
        } else if is(BROKEN) || status >= 500 {
            AwsError::Unreachable { call, message }
        // By its code alone: a 404 without one comes of whoever does not know the call, and says nothing of the thing.
        } else if code.contains("NotFound")
            || code.starts_with("NoSuch")
            || code.contains("Nonexistent")
        {
            AwsError::NotFound { call, message }
        } else if status == 403 {
            AwsError::Denied { call, message }
        } else {
            AwsError::Other { call, message }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str, status: u16) -> &'static str {
        match AwsError::of_code("x:Y".to_owned(), code, String::new(), status) {
            AwsError::Denied { .. } => "denied",
            AwsError::Credentials { .. } => "credentials",
            AwsError::NotSubscribed { .. } => "not subscribed",
            AwsError::NotFound { .. } => "not found",
            AwsError::Throttled { .. } => "throttled",
            AwsError::Unreachable { .. } => "unreachable",
            _ => "other",
        }
    }

    #[test]
    fn spellings_of_one_thing_are_one_thing() {
        for (says, codes) in [
            (
                "denied",
                &[
                    ("UnauthorizedOperation", 403),
                    ("AccessDeniedException", 400),
                    ("AccessDenied", 403),
                    ("AuthorizationError", 403),
                    ("403", 403),
                ][..],
            ),
            (
                "credentials",
                &[
                    ("AuthFailure", 401),
                    ("UnrecognizedClientException", 400),
                    ("InvalidAccessKeyId", 403),
                    ("ExpiredToken", 403),
                ],
            ),
            (
                "throttled",
                &[
                    ("Throttling", 400),
                    ("ThrottlingException", 400),
                    ("RequestLimitExceeded", 503),
                    ("SlowDown", 503),
                    ("TooManyRequestsException", 429),
                    ("429", 429),
                ],
            ),
            (
                "not subscribed",
                &[
                    ("OptInRequired", 403),
                    ("SubscriptionRequiredException", 400),
                ],
            ),
            (
                "not found",
                &[
                    ("InvalidVpcID.NotFound", 400),
                    ("NoSuchEntity", 404),
                    ("RepositoryNotFoundException", 400),
                    ("WAFNonexistentItemException", 400),
                ],
            ),
            (
                "unreachable",
                &[
                    ("InternalFailure", 500),
                    ("502", 502),
                    ("ServiceUnavailableException", 503),
                ],
            ),
            (
                "other",
                &[
                    ("ValidationException", 400),
                    ("301", 301),
                    ("404", 404),
                    ("UnknownOperationException", 404),
                ],
            ),
        ] {
            for (code, status) in codes {
                assert_eq!(kind(code, *status), says, "{code}");
            }
        }
    }
}
