//! R-TEAM-4 on this store: the members and invitations of a team never exceed the tier's number of seats, whoever
//! invites, accepts and leaves at the same time.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]

use fleet_core::{AccountId, Actor, Fleet, ProductId, Timestamp};
use fleet_store_sqlite::SqliteStore;
use proptest::prelude::*;
use std::thread;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_millis(0);

/// An action of a thread with a person: invite, accept, leave, or withdraw the invitation.
type Step = (usize, u8);

fn seats(fleet: &Fleet, owner: AccountId, product: ProductId) -> usize {
    let team = fleet.console(owner, NOW).product(product).team().unwrap();
    team.members.len() + team.invited.len()
}

fn race(fleet: &Fleet, steps: &[Step]) {
    let operator = fleet.console(Actor::Operator, NOW);
    let owner = operator.create_account("owner@example.com").unwrap().id;
    let people: Vec<AccountId> =
        (0..8).map(|number| operator.create_account(&format!("p{number}@example.com")).unwrap().id).collect();
    let product = fleet.console(owner, NOW).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    thread::scope(|threads| {
        for steps in steps.chunks(steps.len().div_ceil(3)) {
            let people = &people;
            threads.spawn(move || {
                for (person, step) in steps {
                    let (account, email) = (people[*person], format!("p{person}@example.com"));
                    let _ = match step {
                        0 => fleet.console(owner, NOW).product(product).invite(&email).map(drop),
                        1 => fleet.console(account, NOW).product(product).accept_invitation(),
                        2 => fleet.console(account, NOW).product(product).leave_team(),
                        _ => fleet.console(owner, NOW).product(product).revoke_invitation(account),
                    };
                    let taken = seats(fleet, owner, product);
                    assert!(taken <= 5, "{taken} seats of 5");
                }
            });
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]

    #[test]
    fn seats_never_exceed_the_limit_in_memory_or_in_a_file(
        steps in proptest::collection::vec((0..8_usize, 0..4_u8), 12..36),
    ) {
        race(&Fleet::open(SqliteStore::in_memory().unwrap()), &steps);
        let folder = TempDir::new().unwrap();
        race(&Fleet::open(SqliteStore::open(folder.path().join("fleet.db")).unwrap()), &steps);
    }
}
