//! Keys and certificates of one test server, made anew for each.

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// A certificate in both forms that clients ask for.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) pem: String,
    pub(super) der: Vec<u8>,
}

/// All that kube-apiserver needs, in PEM.
pub(super) struct Pki {
    pub(super) authority: Certificate,
    pub(super) server_certificate: String,
    pub(super) server_key: String,
    /// Signs service account tokens.
    pub(super) accounts_key: String,
    pub(super) accounts_public_key: String,
}

impl Pki {
    pub(super) fn create() -> anyhow::Result<Self> {
        let authority_key = KeyPair::generate()?;
        let mut authority = CertificateParams::new(Vec::new())?;
        authority
            .distinguished_name
            .push(DnType::CommonName, "Plimsoll test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority_certificate = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);

        let server_key = KeyPair::generate()?;
        let names = [
            "127.0.0.1",
            "10.96.0.1",
            "localhost",
            "kubernetes.default.svc",
        ];
        let mut server = CertificateParams::new(names.map(str::to_owned).to_vec())?;
        server
            .distinguished_name
            .push(DnType::CommonName, "kube-apiserver");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let server_certificate = server
            .signed_by(&server_key, &issuer)
            .context("cannot sign the server's certificate")?;

        let accounts_key = KeyPair::generate()?;
        Ok(Self {
            authority: Certificate {
                pem: authority_certificate.pem(),
                der: authority_certificate.der().to_vec(),
            },
            server_certificate: server_certificate.pem(),
            server_key: server_key.serialize_pem(),
            accounts_public_key: accounts_key.public_key_pem(),
            accounts_key: accounts_key.serialize_pem(),
        })
    }
}
