//! Where a service answers: what the configuration says, else the host of the service in the region's partition.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::table::{Service, Table};

/// Where to send, and for which region to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) region: String,
    /// The configuration says so: the host is taken as it is.
    pub(crate) given: bool,
}

/// The endpoint of a service for a region. An error says what is wrong with the configuration.
///
/// `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL` are honoured as the SDK's own clients do it.
pub(crate) fn endpoint(
    table: &Table,
    service: &Service,
    region: &str,
    config: &SdkConfig,
) -> Result<Endpoint, String> {
    // A host is made of it: nothing but what regions hold.
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(fits) {
        return Err(format!("`{region}` is no region"));
    }
    let region = region.to_owned();
    if let Some(url) = given(service, config) {
        let given = true;
        return Ok(Endpoint { url, region, given });
    }
    if config.use_fips() == Some(true) || config.use_dual_stack() == Some(true) {
        return Err("FIPS and dual-stack hosts are not known: name an endpoint".to_owned());
    }
    let partition = table
        .partitions
        .iter()
        .find(|partition| region.starts_with(partition.begins))
        .ok_or("the table has no partitions")?;
    let global = service
        .global
        .iter()
        .find(|global| global.partition == partition.name);
    let (host, region) = match global {
        Some(global) => (global.host.to_owned(), global.region.to_owned()),
        None => (
            format!("{}.{region}.{}", service.prefix, partition.suffix),
            region,
        ),
    };
    Ok(Endpoint {
        url: format!("https://{host}"),
        region,
        given: false,
    })
}

/// What was set in code goes before what stands in the environment or profile for one service, and that before what
/// stands there for all.
fn given(service: &Service, config: &SdkConfig) -> Option<String> {
    let all = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return all();
    }
    let id = service.id.replace('_', " ");
    let key = ServiceConfigKey::builder()
        .service_id(&id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config
        .service_config()
        .and_then(|services| services.load_config(key))
        .or_else(all)
}

#[cfg(test)]
mod tests {
    use super::super::table::table;
    use super::*;
    use aws_types::origin::Origin;
    use aws_types::service_config::LoadServiceConfig;

    #[test]
    fn hosts_are_those_of_botocore() {
        let table = table().unwrap();
        let config = SdkConfig::builder().build();
        let mut seen = 0;
        for line in include_str!("../../../tests/aws_replies/endpoints.tsv").lines() {
            let mut parts = line.split('\t');
            let mut part = || parts.next().unwrap();
            let (service, region, url, signing) = (part(), part(), part(), part());
            let service = table.services.iter().find(|s| s.name == service).unwrap();
            let found = endpoint(table, service, region, &config).unwrap();
            assert_eq!(
                (found.url.as_str(), found.region.as_str()),
                (url, signing),
                "{line}"
            );
            seen += 1;
        }
        assert!(seen > 1_000, "{seen}");
    }

    #[test]
    fn what_is_no_region_makes_no_host() {
        let table = table().unwrap();
        let config = SdkConfig::builder().build();
        for region in ["", "eu-west-1.evil.example/", "EU", "a@b"] {
            assert!(endpoint(table, &table.services[0], region, &config).is_err());
        }
    }

    #[test]
    fn what_was_asked_for_and_is_not_known_is_not_passed_over() {
        let table = table().unwrap();
        let service = &table.services[0];
        let fips = SdkConfig::builder().use_fips(true).build();
        assert!(endpoint(table, service, "us-east-1", &fips).is_err());
        let named = fips.to_builder().endpoint_url("http://127.0.0.1:1").build();
        assert!(endpoint(table, service, "us-east-1", &named).is_ok());
    }

    /// An environment in which two variables are set.
    #[derive(Debug)]
    struct Environment;

    impl LoadServiceConfig for Environment {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            assert_eq!(key.env(), "AWS_ENDPOINT_URL");
            (key.service_id() == "Elastic Load Balancing v2")
                .then(|| "http://127.0.0.1:2".to_owned())
        }
    }

    #[test]
    fn the_environment_names_hosts_for_all_and_for_one() {
        let table = table().unwrap();
        let found = |name: &str, config: &SdkConfig| {
            let service = table.services.iter().find(|s| s.name == name).unwrap();
            endpoint(table, service, "eu-west-1", config).unwrap()
        };
        let config = SdkConfig::builder()
            .endpoint_url("http://127.0.0.1:1")
            .service_config(Environment)
            .build();
        for (name, url) in [
            ("ec2", "http://127.0.0.1:1"),
            ("elbv2", "http://127.0.0.1:2"),
        ] {
            let found = found(name, &config);
            assert_eq!((found.url.as_str(), found.given), (url, true));
        }
        let mut builder = config.to_builder();
        builder.insert_origin("endpoint_url", Origin::shared_config());
        assert_eq!(
            found("elbv2", &builder.build()).url,
            "http://127.0.0.1:1",
            "what code says wins"
        );
    }
}
