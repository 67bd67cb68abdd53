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
/// | `postgresql://USER@HOST/DATABASE` | a PostgreSQL database, for several processes; `postgres:` is the same, and reads and commits of many threads are merged |
/// | `postgresql://…?schema=NAME&connections=16` | the same in another schema than `fleet`, over more or fewer connections than 8 |
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

    let (url, choices) = choices(url);
    let mut options = Options::new();
    for (name, value) in choices {
        options = match name {
            "schema" => options.schema(value),
            _ => {
                let most = value.parse().ok().filter(|most| (1..=1000).contains(most));
                let problem = || Failure::invalid("url", "`connections` is a number from 1 to 1000");
                options.connections(most.ok_or_else(problem)?)
            }
        };
    }
    let store = PostgresStore::open_with(&url, options).map_err(fleet_core::Error::from)?;
    Ok(Arc::new(GroupCommit::new(store).with_reads()))
}

/// The names of what our URL may say beside PostgreSQL's own.
#[cfg(any(feature = "postgres", test))]
const CHOICES: [&str; 2] = ["schema", "connections"];

/// A URL of PostgreSQL's own, and what ours chooses beside it, by name.
#[cfg(any(feature = "postgres", test))]
fn choices(url: &str) -> (String, Vec<(&str, &str)>) {
    // A password may have a question mark in it.
    let (credentials, place) = url.split_at(url.find('@').unwrap_or_default());
    let Some((place, query)) = place.split_once('?') else { return (url.to_owned(), Vec::new()) };
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for part in query.split('&') {
        match part.split_once('=') {
            Some((name, value)) if CHOICES.contains(&name) => ours.push((name, value)),
            _ => theirs.push(part),
        }
    }
    let query = if theirs.is_empty() { String::new() } else { format!("?{}", theirs.join("&")) };
    (format!("{credentials}{place}{query}"), ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_choose_is_ours_and_all_else_is_the_servers() {
        for (url, theirs, ours) in [
            ("postgresql://db/fleet", "postgresql://db/fleet", &[][..]),
            ("postgresql://db/fleet?schema=blue", "postgresql://db/fleet", &[("schema", "blue")]),
            ("postgres://db/fleet?a=1&schema=blue&b=2", "postgres://db/fleet?a=1&b=2", &[("schema", "blue")]),
            ("postgres://db/fleet?sslmode=require", "postgres://db/fleet?sslmode=require", &[]),
            ("postgres://db/x?connections=2&schema=y", "postgres://db/x", &[("connections", "2"), ("schema", "y")]),
            ("postgres://me:why?schema=x@db/x?schema=y", "postgres://me:why?schema=x@db/x", &[("schema", "y")]),
        ] {
            assert_eq!(choices(url), (theirs.to_owned(), ours.to_vec()), "{url}");
        }
    }
}
