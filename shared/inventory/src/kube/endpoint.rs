//! A cluster by the address of its API server and a token.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::connect::BearerToken;
use super::error::ClusterError;
use super::reader::ClusterReader;
use super::request::Patience;
use crate::network::AllowedNetworks;
use crate::token::Token;

/// What must be known of an API server to read it.
#[derive(Debug, Clone, Copy)]
pub struct EndpointTarget<'t> {
    /// What people call the cluster.
    pub name: &'t str,
    /// The API server's URL, HTTPS.
    pub url: &'t str,
    /// The certificates that its own must come from, PEM; none for those that the machine trusts.
    pub authority: Option<&'t str>,
}

/// Prepares a connection; nothing is sent yet. Redirects are not followed.
///
/// # Errors
/// The URL is no HTTPS address, or the authority no certificate.
pub fn connect_endpoint(
    target: EndpointTarget<'_>,
    token: Token,
    allowed: AllowedNetworks,
    patience: Patience,
) -> Result<ClusterReader, ClusterError> {
    let unusable = |message: String| ClusterError::Configuration {
        message,
        help: None,
    };
    let url: http::Uri = target
        .url
        .parse()
        .map_err(|_| unusable(format!("`{}` is no address", target.url)))?;
    if url.scheme_str() != Some("https") {
        return Err(unusable(format!("{} is not https", target.url)));
    }
    let mut config = kube::Config::new(url);
    config.proxy_url = None;
    if let Some(pem) = target.authority {
        let authority = certificates(pem.as_bytes())
            .ok_or_else(|| unusable("the certificate authority holds no certificate".to_owned()))?;
        config.root_cert = Some(authority);
    }
    let token: Arc<dyn BearerToken> = Arc::new(token);
    ClusterReader::new(target.name, &config, Some(token), allowed, patience)
}

/// The certificates in a PEM text; none if there is none in it, or one of them is broken.
#[must_use]
pub fn certificates(pem: &[u8]) -> Option<Vec<Vec<u8>>> {
    let certificates: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(pem)
        .map(|one| one.map(|one| one.to_vec()))
        .collect::<Result<_, _>>()
        .ok()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// It holds longer than a scan takes.
impl BearerToken for Token {
    fn bearer(&self) -> Result<String, String> {
        Ok(self.as_str().to_owned())
    }

    fn forget(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, authority: Option<&str>) -> String {
        let target = EndpointTarget {
            name: "edge",
            url,
            authority,
        };
        let token = Token::of("secret-token").unwrap();
        let allowed = AllowedNetworks::public_only();
        match connect_endpoint(target, token, allowed, Patience::default()) {
            Err(error) => error.to_string(),
            Ok(reader) => panic!("{}", reader.address()),
        }
    }

    #[test]
    fn only_https_with_a_real_authority_is_connected_to() {
        assert_eq!(
            refusal("http://api.acme.example", None),
            "http://api.acme.example is not https"
        );
        assert_eq!(refusal("https://[", None), "`https://[` is no address");
        assert_eq!(
            refusal("https://api.acme.example", Some("none")),
            "the certificate authority holds no certificate"
        );
    }
}
