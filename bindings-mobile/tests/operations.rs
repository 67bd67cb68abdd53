//! Swift and Kotlin are generated from these sources: a method here is a method in both.

use fleet_bindings::doors::{Door, OPERATIONS};
use std::collections::BTreeSet;

const CONSOLE: &[&str] = &[
    include_str!("../src/console/products.rs"),
    include_str!("../src/console/people.rs"),
    include_str!("../src/console/devices.rs"),
    include_str!("../src/console/firmware.rs"),
    include_str!("../src/console/events.rs"),
    include_str!("../src/console/billing.rs"),
    include_str!("../src/console/handles.rs"),
];

/// Methods besides the operations: blocking versions, the fleet's doors, handles and their ids, a stream's own methods.
const BESIDES: &[&str] = &[
    "connect_blocking",
    "connect_many_blocking",
    "open",
    "open_store",
    "shut",
    "shut_within",
    "console",
    "product",
    "device",
    "customer",
    "id",
    "operator",
    "portal",
    "gateway",
    "clock",
    "start",
    "wait",
    "begin_wait",
    "ended",
    "stop",
    "next_events",
];

/// The methods of a type in these sources.
fn methods(of: &str, sources: &[&str]) -> BTreeSet<String> {
    let begin = format!("impl {of} {{");
    let blocks = sources.iter().flat_map(|source| source.split("\n}\n")).filter_map(|block| block.split_once(&begin));
    blocks
        .flat_map(|(_, block)| block.lines())
        .filter_map(|line| {
            let signature = line.trim_start().strip_prefix("pub ")?;
            let name = signature.strip_prefix("async fn ").or_else(|| signature.strip_prefix("fn "))?;
            Some(name.split('(').next()?.to_owned())
        })
        .filter(|name| !BESIDES.contains(&name.as_str()))
        .collect()
}

#[test]
fn every_method_of_a_door_is_an_operation_and_vice_versa() {
    for (door, of, sources) in [
        (Door::Console, "Console", CONSOLE),
        (Door::ProductConsole, "ProductConsole", CONSOLE),
        (Door::DeviceConsole, "DeviceConsole", CONSOLE),
        (Door::CustomerConsole, "CustomerConsole", CONSOLE),
        (Door::Portal, "Portal", &[include_str!("../src/portal.rs")][..]),
        (Door::Gateway, "Gateway", &[include_str!("../src/gateway.rs")]),
        (Door::Clock, "Clock", &[include_str!("../src/clock.rs")]),
        (Door::Fleet, "OpenFleet", &[include_str!("../src/fleet.rs")]),
    ] {
        let expected: BTreeSet<String> =
            OPERATIONS.iter().filter(|listed| listed.door == door).map(|listed| listed.name.to_owned()).collect();
        assert_eq!(methods(of, sources), expected, "{door:?}");
    }
}
