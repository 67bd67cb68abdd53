//! Differences between engines that speak PostgreSQL's protocol.

use crate::table::{Table, TableKind};

/// An engine that speaks PostgreSQL's protocol.
///
/// The store is tested on PostgreSQL. For the two distributed engines only the generated SQL is tested: this project's
/// tests do not run them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL, 14 or later.
    PostgreSql,
    /// CockroachDB. It has no advisory locks, so if two processes create the schema at the same time, one may fail and
    /// must open again. It has no fill factor, because it never updates in place.
    CockroachDb,
    /// YugabyteDB. By default it distributes rows by a hash of the key's first column, and a scan of a range would have
    /// to search everywhere. So keys are declared to be in order, and it splits tables between them as they grow.
    YugabyteDb,
}

impl Dialect {
    /// Returns the engine from its answer to `SELECT version()`.
    pub(crate) fn of(version: &str) -> Self {
        if version.contains("CockroachDB") {
            Self::CockroachDb
        } else if version.contains("-YB-") {
            Self::YugabyteDb
        } else {
            Self::PostgreSql
        }
    }

    /// Returns the statements that lead from one version of the schema to the next.
    pub(crate) fn migration(self, sql: &str) -> String {
        let mut sql = sql.to_owned();
        if self != Self::PostgreSql {
            sql = sql.replace(" WITH (fillfactor = 70)", "");
        }
        if self == Self::YugabyteDb {
            for table in TableKind::ALL.map(TableKind::table) {
                sql = sql.replace(&primary_key(table, ""), &primary_key(table, " ASC"));
            }
        }
        sql
    }

    /// Returns a statement that makes others wait until this transaction is over, before they create the schema.
    pub(crate) fn lock(self, schema: &str) -> Option<String> {
        // The number is `flet`; the schema's name distinguishes fleets in one database.
        let lock = || format!("SELECT pg_advisory_xact_lock(1718379892, hashtext('{schema}'))");
        (self != Self::CockroachDb).then(lock)
    }

    /// The settings of a session. Statements are planned once, for any number of rows, and use the primary key: the
    /// sizes of tables, which a plan would be chosen by, change between planning and use.
    pub(crate) fn settings(self) -> &'static [&'static str] {
        match self {
            Self::PostgreSql => &[
                "plan_cache_mode = force_generic_plan",
                "enable_seqscan = off",
                "enable_bitmapscan = off",
                "enable_hashjoin = off",
                "enable_mergejoin = off",
                "jit = off",
            ],
            Self::CockroachDb => &["plan_cache_mode = force_generic_plan"],
            Self::YugabyteDb => &["enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off"],
        }
    }

    /// A query that makes further settings; `$local` says whether they are for one transaction. A commit is durable
    /// even if the server is set to `synchronous_commit = off`.
    pub(crate) fn session(self) -> &'static str {
        match self {
            Self::PostgreSql => {
                "SELECT set_config('synchronous_commit', 'on', $local) \
                 WHERE current_setting('synchronous_commit') = 'off'"
            }
            Self::CockroachDb | Self::YugabyteDb => "",
        }
    }
}

/// The primary key of a table as the schema defines it.
fn primary_key(table: &Table, order: &str) -> String {
    let columns: Vec<_> = table.key.iter().map(|(name, _)| format!("{name}{order}")).collect();
    format!("PRIMARY KEY ({})", columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::MIGRATIONS;

    fn schema(dialect: Dialect) -> String {
        MIGRATIONS.iter().map(|sql| dialect.migration(sql)).collect()
    }

    #[test]
    fn an_engine_is_recognised_by_its_version() {
        for (version, dialect) in [
            ("PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu", Dialect::PostgreSql),
            ("CockroachDB CCL v24.3.1 (x86_64-pc-linux-gnu, built 2024/12/17)", Dialect::CockroachDb),
            ("PostgreSQL 11.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu", Dialect::YugabyteDb),
        ] {
            assert_eq!(Dialect::of(version), dialect, "{version}");
        }
    }

    #[test]
    fn only_the_engine_that_updates_in_place_has_a_fill_factor() {
        assert!(schema(Dialect::PostgreSql).contains("fillfactor = 70"));
        assert!(!schema(Dialect::CockroachDb).contains("fillfactor"));
        assert!(!schema(Dialect::YugabyteDb).contains("fillfactor"));
    }

    #[test]
    fn yugabyte_keeps_every_table_in_the_order_of_its_keys() {
        let sql = schema(Dialect::YugabyteDb);
        for key in [
            "(product ASC, id ASC)",
            "(id ASC)",
            "(key ASC)",
            "(product ASC, counter ASC, slot ASC)",
            "(product ASC, slot ASC, sequence ASC)",
        ] {
            assert!(sql.contains(&format!("PRIMARY KEY {key}")), "{key} in {sql}");
        }
        assert_eq!(sql.matches("PRIMARY KEY").count(), sql.matches("ASC)").count(), "{sql}");
        assert!(!schema(Dialect::CockroachDb).contains("ASC"));
    }

    #[test]
    fn only_cockroach_creates_its_schema_without_a_lock() {
        assert!(Dialect::PostgreSql.lock("a").is_some() && Dialect::YugabyteDb.lock("a").is_some());
        assert_eq!(Dialect::CockroachDb.lock("a"), None);
    }
}
