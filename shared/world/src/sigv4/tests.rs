use super::*;

/// The worked example of the AWS documentation (its published key, request and signature).
#[test]
fn the_documented_example_verifies() {
    let mut headers = http::HeaderMap::new();
    headers.insert(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, \
         Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
            .parse()
            .unwrap(),
    );
    headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
    let claim = Claim::from_headers(&headers).unwrap();
    let request = |host: &'static str| {
        let query = query_pairs("Action=ListUsers&Version=2010-05-08");
        let header = move |name: &str| match name {
            "content-type" => Some("application/x-www-form-urlencoded; charset=utf-8"),
            "host" => Some(host),
            "x-amz-date" => Some("20150830T123600Z"),
            _ => None,
        };
        canonical_request("GET", "/", &query, &claim.signed_headers, header, b"").unwrap()
    };
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    assert!(claim.verifies(secret, &request("iam.amazonaws.com")));
    assert!(!claim.verifies(secret, &request("iam.amazonaws.org")));
    assert!(!claim.verifies("another", &request("iam.amazonaws.com")));
}

#[test]
fn a_header_that_is_signed_but_absent_gives_no_canonical_request() {
    let signed = ["host".to_owned(), "x-k8s-aws-id".to_owned()];
    assert_eq!(
        canonical_request("GET", "/", &[], &signed, |_| None, b""),
        None
    );
}

#[test]
fn what_is_not_signed_differs_from_what_is_broken() {
    let mut headers = http::HeaderMap::new();
    assert_eq!(Claim::from_headers(&headers), Err(NoClaim::Unsigned));
    headers.insert(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=x".parse().unwrap(),
    );
    assert_eq!(Claim::from_headers(&headers), Err(NoClaim::Malformed));
}
