//! What engines that speak PostgreSQL's protocol do differently.

use crate::table::{Place, Table};

/// An engine that speaks PostgreSQL's protocol.
///
/// The store is tested on PostgreSQL. For the two distributed ones only the SQL that they are sent is: they are not run
/// by this project's tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL, 14 or later.
    PostgreSql,
    /// CockroachDB. It has no advisory locks, so of two processes that make the schema at once one may fail and has to
    /// open again; no fill factor, as it never updates in place.
    CockroachDb,
    /// YugabyteDB. Without a word it spreads rows by a hash of the key's first column, and a range of keys would have to
    /// be looked for everywhere; so keys are said to be in order, and it splits tables between them as they grow.
    YugabyteDb,
}

impl Dialect {
    /// The engine that calls itself so when it is asked for its version.
    pub(crate) fn of(version: &str) -> Self {
        if version.contains("CockroachDB") {
            Self::CockroachDb
        } else if version.contains("-YB-") {
            Self::YugabyteDb
        } else {
            Self::PostgreSql
        }
    }

    /// The statements that lead from one version of the schema to the next.
    pub(crate) fn migration(self, sql: &str) -> String {
        let mut sql = sql.to_owned();
        if self != Self::PostgreSql {
            sql = sql.replace(" WITH (fillfactor = 70)", "");
        }
        if self == Self::YugabyteDb {
            for table in Place::ALL.map(Place::table) {
                sql = sql.replace(&primary_key(table, ""), &primary_key(table, " ASC"));
            }
        }
        sql
    }

    /// Makes others who want to make the schema wait until this transaction is over.
    pub(crate) fn lock(self, schema: &str) -> Option<String> {
        // The number says `flet`, and the schema's name tells fleets of one database apart.
        let lock = || format!("SELECT pg_advisory_xact_lock(1718379892, hashtext('{schema}'))");
        (self != Self::CockroachDb).then(lock)
    }

    /// What a session is set to. Statements are planned once, for whatever number of rows, and go by the primary key:
    /// what a plan would be chosen by, how large tables are, is not the same when it is used as when it is made.
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

    /// What is asked for beside that; `$local` says whether it is for one transaction. A commit is durable also where
    /// the server is set to `synchronous_commit = off`.
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

/// The primary key of a table as the schema has it.
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
    fn an_engine_is_known_by_its_version() {
        for (version, dialect) in [
            ("PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu", Dialect::PostgreSql),
            ("CockroachDB CCL v24.3.1 (x86_64-pc-linux-gnu, built 2024/12/17)", Dialect::CockroachDb),
            ("PostgreSQL 11.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu", Dialect::YugabyteDb),
        ] {
            assert_eq!(Dialect::of(version), dialect, "{version}");
        }
    }

    #[test]
    fn only_the_engine_that_updates_in_place_leaves_room_for_it() {
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
    fn only_cockroach_makes_its_schema_without_a_lock() {
        assert!(Dialect::PostgreSql.lock("a").is_some() && Dialect::YugabyteDb.lock("a").is_some());
        assert_eq!(Dialect::CockroachDb.lock("a"), None);
    }
}
