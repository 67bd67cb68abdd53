//! The database itself: who may use its schema, who creates it, what people find in it and what the server does for
//! each connect.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::common;

use common::load::{NOW, product};
use common::{Schema, schema};
use fleet_core::device::{Mark, Report, Trail};
use fleet_core::store::{Commit, CommitOutcome, Key, Record, Stamp, Store, StoreErrorKind, Tally, Write};
use fleet_core::{Fleet, ProductId};
use fleet_store_postgres::{Options, PostgresStore};
use postgres::{Client, NoTls};
use std::thread;
use std::time::{Duration, Instant};

fn client(schema: &Schema) -> Client {
    let mut client = Client::connect(&schema.url, NoTls).unwrap();
    client.batch_execute(&format!("SET search_path = {}", schema.name)).unwrap();
    client
}

fn refusal(schema: &Schema) -> (StoreErrorKind, String) {
    let error = PostgresStore::open_with(&schema.url, schema.options()).unwrap_err();
    (error.kind(), error.to_string())
}

fn count(store: &dyn Store) -> CommitOutcome {
    let key = Key::Tally(ProductId::new(1).unwrap(), Tally::Members, 0);
    store.commit(&[Commit { checks: Vec::new(), writes: vec![Write::Add { key, delta: 1 }] }]).unwrap()[0]
}

#[test]
fn many_stores_that_open_a_new_database_create_its_schema_once() {
    let schema = schema();
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| assert_eq!(count(&schema.open()), CommitOutcome::Applied));
        }
    });
    let row = client(&schema).query_one("SELECT count(*), max(version) FROM fleet_store", &[]).unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i32>(1)), (1, 4));
    assert_eq!(client(&schema).query_one("SELECT sum(value)::int8 FROM tally", &[]).unwrap().get::<_, i64>(0), 8);
}

#[test]
fn a_schema_of_another_program_is_refused_and_not_changed() {
    let schema = schema();
    let name = &schema.name;
    client(&schema).batch_execute(&format!("CREATE SCHEMA {name}; CREATE TABLE {name}.device (mine int)")).unwrap();
    let message =
        format!("`postgres` on 127.0.0.1 (schema `{name}`) belongs to another program; choose another schema");
    assert_eq!(refusal(&schema), (StoreErrorKind::NotOurs, message));
    let columns = "SELECT count(*) FROM information_schema.columns WHERE table_schema = $1";
    assert_eq!(client(&schema).query_one(columns, &[name]).unwrap().get::<_, i64>(0), 1);
    // An empty schema that was created for the store may be used.
    client(&schema).batch_execute(&format!("DROP TABLE {name}.device")).unwrap();
    assert_eq!(count(&schema.open()), CommitOutcome::Applied);
}

/// What the code of schema 1 created and wrote: a device that had been connected and had received three directives, and
/// its entry in the registry.
#[test]
fn a_schema_of_version_1_is_brought_up_to_date() {
    let schema = schema();
    let name = &schema.name;
    let first = include_str!("../../src/schema/1.sql");
    let rows = "INSERT INTO fleet_store VALUES (1);
        INSERT INTO registration VALUES (1, 94, NULL, NULL, 0, false, decode('55ff6d04498b49a1b2c3d4e5', 'hex'), NULL);
        INSERT INTO device (product, stamp, added_at, sequence, security_counter, seen_at, session, version_since, version,
            standing, failures, image, platform, development, forced, takes_updates, online, id, outcome_at,
            outcome_target, outcome_result)
        VALUES (94, 2, 0, 3, 7, 5, 7, 5, 1, 0, 0, 0, 0, false, false, true, false,
            decode('55ff6d04498b49a1b2c3d4e5', 'hex'), 6, 2, 2)";
    client(&schema).batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}; {first}; {rows}")).unwrap();
    let store = schema.open();
    let (product, device) = (ProductId::new(94).unwrap(), "55ff6d04498b49a1b2c3d4e5".parse().unwrap());
    let found = store.get(&[Key::Device(product, device), Key::Registration(device)]).unwrap();
    let [Some(row), Some(entry)] = &found[..] else { panic!("{found:?}") };
    let (Record::Device(row), Record::Registration(entry)) = (&row.record, &entry.record) else { panic!("{found:?}") };
    assert_eq!((row.sequence, row.security_counter, row.is_online(), row.relapses), (3, 7, false, 0));
    assert_eq!((row.trail.get(), entry.sequence, &entry.trail), (Trail::default(), 0, &None));
    assert_eq!(row.chip_revision, None);
    let mut after = row.clone();
    after.chip_revision = Some(301);
    after.trail = Trail { newest: Mark::new(u64::MAX, None), ended: Mark::new(0, Some(NOW)) }.into();
    let put = Write::Put { key: Key::Device(product, device), record: Record::Device(after.clone()), stamp: Stamp(3) };
    store.commit(&[Commit { checks: Vec::new(), writes: vec![put] }]).unwrap();
    let found = store.get(&[Key::Device(product, device)]).unwrap().remove(0).unwrap();
    assert_eq!(found.record, Record::Device(after));
    let seen = client(&schema).query_one("SELECT newest_session, outcome_result FROM devices", &[]).unwrap();
    assert_eq!((seen.get::<_, i64>(0), seen.get::<_, &str>(1)), (-1, "runs_another"));
}

/// What the code of schemas 2 and 3 created and wrote: the order of a device's connections, and a directive number.
#[test]
fn schemas_of_versions_2_and_3_are_brought_up_to_date() {
    for version in [2, 3] {
        let schema = schema();
        let name = &schema.name;
        let migrations = [
            include_str!("../../src/schema/1.sql"),
            include_str!("../../src/schema/2.sql"),
            include_str!("../../src/schema/3.sql"),
        ];
        let rows =
            "INSERT INTO registration (stamp, product, registered, id, sequence, newest_session, security_counter)
            VALUES (1, 94, false, decode('55ff6d04498b49a1b2c3d4e5', 'hex'), 4, 9, 0);
            INSERT INTO device (product, stamp, added_at, sequence, security_counter, seen_at, session, version_since,
                version, standing, failures, image, platform, development, forced, takes_updates, online, id,
                outcome_at, outcome_target, outcome_result, newest_session, ended_session, ended_at, listed, relapses)
            VALUES (94, 2, 0, 3, 7, 5, 7, 5, 1, 0, 0, 0, 0, false, false, true, false,
                decode('55ff6d04498b49a1b2c3d4e5', 'hex'), 6, 2, 3, 9, 8, 1457438400000, 1, 2)";
        let older = migrations[..version].join(";");
        let sql = format!("CREATE SCHEMA {name}; SET search_path = {name}; {older}; {rows}");
        client(&schema).batch_execute(&sql).unwrap();
        client(&schema).batch_execute(&format!("INSERT INTO fleet_store VALUES ({version})")).unwrap();
        let store = schema.open();
        let (product, device) = (ProductId::new(94).unwrap(), "55ff6d04498b49a1b2c3d4e5".parse().unwrap());
        let found = store.get(&[Key::Device(product, device), Key::Registration(device)]).unwrap();
        let [Some(row), Some(entry)] = &found[..] else { panic!("{found:?}") };
        let (Record::Device(row), Record::Registration(entry)) = (&row.record, &entry.record) else {
            panic!("{found:?}")
        };
        let ended = Mark::new(8, Some(NOW));
        assert_eq!(row.trail.get(), Trail { newest: Mark::new(9, None), ended }, "version {version}");
        assert_eq!((row.relapses, row.chip_revision, entry.sequence), (2, None, 4));
        let seen = client(&schema).query_one("SELECT outcome_result, chip_revision FROM devices", &[]).unwrap();
        assert_eq!((seen.get::<_, &str>(0), seen.get::<_, Option<i32>>(1)), ("withdrawn", None));
        let found = client(&schema).query_one("SELECT version FROM fleet_store", &[]).unwrap();
        assert_eq!(found.get::<_, i32>(0), 4);
    }
}

#[test]
fn a_newer_schema_is_refused() {
    let schema = schema();
    drop(schema.open());
    client(&schema).batch_execute("UPDATE fleet_store SET version = 99").unwrap();
    let name = &schema.name;
    let message = format!(
        "`postgres` on 127.0.0.1 (schema `{name}`) has schema 99, and this program supports up to 4; update the program"
    );
    assert_eq!(refusal(&schema), (StoreErrorKind::NewerSchema, message));
}

#[test]
fn the_tests_run_where_the_folder_of_temporary_files_has_a_long_name_with_blanks() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join(format!("a b/{}", "x".repeat(120)));
    std::fs::create_dir_all(&long).unwrap();
    // The server runs as another user if the tests run as root.
    for folder in long.ancestors().take(3) {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let test = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["database::a_newer_schema_is_refused", "--exact"])
        .env("TMPDIR", &long)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&test.stdout);
    assert!(test.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn errors_of_opening_have_a_message_without_the_password() {
    let hasty = || Options::new().patience(Duration::from_millis(200));
    let port = fleet_postgres_server::shared().unwrap().port();
    for (url, options, kind, says) in [
        ("postgresql://f:hunter2@127.0.0.1:1/fleet", hasty(), StoreErrorKind::Unavailable, "cannot be reached"),
        ("postgresql://f:hunter2@127.0.0.1:many/x", hasty(), StoreErrorKind::Other, "cannot read the URL"),
        ("postgresql://f:b@hunter2@127.0.0.1:1/x", hasty(), StoreErrorKind::Other, "as `%40`"),
        (
            &format!("postgresql://fleet:hunter2@127.0.0.1:{port}/none"),
            hasty(),
            StoreErrorKind::Other,
            "does not exist",
        ),
        (
            &format!("postgresql://nobody:hunter2@127.0.0.1:{port}/postgres"),
            hasty(),
            StoreErrorKind::Other,
            "refused the login",
        ),
        ("postgresql://f:hunter2@127.0.0.1/x", hasty().schema("a\"; DROP"), StoreErrorKind::Other, "choose letters"),
    ] {
        let begun = Instant::now();
        let error = PostgresStore::open_with(url, options).unwrap_err();
        assert_eq!(error.kind(), kind, "{url}: {error}");
        assert!(error.to_string().contains(says), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{url} took {:?}", begun.elapsed());
    }
}

#[test]
fn people_find_devices_counters_and_audit_records_by_sql() {
    let schema = schema();
    let fleet = Fleet::open(schema.open());
    let product = product(&fleet);
    assert_eq!(product.get(), 1000);
    let id = "0100000000000000000000a0".parse().unwrap();
    let report = Report::new(id).product(1000).version(3).session(1).at(NOW);
    fleet.gateway(NOW).connect(&report).unwrap();
    let mut client = client(&schema);
    for documented in [
        "SELECT version, value FROM fleet.counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC",
        "SELECT id, seen_at, outcome_target FROM fleet.devices WHERE product = 1000 AND outcome_result = 'failed'",
        "SELECT at, actor, command, subject FROM fleet.audit WHERE product = 1000 ORDER BY at DESC LIMIT 20",
        "SELECT at, device, name, data FROM fleet.events WHERE product = 1000 ORDER BY at DESC LIMIT 20",
        "SELECT body ->> 'name' FROM fleet.record WHERE kind = 'product'",
    ] {
        assert!(include_str!("../../src/lib.rs").contains(documented), "{documented}");
        client.query(&documented.replace("fleet.", ""), &[]).unwrap();
    }
    let row = client.query_one("SELECT version, value::int8 FROM counters WHERE counter = 'version'", &[]).unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, i64>(1)), (3, 1));
    let seen =
        "SELECT to_char(seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), standing, online FROM devices WHERE id = $1";
    let row = client.query_one(seen, &[&id.to_string()]).unwrap();
    assert_eq!((row.get(0), row.get(1), row.get(2)), ("2016-03-08 12:00", "member", true));
    let row = client.query_one("SELECT command, actor FROM audit ORDER BY at LIMIT 1", &[]).unwrap();
    assert!(!row.get::<_, &str>(1).is_empty());
    assert_eq!(
        client.query_one("SELECT body ->> 'name' FROM record WHERE kind = 'product'", &[]).unwrap().get::<_, &str>(0),
        "Thermostat"
    );
}

#[test]
fn a_connect_updates_its_device_within_its_page() {
    let mut schema = schema();
    // In a database of its own: an old version of a row is kept while any transaction of its database might see it.
    client(&schema).batch_execute(&format!("CREATE DATABASE {}", schema.name)).unwrap();
    schema.url = schema.url.replace("/postgres", &format!("/{}", schema.name));
    let fleet = Fleet::open(schema.open());
    let product = product(&fleet);
    let ids: Vec<_> = fleet
        .console(fleet_core::Actor::Operator, NOW)
        .product(product)
        .devices(&Default::default(), None, 48)
        .unwrap()
        .items;
    // A few devices of each page at a time, as in a real fleet.
    for (session, some) in (1..80).zip(ids.chunks(8).cycle()) {
        let reports: Vec<Report> = some
            .iter()
            .map(|view| Report::new(view.id).product(1000).version(session as u16).session(session).at(NOW))
            .collect();
        fleet.gateway(NOW).connect_many(&reports).unwrap();
    }
    drop(fleet);
    let mut client = client(&schema);
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'device' AND schemaname = $1";
    let begun = Instant::now();
    loop {
        // A connection reports its statistics when it ends.
        let row = client.query_one(sql, &[&schema.name]).unwrap();
        let (updates, within): (i64, i64) = (row.get(0), row.get(1));
        if updates >= 79 * 8 {
            // If a changed column were in an index, no update would stay in its page. On a server that all tests share,
            // an old transaction may keep old versions of rows, so some updates leave their page.
            assert!(within * 10 >= updates * 6, "{within} of {updates} updates were within their page");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "only {updates} updates were counted");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_changed_product_is_sent_and_decoded_only_once_more() {
    let schema = schema();
    let fleet = Fleet::open(schema.open());
    let product = product(&fleet);
    let product_row = || fleet.store().get(&[Key::Product(product)]).unwrap().remove(0).unwrap();
    let before = product_row();
    let put =
        Write::Put { key: Key::Product(product), record: before.record.clone(), stamp: Stamp(before.stamp.0 ^ 1) };
    fleet.store().commit(&[Commit { checks: Vec::new(), writes: vec![put] }]).unwrap();
    let after = product_row();
    assert_ne!(after.stamp, before.stamp);
    // Now it is not a valid product: reading it from the database fails.
    let sql = "UPDATE record SET body = '{}' WHERE kind = 'product'";
    assert_eq!(client(&schema).execute(sql, &[]).unwrap(), 1);
    assert_eq!(product_row(), after);
    assert!(schema.open().get(&[Key::Product(product)]).is_err(), "`{{}}` was accepted as a product");
}

#[test]
fn a_walk_over_all_rows_has_no_time_limit() {
    let schema = schema();
    // Creating the schema may take longer than the timeout used afterwards.
    drop(schema.open());
    let store =
        PostgresStore::open_with(&schema.url, schema.options().statement_timeout(Duration::from_millis(200))).unwrap();
    let fleet = Fleet::open(store);
    let product = product(&fleet);
    let mut seen = 0;
    let slow = &mut |_: &Key, _: &_| {
        thread::sleep(Duration::from_millis(10));
        seen += 1;
    };
    fleet.store().for_each(&Key::devices(product), slow).unwrap();
    assert_eq!(seen, 48);
}

#[test]
fn a_storm_on_one_record_ends_and_its_retries_are_counted() {
    let schema = schema();
    let store =
        PostgresStore::open_with(&schema.url, schema.options().connections(8).patience(Duration::from_secs(60)))
            .unwrap();
    thread::scope(|threads| {
        for _ in 0..32 {
            threads.spawn(|| (0..8).for_each(|_| assert_eq!(count(&store), CommitOutcome::Applied)));
        }
    });
    let row = client(&schema).query_one("SELECT sum(value)::int8 FROM tally", &[]).unwrap();
    assert_eq!(row.get::<_, i64>(0), 32 * 8);
    assert!(store.retries() > 0, "32 threads never conflicted");
}

#[test]
fn a_connection_that_the_server_ended_while_it_was_idle_is_not_used_again() {
    let schema = schema();
    let url = format!("{}{}application_name=ended", schema.url, if schema.url.contains('?') { '&' } else { '?' });
    let store = PostgresStore::open_with(&url, schema.options()).unwrap();
    assert_eq!(count(&store), CommitOutcome::Applied);
    let mut client = client(&schema);
    let ended = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'ended'";
    assert!(client.query_one(ended, &[]).unwrap().get::<_, i64>(0) > 0, "there was no idle connection");
    assert_eq!(count(&store), CommitOutcome::Applied);
    assert_eq!(store.retries(), 0, "the commit was sent over a connection that was known to be closed");
    let row = client.query_one("SELECT sum(value)::int8 FROM tally", &[]).unwrap();
    assert_eq!(row.get::<_, i64>(0), 2);
}

#[test]
fn a_store_may_be_called_from_within_a_runtime() {
    let schema = schema();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { assert_eq!(count(&schema.open()), CommitOutcome::Applied) });
}
