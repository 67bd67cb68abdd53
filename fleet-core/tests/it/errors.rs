//! Errors state what to do next, hide what the caller may not see, and never echo a secret or a huge text (R-TEAM-6,
//! R-IMP-5).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{V1, World, account, at, device, list, product, version};
use fleet_core::billing::{CardToken, ExpiryMonth, Interval, NewCard};
use fleet_core::customer::{CustomerFilter, CustomerId, Identity, Scope, TokenId};
use fleet_core::device::{Correction, DeviceFilter, Report};
use fleet_core::event::{Destination, EventFilter, NewSubscription};
use fleet_core::firmware::{Change, Upload};
use fleet_core::product::GroupId;
use fleet_core::{
    AccountId, Actor, CancelToken, Console, DeviceId, Error, FirmwareVersion, MemoryStore, Platform, Policy, ProductId,
};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The actors that a console's command is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    /// The team of the product, and operators.
    Team,
    /// The owner of the product, and operators.
    Owner,
    /// The owner of the product alone: it is their card.
    OwnerAlone,
    /// An account, about itself, and operators.
    OwnAccount,
    /// A member of the team, for themselves.
    Oneself,
    /// An invited account.
    Invited,
    /// Operators, for a product that they name.
    Operator,
    /// Operators, for no existing product.
    OperatorAlone,
    /// Any account, for itself.
    Account,
    /// Anybody: the answer is about the caller.
    Anybody,
}

type Ask = fn(&Console<'_>, ProductId) -> Result<(), Error>;

fn one() -> FirmwareVersion {
    version(1)
}

/// Every method of a console: the actors that it is for (the matrix of R-TEAM-6), and its call for a product.
const METHODS: &[(&str, For, Ask)] = &[
    ("product", For::Team, |console, id| console.product(id).map(drop)),
    ("rename_product", For::Team, |console, id| console.rename_product(id, "Other").map(drop)),
    ("set_policy", For::Team, |console, id| console.set_policy(id, &Policy::default()).map(drop)),
    ("create_group", For::Team, |console, id| console.create_group(id, "Beta").map(drop)),
    ("delete_group", For::Team, |console, id| console.delete_group(id, GroupId::new(1))),
    ("device", For::Team, |console, id| console.device(id, device(1)).map(drop)),
    ("explain", For::Team, |console, id| console.explain(id, device(1)).map(drop)),
    ("name_device", For::Team, |console, id| console.name_device(id, device(1), "Desk")),
    ("mark_development", For::Team, |console, id| console.mark_development(id, device(1), true)),
    ("set_groups", For::Team, |console, id| console.set_groups(id, device(1), &BTreeSet::new())),
    ("approve_device", For::Team, |console, id| console.approve_device(id, device(2))),
    ("deny_device", For::Team, |console, id| console.deny_device(id, device(3))),
    ("undeny_device", For::Team, |console, id| console.undeny_device(id, device(3))),
    ("free_places", For::Team, |console, id| console.free_places(id).map(drop)),
    ("remove_device", For::Team, |console, id| console.remove_device(id, device(4))),
    ("plan_import", For::Team, |console, id| console.plan_import(id, list([9]).as_bytes()).map(drop)),
    ("import", For::Team, |console, id| console.import(id, list([9]).as_bytes()).map(drop)),
    ("plan_import_until", For::Team, |console, id| {
        console.plan_import_until(id, list([9]).as_bytes(), &CancelToken::new()).map(drop)
    }),
    ("import_watched", For::Team, |console, id| {
        console.import_watched(id, list([9]).as_bytes(), |_| ControlFlow::Continue(())).map(drop)
    }),
    ("summary", For::Team, |console, id| console.summary(id).map(drop)),
    ("devices", For::Team, |console, id| console.devices(id, &DeviceFilter::default(), None, 10).map(drop)),
    ("firmware", For::Team, |console, id| console.firmware(id).map(drop)),
    ("upload", For::Team, |console, id| console.upload(id, &Upload::new(one(), "One"), V1).map(drop)),
    ("edit_firmware", For::Team, |console, id| console.edit_firmware(id, one(), "Two", "").map(drop)),
    ("lock_and_flash_now", For::Team, |console, id| console.lock_and_flash_now(id, device(1), one()).map(drop)),
    ("lock_and_flash_on_reset", For::Team, |console, id| console.lock_and_flash_on_reset(id, device(1), one())),
    ("unlock", For::Team, |console, id| console.unlock(id, device(1))),
    ("force_update", For::Team, |console, id| console.force_update(id, device(1))),
    ("dry_run", For::Team, |console, id| console.dry_run(id, &Change::Nothing).map(drop)),
    ("release", For::Team, |console, id| console.release(id, one())),
    ("release_to_group", For::Team, |console, id| console.release_to_group(id, GroupId::new(1), None)),
    ("withdraw_release", For::Team, |console, id| console.withdraw_release(id)),
    ("delete_firmware", For::Team, |console, id| console.delete_firmware(id, one())),
    ("audit_log", For::Team, |console, id| console.audit_log(id, None, 10).map(drop)),
    ("correct_device", For::Operator, |console, id| {
        let correction = Correction { security_counter: Some(0), platform: None };
        console.correct_device(id, device(4), &correction)
    }),
    ("set_tier", For::Operator, |console, id| console.set_tier(id, "Small").map(drop)),
    ("create_account", For::OperatorAlone, |console, _| console.create_account("new@example.com").map(drop)),
    ("register_devices", For::OperatorAlone, |console, _| console.register_devices(&[(device(8), None)]).map(drop)),
    ("create_product_with_id", For::OperatorAlone, |console, id| {
        console.create_product_with_id(id, AccountId::new(1)?, "Moved", Platform::Particle(6)).map(drop)
    }),
    ("remove_product", For::OperatorAlone, |console, id| console.remove_product(id)),
    ("create_product", For::Account, |console, _| console.create_product("Mine", Platform::Particle(6)).map(drop)),
    ("claim_device", For::Account, |console, _| console.claim_device(device(7))),
    ("end_claim", For::Team, |console, _| console.end_claim(device(1))),
    ("account_audit_log", For::Team, |console, _| console.account_audit_log(AccountId::new(1)?, None, 10).map(drop)),
    ("unclaim_device", For::Account, |console, _| console.unclaim_device(device(7))),
    ("claimed_devices", For::Account, |console, _| console.claimed_devices(None, 10).map(drop)),
    ("products", For::Anybody, |console, _| console.products().map(drop)),
    ("team", For::Team, |console, id| console.team(id).map(drop)),
    ("configuration", For::Team, |console, id| console.configuration(id).map(drop)),
    ("configure", For::Team, |console, id| console.configure(id, "purpose", None)),
    ("manufacturing_readiness", For::Team, |console, id| console.manufacturing_readiness(id).map(drop)),
    ("start_manufacturing", For::Team, |console, id| console.start_manufacturing(id)),
    ("create_customer", For::Team, |console, id| console.create_customer(id, "carl", &Identity::Simple).map(drop)),
    ("customer", For::Team, |console, id| console.customer(id, CustomerId::new(1)?).map(drop)),
    ("customers", For::Team, |console, id| console.customers(id, &CustomerFilter::default(), None, 10).map(drop)),
    ("issue_token", For::Team, |console, id| {
        console.issue_token(id, CustomerId::new(1)?, &[Scope::See].into(), Duration::from_secs(60)).map(drop)
    }),
    ("revoke_token", For::Team, |console, id| console.revoke_token(id, CustomerId::new(1)?, TokenId(1))),
    ("remove_customer", For::Team, |console, id| console.remove_customer(id, CustomerId::new(1)?)),
    ("set_device_code", For::Team, |console, id| console.set_device_code(id, device(1), "STICKER-0001")),
    ("find_customer", For::Team, |console, id| {
        console.find_customer(id, &Identity::TwoLegged { user: "u-1".to_owned() }).map(drop)
    }),
    ("uninvite_from_beta", For::Team, |console, id| console.uninvite_from_beta(id, "carl")),
    ("renew_activation_code", For::Team, |console, id| console.renew_activation_code(id, "carl").map(drop)),
    ("invite_to_beta", For::Team, |console, id| console.invite_to_beta(id, b"carl").map(drop)),
    ("beta_guests", For::Team, |console, id| console.beta_guests(id, None, 10).map(drop)),
    ("invite", For::Owner, |console, id| console.invite(id, "third@example.com").map(drop)),
    ("revoke_invitation", For::Owner, |console, id| console.revoke_invitation(id, AccountId::new(3)?)),
    ("remove_member", For::Owner, |console, id| console.remove_member(id, AccountId::new(3)?)),
    ("quote_upgrade", For::Owner, |console, id| console.quote_upgrade(id, "Small", Interval::Monthly).map(drop)),
    ("upgrade", For::OwnerAlone, |console, id| {
        let quote = console.quote_upgrade(id, "Small", Interval::Monthly)?.id;
        console.upgrade(id, quote).map(drop)
    }),
    ("switch_interval", For::Owner, |console, id| console.switch_interval(id, Interval::Monthly)),
    ("set_currency", For::Owner, |console, id| console.set_currency(id, "EUR".parse()?)),
    ("billing_status", For::Owner, |console, id| console.billing_status(id).map(drop)),
    ("invoices", For::Owner, |console, id| console.invoices(id, None, 10).map(drop)),
    ("account_billing", For::OwnAccount, |console, _| console.account_billing(AccountId::new(1)?).map(drop)),
    ("account_invoices", For::OwnAccount, |console, _| {
        console.account_invoices(AccountId::new(1)?, None, 10).map(drop)
    }),
    ("set_card", For::Account, |console, _| {
        let (token, brand, last_four) = (CardToken::new("tok")?, "visa".to_owned(), "4242".to_owned());
        console.set_card(&NewCard { token, brand, last_four, expires: ExpiryMonth::new(2099, 1)? })
    }),
    ("remove_card", For::Account, |console, _| console.remove_card()),
    ("cancel_plan", For::Operator, |console, id| console.cancel_plan(id).map(drop)),
    ("downgrade", For::Operator, |console, id| console.downgrade(id, "Prototype").map(drop)),
    ("agree_price", For::Operator, |console, id| console.agree_price(id, "Enterprise", Interval::Annual, None)),
    ("write_off", For::Operator, |console, id| console.write_off(id, 1).map(drop)),
    ("leave_team", For::Oneself, |console, id| console.leave_team(id)),
    ("accept_invitation", For::Invited, |console, id| console.accept_invitation(id)),
    ("decline_invitation", For::Invited, |console, id| console.decline_invitation(id)),
    ("transfer_ownership", For::Operator, |console, id| console.transfer_ownership(id, AccountId::new(3)?)),
    ("set_account_lock", For::OperatorAlone, |console, _| {
        console.set_account_lock(AccountId::new(3)?, false).map(drop)
    }),
    ("usage", For::Team, |console, id| console.usage(id).map(drop)),
    ("events", For::Team, |console, id| console.events(id, &EventFilter::default(), None, 10).map(drop)),
    ("follow_events", For::Team, |console, id| console.follow_events(id, None, 10).map(drop)),
    ("event_stream", For::Team, |console, id| console.event_stream(id).map(drop)),
    ("read_event_stream", For::Team, |console, id| console.read_event_stream(&console.event_stream(id)?, 10).map(drop)),
    ("subscriptions", For::Team, |console, id| console.subscriptions(id).map(drop)),
    ("subscribe", For::Team, |console, id| {
        console.subscribe(id, &NewSubscription::new(Destination::LiveStream)).map(drop)
    }),
    ("unsubscribe", For::Team, |console, id| {
        let made = console.subscribe(id, &NewSubscription::new(Destination::LiveStream))?;
        console.unsubscribe(id, made.id)
    }),
    ("device_errors", For::Team, |console, id| console.device_errors(id).map(drop)),
    ("forget_device_errors", For::Team, |console, id| console.forget_device_errors(id, "panic")),
    ("invitations", For::Anybody, |console, _| console.invitations().map(drop)),
];

/// Product 94 with a member, a waiting device, firmware and a group; product 95, removed; accounts 1 to 3.
fn world() -> World {
    let world = World::new(Arc::new(MemoryStore::new()));
    let console = world.console(0);
    console.import(world.product, list([1, 3, 4]).as_bytes()).unwrap();
    console.upload(world.product, &Upload::new(one(), "First"), V1).unwrap();
    console.create_group(world.product, "Alpha").unwrap();
    for number in 1..3 {
        world.fleet.gateway(at(1)).connect(&common::report(number, 1, 1)).unwrap();
    }
    let removed = world.make_product(95, "photon");
    world.operator(1).remove_product(removed).unwrap();
    account(&world.fleet, "other");
    account(&world.fleet, "third");
    world
}

#[test]
fn no_method_of_a_console_is_missing_from_the_matrix_of_this_file() {
    fn methods(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                methods(&entry.path(), found);
                continue;
            }
            let mut inside = false;
            for line in std::fs::read_to_string(entry.path()).unwrap().lines() {
                inside = (inside || line.starts_with("impl Console<'_> {")) && line != "}";
                if let Some(rest) = line.strip_prefix("    pub fn ").filter(|_| inside) {
                    found.insert(rest.split(['(', '<']).next().unwrap().to_owned());
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    methods(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let listed: BTreeSet<String> = METHODS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(found, listed, "in the sources, against the table");
}

#[test]
fn an_outsider_cannot_tell_a_product_that_exists_from_one_that_does_not() {
    for outsider in [2, 999, u64::MAX] {
        for &(name, whose, ask) in METHODS {
            if matches!(whose, For::Account | For::OwnAccount | For::Anybody) {
                continue;
            }
            let world = world();
            let console = world.fleet.console(AccountId::new(outsider).unwrap(), at(2));
            let before = world.contents();
            let [here, removed, nowhere] = [94, 95, 96].map(|id| ask(&console, product(id)).unwrap_err());
            assert_eq!(here.to_string(), nowhere.to_string(), "{name} of account {outsider} (R-TEAM-6)");
            assert_eq!(removed.to_string(), nowhere.to_string(), "{name} of a removed product");
            let expected = if whose == For::OperatorAlone { "forbidden" } else { "not_found" };
            assert_eq!(here.code(), expected, "{name}: {here}");
            assert_eq!(world.contents(), before, "{name} changed something");
        }
    }
}

#[test]
fn members_and_operators_may_do_what_the_matrix_allows() {
    for &(name, whose, ask) in METHODS {
        for (who, operator) in [(Actor::Account(AccountId::new(1).unwrap()), false), (Actor::Operator, true)] {
            let world = world();
            let result = ask(&world.fleet.console(who, at(2)), world.product);
            let allowed = match whose {
                For::Team | For::Owner | For::OwnAccount | For::Anybody => true,
                For::Oneself | For::OwnerAlone => !operator,
                For::Invited => false,
                For::Operator | For::OperatorAlone => operator,
                For::Account => !operator,
            };
            let code = result.as_ref().err().map(Error::code);
            assert_eq!(code != Some("forbidden"), allowed, "{name} by {who}: {result:?}");
            if allowed && whose == For::Team {
                let hidden = "there is no such product, or it is not yours to see";
                assert!(result.as_ref().err().is_none_or(|error| error.to_string() != hidden), "{name} by {who}");
            }
        }
    }
}

#[test]
fn text_after_an_id_on_a_line_is_never_echoed() {
    const SECRET: &str = "KVMQ7PZR";
    let id = device(1);
    let lines = [
        format!("{id} {SECRET}"),
        format!("{id}{SECRET}"),
        format!("{id};{SECRET};{SECRET}"),
        format!("{SECRET} {id}"),
        format!("\"{id} {SECRET}\""),
        format!("55ff6d04498b49XXXXXXXXXX {SECRET}"),
        format!("0123 {SECRET}"),
        format!("{id}\t{SECRET}"),
        format!("{id}\u{a0}{SECRET}"),
    ];
    for file in lines.iter().cloned().chain([lines.join("\n"), lines.join("\r"), lines.join("\r\n")]) {
        for prelude in ["", "id,secret\n", "\u{feff}"] {
            let world = world();
            let console = world.console(2);
            let file = format!("{prelude}{file}");
            let shown = match console.import(world.product, file.as_bytes()) {
                Ok(report) => {
                    let verdicts: Vec<String> = report.lines.iter().map(|line| line.verdict.to_string()).collect();
                    format!("{report:?} {verdicts:?}")
                }
                Err(error) => format!("{error} {error:?}"),
            };
            let audit = format!("{:?}", console.audit_log(world.product, None, 1000).unwrap());
            assert!(!shown.contains(SECRET), "{file:?}: {shown}");
            assert!(!audit.contains(SECRET) && !format!("{:?}", world.contents()).contains(SECRET), "{file:?}");
        }
    }
}

#[test]
fn a_text_of_ten_megabytes_is_refused_in_one_sentence() {
    let world = world();
    let (console, id) = (world.console(2), world.product);
    let flood = "é".repeat(5 << 20);
    let before = world.contents();
    let upload = |title: &str, description: &str| {
        console.upload(id, &Upload { description, ..Upload::new(version(2), title) }, common::V2).map(drop)
    };
    let refusals = [
        ("product", console.create_product(&flood, Platform::Particle(6)).map(drop)),
        ("rename", console.rename_product(id, &flood).map(drop)),
        ("title", upload(&flood, "")),
        ("description", upload("Two", &flood)),
        ("edited title", console.edit_firmware(id, one(), &flood, "").map(drop)),
        ("edited description", console.edit_firmware(id, one(), "One", flood.as_str()).map(drop)),
        ("name", console.name_device(id, device(1), &flood)),
        ("group", console.create_group(id, &flood).map(drop)),
        ("e-mail", world.operator(2).create_account(&format!("{flood}@example.com")).map(drop)),
        ("e-mail of @", world.operator(2).create_account(&"@".repeat(10 << 20)).map(drop)),
        ("tier", world.operator(2).set_tier(id, &flood).map(drop)),
        ("platform", flood.parse::<Platform>().map(drop)),
        ("board", format!("mcuboot:{}", "a".repeat(10 << 20)).parse::<Platform>().map(drop)),
        ("system version", format!("1.2.3-{}", "a".repeat(10 << 20)).parse::<fleet_core::SystemVersion>().map(drop)),
        ("moment", flood.parse::<fleet_core::Timestamp>().map(drop)),
    ];
    for (what, refused) in refusals {
        let error = refused.expect_err(what);
        assert_eq!(error.code(), "invalid", "{what}: {error}");
        assert!(error.to_string().len() < 300, "{what}: {} bytes", error.to_string().len());
    }
    assert_eq!(world.contents(), before);
    let error = flood.parse::<DeviceId>().unwrap_err().to_string();
    assert_eq!(error, "a device id has 24 hexadecimal digits, this has 5242880 characters: copy the whole id");
}

#[test]
fn names_of_one_line_take_any_script_and_no_control_character() {
    let world = world();
    let (console, id) = (world.console(2), world.product);
    for name in ["Ünïcödé", "温度計", "מד חום", "🌡️ Thermostat", "a'b\"c`d", &"é".repeat(100)] {
        assert_eq!(console.rename_product(id, name).unwrap().name, name);
        console.name_device(id, device(1), name).unwrap();
        assert_eq!(world.row(1).name(), name);
    }
    assert_eq!(console.rename_product(id, "  Thermostat\t").unwrap().name, "Thermostat");
    for name in ["", " \n ", "a\0b", "a\u{1b}[31mb", "a\u{7f}b", "a\u{85}b", "two\nlines", "two\rlines"] {
        for refused in [
            console.rename_product(id, name).map(drop),
            console.create_group(id, name).map(drop),
            console.edit_firmware(id, one(), name, "").map(drop),
        ] {
            let error = refused.expect_err(&format!("{name:?}"));
            assert_eq!(error.code(), "invalid", "{name:?}: {error}");
            assert!(!error.to_string().contains(|c: char| c.is_control()), "{error:?}");
        }
    }
    // A description may have several lines.
    assert_eq!(console.edit_firmware(id, one(), "One", "two\nlines").unwrap().description, "two\nlines");
    assert!(console.edit_firmware(id, one(), "One", "a\0b").is_err());
}

#[test]
fn numbers_out_of_range_are_refused_with_the_range() {
    for number in [0, 65_535] {
        assert_eq!(ProductId::new(number).unwrap_err().code(), "invalid", "product {number}");
        let error = FirmwareVersion::new(number).unwrap_err();
        assert_eq!(error.to_string(), format!("version: {number} is out of range; choose 1 to 65534"));
    }
    for number in [65_536, u32::MAX] {
        assert!(ProductId::new(number).is_ok(), "product {number}");
        assert_eq!(FirmwareVersion::new(number).unwrap_err().code(), "invalid", "version {number}");
    }
    assert_eq!(AccountId::new(0).unwrap_err().code(), "invalid");
    let world = world();
    let (console, id) = (world.console(2), world.product);
    for limit in [0, 1001, usize::MAX] {
        let message = format!("limit: is {limit}; give 1 to 1000 items per page");
        let devices = console.devices(id, &DeviceFilter::default(), None, limit).unwrap_err();
        assert_eq!(devices.to_string(), message, "{limit}");
        assert_eq!(console.claimed_devices(None, limit).unwrap_err().to_string(), message, "{limit}");
        assert_eq!(console.audit_log(id, None, limit).unwrap_err().to_string(), message, "{limit}");
        assert_eq!(world.fleet.pending_notices(None, limit).unwrap_err().to_string(), message, "{limit}");
    }
    assert_eq!(console.devices(id, &DeviceFilter::default(), None, 1000).unwrap().items.len(), 3);
    let many: BTreeSet<GroupId> = (0..33).map(GroupId::new).collect();
    assert_eq!(console.set_groups(id, device(1), &many).unwrap_err().code(), "invalid");
    let gate = fleet_core::product::Gate { devices: 10_001, soak_millis: 0 };
    assert_eq!(console.set_policy(id, &Policy { gate, ..Policy::default() }).unwrap_err().code(), "invalid");
}

#[test]
fn after_the_last_version_none_is_advised() {
    let world = world();
    let (console, id) = (world.console(2), world.product);
    console.set_policy(id, &Policy { opaque_images: true, ..Policy::default() }).unwrap();
    console.upload(id, &Upload::new(version(65_534), "Last"), b"opaque last").unwrap();
    let refused = console.upload(id, &Upload::new(version(65_534), "More"), b"opaque more").unwrap_err();
    assert_eq!(refused.code(), "version_not_greater");
    assert!(!refused.to_string().contains("65535"), "R-IMG-6: {refused}");
}

#[test]
fn an_account_that_does_not_exist_owns_and_claims_nothing() {
    let world = world();
    let nobody = AccountId::new(999).unwrap();
    let console = world.fleet.console(nobody, at(2));
    let before = world.contents();
    assert_eq!(console.create_product("Mine", Platform::Particle(6)).unwrap_err().code(), "not_found");
    assert_eq!(console.claim_device(device(50)).unwrap_err().code(), "not_found");
    assert_eq!(console.unclaim_device(device(1)).unwrap_err().code(), "not_found");
    assert_eq!(console.products().unwrap(), []);
    let given = world.operator(2).create_product_with_id(product(96), nobody, "Given", Platform::Particle(6));
    assert_eq!(given.unwrap_err().code(), "not_found");
    assert_eq!(world.contents(), before);
}

#[test]
fn a_product_id_is_never_used_or_assigned_twice() {
    let world = world();
    let again = world.operator(2).create_product_with_id(product(95), world.owner, "Again", Platform::Particle(6));
    assert_eq!(
        again.unwrap_err().to_string(),
        "product id 95 is or was in use; choose another, because ids are never reused"
    );
    world.make_product(1000, "photon");
    world.make_product(1002, "photon");
    let made: Vec<u32> =
        (0..3).map(|_| world.console(3).create_product("New", Platform::Particle(6)).unwrap().id.get()).collect();
    assert_eq!(made, [1001, 1003, 1004], "R-PRD-1");
}

#[test]
fn every_moment_can_be_formatted_and_parsed_back() {
    for now in [i64::MIN, -1, 0, i64::MAX].map(fleet_core::Timestamp::from_millis) {
        let world = World::new(Arc::new(MemoryStore::new()));
        let console = world.fleet.console(world.owner, now);
        console.rename_product(world.product, "Moment").unwrap();
        console.import(world.product, list([1]).as_bytes()).unwrap();
        console.upload(world.product, &Upload::new(one(), "One"), V1).unwrap();
        // A run from before the upload proves nothing (R-TGT-2).
        world.fleet.gateway(now).connect(&Report { at: Some(now), ..common::report(1, 1, 0) }).unwrap();
        console.release(world.product, one()).unwrap();
        let error = console.delete_firmware(world.product, one()).unwrap_err();
        assert!(error.to_string().starts_with("version 1 cannot be deleted: it was released at "), "{error}");
        let audit = console.audit_log(world.product, None, 1000).unwrap();
        assert_eq!(audit.items.iter().filter(|record| record.at == now).count(), if now == at(0) { 5 } else { 4 });
    }
}
