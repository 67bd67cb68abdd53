//! The doors as bindings use them.

use fleet_bindings::doors::{Door, OPERATIONS};
use fleet_bindings::shapes::{Command, DeviceFilter, ImportVerdict, Interval, Money, Rule, Standing};
use fleet_bindings::{Failure, FailureKind, Fleet, FleetOptions, Moment, NotFoundFailure, Report};
use std::collections::BTreeSet;

const NOON: Option<Moment> = Some(Moment::from_millis(1_457_438_400_000));
const DEVICE: &str = "aa0000000000000000000001";

fn open(url: &str) -> Result<Fleet, Failure> {
    Fleet::open(url, FleetOptions::default())
}

#[test]
fn a_fleet_can_be_reopened_by_the_url_of_its_store() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/fleet.db", folder.path().display());
    let fleet = open(&url).unwrap();
    let alice = fleet.operator(NOON).create_account("alice@example.com").unwrap();
    fleet.close();
    let again = open(&format!("{url}?synchronous=normal")).unwrap();
    assert_eq!(again.operator(NOON).create_account("alice@example.com").unwrap_err().code, "taken");
    assert_eq!((alice.created_at, alice.locked_at), (NOON.unwrap(), None));
}

#[test]
fn an_invalid_store_url_is_rejected() {
    for url in ["", "memory", "memory:x", "sqlite:", "mongo://x", "sqlite:x?synchronous=never", "sqlite:x?sync=full"] {
        assert_eq!(open(url).unwrap_err().code, "invalid", "{url}");
    }
}

#[test]
fn every_door_of_a_closed_fleet_rejects_calls() {
    let fleet = open("memory:").unwrap();
    let (console, gateway) = (fleet.operator(NOON), fleet.gateway(NOON));
    fleet.close();
    fleet.close();
    let error = console.create_account("alice@example.com").unwrap_err();
    assert_eq!((error.code.as_str(), error.is_transient), ("store_failed", false));
    assert!(gateway.disconnect(DEVICE, None, None, None).unwrap_err().message.contains("closed"));
}

#[test]
fn a_failure_has_its_code_and_the_data_to_branch_on() {
    let fleet = open("memory:").unwrap();
    let refused = fleet.operator(NOON).product(94).unwrap().get().unwrap_err();
    assert_eq!(refused.kind, FailureKind::NotFound(NotFoundFailure { what: "product".to_owned() }));
    for error in [fleet.console(0, NOON).unwrap_err(), fleet.console(-1, NOON).unwrap_err()] {
        assert_eq!((error.code.as_str(), error.kind.name()), ("invalid", "Invalid"));
    }
}

#[test]
fn a_stable_name_is_parsed_and_an_unknown_one_is_rejected() {
    for standing in Standing::ALL {
        assert_eq!(standing.word().parse::<Standing>().unwrap(), *standing);
    }
    assert!("Member".parse::<Standing>().unwrap_err().message.contains("member, quarantined, denied"));
    assert_eq!(Rule::GroupRelease.word(), "group_release");
}

#[test]
fn a_report_is_read_and_an_invalid_field_is_rejected() {
    let report = Report {
        device: DEVICE.to_owned(),
        product: Some(94),
        version: Some(1),
        image: None,
        platform: Some("photon".to_owned()),
        system: Some("0.4.9".to_owned()),
        security_counter: None,
        chip_revision: None,
        takes_updates: None,
        session: None,
        reported_at: None,
    };
    let read = report.read().unwrap();
    assert_eq!((read.at, read.session, read.takes_updates), (None, 0, true));
    for report in [
        Report { device: "55ff".to_owned(), ..report.clone() },
        Report { image: Some("55ff".to_owned()), ..report.clone() },
        Report { platform: Some("toaster".to_owned()), ..report.clone() },
        Report { session: Some(-1), ..report.clone() },
    ] {
        assert_eq!(report.read().unwrap_err().code, "invalid", "{report:?}");
    }
}

#[test]
fn amounts_and_intervals_convert_to_the_core_and_back() {
    let fleet = open("memory:").unwrap();
    let alice = fleet.operator(NOON).create_account("alice@example.com").unwrap().id;
    let console = fleet.console(alice, NOON).unwrap();
    let product = console.create_product("Thermostat", "photon").unwrap().id;
    let price = Money { minor: 12_300, currency: "usd".to_owned() };
    let operator = fleet.operator(NOON).product(product).unwrap();
    operator.agree_price("Enterprise", Interval::Annual, Some(price)).unwrap();
    let thermostat = console.product(product).unwrap();
    let quote = thermostat.quote_upgrade("Enterprise", Interval::Annual).unwrap();
    // The period began at midnight: half a day of its 365 is over (R-BILL-5).
    assert_eq!(quote.due, Money { minor: 12_283, currency: "USD".to_owned() });
    assert!(thermostat.devices(DeviceFilter::default(), None, None).unwrap().items.is_empty());
}

#[test]
fn a_handle_prints_its_ids_and_reads_nothing() {
    let fleet = open("memory:").unwrap();
    let thermostat = fleet.operator(NOON).product(95).unwrap();
    let (hall, carl) = (thermostat.device(&DEVICE.to_uppercase()).unwrap(), thermostat.customer(7).unwrap());
    assert_eq!(thermostat.to_string(), "ProductConsole(95)");
    assert_eq!((hall.to_string(), hall.id()), (format!("DeviceConsole(95, {DEVICE})"), DEVICE.to_owned()));
    assert_eq!((carl.to_string(), carl.id()), ("CustomerConsole(95, 7)".to_owned(), 7));
    for error in [thermostat.get().unwrap_err(), hall.get().unwrap_err(), carl.get().unwrap_err()] {
        assert_eq!(error.code, "not_found");
    }
    assert_eq!(thermostat.device("55ff").unwrap_err().code, "invalid");
}

#[test]
fn no_operation_is_named_twice() {
    let names: BTreeSet<_> = OPERATIONS.iter().collect();
    assert_eq!(names.len(), OPERATIONS.len());
    assert!(OPERATIONS.iter().any(|operation| operation.door == Door::Clock));
}

#[test]
fn every_command_and_every_verdict_has_its_stable_name() {
    for command in fleet_core::team::Command::ALL {
        let name = serde_json::to_value(command).unwrap();
        let name = name.as_str().unwrap();
        assert_eq!(name.parse::<Command>().unwrap().word(), name);
    }
    assert_eq!(Command::ALL.len(), fleet_core::team::Command::ALL.len() + 1, "and one for newer commands");
    let sources = [
        include_str!("../../fleet-core/src/device/import/verdict.rs"),
        include_str!("../../fleet-core/src/device/import/malformed.rs"),
    ];
    let names = sources.iter().flat_map(|source| source.lines()).filter_map(|line| {
        let (variant, name) = line.trim().split_once(" => \"")?;
        variant.starts_with("Self::").then(|| name.strip_suffix("\",")).flatten()
    });
    let names: BTreeSet<&str> = names.filter(|name| !name.contains(' ')).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert_eq!(name.parse::<ImportVerdict>().unwrap().word(), name);
    }
}
