//! Follows the advice for each value that is refused as `invalid`: the value that the message asks for is accepted. It
//! also checks each policy at both sides of each of its limits. The test reads the fields from the sources, so a new
//! field needs a line here.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{V1, World, at, device, list, version};
use fleet_core::billing::{
    BillingPolicy, CardToken, ChargeKey, ChargeOutcome, Decline, ExpiryMonth, Interval, NewCard, QuoteId, Retries,
    Upgrade,
};
use fleet_core::customer::{ActivationCode, CustomerId, Identity, Scope};
use fleet_core::device::{Correction, DeviceFilter};
use fleet_core::event::{Destination, Event, EventCursor, NewSubscription, WebhookUrl};
use fleet_core::firmware::Upload;
use fleet_core::product::{Authentication, ConfigurationAnswer, Gate};
use fleet_core::{
    AccountId, Catalogue, Currency, Date, DeviceId, Error, FirmwareVersion, MemoryStore, Money, Platform, PolicyChange,
    ProductId, Sha256, SystemVersion, Tier, Timestamp,
};
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The fields whose advice was followed.
#[derive(Default)]
struct Followed(BTreeSet<String>);

impl Followed {
    /// Checks that a value is refused with this advice, and that one which follows it is accepted.
    #[track_caller]
    fn value<T: Debug, U>(&mut self, field: &str, advice: &str, refused: Result<T, Error>, then: Result<U, Error>) {
        let error = refused.err().unwrap_or_else(|| panic!("{field}: taken, without `{advice}`"));
        let message = error.to_string();
        assert_eq!(error.code(), "invalid", "{message}");
        assert!(message.starts_with(&format!("{field}: ")), "{message}");
        assert!(message.contains(advice), "`{advice}` is not in: {message}");
        then.map(|_| ()).unwrap_or_else(|error| panic!("{message}: {error}"));
        self.0.insert(field.to_owned());
    }
}

fn world() -> World {
    World::new(Arc::new(MemoryStore::new()))
}

/// Checks that a text is refused with this advice, and that another one is parsed.
#[track_caller]
fn text<T: std::str::FromStr<Err: Display> + Debug>(refused: &str, advice: &str, then: &str) {
    let message = refused.parse::<T>().err().unwrap_or_else(|| panic!("`{refused}` is read")).to_string();
    assert!(message.contains(advice), "`{advice}` is not in: {message}");
    then.parse::<T>().unwrap_or_else(|error| panic!("{message}: {error}"));
}

#[test]
fn a_text_that_cannot_be_parsed_is_parsed_in_the_advised_form() {
    let id = device(1).to_string();
    for wrong in ["55ff", &format!("{id}0"), &id.replace('a', "x"), ""] {
        text::<DeviceId>(wrong, "24", &id);
    }
    text::<DeviceId>(&"0".repeat(24), "look up the id of this device", &id);
    let hash = Sha256::of(b"").to_string();
    for wrong in ["ab", &format!("{hash}0"), &hash.replace('e', "x")] {
        text::<Sha256>(wrong, "64", &hash);
    }
    text::<Platform>("toaster", "photon or esp32c3", "photon");
    text::<Platform>("particle:x", "particle:ID", "particle:6");
    text::<Platform>("esp-idf:x", "esp-idf:CHIP", "esp-idf:5");
    text::<Platform>("mcuboot:a b", "mcuboot:BOARD", "mcuboot:board");
    text::<Timestamp>("yesterday", "such as 2016-03-08T12:00:00Z", "2016-03-08T12:00:00Z");
    text::<Date>("8.3.2016", "such as 2016-03-08", "2016-03-08");
    text::<Currency>("dollar", "such as USD", "USD");
    text::<ActivationCode>("1234", "digits from 2 and letters without I, L, O", "2345");
    text::<QuoteId>("x", "16 hex digits", "0123456789abcdef");
    text::<SystemVersion>("\u{1}", "leave it out if the device has none", "1.5.2");
    text::<SystemVersion>(&"1".repeat(1000), "shorten it", "1.5.2");
    text::<EventCursor>(
        "x",
        "give the `cursor` of an event, the `next` of a page, or none",
        &EventCursor::default().to_string(),
    );
    text::<WebhookUrl>("ftp://example.com", "https:// or http://", "http://example.com");
    text::<WebhookUrl>("https://", "like https://example.com/events", "https://example.com/events");
    text::<WebhookUrl>("https://example.com/a b", "write it as %20", "https://example.com/a%20b");
    text::<WebhookUrl>(&format!("https://example.com/{}", "x".repeat(3000)), "shorten it", "https://example.com/x");
}

#[test]
fn a_value_that_is_refused_is_accepted_once_its_advice_is_followed() {
    let mut followed = Followed::default();
    plain_values(&mut followed);
    products_and_firmware(&mut followed);
    people(&mut followed);
    events(&mut followed);
    billing(&mut followed);
    policies(&mut followed);
    assert_eq!(missing(&followed), BTreeSet::new());
}

fn plain_values(followed: &mut Followed) {
    followed.value("version", "choose 1 to 65534", FirmwareVersion::new(0), FirmwareVersion::new(1));
    followed.value("version", "choose 1 to 65534", FirmwareVersion::new(65_535), FirmwareVersion::new(65_534));
    followed.value("product id", "choose another number", ProductId::new(65_535), ProductId::new(65_536));
    followed.value("account id", "give 1 or more", AccountId::new(0), AccountId::new(1));
    followed.value("customer id", "give 1 or more", CustomerId::new(0), CustomerId::new(1));
    followed.value("platform", "such as photon", "toaster".parse::<Platform>(), "photon".parse::<Platform>());
    followed.value("time", "RFC 3339", "x".parse::<Timestamp>(), "2016-03-08T12:00:00Z".parse::<Timestamp>());
    followed.value("date", "year, month and day", "x".parse::<Date>(), "2016-03-08".parse::<Date>());
    followed.value("currency", "three letters", "x".parse::<Currency>(), "EUR".parse::<Currency>());
    let code = |text: &str| text.parse::<ActivationCode>();
    followed.value("activation code", "has 4 characters", code("23456"), code("2345"));
    followed.value("quote", "16 hex digits", "x".parse::<QuoteId>(), "0123456789abcdef".parse::<QuoteId>());
    let system = |text: &str| text.parse::<SystemVersion>();
    followed.value("system version", "leave it out", system(""), system("1.5"));
    let cursor = |text: &str| text.parse::<EventCursor>();
    followed.value("cursor", "or none", cursor("x"), cursor(&EventCursor::default().to_string()));
    let notices = |text: &str| text.parse::<fleet_core::notice::NoticeCursor>();
    followed.value("after", "or none", notices("x"), world().fleet.pending_notices(None, 10).map(|_| ()));
}

fn products_and_firmware(followed: &mut Followed) {
    let world = world();
    let (id, console) = (world.product, world.console(5));
    let group = |name: &str| console.product(id).create_group(name);
    followed.value("name", "enter a text", group(" "), group("g"));
    followed.value("name", "shorten it to 100 characters", group(&"x".repeat(101)), group(&"x".repeat(100)));
    followed.value("name", "type it again without", group("a\0b"), group("ab"));
    followed.value("name", "invisible character in it; type it again without it", group("a\u{200B}c"), group("ac"));
    let name = |name: &str| console.product(id).device(device(1)).rename(name);
    console.product(id).import(list([1]).as_bytes()).unwrap();
    followed.value("name", "shorten it", name(&"x".repeat(101)), name("x"));
    let groups: BTreeSet<_> = (0..40).map(|number| group(&format!("group {number}")).unwrap()).collect();
    let few = groups.iter().copied().take(fleet_core::device::MAX_GROUPS_A_DEVICE).collect();
    let put = |groups| console.product(id).device(device(1)).set_groups(groups);
    followed.value("groups", "name fewer", put(&groups), put(&few));
    let many =
        (0..fleet_core::product::MAX_GROUPS).map(|number| group(&format!("more {number}"))).find_map(Result::err);
    let delete = || console.product(id).delete_group(*groups.last().unwrap()).and_then(|()| group("last"));
    followed.value("groups", "delete one first", Err::<(), _>(many.unwrap()), delete());

    let upload = |title: &str, description: &str| {
        console.product(id).upload(&Upload::new(version(1), title).description(description), V1)
    };
    followed.value("title", "enter a text", upload("", ""), console.product(id).firmware());
    followed.value("description", "shorten it", upload("One", &"x".repeat(2001)), upload("One", &"x".repeat(2000)));

    let limit = |limit| console.product(id).devices(&DeviceFilter::default(), None, limit);
    followed.value("limit", "give 1 to 1000", limit(0), limit(1));
    followed.value("limit", "give 1 to 1000", limit(1001), limit(1000));
    let correct = |security_counter| {
        let mut correction = Correction::new();
        correction.security_counter = security_counter;
        world.operator(6).product(id).device(device(1)).correct(&correction)
    };
    followed.value("correction", "a platform, a security counter, or both", correct(None), correct(Some(1)));

    let answer = |question: &str, answer: ConfigurationAnswer| console.product(id).configure(question, Some(&answer));
    let words = |words: &str| ConfigurationAnswer::Text(words.to_owned());
    for question in fleet_core::product::QUESTIONS {
        use fleet_core::product::Form;
        let (wrong, advice, right) = match question.form {
            Form::Text => (ConfigurationAnswer::YesNo(true), "must be text", words("Lamp")),
            Form::YesNo => (words("x"), "yes or no", ConfigurationAnswer::YesNo(false)),
            Form::Version => (words("x"), "a firmware version", ConfigurationAnswer::Version(version(1))),
            Form::One(choices) => (words("x"), choices.join(", ").leak() as &str, words(choices.first().unwrap())),
            Form::Some(choices) => {
                let right = ConfigurationAnswer::Some(choices.iter().map(|choice| (*choice).to_owned()).collect());
                (words("x"), choices.join(", ").leak() as &str, right)
            }
        };
        followed.value("answer", advice, answer(question.id, wrong), answer(question.id, right));
    }
    // Answers of the configuration are changed there.
    answer("private_beta", ConfigurationAnswer::YesNo(true)).unwrap();
    let refused = console.product(id).set_policy(&PolicyChange::new().private_beta(false));
    followed.value(
        "policy",
        "answer to `private_beta` decides this; change it there",
        refused,
        answer("private_beta", ConfigurationAnswer::YesNo(false)),
    );
    assert!(!console.product(id).get().unwrap().policy.private_beta);
}

fn people(followed: &mut Followed) {
    let world = world();
    let (id, console) = (world.product, world.console(1));
    let make = |email: &str| world.operator(1).create_account(email);
    for (wrong, advice) in [
        ("bob", "write it like alice@example.com"),
        ("bob@@example.com", "write one address, like alice@example.com"),
        ("bob@", "write it like alice@example.com"),
        ("@example.com", "write it like alice@example.com"),
        ("b ob@example.com", "write it like alice@example.com"),
        ("bo\u{200B}b@example.com", "type it again without"),
        ("bob,eve@example.com", "write it like alice@example.com"),
        (&format!("{}@example.com", "b".repeat(65)), "at most 64 bytes before the @"),
    ] {
        let right = format!("bob{}@example.com", wrong.len());
        followed.value("e-mail", advice, make(wrong), make(&right).or_else(|_| make(&format!("x{right}"))));
    }

    let customer = |name: &str, identity: &Identity| console.product(id).create_customer(name, identity);
    followed.value("user name", "enter a text", customer("", &Identity::Simple), customer("carl", &Identity::Simple));
    let two_legged = |user: &str| Identity::TwoLegged { user: user.to_owned() };
    followed.value("user", "enter a text", customer("dora", &two_legged("")), customer("dora", &two_legged("7")));
    let find = |identity: &Identity| console.product(id).find_customer(identity);
    followed.value("identity", "a vendor's user or a linked account", find(&Identity::Simple), find(&two_legged("7")));
    let simple = PolicyChange::new().authentication(Authentication::Simple);
    console.product(id).set_policy(&simple).unwrap();
    let refused = customer("emil", &two_legged("8"));
    console.product(id).set_policy(&PolicyChange::new().authentication(Authentication::TwoLegged)).unwrap();
    followed.value("identity", "change one of them", refused, customer("emil", &two_legged("8")));

    let carl = console.product(id).customers(&Default::default(), None, 1).unwrap().items.remove(0).id;
    let issue = |scopes: &[Scope], life: u64| {
        console.product(id).customer(carl).issue_token(&scopes.iter().copied().collect(), Duration::from_secs(life))
    };
    followed.value("scopes", "needs at least one", issue(&[], 60), issue(&[Scope::See], 60));
    followed.value("life", "choose a time in between", issue(&[Scope::See], 0), issue(&[Scope::See], 1));
    let year = 366 * 86_400;
    followed.value(
        "life",
        "choose a time in between",
        issue(&[Scope::See], year + 86_400),
        issue(&[Scope::See], 86_400),
    );
    let (mut token, mut full) = (issue(&[Scope::See, Scope::Control], 86_400).unwrap(), None);
    while full.is_none() {
        match issue(&[Scope::See, Scope::Control], 86_400) {
            Ok(issued) => token = issued,
            Err(error) => full = Some(error),
        }
    }
    let revoke = || {
        console
            .product(id)
            .customer(carl)
            .revoke_token(token.0)
            .and_then(|()| issue(&[Scope::See, Scope::Control], 86_400))
    };
    let token = match revoke() {
        Ok((_, secret)) => {
            followed.value("token", "revoke one first", Err::<(), _>(full.unwrap()), Ok(()));
            secret
        }
        Err(error) => panic!("{error}"),
    };

    console.product(id).import(list([1]).as_bytes()).unwrap();
    let code = |code: &str| console.product(id).device(device(1)).set_code(code);
    followed.value("claim code", "give at least 8", code("1234567"), code("12345678"));
    followed.value("claim code", "shorten it to 100", code(&"1".repeat(101)), code(&"1".repeat(100)));
    let portal = world.fleet.portal(&token, at(2));
    let uses = portal.use_device(device(1), Scope::Claim);
    let found = portal.use_device(device(1), Scope::See).or_else(|error| match error.code() {
        "not_found" => Ok(()),
        _ => Err(error),
    });
    followed.value("scope", "`see` or `control`", uses, found);
    let too_many = "x@example.com\n".repeat(fleet_core::customer::MAX_LINES + 1);
    let invite = |list: &[u8]| console.product(id).invite_to_beta(list).map(|_| ());
    followed.value("list", "split it", invite(too_many.as_bytes()), invite(b"x@example.com\n"));
    followed.value("list", "write one user name a line", invite(b"\xFF\xFE"), invite(b"y@example.com\n"));
}

fn events(followed: &mut Followed) {
    let world = world();
    let console = world.console(1);
    let event = |name: &str, data: &str| Event::new(device(1), name, data, at(1));
    followed.value("event name", "give 1 to 64", event("", ""), event("door", ""));
    followed.value("event name", "give 1 to 64", event(&"x".repeat(65), ""), event(&"x".repeat(64), ""));
    followed.value("event name", "remove it", event("do\0or", ""), event("door", ""));
    followed.value("event data", "send less, or several", event("x", &"x".repeat(1025)), event("x", &"x".repeat(1024)));
    let with_id = |id: &str| event("door", "").unwrap().with_id(id);
    followed.value("event id", "give 1 to", with_id(""), with_id("1"));
    let of_kind = |kind: &str| event("door", "").unwrap().with_error(kind);
    followed.value("error kind", "enter a text", of_kind(""), of_kind("battery"));
    let hook = |url: &str| url.parse::<WebhookUrl>();
    followed.value("webhook url", "like https://example.com/events", hook("http://:80"), hook("https://example.com"));
    let subscribe = |new: NewSubscription| console.product(world.product).subscribe(&new);
    let stream = || NewSubscription::new(Destination::LiveStream);
    followed.value(
        "event prefix",
        "give 1 to 64",
        subscribe(stream().prefix("x".repeat(65))),
        subscribe(stream().prefix("x".repeat(64))),
    );
    let integration = |name: &str| subscribe(NewSubscription::new(Destination::Integration { name: name.into() }));
    followed.value("integration", "enter a text", integration(""), integration("queue"));
    let full = (0..10_000).find_map(|_| subscribe(stream()).err()).unwrap();
    let first = console.product(world.product).subscriptions().unwrap().remove(0).id;
    console.product(world.product).unsubscribe(first).unwrap();
    followed.value("subscriptions", "delete one first", Err::<(), _>(full), subscribe(stream()));
}

fn card(token: &str) -> NewCard {
    let (token, brand, last_four) = (CardToken::new(token).unwrap(), "visa".to_owned(), "4242".to_owned());
    NewCard::new(token, brand, last_four, ExpiryMonth::new(2030, 12).unwrap())
}

fn billing(followed: &mut Followed) {
    let world = world();
    let id = world.product;
    let euro: Currency = "EUR".parse().unwrap();
    followed.value("card token", "enter a text", CardToken::new(""), CardToken::new("tok"));
    followed.value("expiry", "a month from 1 to 12", ExpiryMonth::new(2030, 13), ExpiryMonth::new(2030, 12));
    let set = |card: &NewCard| world.console(1).set_card(card);
    let mut nameless = card("a");
    nameless.brand = String::new();
    followed.value("brand", "enter a text", set(&nameless), set(&card("a")));
    let mut short = card("a");
    short.last_four = "42".into();
    followed.value("last four", "last four digits", set(&short), set(&card("a")));
    let mut old = card("a");
    old.expires = ExpiryMonth::new(1969, 12).unwrap();
    followed.value("card", "give a card that is valid", set(&old), set(&card("a")));
    followed.value("charge", "give the `key` of a charge", ChargeKey::try_from("x".to_owned()), Ok(()));
    followed.value("retries", "at most 30, each 1 to 365", Retries::new(&[0]), Retries::new(&[1, 365]));
    let policy = BillingPolicy::default;
    let seconds = Duration::from_secs;
    for (wrong, right) in [(59, 60), (86_401, 86_400)] {
        let life = |life| policy().with_quote_life(seconds(life));
        followed.value("quote life", "give 60 s (a minute) to 86400 s (a day)", life(wrong), life(right));
    }
    followed.value(
        "card notice",
        "give 0 to 27",
        policy().with_card_notice_days(28),
        policy().with_card_notice_days(27),
    );
    for (wrong, right) in [(0, 1), (367, 366)] {
        followed.value("leap", "give 1 to 366", policy().with_leap_days(wrong), policy().with_leap_days(right));
    }
    for (wrong, right) in [(3_599, 3_600), (2_592_001, 2_592_000)] {
        let notice = |notice| policy().with_unknown_notice(seconds(notice));
        followed.value("unknown notice", "give 3600 s (an hour) to 2592000 s", notice(wrong), notice(right));
    }
    let tiers: Vec<Tier> = Catalogue::default().into();
    followed.value("catalogue", "at least one tier", Catalogue::new(Vec::new()), Catalogue::new(tiers.clone()));
    let falling = tiers.iter().rev().cloned().collect();
    followed.value("catalogue", "not below a cheaper tier's", Catalogue::new(falling), Catalogue::new(tiers));

    let operator = |seconds| world.operator(seconds);
    let agree = |tier: &str, money: Option<Money>| operator(1).product(id).agree_price(tier, Interval::Monthly, money);
    followed.value("tier", "choose one of Prototype, Small", agree("Huge", None), agree("Small", None));
    let price = |minor, currency| Some(Money::new(minor, currency));
    followed.value(
        "price",
        "agree on more than nothing",
        agree("Small", price(0, Currency::USD)),
        agree("Small", price(1, Currency::USD)),
    );
    followed.value(
        "price",
        "agree on a price in USD",
        agree("Small", price(5, euro)),
        agree("Small", price(5, Currency::USD)),
    );
    followed.value(
        "price",
        "give 0 to",
        agree("Small", price(-1, Currency::USD)),
        agree("Small", price(5, Currency::USD)),
    );
    let other = world.make_product(95, "photon");
    let into = |product, currency| world.console(1).product(product).set_currency(currency);
    followed.value(
        "currency",
        "ask an operator to remove it first",
        into(id, euro),
        agree("Small", None).and_then(|()| into(id, euro)).and_then(|()| into(id, Currency::USD)),
    );

    // A tier that is not below the product's needs an upgrade; for the same tier the advice is a lower one.
    let upgrade = |tier: &str| -> Result<ChargeKey, Error> {
        let quote = world.console(2).product(id).quote_upgrade(tier, Interval::Monthly)?;
        match world.console(2).product(id).upgrade(quote.id)? {
            Upgrade::Charging(charge) => Ok(charge.key),
            done => panic!("{done:?}"),
        }
    };
    let paid = |key| world.fleet.clock(at(2)).charge_outcome(key, ChargeOutcome::Succeeded);
    paid(upgrade("Small").unwrap()).unwrap();
    followed.value(
        "currency",
        "not EUR, and that can no longer change; create a new product for EUR",
        into(id, euro),
        into(other, euro),
    );
    let higher = operator(3).product(id).downgrade("Medium");
    let up = upgrade("Medium").and_then(paid);
    followed.value("tier", "upgrade to it instead", higher, up);
    let same = operator(3).product(id).downgrade("Medium");
    followed.value(
        "tier",
        "is on Medium already; choose a lower one",
        same,
        operator(3).product(id).downgrade("Small"),
    );
    followed.value(
        "tier",
        "cancel the plan instead",
        operator(3).product(id).downgrade("Prototype"),
        operator(3).product(id).cancel_plan(),
    );
    // The payment is refunded; a refund that the card's bank declines is made another way.
    let refund = world.fleet.pending_charges(None, 10).unwrap().items.remove(0);
    let tell = |outcome| world.fleet.clock(at(4)).charge_outcome(refund.key, outcome);
    followed.value(
        "outcome",
        "make it another way, and report it as succeeded",
        tell(ChargeOutcome::Declined(Decline::Soft)),
        tell(ChargeOutcome::Succeeded),
    );
}

fn policies(followed: &mut Followed) {
    const YEAR: u64 = 31_536_000_000;
    let world = world();
    let set = |policy: PolicyChange| world.console(1).product(world.product).set_policy(&policy);
    let policy = PolicyChange::new;
    let millis = Duration::from_millis;
    let gate = |devices, soak| policy().gate(Gate::new(devices).soak(millis(soak)));
    let notices = |percents: &[u8]| policy().usage_notices(percents.iter().copied().collect());
    let cases: Vec<(&str, &str, PolicyChange, PolicyChange)> = vec![
        ("gate.devices", "is 10001; give 0 to 10000", gate(10_001, 0), gate(10_000, 0)),
        ("gate.soak_millis", "give 0 to 31536000000", gate(1, YEAR + 1), gate(1, YEAR)),
        (
            "quarantine_limit",
            "is 1000001; give 0 to 1000000",
            policy().quarantine_limit(1_000_001),
            policy().quarantine_limit(1_000_000),
        ),
        (
            "invitation_millis",
            "give 3600000 to",
            policy().invitation(millis(3_599_999)),
            policy().invitation(millis(3_600_000)),
        ),
        (
            "invitation_millis",
            "to 31536000000, an hour to a year",
            policy().invitation(millis(YEAR + 1)),
            policy().invitation(millis(YEAR)),
        ),
        ("log_events", "is 0; give 1 to 1000000", policy().log_events(0), policy().log_events(1)),
        ("log_events", "give 1 to 1000000", policy().log_events(1_000_001), policy().log_events(1_000_000)),
        ("log_age_millis", "give 60000 to", policy().log_age(millis(59_999)), policy().log_age(millis(60_000))),
        ("log_age_millis", "a minute to a year", policy().log_age(millis(YEAR + 1)), policy().log_age(millis(YEAR))),
        (
            "clock_tolerance_millis",
            "give 0 to 86400000, a day",
            policy().clock_tolerance(millis(86_400_001)),
            policy().clock_tolerance(millis(86_400_000)),
        ),
        (
            "event_id_millis",
            "give 60000 to",
            policy().event_id_life(millis(59_999)),
            policy().event_id_life(millis(60_000)),
        ),
        (
            "event_id_millis",
            "a minute to 31 days",
            policy().event_id_life(millis(2_678_400_001)),
            policy().event_id_life(millis(2_678_400_000)),
        ),
        ("usage_notices", "at most 10 percentages, each 1 to 100", notices(&[0]), notices(&[1])),
        ("usage_notices", "each 1 to 100", notices(&[101]), notices(&[100])),
        (
            "usage_notices",
            "at most 10",
            notices(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
            notices(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ),
    ];
    for (field, advice, wrong, right) in cases {
        followed.value(field, advice, set(wrong), set(right));
    }
}

/// The fields that nobody enters, or that no test can fill; each with its reason.
const NOT_HERE: [(&str, &str); 6] = [
    ("amount", "sums of money, which are in one currency and below the highest price"),
    ("credit", "a sum that billing makes by itself"),
    ("period", "a part of a period, which billing makes by itself"),
    ("randomness", "a host without randomness: see `FleetBuilder::randomness`"),
    ("device", "more than a hundred devices of one customer"),
    ("sql", "statements, which SQLite's tests refuse: stores/sqlite/tests"),
];

/// Returns the fields in the sources that were not followed.
fn missing(followed: &Followed) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(path).unwrap();
                missing.extend(fields(&source));
            }
        }
    }
    assert!(missing.len() > 50, "the sources are read: {missing:?}");
    missing.retain(|field| !followed.0.contains(field) && !NOT_HERE.iter().any(|(known, _)| known == field));
    missing
}

/// Returns the fields that a source refuses values of, found by the functions that create such a refusal.
fn fields(source: &str) -> impl Iterator<Item = String> {
    ["Error::invalid(", "text::checked(", "checked_text(", "out_of_range("].into_iter().flat_map(move |call| {
        let arguments = source.split(call).skip(1).map(str::trim_start);
        arguments.filter_map(|argument| Some(argument.strip_prefix('"')?.split_once('"')?.0.to_owned()))
    })
}
