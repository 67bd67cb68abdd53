//! TLS with the certificates that this system, the options or the URL trust.

use crate::Options;
use crate::url::Trust;
use fleet_core::store::{StoreError, StoreErrorKind};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Creates the TLS connector for connections whose URL requires TLS or whose server offers it.
pub(crate) fn connector(options: &Options, trust: &Trust) -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    match &trust.roots {
        Some(file) => {
            for certificate in certificates(file, "sslrootcert")? {
                roots.add(certificate).map_err(unusable)?;
            }
        }
        // Certificates of the system that cannot be read are skipped; the others are trusted.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    for der in &options.root_certificates {
        roots.add(CertificateDer::from(der.clone())).map_err(unusable)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unusable)?;
    let config = config.with_root_certificates(roots);
    Ok(MakeRustlsConnect::new(match (&trust.certificate, &trust.key) {
        (Some(certificate), Some(key)) => {
            let certificates = certificates(certificate, "sslcert")?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("sslkey", error))?;
            config.with_client_auth_cert(certificates, key).map_err(|error| unreadable("sslkey", error))?
        }
        (None, None) => config.with_no_client_auth(),
        _ => {
            let problem = "`sslcert` and `sslkey` go together; name both files or neither";
            return Err(StoreError::new(StoreErrorKind::Other, problem));
        }
    }))
}

/// Reads the certificates in a file.
fn certificates(file: &Path, option: &str) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let read = || CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>();
    match read() {
        Ok(found) if found.is_empty() => Err(unreadable(option, "it holds no certificate")),
        found => found.map_err(|error| unreadable(option, error)),
    }
}

fn unreadable(option: &str, problem: impl std::fmt::Display) -> StoreError {
    let problem = format!("the file of `{option}` cannot be used: {problem}; name a PEM file");
    StoreError::new(StoreErrorKind::Other, problem)
}

fn unusable(error: rustls::Error) -> StoreError {
    let problem = format!("a root certificate cannot be used: {error}; give it as DER");
    StoreError::new(StoreErrorKind::Other, problem).with_source(error)
}
