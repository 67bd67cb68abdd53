//! A query ends soon after its time, whatever is written into it: it is answered, refused, or interrupted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use fleet_core::store::{Query, SqlValue, Store};
use fleet_store_sqlite::SqliteStore;
use std::time::{Duration, Instant};

/// Text of 4,000,000 characters, near the limit of a value.
const LONG: &str = "printf('%.*c', 4000000, 'a')";

/// Text of half the length that is not in it.
const PART: &str = "printf('%.*c', 2000000, 'a') || 'b'";

fn store() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("fleet.db")).unwrap();
    (folder, store)
}

/// Runs a query with a limit of some milliseconds. Without the limits it would take hours, or all memory: the bound
/// says no more than that it ends.
fn ask_within(store: &SqliteStore, sql: &str, millis: u64) -> Result<SqlValue, String> {
    let began = Instant::now();
    let answer = store.query(&Query::new(sql).time(Duration::from_millis(millis)));
    let time = began.elapsed();
    let shown: String = sql.chars().take(100).collect();
    assert!(time < Duration::from_secs(60), "{shown}: {time:?}");
    answer.map(|rows| rows[0].get("n").unwrap().clone()).map_err(|error| {
        assert_eq!(error.code(), "store_query_refused", "{shown}: {error}");
        error.to_string()
    })
}

fn ask(store: &SqliteStore, sql: &str) -> Result<SqlValue, String> {
    ask_within(store, sql, 60_000)
}

#[test]
fn a_single_call_of_a_function_is_bounded() {
    let (_folder, store) = store();
    let json = format!("'{{' || replace(substr({LONG}, 1, 400000), 'a', '\"a\":1,') || '\"b\":2}}'");
    for (sql, answer) in [
        (format!("instr({LONG}, {PART})"), 0),
        (format!("length(replace({LONG}, {PART}, 'c'))"), 4_000_000),
        (format!("length(trim({LONG}, printf('%.*c', 2000000, 'b') || 'a'))"), 0),
        (format!("length(upper({LONG}))"), 4_000_000),
        (format!("json_array_length(json_array({LONG}))"), 1),
        (format!("{LONG} LIKE '%a%a%a%a%a%a%a%a%a%a%b'"), 0),
        (format!("{LONG} GLOB '*[b-z]*[b-z]*[b-z]*[b-z]*[b-z]*'"), 0),
        (format!("json_extract({json}, '$.c') IS NULL"), 1),
        ("length(printf('%.4000000f', 0.1))".to_owned(), 4_000_002),
    ] {
        let said = ask(&store, &format!("SELECT {sql} AS n"));
        assert_eq!(said, Ok(SqlValue::Integer(answer)), "{sql}");
    }
    for (sql, problem) in [
        (format!("{LONG} LIKE '%' || {PART}"), "LIKE or GLOB pattern too complex"),
        (format!("json_patch({json}, {json})"), "not authorized to call `json_patch`"),
        (format!("unhex({LONG}, {PART})"), "not authorized to call `unhex`"),
        ("length(randomblob(4000000))".to_owned(), "not authorized to call `randomblob`"),
        ("load_extension('x')".to_owned(), "not authorized to call `load_extension`"),
        (format!("replace({LONG}, 'a', {LONG})"), "too long"),
        (format!("hex({LONG})"), "a value has more than 4 MiB"),
        (format!("length(upper({LONG} || {LONG}))"), "a value has more than 4 MiB"),
        ("length(zeroblob(5000000) || '')".to_owned(), "a value has more than 4 MiB"),
        ("(SELECT group_concat(value || 'xx') FROM json_each('[' || replace(printf('%.*c', 500000, 'a'), 'a', '0.1e99,') || '1]'))".to_owned(), "a value has more than 4 MiB"),
    ] {
        let said = ask(&store, &format!("SELECT {sql} AS n")).unwrap_err();
        assert!(said.contains(problem), "{sql}: {said}");
    }
}

#[test]
fn our_own_functions_answer_as_those_of_sqlite() {
    let (_folder, store) = store();
    let plain = rusqlite::Connection::open_in_memory().unwrap();
    let texts = [
        "NULL",
        "''",
        "'a'",
        "'Küche'",
        "'che'",
        "'ü'",
        "'aXbXa'",
        "'X'",
        "'xxaxx'",
        "x'6100ff'",
        "x'ff'",
        "12",
        "-0.5",
    ];
    for (one, two) in texts.iter().flat_map(|one| texts.iter().map(move |two| (one, two))) {
        let mut calls: Vec<String> =
            ["trim", "ltrim", "rtrim", "instr"].map(|name| format!("{name}({one}, {two})")).into();
        calls.extend(["'12'", "''", "NULL"].map(|with| format!("replace({one}, {two}, {with})")));
        for call in calls {
            // SQLite's own functions count the bytes of a blob beside a text, or keep bytes that are no text.
            if call.contains("x'") && !(call.starts_with("instr") && one.starts_with('x') && two.starts_with('x')) {
                continue;
            }
            let sql = format!("SELECT CAST({call} AS TEXT) AS n");
            let own: Option<String> = plain.query_row(&sql, [], |row| row.get(0)).unwrap();
            let ours = ask(&store, &sql).unwrap();
            assert_eq!(ours, own.map_or(SqlValue::Null, SqlValue::Text), "{sql}");
        }
    }
}

#[test]
fn many_calls_are_refused_many_rows_are_interrupted_and_nothing_needs_all_memory() {
    let (_folder, store) = store();
    let sum = |part: &str, count: usize| vec![part; count].join(" + ");
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let long = format!("WITH l AS MATERIALIZED (SELECT {LONG} AS t)");
    for sql in [
        format!("{numbers} SELECT count(*) AS n FROM n"),
        format!("{numbers} SELECT i AS n FROM n ORDER BY -i"),
        format!("{numbers} SELECT a.i AS n FROM n a, n b, n c ORDER BY random()"),
        format!("{numbers} SELECT sum(length(upper(printf('%.*c', 4000000, 'a')))) AS n FROM n"),
        format!("{numbers} SELECT max(instr({LONG}, 'b' || i)) AS n FROM n"),
        format!("{numbers} SELECT group_concat(i) OVER (ORDER BY i) AS n FROM n"),
        format!("{long}, {} SELECT max({}) AS n FROM n, l", &numbers[15..], sum("instr(t, 'b' || i)", 20)),
        format!(
            "{long}, {} SELECT max(json_extract('[\"' || t || '\"]', '$[' || i || ']')) AS n FROM n, l",
            &numbers[15..]
        ),
    ] {
        let said = ask_within(&store, &sql, 100).unwrap_err();
        assert!(said.contains("took longer than 0.1 seconds"), "{sql}: {said}");
    }

    let doubled: String =
        (1..40).map(|level| format!(", c{level} AS (SELECT a.v FROM c{0} a, c{0} b)", level - 1)).collect();
    for (sql, problem) in [
        (format!("{long} SELECT {} AS n FROM l", sum("instr(t, 'b')", 300)), "too many expressions"),
        (format!("{long} SELECT {} AS n FROM l", sum("length(upper(t))", 150)), "too many expressions"),
        (format!("WITH c0 AS (SELECT 1 AS v){doubled} SELECT count(*) AS n FROM c39"), "nested too deep"),
        (format!("SELECT 1 AS n WHERE 1 IN ({})", vec!["2"; 60_000].join(",")), "the query is too long"),
        (format!("SELECT '{}' AS n", "x".repeat(200_000)), "select less"),
        (format!("SELECT {} AS n", vec!["1"; 300].join(" , ")), "200 columns"),
        ("SELECT count(*) AS n FROM dbstat".to_owned(), "can only read"),
        (format!("SELECT 1 AS n FROM {}", vec!["device"; 70].join(" JOIN ")), "64"),
        (format!("SELECT {}1{} AS n", "(".repeat(3_000), ")".repeat(3_000)), "Recursion limit"),
        (format!("SELECT {} AS n", sum("1", 1_100)), "maximum depth 1000"),
        (vec!["SELECT 1 AS n"; 60].join(" UNION ALL "), "too many terms"),
    ] {
        let said = ask(&store, &sql).unwrap_err();
        assert!(said.contains(problem), "{problem}: {said}");
    }
}

#[test]
fn a_query_whose_subqueries_would_multiply_is_answered() {
    let (_folder, store) = store();
    let nested = |levels: u32| {
        let steps: String =
            (1..=levels).map(|level| format!(", c{level} AS (SELECT v + v AS v FROM c{})", level - 1)).collect();
        format!(
            "WITH c0 AS (SELECT rootpage / rootpage AS v FROM sqlite_schema WHERE name = 'device'){steps} SELECT v AS n FROM c{levels}"
        )
    };
    for levels in [1, 3, 12, 40, 60] {
        assert_eq!(ask(&store, &nested(levels)), Ok(SqlValue::Integer(1 << levels)), "{levels}");
    }
}

#[test]
fn an_ordinary_report_is_answered() {
    let (_folder, store) = store();
    let many: Vec<String> = (0..2_000).map(|number| format!("'{number:024x}'")).collect();
    for sql in [
        "SELECT version, value FROM counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC"
            .to_owned(),
        "SELECT id, seen_at, outcome_target FROM devices WHERE product = 1000 AND outcome_result = 'failed'".to_owned(),
        "SELECT at, actor, command, subject FROM audit WHERE product = 1000 ORDER BY at DESC LIMIT 20".to_owned(),
        "SELECT at, device, name, data FROM events WHERE product = 1000 ORDER BY at DESC LIMIT 20".to_owned(),
        "SELECT body ->> 'name' FROM record WHERE kind = 'product'".to_owned(),
        "SELECT devices.*, claimed_by, counter, command, data FROM devices JOIN registry USING (id)
            JOIN counters LEFT JOIN audit LEFT JOIN events"
            .to_owned(),
        "SELECT j.key, j.value FROM record, json_each(body) AS j WHERE kind = 'product'".to_owned(),
        "SELECT d.product, count(*) AS all_of_them, group_concat(d.id) AS ids, max(date(d.seen_at)) AS last,
            CAST(round(100.0 * sum(d.online) / count(*), 1) AS TEXT) || ' %' AS share
            FROM devices d WHERE d.name LIKE '%pump%' GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC"
            .to_owned(),
        format!("SELECT id FROM devices WHERE id IN ({})", many.join(",")),
        "PRAGMA table_info(device)".to_owned(),
        "EXPLAIN QUERY PLAN SELECT * FROM devices".to_owned(),
        "EXPLAIN SELECT * FROM devices".to_owned(),
        "-- a remark\n;; /* another */ SELECT 1 AS n;".to_owned(),
    ] {
        store.query(&Query::new(&sql)).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
}
