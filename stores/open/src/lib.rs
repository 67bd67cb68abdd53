//! Opens stores by URL, so that a host names its store in one string of its configuration.
//!
//! The bindings of every language open their stores through this crate, so a URL means the same in each.
//!
//! ```
//! use fleet_core::{Actor, Fleet, Timestamp};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("fleet.db");
//! # let url = format!("sqlite:{}", path.display());
//! // For example "sqlite:fleet.db".
//! let fleet = Fleet::open(fleet_open::open(&url)?);
//! let now = Timestamp::from_millis(0);
//! fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use fleet_core::{Error, ErrorKind, MemoryStore, Store};
use std::sync::Arc;

/// The accepted forms of a URL, for messages.
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
/// | `memory:` | in memory; nothing is kept after it is dropped |
/// | `sqlite:PATH` | one SQLite file, created if it does not exist; commits of many threads are merged |
/// | `sqlite:PATH?synchronous=normal` | the same, but a power cut may undo the latest commits |
/// | `sqlite:PATH?mode=rw` | the same, but the file must exist |
/// | `sqlite:PATH?journal=on` | the same with a [journal](https://docs.rs/fleet-store-journaled) in front of it, for one process at a time. Use it each time the file is opened |
/// | `sqlite:PATH?journal=off` | folds the changes of a journal, removes the journal, and opens the file without one |
/// | `postgresql://USER@HOST/DATABASE` | a PostgreSQL database, for several processes; `postgres:` is the same, and reads and commits of many threads are merged |
/// | `postgresql://…?schema=NAME&connections=16` | the same in another schema than `fleet`, with another number of connections than 8 |
/// | `host=HOST dbname=DATABASE` | PostgreSQL's connection strings of keywords |
///
/// URLs of other tools are accepted if they have only one meaning: `postgresql+psycopg2://…`, `sqlite://fleet.db`
/// (sqlx), `sqlite:////data/fleet.db` and `sqlite+pysqlite:///fleet.db` (SQLAlchemy). Others are refused by name, with
/// the form to write.
///
/// # Errors
/// `invalid` for a text that is not such a URL; errors of the store.
pub fn open(url: &str) -> Result<Arc<dyn Store>, Error> {
    if url.trim() != url {
        return Err(invalid("has a space or a line break before or after it; remove it"));
    }
    if url.starts_with(['"', '\'']) {
        return Err(invalid("is in quotes; leave them out"));
    }
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    let scheme = scheme.to_ascii_lowercase();
    let (name, driver) = scheme.split_once('+').map_or((scheme.as_str(), None), |(name, driver)| (name, Some(driver)));
    match name {
        "memory" if rest.is_empty() => Ok(Arc::new(MemoryStore::new())),
        "memory" | "" if [":memory:", "//"].contains(&rest) || url == ":memory:" => {
            Err(invalid("has another form for a store in memory; write `memory:`"))
        }
        #[cfg(feature = "sqlite")]
        "sqlite" if !rest.is_empty() => {
            let file = sqlite_file(rest, driver)?;
            sqlite(file)
        }
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" if rest.starts_with("//") => postgres(url),
        #[cfg(feature = "postgres")]
        _ if is_connection_string(url) => postgres(url),
        "jdbc" => Err(invalid(&format!("is a JDBC URL, which has another form; write {FORMS}"))),
        "file" | "sqlite3" => Err(invalid("has another scheme for files; write `sqlite:PATH`")),
        _ => {
            let _ = driver;
            Err(invalid(&format!("is no store that can be opened here; write {FORMS}")))
        }
    }
}

fn invalid(problem: &str) -> Error {
    ErrorKind::Invalid { field: "url", problem: problem.to_owned() }.into()
}

/// Whether a text is a connection string of PostgreSQL's keywords and values.
#[cfg(feature = "postgres")]
fn is_connection_string(text: &str) -> bool {
    const KEYWORDS: [&str; 9] =
        ["host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "application_name", "connect_timeout"];
    text.split_once('=').is_some_and(|(name, _)| KEYWORDS.contains(&name.trim_end()))
}

/// The content of a SQLite URL.
#[cfg(any(feature = "sqlite", test))]
#[derive(Debug, PartialEq, Eq)]
struct SqliteFile<'u> {
    path: &'u str,
    is_synchronous: bool,
    /// Whether a missing file is created.
    is_made: bool,
    /// Whether the file is opened with a journal, or its journal is removed; `None` leaves it unchanged.
    journal: Option<bool>,
}

/// Reads the file that a URL names after `sqlite:`, with SQLAlchemy's driver before that.
///
/// After three slashes, sqlx and the URL standard expect an absolute path, SQLAlchemy and others one relative to the
/// working folder. If the URL does not show which tool it comes from, it is refused.
#[cfg(any(feature = "sqlite", test))]
fn sqlite_file<'u>(rest: &'u str, driver: Option<&str>) -> Result<SqliteFile<'u>, Error> {
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let in_memory = |path: &str| [":memory:", "/:memory:", ""].contains(&path);
    let path = match (path.strip_prefix("//"), driver) {
        (None, Some(_)) => {
            return Err(invalid("has a driver, which needs slashes before the path; write `sqlite:PATH`"));
        }
        (None, None) => path,
        (Some(path), _) if in_memory(path) || path == "/" => {
            return Err(invalid("is a database in memory; write `memory:`"));
        }
        // All tools read this as an absolute path.
        (Some(path), _) if path.starts_with("//") => path.get(1..).unwrap_or_default(),
        (Some(path), Some(_)) => match path.strip_prefix('/') {
            Some(path) => path,
            None => return Err(invalid("names a host, but SQLite has none; write `sqlite:PATH`")),
        },
        (Some(path), None) if path.starts_with('/') => {
            let path = path.trim_start_matches('/');
            return Err(invalid(&format!(
                "has three slashes, which some tools take for a path from the root and others for one from the working \
                 folder; write `sqlite:/{path}` or `sqlite:{path}`"
            )));
        }
        (Some(path), None) if path.split('/').next() == Some("localhost") => {
            return Err(invalid("names a host, but SQLite has none; write `sqlite:PATH`"));
        }
        (Some(path), None) => path,
    };
    if in_memory(path) {
        return Err(invalid("is a database in memory; write `memory:`"));
    }
    if path.trim() != path {
        return Err(invalid("has a path with a space before or after it; remove it"));
    }
    let is_hex = |place: usize| path.get(place + 1..place + 3).is_some_and(|hex| u8::from_str_radix(hex, 16).is_ok());
    if path.match_indices('%').any(|(place, _)| is_hex(place)) {
        return Err(invalid("has a path with percent-encoding in it; write the path as it is"));
    }
    let mut file = SqliteFile { path, is_synchronous: true, is_made: true, journal: None };
    // A misspelt option must not become part of the file's name.
    for choice in query.into_iter().flat_map(|query| query.split('&')) {
        match choice.split_once('=').unwrap_or((choice, "")) {
            ("synchronous", "full") => file.is_synchronous = true,
            ("synchronous", "normal") => file.is_synchronous = false,
            ("journal", "on") => file.journal = Some(true),
            ("journal", "off") => file.journal = Some(false),
            ("mode", "rwc") => file.is_made = true,
            ("mode", "rw") => file.is_made = false,
            ("mode", "memory") => return Err(invalid("is a database in memory; write `memory:`")),
            ("mode", "ro") | ("immutable", _) => {
                return Err(invalid("opens the file read only, but a fleet needs to write; leave that out"));
            }
            (
                name @ ("cache" | "timeout" | "check_same_thread" | "journal_mode" | "_journal_mode" | "_journal"
                | "busy_timeout" | "_busy_timeout" | "_timeout" | "foreign_keys" | "_foreign_keys" | "_fk"
                | "nolock" | "vfs" | "uri" | "isolation_level" | "connection_limit"),
                _,
            ) => return Err(invalid(&format!("sets `{name}`, which the store sets itself; leave it out"))),
            _ => {
                let choices =
                    "`synchronous=full`, `synchronous=normal`, `mode=rw`, `mode=rwc`, `journal=on` or `journal=off`";
                return Err(invalid(&format!(
                    "has an option after the `?` that a file does not have; write {choices}"
                )));
            }
        }
    }
    Ok(file)
}

#[cfg(feature = "sqlite")]
fn sqlite(file: SqliteFile<'_>) -> Result<Arc<dyn Store>, Error> {
    use fleet_core::store::GroupCommit;
    use fleet_store_journaled::Journaled;
    use fleet_store_sqlite::{Options, SqliteStore, Synchronous};

    let SqliteFile { path, is_synchronous, is_made, journal } = file;
    if !is_made && !std::path::Path::new(path).exists() {
        return Err(invalid(&format!(
            "cannot be opened: there is no file `{path}`; check the path, or create it with `mode=rwc`"
        )));
    }
    let synchronous = if is_synchronous { Synchronous::Full } else { Synchronous::Normal };
    let store = SqliteStore::open_with(path, Options::new().synchronous(synchronous))?;
    Ok(match journal {
        None => Arc::new(GroupCommit::new(store)),
        Some(true) => Arc::new(GroupCommit::new(Journaled::open(store)?)),
        Some(false) => Arc::new(GroupCommit::new(Journaled::open(store)?.close()?)),
    })
}

#[cfg(feature = "postgres")]
fn postgres(url: &str) -> Result<Arc<dyn Store>, Error> {
    use fleet_core::store::GroupCommit;
    use fleet_store_postgres::{Options, PostgresStore};

    let (url, choices) = choices(url);
    let mut options = Options::new();
    for (name, value) in choices {
        options = match name {
            "schema" => options.schema(value),
            _ => {
                let most = value.parse().ok().filter(|most| (1..=1000).contains(most));
                let problem =
                    || invalid("`connections` is not a number from 1 to 1000; write it like `connections=16`");
                options.connections(most.ok_or_else(problem)?)
            }
        };
    }
    let store = PostgresStore::open_with(&url, options)?;
    Ok(Arc::new(GroupCommit::new(store).with_reads()))
}

/// The names of the options that are ours, not PostgreSQL's.
#[cfg(any(feature = "postgres", test))]
const CHOICES: [&str; 2] = ["schema", "connections"];

/// Splits a URL into PostgreSQL's own URL and our options, by name.
#[cfg(any(feature = "postgres", test))]
fn choices(url: &str) -> (String, Vec<(&str, &str)>) {
    if !url.contains("://") {
        return (url.to_owned(), Vec::new());
    }
    // A password may contain a question mark.
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

    fn why(url: &str) -> String {
        open(url).map(|store| panic!("{url} opens {store:?}")).unwrap_err().to_string()
    }

    #[test]
    fn a_url_opens_the_same_file_as_in_other_tools() {
        for (rest, driver, path) in [
            ("fleet.db", None, "fleet.db"),
            ("data/fleet.db", None, "data/fleet.db"),
            ("/data/fleet.db", None, "/data/fleet.db"),
            ("//fleet.db", None, "fleet.db"),
            ("//data/fleet.db?mode=rwc", None, "data/fleet.db"),
            ("////data/fleet.db", None, "/data/fleet.db"),
            ("////data/fleet.db", Some("aiosqlite"), "/data/fleet.db"),
            ("///fleet.db", Some("pysqlite"), "fleet.db"),
            ("100%.db", None, "100%.db"),
            ("my fleet.db", None, "my fleet.db"),
        ] {
            assert_eq!(sqlite_file(rest, driver).unwrap().path, path, "{driver:?} {rest}");
        }
        let chosen = sqlite_file("//fleet.db?mode=rw&synchronous=normal", None).unwrap();
        assert_eq!(chosen, SqliteFile { path: "fleet.db", is_synchronous: false, is_made: false, journal: None });
        assert_eq!(sqlite_file("fleet.db?journal=off", None).unwrap().journal, Some(false));
    }

    #[test]
    #[cfg(feature = "sqlite")]
    fn an_ambiguous_url_is_refused_with_the_form_to_write() {
        for (url, says) in [
            ("sqlite:///data/fleet.db", "`sqlite:/data/fleet.db` or `sqlite:data/fleet.db`"),
            ("sqlite://", "`memory:`"),
            ("sqlite:///", "`memory:`"),
            ("sqlite::memory:", "`memory:`"),
            ("sqlite://:memory:", "`memory:`"),
            ("sqlite:///:memory:", "`memory:`"),
            ("sqlite+pysqlite:///:memory:", "`memory:`"),
            ("sqlite:fleet.db?mode=memory", "`memory:`"),
            (":memory:", "`memory:`"),
            ("memory://", "`memory:`"),
            ("sqlite:fleet.db?mode=ro", "read only"),
            ("sqlite:/nowhere/fleet.db?mode=rw", "no file"),
            ("sqlite:fleet.db?cache=shared", "`cache`"),
            ("sqlite:fleet.db?_journal_mode=WAL", "`_journal_mode`"),
            ("sqlite:fleet.db?sync=full", "synchronous=full"),
            ("sqlite:my%20fleet.db", "percent-encoding"),
            ("sqlite:fleet.db\n", "line break"),
            ("sqlite: fleet.db", "space"),
            ("sqlite://localhost/fleet.db", "host"),
            ("sqlite+aiosqlite:fleet.db", "`sqlite:PATH`"),
            ("file:fleet.db", "`sqlite:PATH`"),
            ("sqlite3:fleet.db", "`sqlite:PATH`"),
            ("jdbc:sqlite:fleet.db", "JDBC"),
            ("\"sqlite:fleet.db\"", "quotes"),
            ("fleet.db", "sqlite:PATH"),
            ("/data/fleet.db", "sqlite:PATH"),
            ("mysql://me:hunter2@db/fleet", "no store that can be opened"),
            ("DATABASE_URL=postgresql://me:hunter2@db/fleet", "no store that can be opened"),
        ] {
            let why = why(url);
            assert!(why.contains(says) && !why.contains("hunter2"), "{url}: {why}");
        }
    }

    /// A URL in the form that a message recommends is accepted; a path stands for `PATH`.
    #[test]
    #[cfg(feature = "sqlite")]
    fn a_refused_url_opens_once_its_advice_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db").display().to_string();
        let (file, relative) = (format!("sqlite:{path}"), path.trim_start_matches('/'));
        let memory = "memory:".to_owned();
        for (refused, advice, followed) in [
            (format!("{file}\n"), "remove it", file.clone()),
            (format!("\"{file}\""), "leave them out", file.clone()),
            (":memory:".to_owned(), "write `memory:`", memory.clone()),
            ("memory://".to_owned(), "write `memory:`", memory.clone()),
            ("sqlite::memory:".to_owned(), "write `memory:`", memory.clone()),
            ("sqlite+pysqlite:///:memory:".to_owned(), "write `memory:`", memory.clone()),
            (format!("{file}?mode=memory"), "write `memory:`", memory),
            (format!("jdbc:{file}"), "`sqlite:PATH`", file.clone()),
            (format!("file:{path}"), "write `sqlite:PATH`", file.clone()),
            (path.clone(), "`sqlite:PATH`", file.clone()),
            (format!("sqlite+aiosqlite:{path}"), "write `sqlite:PATH`", file.clone()),
            (format!("sqlite://localhost/{relative}"), "write `sqlite:PATH`", file.clone()),
            (format!("sqlite:///{relative}"), &format!("write `sqlite:/{relative}`"), format!("sqlite:/{relative}")),
            (format!("sqlite: {path}"), "remove it", file.clone()),
            (format!("{file}%20"), "write the path as it is", file.clone()),
            (format!("{file}?cache=shared"), "leave it out", file.clone()),
            (format!("{file}?mode=ro"), "leave that out", file.clone()),
            (format!("{file}?sync=full"), "`synchronous=full`", format!("{file}?synchronous=full")),
            (format!("{file}?sync=full"), "`mode=rwc`", format!("{file}?mode=rwc")),
            (format!("{file}-new?mode=rw"), "create it with `mode=rwc`", format!("{file}-new?mode=rwc")),
        ] {
            let why = why(&refused);
            assert!(why.contains(advice), "{refused}: `{advice}` is not in: {why}");
            open(&followed).unwrap_or_else(|error| panic!("{why}: {followed}: {}", error));
        }
        open(&format!("{file}-new?mode=rw")).unwrap();
    }

    #[test]
    #[cfg(feature = "sqlite")]
    fn a_journal_is_opened_and_removed_by_url() {
        use fleet_core::{Actor, Fleet, Timestamp};
        let folder = tempfile::tempdir().unwrap();
        let url = |choice: &str| format!("sqlite:{}{choice}", folder.path().join("fleet.db").display());
        let create = |choice: &str, email: &str| {
            let fleet = Fleet::open(open(&url(choice)).unwrap());
            fleet
                .console(Actor::Operator, Timestamp::from_millis(0))
                .create_account(email)
                .map(|account| account.id.get())
        };
        assert_eq!(create("?journal=on", "alice@example.com").unwrap(), 1);
        assert_eq!(create("", "bob@example.com").unwrap_err().code(), "store_journaled");
        assert_eq!(create("?journal=on", "bob@example.com").unwrap(), 2);
        assert_eq!(create("?journal=off", "carol@example.com").unwrap(), 3);
        assert_eq!(create("", "dave@example.com").unwrap(), 4);
    }

    #[test]
    fn our_options_are_split_from_those_of_the_server() {
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
