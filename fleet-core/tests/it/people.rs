//! Teams, customers, private beta and configuration, through the public commands (R-TEAM, R-CUS, R-CFG).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use fleet_core::customer::{
    ActivationCode, Activity, BetaVerdict, CustomerFilter, CustomerId, Identity, Scope, Secret,
};
use fleet_core::notice::NoticeSubject;
use fleet_core::product::{ConfigurationAnswer, QUESTIONS};
use fleet_core::{
    AccountId, Actor, Console, DeviceId, Error, ErrorKind, FirmwareVersion, Fleet, MemoryStore, PolicyChange,
    ProductId, Timestamp,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

const DAY: i64 = 86_400;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn device(number: u8) -> DeviceId {
    DeviceId::new([number; 12])
}

fn code<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

struct World {
    fleet: Fleet,
    product: ProductId,
    owner: AccountId,
}

impl World {
    fn new() -> Self {
        let fleet = Fleet::builder(MemoryStore::new()).seed(7).open();
        let operator = fleet.console(Actor::Operator, at(0));
        let owner = operator.create_account("alice@example.com").unwrap().id;
        let product = fleet.console(owner, at(0)).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
        Self { fleet, product, owner }
    }

    fn account(&self, email: &str) -> AccountId {
        self.fleet.console(Actor::Operator, at(0)).create_account(email).unwrap().id
    }

    fn owner(&self, seconds: i64) -> Console<'_> {
        self.fleet.console(self.owner, at(seconds))
    }

    fn person(&self, account: AccountId, seconds: i64) -> Console<'_> {
        self.fleet.console(account, at(seconds))
    }

    fn joins(&self, email: &str) -> AccountId {
        let account = self.account(email);
        self.owner(1).product(self.product).invite(email).unwrap();
        self.person(account, 2).product(self.product).accept_invitation().unwrap();
        account
    }

    fn imports(&self, ids: &[DeviceId]) {
        let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
        self.owner(1).product(self.product).import(list.as_bytes()).unwrap();
    }

    fn customer(&self, name: &str, scopes: &[Scope]) -> (CustomerId, Secret) {
        let id = self.owner(1).product(self.product).create_customer(name, &Identity::Simple).unwrap().id;
        let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
        let (_, token) =
            self.owner(1).product(self.product).customer(id).issue_token(&scopes, Duration::from_secs(3600)).unwrap();
        (id, token)
    }
}

const ALL: [Scope; 3] = [Scope::See, Scope::Control, Scope::Claim];

#[test]
fn an_invitation_is_notified_accepted_once_and_adds_a_member() {
    let world = World::new();
    assert_eq!(
        code(world.owner(1).product(world.product).invite("bob@example.com")),
        "not_found",
        "R-TEAM-1: an account first"
    );
    assert_eq!(code(world.owner(1).product(world.product).invite("no mail")), "invalid");
    let bob = world.account("Bob@Example.com");
    world.owner(1).product(world.product).invite("BOB@example.com").unwrap();
    assert_eq!(code(world.owner(1).product(world.product).invite("bob@example.com")), "already_invited");
    let notices = world.fleet.pending_notices(None, 10).unwrap().items;
    assert_eq!(notices[0].subject, NoticeSubject::Invitation { account: bob });
    assert_eq!(
        code(world.person(bob, 2).product(world.product).get()),
        "not_found",
        "an invited person sees nothing yet"
    );
    assert_eq!(world.person(bob, 2).invitations().unwrap().len(), 1);
    world.person(bob, 2).product(world.product).accept_invitation().unwrap();
    assert_eq!(
        code(world.person(bob, 3).product(world.product).accept_invitation()),
        "forbidden",
        "a member has nothing to answer"
    );
    assert_eq!(code(world.person(bob, 3).product(world.product).rename("Heater")), "ok", "R-TEAM-2");
    assert_eq!(code(world.person(bob, 3).product(world.product).invite("alice@example.com")), "forbidden", "R-TEAM-3");
    assert!(world.fleet.pending_notices(None, 10).unwrap().items.is_empty(), "an answered invitation is not sent");
    let team = world.owner(4).product(world.product).team().unwrap();
    assert_eq!((team.members.len(), team.invited.len()), (2, 0));
    assert_eq!(world.person(bob, 4).products().unwrap().len(), 1);
}

#[test]
fn an_invitation_expires_after_fourteen_days() {
    let world = World::new();
    let bob = world.account("bob@example.com");
    world.owner(0).product(world.product).invite("bob@example.com").unwrap();
    let notice = || world.fleet.pending_notices(None, 10).unwrap().items[0].key.clone();
    let first = notice();
    assert_eq!(code(world.person(bob, 14 * DAY).product(world.product).accept_invitation()), "expired");
    world.owner(14 * DAY).product(world.product).invite("bob@example.com").unwrap();
    assert_ne!(notice(), first, "another invitation is another notice");
    assert_eq!(code(world.person(bob, 28 * DAY).product(world.product).accept_invitation()), "expired");
    world.person(bob, 28 * DAY - 1).product(world.product).accept_invitation().unwrap();
}

#[test]
fn the_sixth_seat_of_the_free_tier_names_a_sufficient_tier() {
    let world = World::new();
    for name in ["b", "c", "d", "e"] {
        world.account(&format!("{name}@example.com"));
        world.owner(1).product(world.product).invite(&format!("{name}@example.com")).unwrap();
    }
    world.account("f@example.com");
    let refused = world.owner(2).product(world.product).invite("f@example.com").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "refused: 6 team members would exceed the Prototype tier's 5 (5 in use now); Small has no limit"
    );
    // R-TEAM-4: an expired invitation holds no seat.
    world.owner(15 * DAY).product(world.product).invite("f@example.com").unwrap();
}

#[test]
fn the_owner_stays_and_a_member_may_leave_or_be_removed() {
    let world = World::new();
    let (bob, carol) = (world.joins("bob@example.com"), world.joins("carol@example.com"));
    assert_eq!(code(world.owner(3).product(world.product).leave_team()), "owner_stays");
    assert_eq!(code(world.person(bob, 3).product(world.product).remove_member(carol)), "forbidden");
    world.owner(3).product(world.product).remove_member(carol).unwrap();
    assert_eq!(code(world.person(carol, 4).product(world.product).get()), "not_found");
    let operator = world.fleet.console(Actor::Operator, at(5));
    operator.product(world.product).transfer_ownership(bob).unwrap();
    assert_eq!(
        code(world.person(bob, 6).product(world.product).remove_member(world.owner)),
        "ok",
        "the old owner is a member"
    );
    assert_eq!(code(world.owner(7).product(world.product).get()), "not_found");
    assert_eq!(code(world.person(bob, 8).product(world.product).transfer_ownership(carol)), "forbidden");
}

#[test]
fn a_locked_owners_products_are_read_only() {
    let world = World::new();
    let bob = world.joins("bob@example.com");
    let operator = world.fleet.console(Actor::Operator, at(5));
    operator.lock_account(world.owner).unwrap();
    for person in [world.owner, bob] {
        assert_eq!(code(world.person(person, 6).product(world.product).rename("Heater")), "account_locked");
        assert_eq!(code(world.person(person, 6).product(world.product).get()), "ok");
    }
    assert_eq!(code(world.owner(6).create_product("Another", "photon".parse().unwrap())), "account_locked");
    assert_eq!(code(operator.product(world.product).rename("Heater")), "ok");
    operator.unlock_account(world.owner).unwrap();
    assert_eq!(code(world.owner(7).product(world.product).rename("Oven")), "ok");
}

#[test]
fn a_customer_claims_a_device_by_its_code_and_only_then_sees_it() {
    let world = World::new();
    world.imports(&[device(1), device(2)]);
    world.owner(1).product(world.product).device(device(1)).set_code("STICKER-0001").unwrap();
    let (carl, token) = world.customer("carl@example.com", &ALL);
    let (_, other) = world.customer("dora@example.com", &ALL);
    let portal = world.fleet.portal(&token, at(2));
    assert_eq!(code(portal.use_device(device(1), Scope::Control)), "not_found");
    assert_eq!(code(portal.claim(device(1), "STICKER-0002")), "wrong_code");
    assert_eq!(code(portal.claim(device(2), "STICKER-0001")), "wrong_code", "a device without a code looks the same");
    portal.claim(device(1), "STICKER-0001").unwrap();
    assert_eq!(code(world.fleet.portal(&other, at(3)).claim(device(1), "STICKER-0001")), "taken", "R-CUS-3");
    assert_eq!(portal.devices().unwrap().len(), 1);
    portal.use_device(device(1), Scope::Control).unwrap();
    assert_eq!(world.owner(4).product(world.product).customer(carl).get().unwrap().devices, [device(1)]);
    portal.unclaim(device(1)).unwrap();
    let audit = world.owner(4).product(world.product).audit_log(None, 10).unwrap().items;
    assert!(audit.iter().any(|record| record.actor == Actor::Customer(carl)), "R-TEAM-7: {audit:?}");
    world.fleet.portal(&other, at(5)).claim(device(1), "STICKER-0001").unwrap();
}

#[test]
fn a_customer_claims_at_most_200_times_a_day() {
    let world = World::new();
    world.imports(&[device(1)]);
    world.owner(1).product(world.product).device(device(1)).set_code("STICKER-0001").unwrap();
    let [token, other] = ["carl@example.com", "dora@example.com"].map(|name| {
        let (customer, _) = world.customer(name, &ALL);
        world
            .owner(1)
            .product(world.product)
            .customer(customer)
            .issue_token(&ALL.into(), Duration::from_secs(200_000))
            .unwrap()
            .1
    });
    let claim = |token: &Secret, seconds| code(world.fleet.portal(token, at(seconds)).claim(device(1), "STICKER-0001"));
    let free = |token: &Secret, seconds| world.fleet.portal(token, at(seconds)).unclaim(device(1)).unwrap();
    for number in 1..=200 {
        assert_eq!(claim(&token, 10 + number), "ok", "claim {number}");
        assert_eq!(claim(&token, 10 + number), "ok", "a repeated claim changes nothing and is not counted");
        free(&token, 10 + number);
    }
    let refused = world.fleet.portal(&token, at(300)).claim(device(1), "STICKER-0001").unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Barred { until } if *until == at(11 + DAY)), "{refused:?}");
    assert_eq!(claim(&other, 301), "ok", "each customer has a count of their own");
    free(&other, 302);
    assert_eq!(claim(&token, 10 + DAY), "barred");
    assert_eq!(claim(&token, 11 + DAY), "ok");
}

#[test]
fn a_claim_code_is_valid_once_for_an_hour_and_for_its_own_product() {
    let world = World::new();
    world.imports(&[device(1), device(2)]);
    let (_, token) = world.customer("carl@example.com", &ALL);
    let asked = world.fleet.portal(&token, at(10)).ask_claim_code().unwrap();
    assert_eq!(asked.expires_at, at(3610));
    let late = world.fleet.gateway(at(3610));
    assert_eq!(code(late.present_claim_code(device(1), &asked.code)), "wrong_code");
    let gateway = world.fleet.gateway(at(3609));
    assert_eq!(code(gateway.present_claim_code(device(9), &asked.code)), "wrong_code", "not in the product");
    gateway.present_claim_code(device(1), &asked.code).unwrap();
    assert_eq!(code(gateway.present_claim_code(device(2), &asked.code)), "wrong_code", "used");
    // R-PRD-5: a removed product has no customers who could claim.
    let other = World::new();
    other.imports(&[device(1)]);
    let (_, token) = other.customer("carl@example.com", &ALL);
    let asked = other.fleet.portal(&token, at(10)).ask_claim_code().unwrap();
    other.fleet.console(Actor::Operator, at(11)).product(other.product).remove().unwrap();
    assert_eq!(code(other.fleet.gateway(at(12)).present_claim_code(device(1), &asked.code)), "wrong_code");
    // R-IMP-10: a device that is removed from the product is no longer a customer's.
    world.owner(3700).product(world.product).device(device(1)).remove().unwrap();
    let (_, fresh) = world.customer("dora@example.com", &[Scope::See]);
    assert_eq!(code(world.fleet.portal(&fresh, at(5)).devices()), "ok");
    assert_eq!(code(world.fleet.portal(&fresh, at(5)).ask_claim_code()), "forbidden", "beyond the token's scopes");
}

#[test]
fn five_wrong_codes_lock_a_customer_out_for_a_quarter_of_an_hour() {
    let world = World::new();
    world.imports(&[device(1)]);
    world.owner(1).product(world.product).device(device(1)).set_code("STICKER-0001").unwrap();
    let (_, token) = world.customer("carl@example.com", &ALL);
    let portal = world.fleet.portal(&token, at(10));
    for left in (1..5_u8).rev() {
        let wrong = portal.claim(device(1), "STICKER-0002").unwrap_err();
        assert!(matches!(wrong.kind(), ErrorKind::WrongCode { left: Some(tries) } if *tries == left), "{wrong}");
    }
    assert_eq!(code(portal.claim(device(1), "STICKER-0002")), "barred");
    assert_eq!(code(portal.claim(device(1), "STICKER-0001")), "barred", "the right one too");
    assert_eq!(code(world.fleet.portal(&token, at(10 + 899)).claim(device(1), "STICKER-0001")), "barred");
    world.fleet.portal(&token, at(10 + 900)).claim(device(1), "STICKER-0001").unwrap();
}

#[test]
fn a_token_is_invalid_once_expired_revoked_or_its_customer_removed() {
    let world = World::new();
    let customer = world.owner(1).product(world.product).create_customer("carl", &Identity::Simple).unwrap().id;
    let issue = |seconds, life| {
        let scopes = [Scope::See].into();
        world
            .owner(seconds)
            .product(world.product)
            .customer(customer)
            .issue_token(&scopes, Duration::from_secs(life))
            .unwrap()
    };
    let (_, short) = issue(1, 60);
    assert_eq!(code(world.fleet.portal(&short, at(60)).me()), "ok");
    assert_eq!(code(world.fleet.portal(&short, at(61)).me()), "unauthenticated");
    let (id, revoked) = issue(1, 3600);
    world.owner(2).product(world.product).customer(customer).revoke_token(id).unwrap();
    assert_eq!(code(world.fleet.portal(&revoked, at(3)).me()), "unauthenticated");
    let (_, orphan) = issue(1, 3600);
    world.owner(4).product(world.product).customer(customer).remove().unwrap();
    assert_eq!(code(world.fleet.portal(&orphan, at(5)).me()), "unauthenticated");
    let made_up: Secret = "00".repeat(32).parse().unwrap();
    assert_eq!(code(world.fleet.portal(&made_up, at(5)).me()), "unauthenticated");
    let dump = format!("{:?}", world.fleet.store().get(&[]).unwrap());
    assert!(!dump.contains(&short.reveal()));
}

#[test]
fn no_token_is_in_the_store_or_in_the_audit_in_clear() {
    let world = World::new();
    let (customer, token) = world.customer("carl", &ALL);
    let claim = world.fleet.portal(&token, at(2)).ask_claim_code().unwrap();
    let audit = world.owner(3).product(world.product).audit_log(None, 100).unwrap();
    let rows = world.fleet.store().scan(&fleet_core::store::Key::customers(world.product)).unwrap();
    let everything =
        format!("{audit:?} {rows:?} {:?}", world.owner(3).product(world.product).customer(customer).get().unwrap());
    for secret in [token.reveal(), claim.code.reveal()] {
        assert!(!everything.contains(&secret));
    }
    assert!(everything.contains("IssueToken"), "{everything}");
}

#[test]
fn a_private_beta_accepts_ones_own_code_once() {
    let world = World::new();
    world.imports(&[device(1)]);
    world.owner(1).product(world.product).configure("private_beta", Some(&ConfigurationAnswer::YesNo(true))).unwrap();
    let list =
        b"\xEF\xBB\xBFe-mail,name\r\ncarl@example.com,Carl\r\n\r\nCARL@example.com\r\ndora@example.com\n\x07bad\n";
    let lines = world.owner(1).product(world.product).invite_to_beta(list).unwrap();
    let BetaVerdict::Invited(carl) = &lines[0].verdict else { panic!("{lines:?}") };
    assert_eq!((lines[0].line, &lines[1].verdict), (2, &BetaVerdict::DuplicateOf(2)));
    let BetaVerdict::Invited(dora) = &lines[2].verdict else { panic!("{lines:?}") };
    assert!(matches!(lines[3].verdict, BetaVerdict::Malformed(_)), "{lines:?}");
    let again = world.owner(2).product(world.product).invite_to_beta(list).unwrap();
    assert_eq!(again[0].verdict, BetaVerdict::AlreadyInvited(carl.clone()));

    let (_, token) = world.customer("Carl@example.com", &ALL);
    let portal = world.fleet.portal(&token, at(3));
    assert_eq!(code(portal.ask_claim_code()), "not_activated");
    assert_eq!(code(portal.activate(dora.code)), "wrong_code", "another's");
    portal.activate(carl.code).unwrap();
    assert_eq!(code(portal.activate(carl.code)), "ok", "a repeated call of the customer who succeeded");
    assert_eq!(code(portal.ask_claim_code()), "ok");
    let guests = world.owner(4).product(world.product).beta_guests(None, 10).unwrap().items;
    assert_eq!(guests.iter().map(|guest| guest.used_at.is_some()).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn customers_are_filtered_by_the_use_of_their_device() {
    let world = World::new();
    world.imports(&[device(1), device(2)]);
    for (number, name) in [(1, "carl"), (2, "dora")] {
        world.owner(1).product(world.product).device(device(number)).set_code(&format!("STICKER-000{number}")).unwrap();
        let (_, token) = world.customer(name, &ALL);
        world.fleet.portal(&token, at(10)).claim(device(number), &format!("STICKER-000{number}")).unwrap();
        if name == "carl" {
            world.fleet.portal(&token, at(1000)).use_device(device(1), Scope::See).unwrap();
        }
    }
    world.customer("emil", &ALL);
    let names = |activity| {
        let mut filter = CustomerFilter::default();
        filter.activity = Some(activity);
        let page = world.owner(2000).product(world.product).customers(&filter, None, 10).unwrap();
        page.items.into_iter().map(|view| view.user_name).collect::<Vec<_>>()
    };
    assert_eq!(names(Activity::Since(at(500))), ["carl"]);
    assert_eq!(names(Activity::NotSince(at(500))), ["dora"], "emil has no device");
}

#[test]
fn the_configuration_decides_how_customers_authenticate_and_what_they_may_do() {
    let world = World::new();
    let configure = |question, answer| world.owner(1).product(world.product).configure(question, Some(&answer));
    let words = |text: &str| ConfigurationAnswer::Text(text.to_owned());
    assert_eq!(code(configure("colour", words("red"))), "not_found");
    assert_eq!(code(configure("authentication", words("by_smell"))), "invalid");
    configure("authentication", words("two_legged")).unwrap();
    let create = |identity| world.owner(2).product(world.product).create_customer("carl", &identity);
    assert_eq!(code(create(Identity::Simple)), "invalid");
    assert_eq!(code(create(Identity::TwoLegged { user: "u-1".to_owned() })), "ok");
    configure("customer_permissions", ConfigurationAnswer::Some(["see".to_owned()].into())).unwrap();
    assert_eq!(world.owner(3).product(world.product).get().unwrap().policy.customers_may, [Scope::See].into());
    configure("forbid_downgrades", ConfigurationAnswer::YesNo(true)).unwrap();
    assert!(world.owner(3).product(world.product).get().unwrap().policy.forbid_downgrades);
    let change = PolicyChange::new().approve_by_itself(true);
    world.owner(4).product(world.product).set_policy(&change).unwrap();
    let refused = world.owner(4).product(world.product).set_policy(&change.forbid_downgrades(false)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "policy: the configuration's answer to `forbid_downgrades` decides this; change it there"
    );
}

#[test]
fn manufacturing_starts_once_every_question_is_answered() {
    const V1: &[u8] = include_bytes!("../vectors/firmware/particle/boron_wildcard13_v3.bin");
    let fleet = Fleet::open(MemoryStore::new());
    let owner = fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap().id;
    let console = fleet.console(owner, at(1));
    let product = console.create_product("Tracker", "boron".parse().unwrap()).unwrap().id;
    let version = FirmwareVersion::new(3).unwrap();
    assert_eq!(
        console.product(product).manufacturing_readiness().unwrap().len(),
        QUESTIONS.len() - 1,
        "no line, no version"
    );
    for question in QUESTIONS {
        let answer = match question.id {
            "authentication" => ConfigurationAnswer::Text("simple".to_owned()),
            "programming" => ConfigurationAnswer::Text("on_the_line".to_owned()),
            "customer_permissions" => ConfigurationAnswer::Some(["control".to_owned()].into()),
            "private_beta" | "opaque_images" | "forbid_downgrades" => ConfigurationAnswer::YesNo(false),
            "line_firmware" => continue,
            _ => ConfigurationAnswer::Text("yes, we thought of it".to_owned()),
        };
        console.product(product).configure(question.id, Some(&answer)).unwrap();
    }
    let refused = console.product(product).start_manufacturing().unwrap_err();
    let missing = "manufacturing cannot start yet: line_firmware programming on the line needs a chosen version";
    assert_eq!(refused.to_string(), missing);
    let choice = ConfigurationAnswer::Version(version);
    assert_eq!(code(console.product(product).configure("line_firmware", Some(&choice))), "not_found");
    console.product(product).upload(&fleet_core::firmware::Upload::new(version, "Line"), V1).unwrap();
    console.product(product).configure("line_firmware", Some(&choice)).unwrap();
    assert_eq!(console.product(product).manufacturing_readiness().unwrap(), []);
    console.product(product).start_manufacturing().unwrap();
    assert_eq!(code(console.product(product).start_manufacturing()), "manufacturing_started");
    assert_eq!(code(console.product(product).configure("purpose", None)), "ok", "people change their minds");
    for (question, answer) in
        [("line_firmware", None), ("programming", Some(ConfigurationAnswer::Text("at_setup".to_owned())))]
    {
        assert_eq!(
            code(console.product(product).configure(question, answer.as_ref())),
            "manufacturing_started",
            "{question}"
        );
    }
    assert_eq!(code(console.product(product).delete_firmware(version)), "firmware_in_use", "R-CFG-3: locked down");
}

#[test]
fn absurd_texts_are_refused_without_a_change() {
    let world = World::new();
    let huge = "x".repeat(10 << 20);
    for name in ["", " ", "a\0b", &huge] {
        assert_eq!(code(world.owner(1).product(world.product).create_customer(name, &Identity::Simple)), "invalid");
    }
    assert_eq!(code(world.owner(1).product(world.product).invite(&huge)), "invalid");
    assert_eq!(code(world.owner(1).product(world.product).invite_to_beta(b"\xFF\xFE")), "invalid");
    for text in ["", "K7Q", "K7Q00", "K7QO"] {
        assert_eq!(code(text.parse::<ActivationCode>()), "invalid");
    }
    assert!(
        world.owner(2).product(world.product).customers(&CustomerFilter::default(), None, 10).unwrap().items.is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// R-TEAM-4, under any interleaving of several threads.
    #[test]
    fn seats_never_exceed_the_limit(steps in proptest::collection::vec((0..9_usize, 0..4_u8), 8..40)) {
        let world = World::new();
        let people: Vec<AccountId> = (0..9).map(|number| world.account(&format!("p{number}@example.com"))).collect();
        let seats = || {
            let team = world.owner(1).product(world.product).team().unwrap();
            team.members.len() + team.invited.len()
        };
        std::thread::scope(|threads| {
            for steps in steps.chunks(steps.len().div_ceil(3)) {
                let (world, people, seats) = (&world, &people, &seats);
                threads.spawn(move || {
                    for (person, step) in steps {
                        let account = people[*person];
                        let _ = match step {
                            0 => world.owner(1).product(world.product).invite(&format!("p{person}@example.com")).map(|_| ()),
                            1 => world.person(account, 1).product(world.product).accept_invitation(),
                            2 => world.person(account, 1).product(world.product).leave_team(),
                            _ => world.owner(1).product(world.product).revoke_invitation(account),
                        };
                        assert!(seats() <= 5, "{} seats", seats());
                    }
                });
            }
        });
    }

    /// R-CUS-4.
    #[test]
    fn activation_codes_are_unique_in_a_product(names in proptest::collection::btree_set("[a-z]{1,8}", 1..300)) {
        let world = World::new();
        let list: String = names.iter().map(|name| format!("{name}\n")).collect();
        let lines = world.owner(1).product(world.product).invite_to_beta(list.as_bytes()).unwrap();
        let codes: BTreeSet<ActivationCode> = lines
            .iter()
            .filter_map(|line| if let BetaVerdict::Invited(guest) = &line.verdict { Some(guest.code) } else { None })
            .collect();
        let headers = names.iter().take(1).filter(|name| ["email", "username"].contains(&name.as_str())).count();
        prop_assert_eq!(codes.len(), names.len() - headers);
    }
}
