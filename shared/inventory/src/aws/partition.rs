//! AWS's partitions: worlds of regions that share accounts, IAM and the form of ARNs with no other.

/// The partition that a region belongs to: the second part of its ARNs. Source: AWS's guides of China, GovCloud and the
/// European Sovereign Cloud.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    let begins = |prefix: &str| region.starts_with(prefix);
    if begins("cn-") {
        "aws-cn"
    } else if begins("us-gov-") {
        "aws-us-gov"
    } else if begins("us-iso-") {
        "aws-iso"
    } else if begins("us-isob-") {
        "aws-iso-b"
    } else if begins("eusc-") {
        "aws-eusc"
    } else {
        "aws"
    }
}

/// The region in which what an account has for all regions of its partition is asked for, given those that are looked at.
/// IAM answers under one host for the whole partition; trails for all regions are listed in each. Sources: IAM's list of
/// endpoints, CloudTrail's `DescribeTrails` (shadow trails).
#[must_use]
pub fn global_region(regions: &[String]) -> &str {
    let first = regions.first().map_or("us-east-1", String::as_str);
    let usual = match partition(first) {
        "aws" => return "us-east-1",
        "aws-us-gov" => return "us-gov-west-1",
        "aws-cn" => "cn-north-1",
        _ => first,
    };
    let looked_at = regions.iter().any(|region| region == usual);
    if looked_at { usual } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_global_is_asked_for_in_the_own_partition() {
        for (regions, global) in [
            (&[][..], "us-east-1"),
            (&["eu-central-1", "us-west-2"], "us-east-1"),
            (&["us-gov-east-1"], "us-gov-west-1"),
            (&["cn-northwest-1", "cn-north-1"], "cn-north-1"),
            (&["cn-northwest-1"], "cn-northwest-1"),
            (&["eusc-de-east-1"], "eusc-de-east-1"),
            (&["us-isob-east-1"], "us-isob-east-1"),
        ] {
            let regions: Vec<String> = regions.iter().map(|one| (*one).to_owned()).collect();
            assert_eq!(global_region(&regions), global, "{regions:?}");
        }
    }
}
