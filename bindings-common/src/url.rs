//! Stores by URL, so that a host names its store in one string of its configuration.

use crate::Failure;
use fleet_core::{MemoryStore, Store};
use std::sync::Arc;

/// What a URL can be, for people.
const FORMS: &str = if cfg!(feature = "sqlite") { "`memory:` or `sqlite:PATH`" } else { "`memory:`" };

/// Opens the store that a URL names.
///
/// | URL | store |
/// |---|---|
/// | `memory:` | in memory; nothing outlives it |
/// | `sqlite:PATH` | one SQLite file, made where there is none; commits of many threads are merged |
/// | `sqlite:PATH?synchronous=normal` | the same, whose latest commits a power cut may take back |
///
/// # Errors
/// `invalid` for what is no such URL; the store's.
pub fn open(url: &str) -> Result<Arc<dyn Store>, Failure> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::new())),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", path)) if !path.is_empty() => sqlite(path),
        _ => Err(Failure::invalid("url", format!("is no store that can be opened here; write {FORMS}"))),
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &str) -> Result<Arc<dyn Store>, Failure> {
    use fleet_core::store::GroupCommit;
    use fleet_store_sqlite::{Options, SqliteStore, Synchronous};

    let (path, synchronous) = match path.rsplit_once("?synchronous=") {
        Some((path, "normal")) => (path, Synchronous::Normal),
        Some((path, "full")) => (path, Synchronous::Full),
        Some(_) => return Err(Failure::invalid("url", "`synchronous` is `full` or `normal`")),
        None => (path, Synchronous::Full),
    };
    let store = SqliteStore::open_with(path, Options::new().synchronous(synchronous));
    let store = store.map_err(fleet_core::Error::from)?;
    Ok(Arc::new(GroupCommit::new(store)))
}
