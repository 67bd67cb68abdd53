//! Reads the address of a database: a URL, or a connection string of keywords and values, as people copy them from
//! other tools.
//!
//! Each common form means the same as elsewhere, or is refused by name with the form to write. No option results in
//! less security than it asks for. The content of a URL is never shown, because it may be a password; only the names of
//! options are.

use fleet_core::store::{StoreError, StoreErrorKind};
use std::fmt::Write as _;
use std::path::PathBuf;
use tokio_postgres::Config;

/// The content of a URL.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) config: Config,
    pub(crate) trust: Trust,
}

/// Certificates to trust and to present, in addition to the store's options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    /// The file with the only trusted roots (`sslrootcert`).
    pub(crate) roots: Option<PathBuf>,
    /// The files of this client's certificate and key (`sslcert`, `sslkey`).
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// The recommended form, for messages that refuse another one.
const FORM: &str = "write it like postgresql://user@host:5432/database";

/// How to choose the schema and the number of connections: with the store's options in Rust, or in a URL that
/// `Fleet.open` of another language reads.
const SCHEMA: &str = "set the schema with `Options::schema`, or with `schema=NAME` in a URL of another language";
const CONNECTIONS: &str =
    "set the number of connections with `Options::connections`, or with `connections=8` in a URL of another language";

/// Drivers that SQLAlchemy and others name after a plus sign. They make no difference here.
const DRIVERS: [&str; 7] = ["psycopg2", "psycopg", "psycopg2cffi", "asyncpg", "pg8000", "aiopg", "pygresql"];

/// Where a server of this machine listens if no host is named.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

fn refused(problem: impl std::fmt::Display) -> StoreError {
    StoreError::new(StoreErrorKind::Other, format!("cannot read the URL of the database: {problem}"))
}

/// Reads a URL or a connection string.
pub(crate) fn read(text: &str) -> Result<Target, StoreError> {
    if text.trim() != text {
        return Err(refused("there is a space or a line break before or after it; remove it"));
    }
    let pairs = match text.split_once("://") {
        Some((scheme, rest)) if is_name(scheme) => {
            known_scheme(scheme)?;
            url(rest)?
        }
        _ => keywords(text)?,
    };
    interpret(pairs)
}

fn is_name(scheme: &str) -> bool {
    scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.:".contains(&byte))
}

fn known_scheme(scheme: &str) -> Result<(), StoreError> {
    let scheme = scheme.to_ascii_lowercase();
    let (name, driver) = scheme.split_once('+').map_or((scheme.as_str(), None), |(name, driver)| (name, Some(driver)));
    match (name, driver) {
        ("postgresql" | "postgres", None) => Ok(()),
        ("postgresql" | "postgres", Some(driver)) if DRIVERS.contains(&driver) => Ok(()),
        ("postgresql" | "postgres", Some(_)) => Err(refused(format!("leave out the part after the `+`; {FORM}"))),
        ("jdbc:postgresql", _) => Err(refused(format!("a JDBC URL has another form; {FORM}"))),
        _ => Err(refused(format!("`{name}://` is not a scheme of PostgreSQL; {FORM}"))),
    }
}

type Pairs = Vec<(String, String)>;

/// Splits a URL after its scheme into its parts.
fn url(rest: &str) -> Result<Pairs, StoreError> {
    let (credentials, rest) = credentials(rest);
    let (authority, query) = rest.split_once('?').map_or((rest, None), |(authority, query)| (authority, Some(query)));
    let (hosts, database) = authority.split_once('/').map_or((authority, None), |(hosts, name)| (hosts, Some(name)));
    if authority.contains('@') {
        // The text before it is the rest of a password, and would be shown as the host's name.
        return Err(refused("write an `@` in its user or password as `%40`"));
    }
    if authority.contains('#') {
        return Err(refused("write a `#` as `%23`"));
    }
    let mut pairs = Pairs::new();
    let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
    if let Some(credentials) = credentials {
        let (user, password) =
            credentials.split_once(':').map_or((credentials, None), |(user, rest)| (user, Some(rest)));
        if !user.is_empty() {
            add("user", decoded(user, "user")?);
        }
        if let Some(password) = password {
            add("password", decoded(password, "password")?);
        }
    }
    if !hosts.is_empty() {
        let (names, ports): (Vec<_>, Vec<_>) =
            hosts.split(',').map(host_and_port).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let names = names.into_iter().map(|name| decoded(name, "host")).collect::<Result<Vec<_>, _>>()?;
        add("host", names.join(","));
        if ports.iter().any(|port| !port.is_empty()) {
            add("port", ports.join(","));
        }
    }
    if let Some(database) = database.filter(|database| !database.is_empty()) {
        add("dbname", decoded(database, "database")?);
    }
    for part in query.into_iter().flat_map(|query| query.split('&')).filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(refused("an option after the `?` has no value; write it like `sslmode=require`"));
        };
        add(&decoded(name, "option")?, decoded(value, "option")?);
    }
    Ok(pairs)
}

/// Splits off user and password. A password may contain `/`, `?` and `:` unescaped. An `@` in the value of an option
/// does not end a password.
fn credentials(rest: &str) -> (Option<&str>, &str) {
    let Some((before, after)) = rest.split_once('@') else { return (None, rest) };
    let is_an_options = || {
        let (authority, query) = before.split_once('?')?;
        let (hosts, _) = authority.split_once('/')?;
        let is_host =
            |host: &str| host_and_port(host).is_ok_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        (query.contains('=') && hosts.split(',').all(is_host)).then_some(())
    };
    if is_an_options().is_some() { (None, rest) } else { (Some(before), after) }
}

fn host_and_port(host: &str) -> Result<(&str, &str), StoreError> {
    let (name, port) = match host.strip_prefix('[') {
        Some(host) => {
            let Some((name, port)) = host.split_once(']') else {
                return Err(refused("an IPv6 address ends with `]`; write it like `[::1]:5432`"));
            };
            (name, port.strip_prefix(':').unwrap_or(port))
        }
        None => match host.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err(refused("write an IPv6 address in brackets, like `[::1]:5432`"));
            }
            Some(parts) => parts,
            None => (host, ""),
        },
    };
    if !port.is_empty() && port.parse::<u16>().is_err() {
        return Err(refused(
            "a port is a number up to 65535; if this is part of a password, write `:` as `%3A` and `@` as `%40`",
        ));
    }
    Ok((name, port))
}

/// Decodes percent-encoding.
fn decoded(text: &str, what: &str) -> Result<String, StoreError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) else {
            return Err(refused(format!("write a `%` in its {what} as `%25`")));
        };
        bytes.push(byte);
        rest = after.get(2..).unwrap_or_default();
    }
    String::from_utf8(bytes).map_err(|_| refused(format!("its {what} is not UTF-8; percent-encode it in UTF-8")))
}

/// Reads a connection string such as `host=localhost dbname=fleet`.
fn keywords(text: &str) -> Result<Pairs, StoreError> {
    let mut pairs = Pairs::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((name, value)) = rest.split_once('=') else { return Err(refused(FORM)) };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Err(refused(FORM));
        }
        let (value, after) = value_of(value.trim_start())?;
        pairs.push((name.to_owned(), value));
        rest = after.trim_start();
    }
    if pairs.is_empty() { Err(refused(FORM)) } else { Ok(pairs) }
}

/// Returns the value at the start of a text, quoted or up to a space, and the rest.
fn value_of(text: &str) -> Result<(String, &str), StoreError> {
    let quoted = text.starts_with('\'');
    let (mut value, mut characters) = (String::new(), text.char_indices());
    if quoted {
        characters.next();
    }
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            blank if blank.is_whitespace() && !quoted => return Ok((value, text.get(at..).unwrap_or_default())),
            other => value.push(other),
        }
    }
    if quoted {
        Err(refused("a quoted value has no closing quote; close it, like `password='secret'`"))
    } else {
        Ok((value, ""))
    }
}

/// Interprets pairs of names and values. If a name occurs twice, the last value counts, as in libpq.
fn interpret(pairs: Pairs) -> Result<Target, StoreError> {
    let mut target = Target { config: Config::new(), trust: Trust::default() };
    let mut known: Pairs = Vec::new();
    let mut fallback_name = None;
    for (name, value) in pairs {
        let name = match name.as_str() {
            "ssl-mode" | "ssl" => "sslmode".to_owned(),
            "ssl-root-cert" | "ssl-ca" => "sslrootcert".to_owned(),
            "ssl-cert" => "sslcert".to_owned(),
            "ssl-key" => "sslkey".to_owned(),
            "keepalives_count" => "keepalives_retries".to_owned(),
            _ => name,
        };
        let wrong = |what: &str| Err(refused(format!("`{name}`: {what}")));
        let value = match (name.as_str(), value.as_str()) {
            // The certificate is always verified and must name the host, so these modes are the same.
            ("sslmode", "verify-full" | "verify-ca" | "true" | "1") => "require".to_owned(),
            ("sslmode", "allow") => "prefer".to_owned(),
            ("sslmode", "false" | "0") => "disable".to_owned(),
            ("sslmode", "disable" | "prefer" | "require") => value,
            ("sslmode", _) => {
                return wrong(
                    "choose `require` or `verify-full`; trust a certificate of your own with `sslrootcert=FILE`",
                );
            }
            ("sslrootcert", "system") => continue,
            ("sslrootcert", _) => {
                target.trust.roots = Some(value.into());
                continue;
            }
            ("sslcert", _) => {
                target.trust.certificate = Some(value.into());
                continue;
            }
            ("sslkey", _) => {
                target.trust.key = Some(value.into());
                continue;
            }
            ("target_session_attrs", "primary") => "read-write".to_owned(),
            ("target_session_attrs", "any" | "read-write") => value,
            ("target_session_attrs", _) => return wrong("a fleet needs a writable server; choose `read-write`"),
            ("channel_binding", "disable" | "prefer" | "require") => value,
            ("channel_binding", _) => return wrong("choose `require` or `prefer`"),
            ("options", _) if value.contains("search_path") => {
                return wrong(SCHEMA);
            }
            ("fallback_application_name", _) => {
                fallback_name = Some(value);
                continue;
            }
            // Accepted without effect: these are not needed, or always hold.
            ("gssencmode", "disable" | "prefer")
            | ("sslcompression", _)
            | ("sslsni", "1")
            | ("pgbouncer", "true" | "false")
            | ("ssl_min_protocol_version", "TLSv1" | "TLSv1.1" | "TLSv1.2") => continue,
            ("client_encoding", _) if ["utf8", "utf-8", "auto"].contains(&value.to_ascii_lowercase().as_str()) => {
                continue;
            }
            ("client_encoding", _) => return wrong("the store always uses UTF-8; leave it out"),
            (
                "user"
                | "password"
                | "dbname"
                | "options"
                | "application_name"
                | "sslnegotiation"
                | "host"
                | "hostaddr"
                | "port"
                | "connect_timeout"
                | "tcp_user_timeout"
                | "keepalives"
                | "keepalives_idle"
                | "keepalives_interval"
                | "keepalives_retries"
                | "load_balance_hosts",
                _,
            ) => value,
            ("currentSchema" | "search_path" | "schema", _) => {
                return wrong(SCHEMA);
            }
            ("connections" | "connection_limit" | "pool_size" | "pool_max_conns" | "max_connections", _) => {
                return wrong(CONNECTIONS);
            }
            ("service" | "servicefile" | "passfile", _) => return wrong("write the options of that file here instead"),
            (
                "gssencmode"
                | "sslsni"
                | "sslpassword"
                | "sslcrl"
                | "sslcrldir"
                | "sslcertmode"
                | "require_auth"
                | "requirepeer"
                | "krbsrvname"
                | "gsslib"
                | "gssdelegation"
                | "ssl_min_protocol_version"
                | "ssl_max_protocol_version"
                | "min_protocol_version"
                | "max_protocol_version"
                | "sslaccept"
                | "sslidentity"
                | "replication"
                | "sslkeylogfile"
                | "requiressl"
                | "oauth_issuer"
                | "oauth_client_id",
                _,
            ) => return wrong("the store does not support it; leave it out"),
            _ => return Err(refused(format!("unknown option `{}`; leave it out", shown(&name)))),
        };
        known.retain(|(before, _)| *before != name);
        known.push((name, value));
    }
    let has = |name: &str| known.iter().any(|(known, _)| known == name);
    if let (Some(name), false) = (fallback_name, has("application_name")) {
        known.push(("application_name".to_owned(), name));
    }
    let has = |name: &str| known.iter().any(|(known, _)| known == name);
    if !has("host") && !has("hostaddr") {
        let Some(folder) = socket(known.iter().find(|(name, _)| name == "port").map_or("5432", |(_, port)| port))
        else {
            return Err(refused(format!("it names no host, and no server listens on this machine's sockets; {FORM}")));
        };
        known.push(("host".to_owned(), folder.to_owned()));
    }
    let mut text = String::new();
    for (name, value) in &known {
        let _ = write!(text, "{name}='{}' ", value.replace('\\', "\\\\").replace('\'', "\\'"));
    }
    target.config = text.parse().map_err(|error: tokio_postgres::Error| {
        use std::error::Error as _;
        match error.source() {
            Some(source) => refused(format!("{source}; {FORM}")),
            None => refused(format!("{error}; {FORM}")),
        }
    })?;
    Ok(target)
}

/// Returns the name of an option if it can be one. Any other text may be part of a password.
fn shown(name: &str) -> &str {
    let is_plain = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(&byte));
    if is_plain { name } else { "…" }
}

/// Returns the folder of the socket of a server on this machine.
fn socket(port: &str) -> Option<&'static str> {
    SOCKETS.into_iter().find(|folder| std::path::Path::new(folder).join(format!(".s.PGSQL.{port}")).exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

    fn config(url: &str) -> Config {
        read(url).unwrap_or_else(|error| panic!("{url}: {error}")).config
    }

    /// The message with which a URL is refused.
    fn why(url: &str) -> String {
        match read(url) {
            Ok(target) => panic!("{url} means {target:?}"),
            Err(error) => error.to_string(),
        }
    }

    fn tcp(name: &str) -> Host {
        Host::Tcp(name.to_owned())
    }

    #[test]
    fn user_password_host_port_and_database_are_read_from_every_form() {
        for url in [
            "postgresql://me:s%40c%2Fret@db.example.com:5433/fleet",
            "postgres://me:s%40c%2Fret@db.example.com:5433/fleet",
            "PostgreSQL://me:s%40c%2Fret@db.example.com:5433/fleet",
            "postgresql+psycopg2://me:s%40c%2Fret@db.example.com:5433/fleet",
            "postgresql+psycopg://me:s%40c%2Fret@db.example.com:5433/fleet",
            "postgresql+asyncpg://me:s%40c%2Fret@db.example.com:5433/fleet",
            "postgresql://db.example.com:5433/fleet?user=me&password=s%40c%2Fret",
            "postgresql://other@elsewhere/none?host=db.example.com&port=5433&dbname=fleet&user=me&password=s%40c/ret",
            "host=db.example.com port=5433 dbname=fleet user=me password=s@c/ret",
            "host = 'db.example.com' port = '5433' dbname='fleet' user=me password = 's@c/ret'",
            "postgresql://me:s%40c/ret@db.example.com:5433/fleet",
        ] {
            let config = config(url);
            assert_eq!(config.get_hosts(), [tcp("db.example.com")], "{url}");
            assert_eq!(config.get_ports(), [5433], "{url}");
            assert_eq!((config.get_user(), config.get_dbname()), (Some("me"), Some("fleet")), "{url}");
            assert_eq!(config.get_password(), Some(&b"s@c/ret"[..]), "{url}");
        }
    }

    #[test]
    fn hosts_may_be_several_addresses_and_sockets() {
        let several = config("postgresql://me@a:1,b,[::1]:3/fleet?target_session_attrs=primary");
        assert_eq!(several.get_hosts(), [tcp("a"), tcp("b"), tcp("::1")]);
        assert_eq!(several.get_ports(), [1, 5432, 3]);
        assert_eq!(several.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        for url in [
            "postgresql:///fleet?host=/var/run/postgresql&user=me",
            "postgresql://me@/fleet?host=/var/run/postgresql",
            "postgresql://%2Fvar%2Frun%2Fpostgresql/fleet",
            "host=/var/run/postgresql dbname=fleet",
        ] {
            assert_eq!(config(url).get_hosts(), [Host::Unix("/var/run/postgresql".into())], "{url}");
        }
        assert!(why("postgresql://me@::1/fleet").contains("brackets"));
        let pair = config("postgresql://db/fleet?application_name=a@b&hostaddr=10.0.0.1");
        assert_eq!((pair.get_application_name(), pair.get_hostaddrs().len()), (Some("a@b"), 1));
    }

    #[test]
    fn a_tls_mode_is_never_weaker_than_its_name() {
        for (mode, means) in [
            ("disable", SslMode::Disable),
            ("allow", SslMode::Prefer),
            ("prefer", SslMode::Prefer),
            ("require", SslMode::Require),
            ("verify-ca", SslMode::Require),
            ("verify-full", SslMode::Require),
        ] {
            assert_eq!(config(&format!("postgresql://db/fleet?sslmode={mode}")).get_ssl_mode(), means, "{mode}");
        }
        assert_eq!(config("postgresql+asyncpg://db/fleet?ssl=verify-full").get_ssl_mode(), SslMode::Require);
        assert_eq!(config("postgresql://db/fleet?ssl=true").get_ssl_mode(), SslMode::Require);
        for weak in ["no-verify", "requre", ""] {
            let why = why(&format!("postgresql://db/fleet?sslmode={weak}"));
            assert!(why.contains("sslrootcert=FILE") && !why.contains("disable") && !why.contains("prefer"), "{why}");
        }
        let trust =
            read("postgresql://db/f?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=a.crt&sslkey=a.key").unwrap().trust;
        let wanted =
            Trust { roots: Some("/ca.pem".into()), certificate: Some("a.crt".into()), key: Some("a.key".into()) };
        assert_eq!(trust, wanted);
        assert_eq!(read("postgresql://db/f?sslrootcert=system").unwrap().trust, Trust::default());
        let bound = config("postgresql://db/fleet?sslmode=require&channel_binding=require");
        assert_eq!(bound.get_channel_binding(), tokio_postgres::config::ChannelBinding::Require);
        for security in ["require_auth=scram-sha-256", "sslcrl=x", "ssl_min_protocol_version=TLSv1.3", "requirepeer=me"]
        {
            assert!(why(&format!("postgresql://db/fleet?{security}")).contains("does not support it"), "{security}");
        }
    }

    #[test]
    fn options_have_the_same_meaning_as_in_other_tools() {
        let all = config(
            "postgresql://db/fleet?connect_timeout=3&keepalives_idle=7&keepalives_count=2&options=-c%20geqo%3Doff\
             &fallback_application_name=x&gssencmode=disable&client_encoding=utf8&pgbouncer=true&sslsni=1",
        );
        assert_eq!(all.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!((all.get_keepalives_idle(), all.get_keepalives_retries()), (Duration::from_secs(7), Some(2)));
        assert_eq!((all.get_options(), all.get_application_name()), (Some("-c geqo=off"), Some("x")));
        for (url, says) in [
            ("postgresql://db/f?options=-csearch_path%3Dblue", "schema=NAME"),
            ("postgresql://db/f?currentSchema=blue", "schema=NAME"),
            ("postgresql://db/f?connection_limit=5", "connections=8"),
            ("postgresql://db/f?service=fleet", "options of that file"),
            ("postgresql://db/f?target_session_attrs=standby", "read-write"),
            ("postgresql://db/f?client_encoding=latin1", "UTF-8"),
            ("postgresql://db/f?colour=blue", "unknown option `colour`"),
            ("postgresql://db/f?sslmode", "has no value"),
            ("jdbc:postgresql://db:5432/f?user=me", "JDBC"),
            ("mysql://db/f", "`mysql://` is not a scheme of PostgreSQL"),
            ("cockroachdb://db/f", "postgresql://user@host"),
            ("postgresql+rust://db/f", "after the `+`"),
            (" postgresql://db/f", "space"),
            ("postgresql://db/f\n", "line break"),
            ("DATABASE_URL=postgresql://db/f", "postgresql://user@host"),
            ("host=db password='x", "quote"),
        ] {
            assert!(why(url).contains(says), "{url}: {}", why(url));
        }
    }

    #[test]
    fn a_refused_url_is_accepted_once_its_advice_is_followed() {
        let accepted = "postgresql://db/f";
        for (refused, advice, followed) in [
            (" postgresql://db/f", "remove it", accepted),
            ("postgresql+rust://db/f", "leave out the part after the `+`", accepted),
            ("jdbc:postgresql://db/f?user=me", "like postgresql://user@host", "postgresql://me@db:5432/f"),
            ("mysql://db/f", "write it like postgresql://user@host:5432/database", "postgresql://me@db:5432/f"),
            ("postgresql://me:a@b@db/f", "write an `@` in its user or password as `%40`", "postgresql://me:a%40b@db/f"),
            ("postgresql://me:x@db/f#1", "write a `#` as `%23`", "postgresql://me:x@db/f%231"),
            ("postgresql://db/f?sslmode", "write it like `sslmode=require`", "postgresql://db/f?sslmode=require"),
            ("postgresql://[::1/f", "write it like `[::1]:5432`", "postgresql://[::1]:5432/f"),
            ("postgresql://::1/f", "in brackets, like `[::1]:5432`", "postgresql://[::1]:5432/f"),
            ("postgresql://db:many/f", "a port is a number up to 65535", "postgresql://db:5432/f"),
            ("postgresql://db:65536/f", "a port is a number up to 65535", "postgresql://db:65535/f"),
            ("postgresql://me:se:cr@et@db/f", "as `%40`", "postgresql://me:se%3Acr%40et@db/f"),
            ("postgresql://me:5%@db/f", "write a `%` in its password as `%25`", "postgresql://me:5%25@db/f"),
            ("postgresql://me:%ff@db/f", "in UTF-8", "postgresql://me:%C3%BF@db/f"),
            ("host=db password='x", "close it, like `password='secret'`", "host=db password='x'"),
            ("DATABASE_URL=postgresql://db/f", "like postgresql://user@host", "postgresql://me@db:5432/f"),
            ("postgresql://db/f?sslmode=no-verify", "choose `require`", "postgresql://db/f?sslmode=require"),
            ("postgresql://db/f?sslmode=x", "or `verify-full`", "postgresql://db/f?sslmode=verify-full"),
            (
                "postgresql://db/f?sslmode=no-verify",
                "with `sslrootcert=FILE`",
                "postgresql://db/f?sslmode=verify-full&sslrootcert=ca.pem",
            ),
            (
                "postgresql://db/f?target_session_attrs=standby",
                "choose `read-write`",
                "postgresql://db/f?target_session_attrs=read-write",
            ),
            ("postgresql://db/f?channel_binding=x", "choose `require`", "postgresql://db/f?channel_binding=require"),
            ("postgresql://db/f?client_encoding=latin1", "leave it out", accepted),
            ("postgresql://db/f?service=x", "write the options of that file here", "postgresql://db/f?user=me"),
            ("postgresql://db/f?requirepeer=me", "leave it out", accepted),
            ("postgresql://db/f?colour=blue", "leave it out", accepted),
            ("postgresql://db/f?options=-csearch_path%3Dblue", "`Options::schema`", accepted),
            ("postgresql://db/f?schema=blue", "`Options::schema`", accepted),
            ("postgresql://db/f?pool_size=5", "`Options::connections`", accepted),
        ] {
            let why = why(refused);
            assert!(why.contains(advice), "`{advice}` is not in: {why}");
            read(followed).unwrap_or_else(|error| panic!("{why}: {followed}: {error}"));
        }
    }

    #[test]
    fn no_error_shows_a_password() {
        for url in [
            "postgresql://me:hun@ter2@db/fleet",
            "postgresql://me:hunter2@db:many/fleet",
            "postgresql://me:hunter2%zz@db/fleet",
            "postgresql://me:hunter2%ff@db/fleet",
            "postgresql://me:hunter2@db/fleet?colour=hunter2",
            "postgresql://me:hunter2/fleet",
            "postgresql://me:hunter2#@db/fl#eet",
            "postgresql:me:hunter2@db/fleet",
            "postgresql://db/fleet?hunter2!=x",
            "host=db password=hunter2 sslmode=hunter2",
            "host=db password='hunter2",
            "me:hunter2@db/fleet",
            "jdbc:postgresql://db/fleet?password=hunter2",
            "psql 'postgresql://me:hunter2@db/fleet'",
        ] {
            let why = why(url);
            assert!(!why.contains("hunter2") && !why.contains("ter2"), "{url}: {why}");
        }
        for url in ["postgresql://me:hunter2@db/fleet", "host=db password=hunter2"] {
            assert!(!format!("{:?}", read(url).unwrap()).contains("hunter2"));
        }
    }
}
