//! Errors state what to do next, hide what the caller may not see, and never echo a secret or a huge text (R-TEAM-6,
//! R-IMP-5).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{V1, World, account, at, device, list, product, version};
use fleet_core::billing::{CardToken, ExpiryMonth, Interval, NewCard};
use fleet_core::customer::{CustomerFilter, CustomerId, Identity, Scope, TokenId};
use fleet_core::device::{Correction, DeviceFilter};
use fleet_core::event::{Destination, EventFilter, NewSubscription};
use fleet_core::firmware::{Change, Upload};
use fleet_core::product::GroupId;
use fleet_core::{
    AccountId, Actor, CancelToken, Console, DeviceId, Error, FirmwareVersion, Flash, MemoryStore, Platform, Policy,
    PolicyChange, ProductId,
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

/// Every method of a console and of its handles: the actors that it is for (the matrix of R-TEAM-6), and its call for a
/// product.
const METHODS: &[(&str, For, Ask)] = &[
    ("product.get", For::Team, |console, id| console.product(id).get().map(drop)),
    ("product.rename", For::Team, |console, id| console.product(id).rename("Other").map(drop)),
    ("product.set_policy", For::Team, |console, id| {
        console.product(id).set_policy(&PolicyChange::from(&Policy::default())).map(drop)
    }),
    ("product.create_group", For::Team, |console, id| console.product(id).create_group("Beta").map(drop)),
    ("product.delete_group", For::Team, |console, id| console.product(id).delete_group(GroupId::new(1))),
    ("device.get", For::Team, |console, id| console.product(id).device(device(1)).get().map(drop)),
    ("device.explain", For::Team, |console, id| console.product(id).device(device(1)).explain().map(drop)),
    ("device.rename", For::Team, |console, id| console.product(id).device(device(1)).rename("Desk")),
    ("device.mark_development", For::Team, |console, id| console.product(id).device(device(1)).mark_development()),
    ("device.clear_development", For::Team, |console, id| console.product(id).device(device(1)).clear_development()),
    ("device.set_groups", For::Team, |console, id| console.product(id).device(device(1)).set_groups(&BTreeSet::new())),
    ("device.approve", For::Team, |console, id| console.product(id).device(device(2)).approve()),
    ("device.deny", For::Team, |console, id| console.product(id).device(device(3)).deny()),
    ("device.undeny", For::Team, |console, id| console.product(id).device(device(3)).undeny()),
    ("product.free_places", For::Team, |console, id| console.product(id).free_places().map(drop)),
    ("device.remove", For::Team, |console, id| console.product(id).device(device(4)).remove()),
    ("product.plan_import", For::Team, |console, id| console.product(id).plan_import(list([9]).as_bytes()).map(drop)),
    ("product.import", For::Team, |console, id| console.product(id).import(list([9]).as_bytes()).map(drop)),
    ("product.plan_import_until", For::Team, |console, id| {
        console.product(id).plan_import_until(list([9]).as_bytes(), &CancelToken::new()).map(drop)
    }),
    ("product.import_watched", For::Team, |console, id| {
        console.product(id).import_watched(list([9]).as_bytes(), |_| ControlFlow::Continue(())).map(drop)
    }),
    ("product.summary", For::Team, |console, id| console.product(id).summary().map(drop)),
    ("product.devices", For::Team, |console, id| {
        console.product(id).devices(&DeviceFilter::default(), None, 10).map(drop)
    }),
    ("product.firmware", For::Team, |console, id| console.product(id).firmware().map(drop)),
    ("product.upload", For::Team, |console, id| console.product(id).upload(&Upload::new(one(), "One"), V1).map(drop)),
    ("product.edit_firmware", For::Team, |console, id| console.product(id).edit_firmware(one(), "Two", "").map(drop)),
    ("device.lock", For::Team, |console, id| console.product(id).device(device(1)).lock(one(), Flash::Now).map(drop)),
    ("device.lock", For::Team, |console, id| {
        console.product(id).device(device(1)).lock(one(), Flash::OnReset).map(drop)
    }),
    ("device.unlock", For::Team, |console, id| console.product(id).device(device(1)).unlock()),
    ("device.force_update", For::Team, |console, id| console.product(id).device(device(1)).force_update()),
    ("product.dry_run", For::Team, |console, id| console.product(id).dry_run(&Change::Nothing).map(drop)),
    ("product.release", For::Team, |console, id| console.product(id).release(one())),
    ("product.release_to_group", For::Team, |console, id| console.product(id).release_to_group(GroupId::new(1), None)),
    ("product.withdraw_release", For::Team, |console, id| console.product(id).withdraw_release()),
    ("product.delete_firmware", For::Team, |console, id| console.product(id).delete_firmware(one())),
    ("product.audit_log", For::Team, |console, id| console.product(id).audit_log(None, 10).map(drop)),
    ("device.correct", For::Operator, |console, id| {
        let correction = Correction::new().security_counter(0);
        console.product(id).device(device(4)).correct(&correction)
    }),
    ("product.set_tier", For::Operator, |console, id| console.product(id).set_tier("Small").map(drop)),
    ("create_account", For::OperatorAlone, |console, _| console.create_account("new@example.com").map(drop)),
    ("register_devices", For::OperatorAlone, |console, _| console.register_devices(&[(device(8), None)]).map(drop)),
    ("create_product_with_id", For::OperatorAlone, |console, id| {
        console.create_product_with_id(id, AccountId::new(1)?, "Moved", Platform::Particle(6)).map(drop)
    }),
    ("product.remove", For::OperatorAlone, |console, id| console.product(id).remove()),
    ("create_product", For::Account, |console, _| console.create_product("Mine", Platform::Particle(6)).map(drop)),
    ("claim_device", For::Account, |console, _| console.claim_device(device(7))),
    ("end_claim", For::Team, |console, _| console.end_claim(device(1))),
    ("account_audit_log", For::Team, |console, _| console.account_audit_log(AccountId::new(1)?, None, 10).map(drop)),
    ("unclaim_device", For::Account, |console, _| console.unclaim_device(device(7))),
    ("claimed_devices", For::Account, |console, _| console.claimed_devices(None, 10).map(drop)),
    ("products", For::Anybody, |console, _| console.products().map(drop)),
    ("product.team", For::Team, |console, id| console.product(id).team().map(drop)),
    ("product.configuration", For::Team, |console, id| console.product(id).configuration().map(drop)),
    ("product.configure", For::Team, |console, id| console.product(id).configure("purpose", None)),
    ("product.manufacturing_readiness", For::Team, |console, id| {
        console.product(id).manufacturing_readiness().map(drop)
    }),
    ("product.start_manufacturing", For::Team, |console, id| console.product(id).start_manufacturing()),
    ("product.create_customer", For::Team, |console, id| {
        console.product(id).create_customer("carl", &Identity::Simple).map(drop)
    }),
    ("customer.get", For::Team, |console, id| console.product(id).customer(CustomerId::new(1)?).get().map(drop)),
    ("product.customers", For::Team, |console, id| {
        console.product(id).customers(&CustomerFilter::default(), None, 10).map(drop)
    }),
    ("customer.issue_token", For::Team, |console, id| {
        console
            .product(id)
            .customer(CustomerId::new(1)?)
            .issue_token(&[Scope::See].into(), Duration::from_secs(60))
            .map(drop)
    }),
    ("customer.revoke_token", For::Team, |console, id| {
        console.product(id).customer(CustomerId::new(1)?).revoke_token(TokenId(1))
    }),
    ("customer.remove", For::Team, |console, id| console.product(id).customer(CustomerId::new(1)?).remove()),
    ("device.set_code", For::Team, |console, id| console.product(id).device(device(1)).set_code("STICKER-0001")),
    ("product.find_customer", For::Team, |console, id| {
        console.product(id).find_customer(&Identity::TwoLegged { user: "u-1".to_owned() }).map(drop)
    }),
    ("product.uninvite_from_beta", For::Team, |console, id| console.product(id).uninvite_from_beta("carl")),
    ("product.renew_activation_code", For::Team, |console, id| {
        console.product(id).renew_activation_code("carl").map(drop)
    }),
    ("product.invite_to_beta", For::Team, |console, id| console.product(id).invite_to_beta(b"carl").map(drop)),
    ("product.beta_guests", For::Team, |console, id| console.product(id).beta_guests(None, 10).map(drop)),
    ("product.invite", For::Owner, |console, id| console.product(id).invite("third@example.com").map(drop)),
    ("product.revoke_invitation", For::Owner, |console, id| console.product(id).revoke_invitation(AccountId::new(3)?)),
    ("product.remove_member", For::Owner, |console, id| console.product(id).remove_member(AccountId::new(3)?)),
    ("product.quote_upgrade", For::Owner, |console, id| {
        console.product(id).quote_upgrade("Small", Interval::Monthly).map(drop)
    }),
    ("product.upgrade", For::OwnerAlone, |console, id| {
        let quote = console.product(id).quote_upgrade("Small", Interval::Monthly)?.id;
        console.product(id).upgrade(quote).map(drop)
    }),
    ("product.switch_interval", For::Owner, |console, id| console.product(id).switch_interval(Interval::Monthly)),
    ("product.set_currency", For::Owner, |console, id| console.product(id).set_currency("EUR".parse()?)),
    ("product.billing_status", For::Owner, |console, id| console.product(id).billing_status().map(drop)),
    ("product.invoices", For::Owner, |console, id| console.product(id).invoices(None, 10).map(drop)),
    ("account_billing", For::OwnAccount, |console, _| console.account_billing(AccountId::new(1)?).map(drop)),
    ("account_invoices", For::OwnAccount, |console, _| {
        console.account_invoices(AccountId::new(1)?, None, 10).map(drop)
    }),
    ("set_card", For::Account, |console, _| {
        let (token, brand, last_four) = (CardToken::new("tok")?, "visa".to_owned(), "4242".to_owned());
        console.set_card(&NewCard::new(token, brand, last_four, ExpiryMonth::new(2099, 1)?))
    }),
    ("remove_card", For::Account, |console, _| console.remove_card()),
    ("product.cancel_plan", For::Operator, |console, id| console.product(id).cancel_plan().map(drop)),
    ("product.downgrade", For::Operator, |console, id| console.product(id).downgrade("Prototype").map(drop)),
    ("product.agree_price", For::Operator, |console, id| {
        console.product(id).agree_price("Enterprise", Interval::Annual, None)
    }),
    ("product.write_off", For::Operator, |console, id| console.product(id).write_off(1).map(drop)),
    ("product.leave_team", For::Oneself, |console, id| console.product(id).leave_team()),
    ("product.accept_invitation", For::Invited, |console, id| console.product(id).accept_invitation()),
    ("product.decline_invitation", For::Invited, |console, id| console.product(id).decline_invitation()),
    ("product.transfer_ownership", For::Operator, |console, id| {
        console.product(id).transfer_ownership(AccountId::new(3)?)
    }),
    ("lock_account", For::OperatorAlone, |console, _| console.lock_account(AccountId::new(3)?).map(drop)),
    ("unlock_account", For::OperatorAlone, |console, _| console.unlock_account(AccountId::new(3)?).map(drop)),
    ("product.usage", For::Team, |console, id| console.product(id).usage().map(drop)),
    ("product.events", For::Team, |console, id| {
        console.product(id).events(&EventFilter::default(), None, 10).map(drop)
    }),
    ("product.follow_events", For::Team, |console, id| console.product(id).follow_events(None, 10).map(drop)),
    ("product.event_stream", For::Team, |console, id| console.product(id).event_stream().map(drop)),
    ("read_event_stream", For::Team, |console, id| {
        console.read_event_stream(&console.product(id).event_stream()?, 10).map(drop)
    }),
    ("product.subscriptions", For::Team, |console, id| console.product(id).subscriptions().map(drop)),
    ("product.subscribe", For::Team, |console, id| {
        console.product(id).subscribe(&NewSubscription::new(Destination::LiveStream)).map(drop)
    }),
    ("product.unsubscribe", For::Team, |console, id| {
        let made = console.product(id).subscribe(&NewSubscription::new(Destination::LiveStream))?;
        console.product(id).unsubscribe(made.id)
    }),
    ("product.device_errors", For::Team, |console, id| console.product(id).device_errors().map(drop)),
    ("product.forget_device_errors", For::Team, |console, id| console.product(id).forget_device_errors("panic")),
    ("invitations", For::Anybody, |console, _| console.invitations().map(drop)),
];

/// Product 94 with a member, a waiting device, firmware and a group; product 95, removed; accounts 1 to 3.
fn world() -> World {
    let world = World::new(Arc::new(MemoryStore::new()));
    let console = world.console(0);
    console.product(world.product).import(list([1, 3, 4]).as_bytes()).unwrap();
    console.product(world.product).upload(&Upload::new(one(), "First"), V1).unwrap();
    console.product(world.product).create_group("Alpha").unwrap();
    for number in 1..3 {
        world.fleet.gateway(at(1)).connect(&common::report(number, 1, 1)).unwrap();
    }
    let removed = world.make_product(95, "photon");
    world.operator(1).product(removed).remove().unwrap();
    account(&world.fleet, "other");
    account(&world.fleet, "third");
    world
}

/// The types whose methods are in the table, and what their names in it begin with. The methods that return a handle read
/// nothing; their `impl` names its lifetime.
const CONSOLES: [(&str, &str); 4] = [
    ("impl Console<'_> {", ""),
    ("impl ProductConsole<'_> {", "product."),
    ("impl DeviceConsole<'_> {", "device."),
    ("impl CustomerConsole<'_> {", "customer."),
];

#[test]
fn no_method_of_a_console_is_missing_from_the_matrix_of_this_file() {
    fn methods(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                methods(&entry.path(), found);
                continue;
            }
            let mut inside = None;
            for line in std::fs::read_to_string(entry.path()).unwrap().lines() {
                let opened = CONSOLES.iter().find(|(opening, _)| line.starts_with(opening)).map(|(_, handle)| *handle);
                inside = opened.or(inside).filter(|_| line != "}");
                let (Some(handle), Some(rest)) = (inside, line.strip_prefix("    pub fn ")) else { continue };
                let name = rest.split(['(', '<']).next().unwrap();
                if name != "id" {
                    found.insert(format!("{handle}{name}"));
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
            let shown = match console.product(world.product).import(file.as_bytes()) {
                Ok(report) => {
                    let verdicts: Vec<String> = report.lines.iter().map(|line| line.verdict.to_string()).collect();
                    format!("{report:?} {verdicts:?}")
                }
                Err(error) => format!("{error} {error:?}"),
            };
            let audit = format!("{:?}", console.product(world.product).audit_log(None, 1000).unwrap());
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
        console.product(id).upload(&Upload::new(version(2), title).description(description), common::V2).map(drop)
    };
    let refusals = [
        ("product", console.create_product(&flood, Platform::Particle(6)).map(drop)),
        ("rename", console.product(id).rename(&flood).map(drop)),
        ("title", upload(&flood, "")),
        ("description", upload("Two", &flood)),
        ("edited title", console.product(id).edit_firmware(one(), &flood, "").map(drop)),
        ("edited description", console.product(id).edit_firmware(one(), "One", flood.as_str()).map(drop)),
        ("name", console.product(id).device(device(1)).rename(&flood)),
        ("group", console.product(id).create_group(&flood).map(drop)),
        ("e-mail", world.operator(2).create_account(&format!("{flood}@example.com")).map(drop)),
        ("e-mail of @", world.operator(2).create_account(&"@".repeat(10 << 20)).map(drop)),
        ("tier", world.operator(2).product(id).set_tier(&flood).map(drop)),
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
        assert_eq!(console.product(id).rename(name).unwrap().name, name);
        console.product(id).device(device(1)).rename(name).unwrap();
        assert_eq!(world.row(1).name(), name);
    }
    assert_eq!(console.product(id).rename("  Thermostat\t").unwrap().name, "Thermostat");
    for name in ["", " \n ", "a\0b", "a\u{1b}[31mb", "a\u{7f}b", "a\u{85}b", "two\nlines", "two\rlines"] {
        for refused in [
            console.product(id).rename(name).map(drop),
            console.product(id).create_group(name).map(drop),
            console.product(id).edit_firmware(one(), name, "").map(drop),
        ] {
            let error = refused.expect_err(&format!("{name:?}"));
            assert_eq!(error.code(), "invalid", "{name:?}: {error}");
            assert!(!error.to_string().contains(|c: char| c.is_control()), "{error:?}");
        }
    }
    // A description may have several lines.
    assert_eq!(console.product(id).edit_firmware(one(), "One", "two\nlines").unwrap().description, "two\nlines");
    assert!(console.product(id).edit_firmware(one(), "One", "a\0b").is_err());
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
        let devices = console.product(id).devices(&DeviceFilter::default(), None, limit).unwrap_err();
        assert_eq!(devices.to_string(), message, "{limit}");
        assert_eq!(console.claimed_devices(None, limit).unwrap_err().to_string(), message, "{limit}");
        assert_eq!(console.product(id).audit_log(None, limit).unwrap_err().to_string(), message, "{limit}");
        assert_eq!(world.fleet.pending_notices(None, limit).unwrap_err().to_string(), message, "{limit}");
    }
    assert_eq!(console.product(id).devices(&DeviceFilter::default(), None, 1000).unwrap().items.len(), 3);
    let many: BTreeSet<GroupId> = (0..33).map(GroupId::new).collect();
    assert_eq!(console.product(id).device(device(1)).set_groups(&many).unwrap_err().code(), "invalid");
    let gate = fleet_core::product::Gate::new(10_001);
    assert_eq!(console.product(id).set_policy(&PolicyChange::new().gate(gate)).unwrap_err().code(), "invalid");
}

#[test]
fn after_the_last_version_none_is_advised() {
    let world = world();
    let (console, id) = (world.console(2), world.product);
    console.product(id).set_policy(&PolicyChange::new().opaque_images(true)).unwrap();
    console.product(id).upload(&Upload::new(version(65_534), "Last"), b"opaque last").unwrap();
    let refused = console.product(id).upload(&Upload::new(version(65_534), "More"), b"opaque more").unwrap_err();
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
        console.product(world.product).rename("Moment").unwrap();
        console.product(world.product).import(list([1]).as_bytes()).unwrap();
        console.product(world.product).upload(&Upload::new(one(), "One"), V1).unwrap();
        // A run from before the upload proves nothing (R-TGT-2).
        world.fleet.gateway(now).connect(&common::report(1, 1, 0).at(now)).unwrap();
        console.product(world.product).release(one()).unwrap();
        let error = console.product(world.product).delete_firmware(one()).unwrap_err();
        assert!(error.to_string().starts_with("version 1 cannot be deleted: it was released at "), "{error}");
        let audit = console.product(world.product).audit_log(None, 1000).unwrap();
        assert_eq!(audit.items.iter().filter(|record| record.at == now).count(), if now == at(0) { 5 } else { 4 });
    }
}
