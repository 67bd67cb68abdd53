//! Stores by URL, so that a host names its store in one string of its configuration.

use crate::Failure;
use fleet_core::{MemoryStore, Store};
use std::sync::Arc;

/// What a URL can be, for people.
const FORMS: &str = match (cfg!(feature = "sqlite"), cfg!(feature = "postgres")) {
    (true, true) => "`memory:`, `sqlite:PATH` or `postgresql://USER@HOST/DATABASE`",
    (true, false) => "`memory:` or `sqlite:PATH`",
    (false, true) => "`memory:` or `postgresql://USER@HOST/DATABASE`",
    (false, false) => "`memory:`",
};

/// Opens the store that a URL names.
///
/// | URL | store |
/// |---|---|
/// | `memory:` | in memory; nothing outlives it |
/// | `sqlite:PATH` | one SQLite file, made where there is none; commits of many threads are merged |
/// | `sqlite:PATH?synchronous=normal` | the same, whose latest commits a power cut may take back |
/// | `postgresql://USER@HOST/DATABASE` | a PostgreSQL database, for several processes; `postgres:` is the same, and commits of many threads are merged |
/// | `postgresql://…?schema=NAME` | the same in another schema than `fleet` |
///
/// # Errors
/// `invalid` for what is no such URL; the store's.
pub fn open(url: &str) -> Result<Arc<dyn Store>, Failure> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::new())),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", path)) if !path.is_empty() => sqlite(path),
        #[cfg(feature = "postgres")]
        Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => postgres(url),
        _ => Err(Failure::invalid("url", format!("is no store that can be opened here; write {FORMS}"))),
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &str) -> Result<Arc<dyn Store>, Failure> {
    use fleet_core::store::GroupCommit;
    use fleet_store_sqlite::{Options, SqliteStore, Synchronous};

    let (path, synchronous) = match path.split_once('?') {
        Some((path, "synchronous=normal")) => (path, Synchronous::Normal),
        Some((path, "synchronous=full")) => (path, Synchronous::Full),
        None => (path, Synchronous::Full),
        // A misspelt choice must not become a part of the file's name.
        Some(_) => {
            let problem = "a file has no choice but `?synchronous=full` or `?synchronous=normal`";
            return Err(Failure::invalid("url", problem));
        }
    };
    let store = SqliteStore::open_with(path, Options::new().synchronous(synchronous));
    let store = store.map_err(fleet_core::Error::from)?;
    Ok(Arc::new(GroupCommit::new(store)))
}

#[cfg(feature = "postgres")]
fn postgres(url: &str) -> Result<Arc<dyn Store>, Failure> {
    use fleet_core::store::GroupCommit;
    use fleet_store_postgres::{Options, PostgresStore};

    let (url, schema) = without_schema(url);
    let options = match schema {
        Some(schema) => Options::new().schema(schema),
        None => Options::new(),
    };
    let store = PostgresStore::open_with(&url, options).map_err(fleet_core::Error::from)?;
    Ok(Arc::new(GroupCommit::new(store)))
}

/// A URL of PostgreSQL's own, and the schema that ours names beside it.
#[cfg(any(feature = "postgres", test))]
fn without_schema(url: &str) -> (String, Option<&str>) {
    // A password may have a question mark in it.
    let (credentials, place) = url.split_at(url.find('@').unwrap_or_default());
    let Some((place, query)) = place.split_once('?') else { return (url.to_owned(), None) };
    let (mut rest, mut schema) = (Vec::new(), None);
    for part in query.split('&') {
        match part.strip_prefix("schema=") {
            Some(name) => schema = Some(name),
            None => rest.push(part),
        }
    }
    let query = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    (format!("{credentials}{place}{query}"), schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_ours_and_all_else_is_the_servers() {
        for (url, place, schema) in [
            ("postgresql://db/fleet", "postgresql://db/fleet", None),
            ("postgresql://db/fleet?schema=blue", "postgresql://db/fleet", Some("blue")),
            ("postgres://db/fleet?a=1&schema=blue&b=2", "postgres://db/fleet?a=1&b=2", Some("blue")),
            ("postgres://db/fleet?sslmode=require", "postgres://db/fleet?sslmode=require", None),
            ("postgres://me:why?schema=x@db/fleet?schema=y", "postgres://me:why?schema=x@db/fleet", Some("y")),
        ] {
            assert_eq!(without_schema(url), (place.to_owned(), schema), "{url}");
        }
    }
}
