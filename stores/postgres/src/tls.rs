//! TLS, with certificates that this system or the options trust.

use crate::Options;
use fleet_core::store::{StoreError, StoreErrorKind};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What makes connections secure where the URL asks for it or the server offers it.
pub(crate) fn connector(options: &Options) -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    // Some of a system's certificates may be unreadable; those that are not are what it trusts.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for der in &options.root_certificates {
        roots.add(CertificateDer::from(der.clone())).map_err(unusable)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unusable)?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}

fn unusable(error: rustls::Error) -> StoreError {
    let problem = format!("a root certificate cannot be used: {error}; give it as DER");
    StoreError::new(StoreErrorKind::Other, problem).with_source(error)
}
