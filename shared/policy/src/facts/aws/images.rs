//! Which repository of ECR an image lies in.

/// `REGION:ACCOUNT:repository/NAME` of an image in a private registry of ECR: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`,
/// with FIPS, over both versions of IP, or in China (Amazon ECR user guide, "Private registry endpoints").
pub(super) fn repository(image: &str) -> Option<String> {
    let (host, path) = image.split_once('/')?;
    let mut parts = host.split('.');
    let account = parts.next()?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let region = match (parts.next()?, parts.next()?) {
        ("dkr", "ecr" | "ecr-fips") => parts.next()?,
        ("dkr-ecr" | "dkr-ecr-fips", region) => region,
        _ => return None,
    };
    let end: Vec<&str> = parts.collect();
    let of_aws = [
        &["amazonaws", "com"][..],
        &["amazonaws", "com", "cn"],
        &["on", "aws"],
        &["on", "amazonwebservices", "com", "cn"],
    ];
    let name = path.split('@').next()?;
    let name = match name.rsplit_once(':') {
        Some((name, _)) => name,
        None => name,
    };
    let is_one = is_account && of_aws.contains(&end.as_slice()) && !name.is_empty();
    is_one.then(|| format!("{region}:{account}:repository/{name}"))
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn images_of_ecr_have_a_repository_and_others_have_none() {
        let web = Some("eu-central-1:471100000815:repository/shop/web".to_owned());
        for (image, expected) in [
            (
                "471100000815.dkr.ecr.eu-central-1.amazonaws.com/shop/web",
                &web,
            ),
            (
                "471100000815.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1.2",
                &web,
            ),
            (
                "471100000815.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1@sha256:ab",
                &web,
            ),
            (
                "471100000815.dkr.ecr.eu-central-1.amazonaws.com/shop/web@sha256:ab",
                &web,
            ),
            (
                "471100000815.dkr.ecr-fips.eu-central-1.amazonaws.com/shop/web",
                &web,
            ),
            ("471100000815.dkr-ecr.eu-central-1.on.aws/shop/web:1", &web),
            (
                "471100000815.dkr.ecr.eu-central-1.amazonaws.com.cn/shop/web:1",
                &web,
            ),
            ("471100000815.dkr.ecr.eu-central-1.amazonaws.com", &None),
            ("471100000815.dkr.ecr.eu-central-1.amazonaws.com/:1", &None),
            ("4711.dkr.ecr.eu-central-1.amazonaws.com/shop/web", &None),
            ("471100000815.dkr.ecr.eu-central-1.evil.com/shop/web", &None),
            ("public.ecr.aws/shop/web:1", &None),
            ("docker.io/library/nginx:1", &None),
            ("nginx", &None),
        ] {
            assert_eq!(repository(image), *expected, "{image}");
        }
    }
}
