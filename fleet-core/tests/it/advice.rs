//! Follows the advice of every refusal: the test does what the message asks for, and the call then succeeds. No message
//! may lead a person in a circle.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{V1, V2, World, account, at, device, list, product, report, version};
use fleet_core::billing::{CardToken, ChargeOutcome, Decline, ExpiryMonth, Interval, NewCard, Upgrade};
use fleet_core::customer::{Identity, Scope, Secret};
use fleet_core::device::Report;
use fleet_core::firmware::{Answer, Change, Upload};
use fleet_core::product::{ConfigurationAnswer, Gate};
use fleet_core::{Error, Flash, MemoryStore, Policy, PolicyChange, ProductId};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

const V3: &[u8] = include_bytes!("../vectors/made/photon_p94_v3.bin");
const V4: &[u8] = include_bytes!("../vectors/made/photon_p94_v4.bin");
const UNSET_VERSION: &[u8] = include_bytes!("../vectors/made/photon_p0_v65535.bin");
const ESP32C3: &[u8] = include_bytes!("../vectors/firmware/esp/esp32c3.bin");
const MCUBOOT: &[u8] = include_bytes!("../vectors/firmware/mcuboot/ed25519.bin");

fn world() -> World {
    World::new(Arc::new(MemoryStore::new()))
}

/// Checks that a call is refused with this code, and that the message contains this advice.
#[track_caller]
fn refused<T: Debug>(result: Result<T, Error>, code: &str, advice: &str) -> String {
    let error = result.unwrap_err();
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    assert!(message.contains(advice), "`{advice}` is not in: {message}");
    message
}

fn upload(world: &World, to: ProductId, number: u32, binary: &[u8]) -> Result<(), Error> {
    let title = format!("Version {number}");
    world.console(1).product(to).upload(&Upload::new(version(number), &title), binary).map(|_| ())
}

fn import(world: &World, text: &str) -> Vec<(String, String)> {
    let report = world.console(1).product(world.product).import(text.as_bytes()).unwrap();
    report.lines.iter().map(|line| (line.verdict.code().to_owned(), line.verdict.to_string())).collect()
}

/// Checks that a list's first line is refused with this code and advice, and that the list which follows the advice is
/// imported.
#[track_caller]
fn line(world: &World, text: &str, code: &str, advice: &str, followed: &str) {
    let lines = import(world, text);
    assert_eq!(lines[0].0, code, "{text:?}");
    assert!(lines[0].1.contains(advice), "`{advice}` is not in: {}", lines[0].1);
    let lines = import(world, followed);
    assert_eq!(lines[0].0, "imported", "{followed:?}: {lines:?}");
}

#[test]
fn lists_of_devices() {
    let id = |number: u32| device(number).to_string();
    let cases: [(&str, &str, String); 14] = [
        ("3.50029E+23", "spreadsheet_number", "format the column as text and export again".into()),
        ("350029001047343000000000", "spreadsheet_number", "format the column as text and export again".into()),
        ("000000000000000000000000", "unset_id", "look up the id of this device".into()),
        ("P046AB12CD34EF5", "serial_number", "look up the device id".into()),
        ("P046AB12CD34EF5 NVYM5RK6AHCBELA", "serial_and_secret", "look up the device id".into()),
        ("357520000000009", "imei", "look up the device id".into()),
        ("8931440400011111111", "iccid", "look up the device id".into()),
        ("55ff", "wrong_length", "24 hexadecimal digits".into()),
        ("xyz", "not_hex", "is not a hexadecimal digit".into()),
        ("\u{FFFD}", "undecodable", "save the file as UTF-8 text".into()),
        ("\"55ff6d04498b49a1b2c3d4e5\nx", "unterminated_quote", "close it or take it out".into()),
        (",Kitchen", "missing_field", "fill it in or delete the line".into()),
        ("55ff6d04498b49a1b2c3d4e5,,45f96d06492949f0e1d2c3b4", "several_ids", "write one id per line".into()),
        ("id,\n,Kitchen", "missing_field", "fill it in or delete the line".into()),
    ];
    for ((text, code, advice), number) in cases.iter().zip(0..) {
        line(&world(), text, code, advice, &id(number));
    }
    let long = "5".repeat(5000);
    line(&world(), &long, "too_long", "write one id per line", &id(1));
    let several = format!("{},{}", id(1), id(2));
    line(&world(), &several, "several_ids", "or name the columns in a header", &format!("id,replaces\n{several}"));
    let named = format!("product_id,device_id\n95,{}\n", id(1));
    line(&world(), &named, "names_another_product", "or correct the list", &named.replace("95", "94"));

    let world = world();
    let other = world.make_product(95, "photon");
    line(&world, &named.replace("95", "96"), "names_another_product", "import it there", &id(9));
    world.console(1).product(other).import(list([2]).as_bytes()).unwrap();
    let (verdict, message) = import(&world, &id(2)).remove(0);
    assert_eq!(
        (verdict.as_str(), message.as_str()),
        ("in_another_product", "in another product: remove it there first")
    );
    world.console(1).product(other).device(device(2)).remove().unwrap();
    assert_eq!(import(&world, &id(2))[0].0, "imported");

    let stranger = account(&world.fleet, "stranger");
    world.fleet.console(stranger, at(1)).claim_device(device(3)).unwrap();
    let (verdict, message) = import(&world, &id(3)).remove(0);
    assert_eq!(verdict, "claimed_outside_team");
    assert!(message.contains("they must unclaim it first"), "{message}");
    world.fleet.console(stranger, at(1)).unclaim_device(device(3)).unwrap();
    assert_eq!(import(&world, &id(3))[0].0, "imported");

    world.operator(1).register_devices(&[(device(4), Some("p1".parse().unwrap()))]).unwrap();
    let (verdict, message) = import(&world, &id(4)).remove(0);
    assert_eq!(verdict, "wrong_platform");
    assert!(message.contains("import it into a product of that hardware"), "{message}");
    let p1 = world.make_product(96, "p1");
    assert_eq!(world.console(1).product(p1).import(id(4).as_bytes()).unwrap().counts().imported, 1);

    let policy = PolicyChange::new().known_ids_only(true);
    world.console(1).product(world.product).set_policy(&policy).unwrap();
    let (verdict, message) = import(&world, &id(5)).remove(0);
    assert_eq!(verdict, "unknown_id");
    assert!(message.contains("have it registered first"), "{message}");
    world.operator(1).register_devices(&[(device(5), None)]).unwrap();
    assert_eq!(import(&world, &id(5))[0].0, "imported");
}

#[test]
fn a_list_over_the_limit_fits_the_tier_that_is_advised_or_is_shortened() {
    let world = world();
    let lines = import(&world, &list(0..26));
    assert!(lines[0].1.contains("take a larger tier, or shorten the list"), "{}", lines[0].1);
    assert_eq!(lines[0].0, "over_device_limit");
    let report = world.console(1).product(world.product).import(list(0..26).as_bytes()).unwrap();
    let fits = report.refused.unwrap().fits.unwrap().0;
    world.operator(1).product(world.product).set_tier(&fits).unwrap();
    assert_eq!(import(&world, &list(0..26))[0].0, "imported");
    let second = world.make_product(95, "photon");
    let shorter = world.console(1).product(second).import(list(100..125).as_bytes()).unwrap();
    assert_eq!(shorter.counts().imported, 25, "limit_exceeded");
}

#[test]
fn files_that_are_not_lists() {
    let world = world();
    for (file, code, advice) in [
        (&b""[..], "empty", "write one entry per line"),
        (b"5\x005\0", "unsupported_encoding", "save it as UTF-8 text"),
        (b"PK\x03\x04", "spreadsheet_document", "save the sheet as CSV"),
        (b"%PDF-1.7", "formatted_document", "save the list as plain text"),
        (b"\x1F\x8B\x08", "compressed", "unpack it first"),
    ] {
        refused(world.console(1).product(world.product).import(file), code, advice);
        refused(world.console(1).product(world.product).plan_import(file), code, advice);
    }
    let too_large = vec![b'5'; fleet_core::device::import::MAX_BYTES + 1];
    refused(world.console(1).product(world.product).plan_import(&too_large), "too_large", "split it");
    let no_ids = "x\n".repeat(1_000_001);
    refused(world.console(1).product(world.product).plan_import(no_ids.as_bytes()), "no_ids", "check which column");
    assert_eq!(import(&world, &list([1]))[0].0, "imported");
}

#[test]
fn a_cancelled_import_is_completed_by_the_same_file() {
    let world = world();
    world.operator(1).product(world.product).set_tier("Enterprise").unwrap();
    let file = list(0..9000);
    let stopped = world.console(1).product(world.product).import_watched(file.as_bytes(), |_| ControlFlow::Break(()));
    refused(stopped, "cancelled", "to complete the import, import the same file again");
    let report = world.console(1).product(world.product).import(file.as_bytes()).unwrap();
    assert_eq!(report.counts().imported + report.counts().already_here, 9000);
}

#[test]
fn uploads_to_a_product_of_photons() {
    let world = world();
    let id = world.product;
    refused(upload(&world, id, 1, b""), "image_empty", "upload it again");
    refused(upload(&world, id, 1, b"raw bytes"), "image_unrecognised", "allow opaque images for the product");
    refused(upload(&world, id, 1, UNSET_VERSION), "image_macro_missing", "PRODUCT_ID(94) and PRODUCT_VERSION(1)");
    refused(upload(&world, id, 1, ESP32C3), "image_other_format", "upload it to a product of its own hardware");
    let lamp = world.make_product(95, "esp32c3");
    upload(&world, lamp, 1, ESP32C3).unwrap();
    let electron = include_bytes!("../vectors/firmware/particle/electron_p1319_v7_2deps.bin");
    refused(upload(&world, id, 7, electron), "image_other_platform", "choose the right device");
    let other = include_bytes!("../vectors/made/photon_p95_v1.bin");
    refused(upload(&world, id, 1, other), "image_other_product", "set PRODUCT_ID(94)");
    upload(&world, id, 1, V1).unwrap();

    let message = refused(upload(&world, id, 3, V2), "image_other_version", "enter 2, or set PRODUCT_VERSION(3)");
    assert!(message.contains("compiled as version 2"), "{message}");
    upload(&world, id, 2, V2).unwrap();
    let message = refused(upload(&world, id, 4, V3), "image_other_version", "enter 3, or set PRODUCT_VERSION(4)");
    assert!(message.contains("and 4 was entered"), "{message}");
    upload(&world, id, 4, V4).unwrap();
    // This advice was valid before version 4, and is no longer.
    let message = refused(upload(&world, id, 5, V3), "image_other_version", "set PRODUCT_VERSION(5)");
    assert!(!message.contains("enter 3"), "{message}");
    refused(upload(&world, id, 3, V2), "image_other_version", ": set PRODUCT_VERSION(5), compile again and enter 5");
    refused(upload(&world, id, 2, UNSET_VERSION), "image_macro_missing", "PRODUCT_VERSION(5)");
    refused(upload(&world, id, 3, V3), "version_not_greater", "compile it as 5 or higher");

    world.console(1).product(id).set_policy(&PolicyChange::new().opaque_images(true)).unwrap();
    upload(&world, id, 5, b"raw bytes").unwrap();
}

#[test]
fn an_unset_version_is_never_advised() {
    let world = world();
    // The product number is set, but not the version.
    let mut unset = V1.to_vec();
    let place = unset.len() - 42;
    unset[place..place + 2].copy_from_slice(&[0xFF, 0xFF]);
    let end = unset.len();
    let hash = fleet_core::Sha256::of(&unset[..end - 38]);
    unset[end - 38..end - 6].copy_from_slice(hash.as_bytes());
    let crc = crc32fast::hash(&unset[..end - 4]);
    unset[end - 4..].copy_from_slice(&crc.to_be_bytes());
    let message =
        refused(upload(&world, world.product, 1, &unset), "image_other_version", "set PRODUCT_VERSION(1) and compile");
    assert!(!message.contains("enter 65535"), "{message}");
    upload(&world, world.product, 1, V1).unwrap();
}

#[test]
fn a_wildcard_and_a_large_image() {
    let world = world();
    let boron = world.make_product(96, "boron");
    let wildcard = include_bytes!("../vectors/firmware/particle/boron_wildcard13_v3.bin");
    world.console(1).product(boron).set_policy(&PolicyChange::new().wildcard_product(false)).unwrap();
    refused(upload(&world, boron, 3, wildcard), "image_wildcard", "set PRODUCT_ID(96)");
    let large = vec![0x5A; fleet_core::firmware::MAX_IMAGE_BYTES + 1];
    refused(upload(&world, world.product, 1, &large), "image_too_large", "upload the application's image alone");
    upload(&world, world.product, 1, V1).unwrap();
}

/// Files that people mistake for an image, on a product of each kind and under the most permissive policy: each is
/// refused with a hint at another file, which is then accepted.
#[test]
fn files_that_are_not_images() {
    let cases: [(&[u8], &str, &str); 14] = [
        (b"\x7fELF\x01\x01\x01", "foreign_elf", "upload the .bin"),
        (b"\n:020000040800F2\r\n", "foreign_intel_hex", "upload the .bin"),
        (b"S00F000068656C6C6F202020202000003C\n", "foreign_s_record", "upload the .bin"),
        (b"UF2\n\x57\x51\x5d\x9e\0\0\0\0", "foreign_uf2", "upload the .bin"),
        (b"PK\x05\x06", "foreign_zip", "upload the application's .bin"),
        (b"hsqs\x07\0\0\0", "foreign_rauc", "upload the .bin that is built for this product's platform"),
        (b"\x1F\x8B\x08\0", "foreign_gzip", "decompress it"),
        (b"\xfd7zXZ\0", "foreign_xz", "decompress it"),
        (b"\x28\xB5\x2F\xFD", "foreign_zstd", "decompress it"),
        (b"BZh91AY&SY", "foreign_bzip2", "decompress it"),
        (b"7z\xBC\xAF\x27\x1C", "foreign_7z", "upload the application's .bin"),
        (b"DfuSe\x01", "foreign_dfuse", "upload the .bin"),
        (b"%PDF-1.7", "foreign_pdf", "fetch the firmware again"),
        (b"<html></html>", "foreign_html", "fetch the firmware again"),
    ];
    for (platform, right) in [("photon", V1), ("esp32c3", ESP32C3), ("mcuboot:board", MCUBOOT)] {
        let world = world();
        let id = if platform == "photon" { world.product } else { world.make_product(95, platform) };
        world.console(1).product(id).set_policy(&PolicyChange::new().opaque_images(true)).unwrap();
        for (bytes, code, hint) in cases {
            let message = refused(upload(&world, id, 1, bytes), code, hint);
            assert!(!message.contains("opaque"), "{message}");
        }
        if platform != "photon" {
            let message =
                refused(upload(&world, id, 1, b"raw bytes"), "image_unrecognised", "that your toolchain makes");
            assert!(!message.contains("opaque"), "{message}");
        }
        upload(&world, id, 1, right).unwrap();
    }
}

#[test]
fn other_firmware_commands() {
    let world = world();
    let id = world.product;
    let console = world.console(5);
    upload(&world, id, 1, V1).unwrap();
    let taken = console.product(id).upload(&Upload::new(version(2), "version 1"), V2);
    refused(taken, "taken", "choose another");
    upload(&world, id, 2, V2).unwrap();
    console.product(id).import(list([1, 2]).as_bytes()).unwrap();
    refused(console.product(id).release(version(1)), "not_proven", "lock a test device to it first");
    refused(
        console.product(id).device(device(1)).lock(version(1), Flash::Now),
        "device_offline",
        "lock it and flash on reset instead",
    );
    console.product(id).device(device(1)).lock(version(1), Flash::OnReset).unwrap();
    let mut without_version = report(1, 0, 6);
    without_version.version = None;
    let answer = world.fleet.gateway(at(6)).connect(&without_version).unwrap().answer;
    assert!(matches!(answer, Answer::Update { .. }), "{answer}");
    world.fleet.gateway(at(7)).connect(&report(1, 1, 7)).unwrap();
    console.product(id).release(version(1)).unwrap();

    console.product(id).device(device(2)).lock(version(2), Flash::OnReset).unwrap();
    refused(console.product(id).delete_firmware(version(2)), "firmware_in_use", "unlock them first");
    console.product(id).device(device(2)).unlock().unwrap();
    console.product(id).delete_firmware(version(2)).unwrap();

    let gate = Gate::new(2);
    console.product(id).set_policy(&PolicyChange::new().gate(gate)).unwrap();
    upload(&world, id, 3, V3).unwrap();
    refused(console.product(id).release(version(3)), "not_proven", "lock more test devices to it first");
    for number in [1, 2] {
        console.product(id).device(device(number)).lock(version(3), Flash::OnReset).unwrap();
        world.fleet.gateway(at(8)).connect(&report(number, 3, 8)).unwrap();
    }
    console.product(id).release(version(3)).unwrap();
}

#[test]
fn devices_that_wait_or_were_denied() {
    let world = world();
    let (console, id) = (world.console(5), world.product);
    for number in 1..4 {
        world.fleet.gateway(at(2)).connect(&report(number, 1, 2)).unwrap();
    }
    refused(console.product(id).device(device(1)).rename("x"), "not_found", "waits for approval; approve it first");
    refused(console.product(id).device(device(1)).undeny(), "not_found", "waits for approval; approve or deny it");
    console.product(id).device(device(1)).approve().unwrap();
    console.product(id).device(device(1)).rename("x").unwrap();
    refused(console.product(id).device(device(1)).approve(), "not_found", "is in the product already");
    refused(console.product(id).device(device(1)).undeny(), "not_found", "deny or remove it");

    for number in [2, 3] {
        console.product(id).device(device(number)).deny().unwrap();
    }
    refused(
        console.product(id).device(device(2)).approve(),
        "not_found",
        "was denied; undeny it, or import it to admit it",
    );
    refused(console.product(id).device(device(2)).rename("x"), "not_found", "was denied; import it to admit it");
    refused(console.product(id).device(device(2)).remove(), "not_found", "was denied; import it to admit it");
    console.product(id).import(list([2]).as_bytes()).unwrap();
    console.product(id).device(device(2)).rename("x").unwrap();
    console.product(id).device(device(3)).undeny().unwrap();
    world.fleet.gateway(at(6)).connect(&report(3, 1, 6)).unwrap();
    console.product(id).device(device(3)).approve().unwrap();

    // Nothing is revealed about an unknown device, nor to outsiders about any device.
    let message = refused(console.product(id).device(device(9)).rename("x"), "not_found", "no such device");
    let stranger = account(&world.fleet, "stranger");
    let hidden =
        refused(world.fleet.console(stranger, at(5)).product(id).device(device(1)).rename("x"), "not_found", "");
    assert!(!message.contains("waits") && hidden.contains("no such product"), "{message}; {hidden}");
}

#[test]
fn a_device_that_cannot_join_does_so_once_it_is_free() {
    let world = world();
    let other = world.make_product(95, "photon");
    world.console(1).product(other).import(list([1]).as_bytes()).unwrap();
    world.fleet.gateway(at(2)).connect(&report(1, 1, 2)).unwrap();
    let approve = || world.console(3).product(world.product).device(device(1)).approve();
    refused(approve(), "cannot_join", "remove it there first");
    world.console(3).product(other).device(device(1)).remove().unwrap();
    approve().unwrap();
}

#[test]
fn other_hardware_is_named_on_both_sides() {
    let world = world();
    world.console(1).product(world.product).import(list([1, 2]).as_bytes()).unwrap();
    let says = report(1, 1, 2).platform("p1".parse().unwrap());
    let answer = world.fleet.gateway(at(2)).connect(&says).unwrap().answer;
    let words = "its hardware is particle:8 (p1), the product's is particle:6 (photon)";
    assert!(answer.to_string().contains(words), "{answer}");
    let explained = world.console(3).product(world.product).device(device(1)).explain().unwrap();
    assert!(explained.to_string().contains(words), "{explained}");
    let later = world.fleet.gateway(at(4)).connect(&report(1, 1, 4)).unwrap().answer;
    assert!(later.to_string().contains("the product's"), "{later}");
    assert_eq!(world.console(5).product(world.product).dry_run(&Change::Nothing).unwrap().sent.total(), 0);
}

#[test]
fn products_and_their_ids() {
    let world = world();
    let make = |number, platform: &str| {
        world.operator(1).create_product_with_id(product(number), world.owner, "New", platform.parse().unwrap())
    };
    refused(make(94, "photon"), "product_id_used", "choose another");
    refused(make(70_000, "photon"), "invalid", "choose 1 to 65534");
    make(65_534, "photon").unwrap();
    refused(ProductId::new(65_535), "invalid", "choose another number");
    refused("toaster".parse::<fleet_core::Platform>(), "invalid", "particle:ID, esp-idf:CHIP, mcuboot:BOARD");
    make(97, "particle:4711").unwrap();

    let group = |name: &str| world.console(1).product(world.product).create_group(name);
    group("g").unwrap();
    refused(group("g"), "taken", "choose another");
    refused(group(""), "invalid", "enter a text");
    refused(group("a\0b"), "invalid", "type it again without");
    group("h").unwrap();
}

#[test]
fn an_unlocked_account_can_do_everything_again() {
    let world = world();
    world.operator(1).lock_account(world.owner).unwrap();
    let create = || world.console(2).create_product("Mine", "photon".parse().unwrap());
    let message = refused(create(), "account_locked", "until an operator unlocks it");
    assert!(!message.contains("read-only"), "{message}");
    refused(world.console(2).product(world.product).create_group("g"), "account_locked", "");
    world.operator(3).unlock_account(world.owner).unwrap();
    create().unwrap();
    world.console(4).product(world.product).create_group("g").unwrap();
}

#[test]
fn teams() {
    let world = world();
    let (id, owner) = (world.product, world.console(1));
    refused(owner.product(id).invite("bob"), "invalid", "write it like alice@example.com");
    refused(owner.product(id).invite("bob@example.com"), "not_found", "account");
    let bob = account(&world.fleet, "bob");
    owner.product(id).invite("bob@example.com").unwrap();
    refused(owner.product(id).invite("bob@example.com"), "already_invited", "has not answered");
    let days = |days: i64| at(days * 86_400);
    let late = world.fleet.console(bob, days(30)).product(id).accept_invitation();
    refused(late, "expired", "ask for a new one");
    world.fleet.console(world.owner, days(30)).product(id).invite("bob@example.com").unwrap();
    world.fleet.console(bob, days(31)).product(id).accept_invitation().unwrap();

    let bobs = world.fleet.console(bob, days(32));
    refused(bobs.product(id).invite("carl@example.com"), "forbidden", "it needs the owner");
    let owners = world.fleet.console(world.owner, days(32));
    refused(owners.product(id).leave_team(), "owner_stays", "an operator can make another member the owner first");
    world.fleet.console(fleet_core::Actor::Operator, days(32)).product(id).transfer_ownership(bob).unwrap();
    owners.product(id).leave_team().unwrap();
}

#[test]
fn an_invited_person_without_a_seat_asks_who_invited_them() {
    let world = world();
    let id = world.product;
    world.operator(1).product(id).set_tier("Small").unwrap();
    let people: Vec<_> = (0..5).map(|number| account(&world.fleet, &format!("person{number}"))).collect();
    for number in 0..5 {
        world.console(1).product(id).invite(&format!("person{number}@example.com")).unwrap();
    }
    for person in &people[..4] {
        world.fleet.console(*person, at(2)).product(id).accept_invitation().unwrap();
    }
    world.operator(3).product(id).set_tier("Prototype").unwrap();
    let last = || world.fleet.console(people[4], at(4)).product(id).accept_invitation();
    refused(last(), "no_seat", "ask who invited you");
    world.console(4).product(id).remove_member(people[0]).unwrap();
    last().unwrap();
}

#[test]
fn customers_and_their_tokens() {
    let world = world();
    let (id, console) = (world.product, world.console(1));
    console.product(id).import(list([1]).as_bytes()).unwrap();
    refused("not a token".parse::<Secret>(), "unauthenticated", "ask for a new one");
    refused(Secret::claim_code("not a code"), "wrong_code", "the code is wrong");
    let carl = console.product(id).create_customer("carl", &Identity::Simple).unwrap().id;
    let token = |scopes: &[Scope], life: u64| {
        let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
        world.console(1).product(id).customer(carl).issue_token(&scopes, Duration::from_secs(life)).unwrap().1
    };
    let short = token(&[Scope::See], 60);
    refused(world.fleet.portal(&short, at(100)).me(), "unauthenticated", "ask for a new one");
    let claims = token(&[Scope::Claim], 3600);
    world.fleet.portal(&claims, at(100)).me().unwrap();
    let code = world.fleet.portal(&claims, at(100)).ask_claim_code().unwrap().code;
    world.fleet.gateway(at(101)).present_claim_code(device(1), &code).unwrap();

    let uses = |token: &Secret, scope| world.fleet.portal(token, at(102)).use_device(device(1), scope);
    let message = refused(uses(&claims, Scope::Control), "forbidden", "it needs a token with the scope `control`");
    assert!(!message.contains("whose device it is"), "{message}");
    let controls = token(&[Scope::See, Scope::Control], 3600);
    uses(&controls, Scope::Control).unwrap();
    let policy = PolicyChange::new().customers_may([Scope::See].into());
    console.product(id).set_policy(&policy).unwrap();
    refused(uses(&controls, Scope::Control), "forbidden", "whose configuration lets customers `control` their devices");
    uses(&controls, Scope::See).unwrap();
    console.product(id).set_policy(&PolicyChange::from(&Policy::default())).unwrap();
    uses(&controls, Scope::Control).unwrap();
}

#[test]
fn a_private_beta() {
    let world = world();
    let (id, console) = (world.product, world.console(1));
    console.product(id).configure("private_beta", Some(&ConfigurationAnswer::YesNo(true))).unwrap();
    console.product(id).import(list([1]).as_bytes()).unwrap();
    let carl = console.product(id).create_customer("carl", &Identity::Simple).unwrap().id;
    let (_, token) =
        console.product(id).customer(carl).issue_token(&[Scope::Claim].into(), Duration::from_secs(86_400)).unwrap();
    refused(world.fleet.portal(&token, at(2)).ask_claim_code(), "not_activated", "activate with your code first");
    let lines = console.product(id).invite_to_beta(b"carl\n").unwrap();
    let fleet_core::customer::BetaVerdict::Invited(guest) = &lines[0].verdict else { panic!("{lines:?}") };
    let wrong = if guest.code == "2222".parse().unwrap() { "3333" } else { "2222" }.parse().unwrap();
    let try_wrong = |seconds| world.fleet.portal(&token, at(seconds)).activate(wrong);
    refused(try_wrong(3), "wrong_code", "4 more tries before you must wait");
    for _ in 0..3 {
        let _ = try_wrong(4);
    }
    refused(try_wrong(5), "barred", "codes are refused until");
    world.fleet.portal(&token, at(5 + 900)).activate(guest.code).unwrap();
    world.fleet.portal(&token, at(906)).ask_claim_code().unwrap();
    for (list, advice) in [
        (&b"\"carl\ndora\n"[..], "close it or take it out"),
        (b"carl@x.io,dora@x.io\n", "write one guest a line"),
        (b",Kitchen\n", "fill it in or delete the line"),
        (b"Zo\xEB\n", "save the file as UTF-8 text"),
    ] {
        let lines = console.product(id).invite_to_beta(list).unwrap();
        let fleet_core::customer::BetaVerdict::Malformed(why) = &lines[0].verdict else { panic!("{lines:?}") };
        assert!(why.contains(advice), "{why}");
    }
    assert_eq!(console.product(id).invite_to_beta("Zoë\ncarl@x.io\n".as_bytes()).unwrap().len(), 2);
}

#[test]
fn manufacturing_says_what_is_missing() {
    let world = world();
    let (id, console) = (world.product, world.console(1));
    refused(console.product(id).start_manufacturing(), "not_ready", "manufacturing cannot start yet");
    let missing = console.product(id).manufacturing_readiness().unwrap();
    assert!(!missing.is_empty());
}

fn card() -> NewCard {
    let token = CardToken::new("tok_visa").unwrap();
    let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
    NewCard::new(token, brand, last_four, ExpiryMonth::new(2030, 12).unwrap())
}

#[test]
fn billing() {
    let world = world();
    let id = world.product;
    let (minute, day) = (60, 86_400);
    let quote = |seconds| world.console(seconds).product(id).quote_upgrade("Small", Interval::Monthly);
    let first = quote(0).unwrap();
    refused(world.console(1).product(id).upgrade(first.id), "card_missing", "set one first");
    world.console(1).set_card(&card()).unwrap();
    refused(world.console(20 * minute).product(id).upgrade(first.id), "quote_expired", "ask for a new one");
    let second = quote(20 * minute).unwrap();
    let Upgrade::Charging(charge) = world.console(20 * minute).product(id).upgrade(second.id).unwrap() else {
        panic!()
    };
    refused(quote(21 * minute), "charge_open", "report its outcome first");
    let clock = |seconds| world.fleet.clock(at(seconds));
    clock(22 * minute).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
    refused(clock(23 * minute).charge_outcome(charge.key, ChargeOutcome::Succeeded), "charge_finished", "refund it");
    let larger = |seconds| world.console(seconds).product(id).quote_upgrade("Medium", Interval::Monthly);
    larger(23 * minute).unwrap();
    refused(
        world.console(24 * minute).product(id).quote_upgrade("Enterprise", Interval::Monthly),
        "price_by_agreement",
        "",
    );
    refused(larger(40 * day), "renewal_due", "advance the clock first");
    clock(32 * day).advance(100).unwrap();
    let renewal = world.fleet.pending_charges(None, 10).unwrap().items.remove(0);
    refused(larger(32 * day), "renewal_unpaid", "pay it first");
    clock(32 * day).charge_outcome(renewal.key, ChargeOutcome::Declined(Decline::Hard)).unwrap();
    refused(larger(32 * day), "renewal_unpaid", "pay it first, with another card");
    let mut other = card();
    other.token = CardToken::new("tok_other").unwrap();
    world.console(33 * day).set_card(&other).unwrap();
    clock(33 * day).advance(100).unwrap();
    let again = world.fleet.pending_charges(None, 10).unwrap().items.remove(0);
    clock(33 * day).charge_outcome(again.key, ChargeOutcome::Succeeded).unwrap();
    larger(33 * day).unwrap();

    refused(clock(400 * day).advance(100), "clock_leap", "confirm the jump on the clock's door and try again");
    clock(400 * day).confirm_leap().unwrap();
    clock(400 * day).advance(100).unwrap();
}

#[test]
fn plans_that_are_no_upgrade_and_unknown_charges() {
    let world = world();
    let id = world.product;
    world.console(1).set_card(&card()).unwrap();
    let quote = |tier: &str, interval| world.console(2).product(id).quote_upgrade(tier, interval);
    let buy = |tier: &str, interval| {
        let quote = quote(tier, interval).unwrap();
        let Upgrade::Charging(charge) = world.console(2).product(id).upgrade(quote.id).unwrap() else { panic!() };
        let tell = |key| world.fleet.clock(at(2)).charge_outcome(key, ChargeOutcome::Succeeded);
        // Another product's charge with this number has another key.
        let other: fleet_core::billing::ChargeKey = charge.key.to_string().replacen("94", "95", 1).parse().unwrap();
        refused(tell(other), "unknown_charge", "by the keys of pending charges");
        tell(world.fleet.pending_charges(None, 10).unwrap().items.remove(0).key).unwrap();
    };
    let switch = |interval| world.console(3).product(id).switch_interval(interval);
    refused(switch(Interval::Monthly), "no_plan", "upgrade it to a paid tier first");
    refused(world.operator(3).product(id).cancel_plan(), "no_plan", "upgrade it to a paid tier first");
    refused(world.operator(3).product(id).downgrade("Small"), "no_plan", "upgrade it to a paid tier first");
    buy("Medium", Interval::Monthly);
    switch(Interval::Monthly).unwrap();

    refused(switch(Interval::Annual), "not_an_upgrade", "request a quote for the same tier");
    buy("Medium", Interval::Annual);
    refused(quote("Medium", Interval::Annual), "not_an_upgrade", "already has this plan");
    refused(quote("Enterprise", Interval::Monthly), "not_an_upgrade", "switch the interval for its end");
    switch(Interval::Monthly).unwrap();
    refused(quote("Enterprise", Interval::Annual), "price_by_agreement", "is agreed on with the operator");
    let price = fleet_core::Money::new(10_000_000, fleet_core::Currency::USD);
    world.operator(4).product(id).agree_price("Enterprise", Interval::Annual, Some(price)).unwrap();
    quote("Enterprise", Interval::Annual).unwrap();
    refused(quote("Small", Interval::Annual), "not_an_upgrade", "only an operator sets a lower tier");
    world.operator(4).product(id).downgrade("Small").unwrap();

    let free = world.make_product(95, "photon");
    let quote = world.console(5).product(free).quote_upgrade("Prototype", Interval::Monthly);
    refused(quote, "not_an_upgrade", "ask an operator to put the product on it");
    world.operator(5).product(free).set_tier("Prototype").unwrap();
}

#[test]
fn a_new_product_can_choose_another_line_firmware() {
    let world = world();
    let id = world.product;
    upload(&world, id, 1, V1).unwrap();
    let answer_all = |id| {
        let console = world.console(2);
        for question in fleet_core::product::QUESTIONS {
            use fleet_core::product::Form;
            let text = |words: &str| ConfigurationAnswer::Text(words.to_owned());
            let answer = match question.form {
                Form::Text => text("Lamp"),
                Form::YesNo => ConfigurationAnswer::YesNo(false),
                Form::Version => ConfigurationAnswer::Version(version(1)),
                Form::One(choices) => text(choices[0]),
                Form::Some(choices) => ConfigurationAnswer::Some([choices[0].to_owned()].into()),
            };
            console.product(id).configure(question.id, Some(&answer)).unwrap();
        }
    };
    answer_all(id);
    assert_eq!(world.console(3).product(id).manufacturing_readiness().unwrap(), []);
    world.console(3).product(id).start_manufacturing().unwrap();
    let advice = "make a new product for another answer";
    let programmed = fleet_core::product::QUESTIONS.iter().find(|question| question.id == "programming").unwrap();
    let fleet_core::product::Form::One(choices) = programmed.form else { panic!("{programmed:?}") };
    let other = ConfigurationAnswer::Text(choices[1].to_owned());
    refused(world.console(4).product(id).configure("programming", Some(&other)), "manufacturing_started", advice);
    refused(world.console(4).product(id).start_manufacturing(), "manufacturing_started", advice);
    let new = world.make_product(95, "photon");
    world.console(4).product(new).configure("programming", Some(&other)).unwrap();
}

#[test]
fn a_firmware_too_large_for_its_flash_is_accepted_when_smaller() {
    let world = world();
    let module = |content: usize| {
        let mut bytes = V1.to_vec();
        let suffix = bytes.split_off(V1.len() - 44);
        bytes.resize(content, 0x5A);
        bytes.extend(suffix);
        let end = bytes.len();
        // The end address, which determines the length: the start plus everything but the CRC.
        let start = u32::from_le_bytes(bytes[0..4].try_into().unwrap());
        bytes[4..8].copy_from_slice(&(start + u32::try_from(end - 4).unwrap()).to_le_bytes());
        let hash = fleet_core::Sha256::of(&bytes[..end - 38]);
        bytes[end - 38..end - 6].copy_from_slice(hash.as_bytes());
        let crc = crc32fast::hash(&bytes[..end - 4]);
        bytes[end - 4..].copy_from_slice(&crc.to_be_bytes());
        bytes
    };
    let most = 128 << 10;
    let message = refused(upload(&world, world.product, 1, &module(most - 43)), "image_over_flash", "make it smaller");
    assert!(message.contains("131073") && message.contains("131072"), "{message}");
    upload(&world, world.product, 1, &module(most - 44)).unwrap();
}

/// Follows the advice for each reason that holds a device; afterwards the device receives the firmware.
#[test]
fn every_hold_ends_once_its_advice_is_followed() {
    let mut followed = BTreeSet::new();
    let mut held = |answer: Answer, hold: &'static str, advice: &str| {
        let Answer::Held { hold: found, .. } = &answer else { panic!("{hold}: {answer}") };
        assert!(format!("{found:?}").starts_with(hold), "{hold}: {found:?}");
        assert!(answer.to_string().contains(advice), "`{advice}` is not in: {answer}");
        followed.insert(hold);
    };
    let sent = |answer: Answer| assert!(matches!(answer, Answer::Update { .. }), "{answer}");
    let connects =
        |world: &World, report: &Report| world.fleet.gateway(report.at.unwrap()).connect(report).unwrap().answer;

    // Devices 1 to 9 are in the product, whose version 2 is released after device 1 has proven it.
    let world = world();
    let (id, console) = (world.product, world.console(5));
    console.product(id).import(list(1..10).as_bytes()).unwrap();
    upload(&world, id, 1, V1).unwrap();
    upload(&world, id, 2, V2).unwrap();
    connects(&world, &report(1, 2, 6));
    console.product(id).release(version(2)).unwrap();
    let explain = |number| world.console(90).product(id).device(device(number)).explain().unwrap();

    connects(&world, &report(2, 1, 6));
    console.product(id).device(device(2)).mark_development().unwrap();
    held(explain(2), "Development", "remove the mark first");
    console.product(id).device(device(2)).clear_development().unwrap();
    sent(explain(2));

    console.product(id).device(device(2)).deny().unwrap();
    held(connects(&world, &report(2, 1, 8)), "Denied", "import it to admit it");
    console.product(id).import(list([2]).as_bytes()).unwrap();
    sent(connects(&world, &report(2, 1, 9)));

    held(connects(&world, &report(20, 1, 8)), "Quarantined", "waits for the team's approval");
    console.product(id).device(device(20)).approve().unwrap();
    sent(connects(&world, &report(20, 1, 9)));
    console.product(id).set_policy(&PolicyChange::new().quarantine_limit(1)).unwrap();
    connects(&world, &report(21, 1, 9));
    let full = || connects(&world, &report(22, 1, 10));
    held(full(), "Quarantined { full: true }", "approve or deny devices that wait, or raise its limit");
    console.product(id).device(device(21)).approve().unwrap();
    held(full(), "Quarantined { full: false }", "waits for the team's approval");
    held(connects(&world, &report(23, 1, 10)), "Quarantined { full: true }", "deny devices that wait");
    console.product(id).device(device(22)).deny().unwrap();
    held(connects(&world, &report(23, 1, 11)), "Quarantined { full: false }", "");
    held(connects(&world, &report(24, 1, 11)), "Quarantined { full: true }", "raise its limit");
    console.product(id).set_policy(&PolicyChange::new().quarantine_limit(2)).unwrap();
    held(connects(&world, &report(24, 1, 12)), "Quarantined { full: false }", "");

    let says_p1 = report(3, 1, 8).platform("p1".parse().unwrap());
    held(connects(&world, &says_p1), "OtherPlatform", "have an operator correct what is known of it");
    let photon = fleet_core::device::Correction::new().platform("photon".parse().unwrap());
    world.operator(9).product(id).device(device(3)).correct(&photon).unwrap();
    sent(connects(&world, &report(3, 1, 10)));

    let busy = report(4, 1, 8).refuses_updates();
    held(connects(&world, &busy), "TakesNoUpdates", "wait until it does, or force the update");
    console.product(id).device(device(4)).force_update().unwrap();
    sent(connects(&world, &report(4, 1, 9).refuses_updates()));
    held(connects(&world, &report(9, 1, 9).refuses_updates()), "TakesNoUpdates", "wait until it does");
    sent(connects(&world, &report(9, 1, 10)));

    console.product(id).set_policy(&PolicyChange::new().forbid_downgrades(true)).unwrap();
    let higher = || report(5, 3, 12);
    held(connects(&world, &higher()), "DowngradeForbidden", "upload the older firmware as a higher version, or allow");
    console.product(id).set_policy(&PolicyChange::from(&Policy::default())).unwrap();
    sent(connects(&world, &higher()));
    console.product(id).set_policy(&PolicyChange::new().forbid_downgrades(true)).unwrap();
    upload(&world, id, 4, V4).unwrap();
    console.product(id).device(device(5)).lock(version(4), Flash::OnReset).unwrap();
    sent(explain(5));

    let counted = |counter| report(6, 1, 12).security_counter(counter);
    held(connects(&world, &counted(7)), "SecurityCounter", "sign the firmware with 7 or more");
    let none = fleet_core::device::Correction::new().security_counter(0);
    world.operator(13).product(id).device(device(6)).correct(&none).unwrap();
    sent(connects(&world, &report(6, 1, 13)));

    let requires = Upload::new(version(5), "Version 5").requires_system(">=2.0.0".parse().unwrap());
    world.console(14).product(id).upload(&requires, &compiled_as(5)).unwrap();
    console.product(id).device(device(7)).lock(version(5), Flash::OnReset).unwrap();
    let system = |text: Option<&str>, at| {
        let mut report = report(7, 1, at);
        report.system = text.map(|text| text.parse().unwrap());
        connects(&world, &report)
    };
    held(system(None, 15), "SystemVersion", "have it report one");
    held(system(Some("1.5.2"), 16), "SystemVersion", "update its system first");
    sent(system(Some("2.0.0"), 17));

    let back = |version, at| connects(&world, &report(8, version, at));
    let mut last = back(1, 20);
    for turn in 1..20 {
        back(2, 20 + 2 * turn);
        last = back(1, 21 + 2 * turn);
        if matches!(last, Answer::Held { .. }) {
            break;
        }
    }
    held(last, "TwoDevices", "look for a copied id, or force the update");
    console.product(id).device(device(8)).force_update().unwrap();
    sent(explain(8));

    let mut unnamed = report(40, 1, 12);
    unnamed.product = None;
    held(connects(&world, &unnamed), "Personal", "import it into one");
    console.product(id).import(list([40]).as_bytes()).unwrap();
    sent(connects(&world, &report(40, 1, 13)));
    let nowhere = report(41, 1, 12).product(4711);
    held(connects(&world, &nowhere), "UnknownProduct", "give its firmware the id of one that does");
    held(connects(&world, &report(41, 1, 13)), "Quarantined", "");
    let session = |session, at| report(1, 1, at).session(session);
    sent(connects(&world, &session(9, 70)));
    held(connects(&world, &session(8, 60)), "StaleReport", "older than what is known");
    sent(connects(&world, &session(10, 80)));

    let policy = fleet_core::billing::BillingPolicy::default().with_devices_held();
    let fleet = fleet_core::Fleet::builder(MemoryStore::new()).seed(1).billing(policy).open();
    let owner = account(&fleet, "owner");
    let world = World { fleet, owner, product: product(94) };
    world.make_product(94, "photon");
    world.console(1).product(id).import(list([1, 2]).as_bytes()).unwrap();
    upload(&world, id, 2, V2).unwrap();
    connects(&world, &report(1, 2, 3));
    world.console(3).product(id).release(version(2)).unwrap();
    world.operator(3).lock_account(owner).unwrap();
    held(connects(&world, &report(2, 1, 4)), "OwnerLocked", "or have an operator unlock it");
    world.operator(5).unlock_account(owner).unwrap();
    sent(connects(&world, &report(2, 1, 6)));

    let lamp = world.make_product(96, "esp32c3");
    let console = world.console(10);
    console.product(lamp).import(list([11, 12]).as_bytes()).unwrap();
    let of_lamp = |number, version, at, chip| {
        let mut report = report(number, version, at).product(96);
        report.chip_revision = chip;
        connects(&world, &report)
    };
    upload(&world, lamp, 1, ESP32C3).unwrap();
    upload(&world, lamp, 2, &for_chips(300, 399)).unwrap();
    of_lamp(12, 2, 11, Some(300));
    console.product(lamp).release(version(2)).unwrap();
    held(of_lamp(11, 9, 12, Some(299)), "ChipRevision", "lock it to a version whose image runs on its chip");
    console.product(lamp).device(device(11)).lock(version(1), Flash::OnReset).unwrap();
    sent(console.product(lamp).device(device(11)).explain().unwrap());

    let source = include_str!("../../src/firmware/targeting.rs");
    let names = source.split("pub fn citation(&self)").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let names = names.split("Self::").skip(1).filter_map(|name| name.split(|c: char| !c.is_alphanumeric()).next());
    let missing: Vec<&str> = names.filter(|name| !followed.iter().any(|held| held.starts_with(name))).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// The ESP32-C3's image, for chips from one revision to another.
fn for_chips(least: u16, last: u16) -> Vec<u8> {
    let mut image = ESP32C3.to_vec();
    image[15..17].copy_from_slice(&least.to_le_bytes());
    image[17..19].copy_from_slice(&last.to_le_bytes());
    let end = image.len() - 32;
    let hash = fleet_core::Sha256::of(&image[..end]);
    image[end..].copy_from_slice(hash.as_bytes());
    image
}

/// The photon's module with another version in its suffix, as the compiler would build it.
fn compiled_as(number: u16) -> Vec<u8> {
    let mut bytes = V1.to_vec();
    let end = bytes.len();
    bytes[end - 42..end - 40].copy_from_slice(&number.to_le_bytes());
    let hash = fleet_core::Sha256::of(&bytes[..end - 38]);
    bytes[end - 38..end - 6].copy_from_slice(hash.as_bytes());
    let crc = crc32fast::hash(&bytes[..end - 4]);
    bytes[end - 4..].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// Follows the refusals of stores as far as the memory store can. The stores' own tests follow the rest.
#[test]
fn stores() {
    use fleet_core::store::copy;
    let filled = || {
        let store = Arc::new(MemoryStore::new());
        World::new(Arc::clone(&store) as Arc<dyn fleet_core::Store>);
        store
    };
    let error = |result: Result<(), fleet_core::StoreError>| result.map_err(Error::from);
    let (from, to) = (filled(), filled());
    let other = World { fleet: fleet_core::Fleet::open(Arc::clone(&to)), ..world() };
    account(&other.fleet, "stranger");
    refused(error(copy(&from, &to).map(|_| ())), "store_not_empty", "name an empty store");
    copy(&from, &MemoryStore::new()).unwrap();

    let backup = other.fleet.backup(std::path::Path::new("nowhere"));
    refused(backup, "store_unsupported", "copy it into a durable store");
    refused(other.fleet.query(&fleet_core::store::Query::new("SELECT 1")), "store_unsupported", "use the console");
    other.fleet.console(other.owner, at(1)).products().unwrap();
}

/// Where the advice of a store's refusal is followed: the file, and the test in it.
const IN_THE_STORES: [(&str, &str, &str); 14] = [
    ("store_contention", "fleet-core/src/store/transaction/tests.rs", "contended_records_are_reported_as_contention"),
    ("store_unavailable", SQLITE_FILES, "a_file_that_another_process_writes_to_is_busy_until_it_is_not"),
    ("store_outcome_unknown", "fleet-core/src/store/transaction/outcome.rs", "a_commit_that_only_checks_is_retried"),
    ("store_full", SQLITE_FULL, "a_full_file_refuses_whole_lists_and_continues_once_there_is_space"),
    ("store_read_only", SQLITE_ADVICE, "a_refused_file_opens_once_the_advice_is_followed"),
    ("store_not_ours", SQLITE_ADVICE, "a_refused_file_opens_once_the_advice_is_followed"),
    ("store_newer_schema", SQLITE_ADVICE, "a_refused_file_opens_once_the_advice_is_followed"),
    ("store_corrupt", SQLITE_ADVICE, "a_refused_file_opens_once_the_advice_is_followed"),
    ("store_taken", "fleet-core/src/store/journaled/tests.rs", "opening_a_fleet_takes_it_over"),
    ("store_forked", SQLITE_FORK, "a_child_opens_the_file_of_its_parent_again_and_loses_nothing"),
    ("store_moved", SQLITE_OTHER, "a_database_that_is_moved_and_put_back_works_as_before"),
    ("store_journaled", SQLITE_OTHER, "a_file_with_a_journal_that_is_opened_without_it_after_a_kill_is_refused"),
    ("store_query_refused", SQLITE_ADVICE, "a_refused_query_is_answered_once_the_advice_is_followed"),
    ("store_failed", SQLITE_ADVICE, "a_refused_file_opens_once_the_advice_is_followed"),
];

const SQLITE_ADVICE: &str = "stores/sqlite/tests/it/advice.rs";
const SQLITE_FILES: &str = "stores/sqlite/tests/it/files.rs";
const SQLITE_FORK: &str = "stores/sqlite/tests/fork.rs";
const SQLITE_FULL: &str = "stores/sqlite/tests/it/full.rs";
const SQLITE_OTHER: &str = "stores/sqlite/tests/other_library.rs";

#[test]
fn every_refusal_of_a_store_is_followed_here_or_in_a_test_of_the_stores() {
    let here = include_str!("advice.rs");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = include_str!("../../src/store/error.rs");
    let codes: BTreeSet<&str> =
        source.split('"').filter(|word| word.starts_with("store_") && !word.contains(' ')).collect();
    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        if let Some((_, file, name)) = IN_THE_STORES.iter().find(|(known, ..)| *known == code) {
            let tests = std::fs::read_to_string(root.join(file)).unwrap();
            assert!(tests.contains(&format!("fn {name}(")), "{code}: {file} has no {name}");
        } else {
            assert!(here.contains(&format!("\"{code}\"")), "{code}");
        }
    }
}

/// The verdicts that are not refusals.
const NO_REFUSAL: [&str; 3] = ["imported", "already_here", "duplicate"];

/// The codes that other files follow: `advice_values.rs` each field that is `invalid`, and the test of the stores
/// above.
const ELSEWHERE: [&str; 1] = ["invalid"];

/// A new refusal needs a line here: the test reads the codes from the sources.
#[test]
fn every_code_is_followed_here() {
    let here = include_str!("advice.rs");
    let sources = [
        include_str!("../../src/error.rs"),
        include_str!("../../src/list/encoding.rs"),
        include_str!("../../src/firmware/upload.rs"),
        include_str!("../../src/device/import/verdict.rs"),
        include_str!("../../src/device/import/malformed.rs"),
    ];
    let mut missing = Vec::new();
    for line in sources.iter().flat_map(|source| source.lines()) {
        let Some((arm, rest)) = line.trim().split_once(" => \"") else { continue };
        let code = rest.trim_end_matches("\",");
        let is_code = arm.contains("Self::") || arm.contains("ErrorKind::");
        let is_word = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if is_code
            && is_word
            && !here.contains(&format!("\"{code}\""))
            && !NO_REFUSAL.contains(&code)
            && !ELSEWHERE.contains(&code)
        {
            missing.push(code);
        }
    }
    assert_eq!(missing, Vec::<&str>::new());
}
