//! Decisions for a fleet of connected devices: what may join, which firmware each device gets and why, who may do what.
//!
//! A library to embed, not a service. It has no sockets, threads or clock: a host's gateway and console ask, the core
//! decides and writes down, and every answer names the rule that decided it, such as `R-TGT-4 lock`.
//!
//! ```
//! use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, device::Report};
//!
//! let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
//! let product = fleet.console(alice.id, now).create_product("Thermostat", "photon".parse()?)?;
//! let stranger = Report { product: Some(product.id.get()), ..Report::new("55ff6d04498b49a1b2c3d4e5".parse()?, now) };
//! let told = fleet.gateway(now).connect(&stranger)?;
//! assert_eq!(told.answer.to_string(), "held: it asks to join and waits for the team's approval (R-IMP-9)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The domain, in order
//!
//! **Account.** A person who can log in, known by an e-mail. The host logs people in; the core keeps no password. Who
//! runs the platform is [`Actor::Operator`]; everybody else acts as an [`AccountId`]. [`Command`] lists all that can be
//! asked; an actor from outside a product never learns whether it exists.
//!
//! **Product.** What unites a fleet of one hardware ([`Platform`]): a number that is compiled into firmware, an owner, a
//! [`Tier`] that limits it, and a [`Policy`] for every choice that a team may make.
//!
//! **Devices.** Named by 12 bytes ([`DeviceId`]). One is in at most one product; outside of all it is personal.
//!
//! **Import.** A list from a desk, with all that desks do to lists. Each line gets a
//! [`Verdict`](device::import::Verdict); good lines join; if they do not all fit the tier, none does.
//! [`plan_import`](Console::plan_import) says the same without doing it.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! let operator = fleet.console(Actor::Operator, now);
//! let alice = operator.create_account("alice@example.com")?;
//! // Its number is compiled into its firmware already, so it is given, not found.
//! let product = operator.create_product_with_id(94.try_into()?, alice.id, "Thermostat", "photon".parse()?)?.id;
//!
//! let list = b"Room;Device ID\r\nbench;55FF6D04498B49A1B2C3D4E5\r\nattic;45f96d06492949f0e1d2c3b4\r\nhall;2800\r\n";
//! let report = fleet.console(alice.id, now).import(product, list)?;
//! assert_eq!((report.counts().imported, report.counts().refused), (2, 1));
//! # Ok::<(), fleet_core::Error>(())
//! ```
//!
//! **Firmware.** [`upload`](Console::upload) reads the binary and holds it against the product and the version that a
//! person entered; a refusal names both values. The host keeps the file, under its SHA-256. Versions are integers that
//! only grow.
//!
//! **Gate.** A version is released only after it ran on a device of the product: on one by default, on more and for
//! longer where [`Gate`](product::Gate) says so. What was released once may be again, so that a fleet can be taken back.
//!
//! **Lock.** Keeps one device on one version whatever is released, at once or from its next connect on: how the gate is
//! passed.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, FirmwareVersion, MemoryStore, Timestamp};
//! # use fleet_core::{device::Report, firmware::Upload};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! # let operator = fleet.console(Actor::Operator, now);
//! # let alice = operator.create_account("alice@example.com")?;
//! # let product = operator.create_product_with_id(94.try_into()?, alice.id, "Thermostat", "photon".parse()?)?.id;
//! # let bench = "55ff6d04498b49a1b2c3d4e5".parse()?;
//! # let console = fleet.console(alice.id, now);
//! # console.import(product, b"55ff6d04498b49a1b2c3d4e5")?;
//! # let binary = std::fs::read("tests/vectors/firmware/particle/photon_p94_v2.bin")?;
//! let wrong = console.upload(product, &Upload::new(FirmwareVersion::new(3)?, "Quieter"), &binary).unwrap_err();
//! assert_eq!(wrong.code(), "image_other_version");
//!
//! let two = FirmwareVersion::new(2)?;
//! console.upload(product, &Upload::new(two, "Quieter"), &binary)?;
//! assert_eq!(console.release(product, two).unwrap_err().code(), "not_proven");
//!
//! console.lock_and_flash_on_reset(product, bench, two)?;
//! // The host sends the file; the device comes back and says what it runs now.
//! let report = Report { product: Some(94), version: Some(2), ..Report::new(bench, now) };
//! fleet.gateway(now).connect(&report)?;
//! console.release(product, two)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Release.** Makes a version the one that every device should run, or every device of a group. One small write,
//! whatever the fleet's size: who gets it is decided when each connects. [`dry_run`](Console::dry_run) counts first.
//!
//! **Connect.** A device [reports](device::Report) what it is and runs, and gets an [`Answer`](firmware::Answer): up to
//! date, update with a [`Directive`](firmware::Directive), or held; each with the rule that decided and what that kept
//! back. An update succeeded when the device reports the new version on its next connect; no other word counts.
//! [`explain`](Console::explain) asks what a device would be told now.
//!
//! **Events.** A device [publishes](Gateway::publish) an [`Event`](event::Event); it goes to the product's log and to each
//! [subscription](Console::subscribe) that asked for its name and device. The answer lists the
//! [deliveries](event::Delivery) that the host makes, each with a key that is the same for every retry, and what the
//! tier's monthly limit [drops](event::Dropped). The log is [read by page](Console::events), [followed from a
//! cursor](Console::follow_events), or [streamed](Console::event_stream) as it grows; errors that devices report are
//! [counted by kind](Console::device_errors).
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
//! use fleet_core::event::{Destination, Event, NewSubscription, Published};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
//! # let console = fleet.console(alice.id, now);
//! # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
//! # let bench = "55ff6d04498b49a1b2c3d4e5".parse()?;
//! # console.import(product, b"55ff6d04498b49a1b2c3d4e5")?;
//!
//! let sheet = Destination::Integration { name: "temperatures".into() };
//! console.subscribe(product, &NewSubscription::new(sheet).prefix("room/"))?;
//! match fleet.gateway(now).publish(&Event::new(bench, "room/temperature", "21.5", now)?)? {
//!     Published::Logged(entry) => assert_eq!(entry.deliveries.len(), 1),
//!     turned_away => panic!("{turned_away:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Questions.** [`summary`](Console::summary) counts a fleet without walking it; [`devices`](Console::devices) lists
//! it by page and filter.
//!
//! **Notices and audit.** What people should be told waits in an [outbox](Fleet::pending_notices) until the host has
//! sent it; who did what is in the [log](Console::audit_log). Both are written by the commit that they are about.
//!
//! **Stores.** [`MemoryStore`] is here; `fleet-store-sqlite` keeps a fleet in one file; an engine of your own implements
//! [`Store`]: get, scan, commit. Every door loads records, decides by a pure rule, and commits; if others came between,
//! it decides again on what is there now. Layers go before any of them: [`GroupCommit`](store::GroupCommit)
//! merges the commits of many threads, [`Journaled`](store::Journaled) makes connects cheap for a process that has its
//! fleet to itself.
//!
//! **People.** The owner invites accounts to the team ([`Console::invite`]); each holds a seat of the tier. One matrix of
//! role and command decides who may do what, and who may not know. The product's end users are its
//! [customers](customer): they come through the [`Portal`] with a scoped token, claim their device with a code, and
//! control it as far as the product lets them. Before devices are made, the team answers the
//! [configuration's questions](product::QUESTIONS); some answers act at once.
//!
//! **Metering.** Outbound messages are counted against the tier's monthly limit, and never one too many is sent, by any
//! number of processes ([`event::metering`]). A host that runs more than one calls [`report_usage`](Fleet::report_usage)
//! each second, and every host [`settle_usage`](Fleet::settle_usage) before it stops.
//! [`usage`](Console::usage) tells what is used, what processes hold, and when the count starts again.
//!
//! **Billing.** A product that pays is on a [`Plan`](billing::Plan): a tier, by the month or the year, in periods counted
//! from the day it was created. An upgrade is [quoted](Console::quote_upgrade), charged, and takes effect with its charge.
//! The core asks for charges in an [outbox](Fleet::pending_charges); the host's payment provider makes them, and the host
//! tells the [`Clock`] what it said. What time does (renewals, retries, notices) the clock does when the host
//! [advances](Clock::advance) it: late, twice or on two nodes, it comes to the same. `docs/BILLING.md` works it through
//! with numbers.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore};
//! use fleet_core::billing::{CardToken, ChargeOutcome, ExpiryMonth, Interval, NewCard, Upgrade};
//!
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), "2016-03-08T00:00:00Z".parse()?);
//! # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?.id;
//! let console = fleet.console(alice, now);
//! let product = console.create_product("Thermostat", "photon".parse()?)?.id;
//! // What the payment provider gave for the card.
//! let token = CardToken::new("tok_visa")?;
//! let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
//! console.set_card(&NewCard { token, brand, last_four, expires: ExpiryMonth::new(2019, 12)? })?;
//!
//! let quote = console.quote_upgrade(product, "Small", Interval::Monthly)?;
//! assert_eq!(quote.due.to_string(), "89.00 USD");
//! if let Upgrade::Charging(charge) = console.upgrade(product, quote.id)? {
//!     // The host has it charged, with the key as idempotency key, and tells what became of it.
//!     fleet.clock(now).charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
//! }
//! let status = console.billing_status(product)?;
//! assert_eq!((&*status.tier, status.renewal), ("Small", Some("2016-04-08T00:00:00Z".parse()?)));
//! # Ok::<(), fleet_core::Error>(())
//! ```
//!
//! # Features
//!
//! * Decisions are values: answers and verdicts say why, and print for a person; answers serialise for a program.
//! * One [`Error`], with a stable [`code`](Error::code), a [`kind`](Error::kind) to branch on, a message that says what
//!   to do next, and whether to [try again](Error::is_transient). An operation that fails has changed nothing, unless
//!   its documentation says how far it came.
//! * Nothing panics on bytes from outside; no `unsafe`.
//! * Right under many threads and processes on one store, and under late, doubled and disordered reports.
//! * The same inputs give the same answers: `now` is an argument of every door.
//!
//! # Non-features
//!
//! * No network, web server, mail, calling of webhooks, payment provider or log-in: the host's.
//! * No storage of firmware binaries: the core keeps what it read in them, the host the files.
//! * No `async`: calls are short and block on the store alone. Run them where blocking is allowed.
//! * Not yet: signatures, staged rollouts, maintenance windows.
//!
//! # Where things are
//!
//! A module for each domain, with its records, its pure rules and the door's methods: [`product`], [`device`],
//! [`firmware`], [`team`], [`customer`], [`event`], [`billing`], and beside them [`notice`], [`audit`] and [`store`]. The
//! doors themselves are [`Console`] for the team, [`Portal`] for customers, [`Gateway`] for devices and [`Clock`] for time,
//! all opened by [`Fleet`].
#![forbid(unsafe_code)]

pub mod audit;
pub mod billing;
mod cursor;
pub mod customer;
pub mod device;
mod directory;
mod error;
pub mod event;
pub mod firmware;
mod fleet;
pub mod invariants;
mod list;
mod money;
pub mod notice;
pub mod product;
pub mod store;
pub mod team;
mod text;
mod time;

pub use billing::{Catalogue, Clock, LimitExceeded, Resource, Tier};
pub use customer::Portal;
pub use device::{Device, DeviceId, MalformedDeviceId, SystemVersion};
pub use directory::Directory;
pub use error::{Error, ErrorKind};
pub use firmware::{FirmwareVersion, Sha256};
pub use fleet::{Console, Fleet, Gateway};
pub use money::{Currency, Money};
pub use product::{Platform, Policy, PolicyChange, Product, ProductId};
pub use store::{MemoryStore, Store, StoreError};
pub use team::{Account, AccountId, Actor, Command};
pub use time::{Date, Timestamp};

/// Runs the README's program as a test, so that it does not rot.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
