//! Decides for a fleet of connected devices: which devices may join, which firmware each device gets and why, and who
//! may do what.
//!
//! An embedded library, not a service. It opens no sockets, starts no threads and reads no clock. The host's gateway
//! and console call it; it decides, stores the decision, and names in every answer the rule that decided, such as
//! `R-TGT-4 lock`.
//!
//! ```
//! use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, device::Report};
//!
//! let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
//! let product = fleet.console(alice.id, now).create_product("Thermostat", "photon".parse()?)?;
//! let stranger = Report::new("55ff6d04498b49a1b2c3d4e5".parse()?).product(product.id.get()).at(now);
//! let reply = fleet.gateway(now).connect(&stranger)?;
//! assert_eq!(reply.answer.to_string(), "held: it asks to join and waits for the team's approval (R-IMP-9)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The domain, in order
//!
//! **Account.** A person who can log in, identified by an e-mail address. The host logs people in; the core stores no
//! passwords. The platform's operator acts as [`Actor::Operator`]; everybody else acts as an [`AccountId`]. [`Command`]
//! lists every operation. An actor from outside a product never learns whether the product exists.
//!
//! **Product.** A fleet of one hardware type ([`Platform`]): a number that is compiled into the firmware, an owner, a
//! [`Tier`] that limits it, and a [`Policy`] that holds every setting a team may choose.
//!
//! **Devices.** Identified by 12 bytes ([`DeviceId`]). A device is in at most one product; a device in no product is
//! personal.
//!
//! **Import.** Adds the devices of a list, which may come from a spreadsheet or a scanner and contain mistakes. Each
//! line gets a [`Verdict`](device::import::Verdict). The valid lines join; if they do not all fit the tier, none of
//! them does. [`plan_import`](ProductConsole::plan_import) returns the same verdicts without changing anything.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! let operator = fleet.console(Actor::Operator, now);
//! let alice = operator.create_account("alice@example.com")?;
//! // The number is already compiled into the firmware, so the operator chooses it.
//! let product = operator.create_product_with_id(94.try_into()?, alice.id, "Thermostat", "photon".parse()?)?;
//! // A handle: it reads nothing.
//! let thermostat = fleet.console(alice.id, now).product(product.id);
//!
//! let list = b"Room;Device ID\r\nbench;55FF6D04498B49A1B2C3D4E5\r\nattic;45f96d06492949f0e1d2c3b4\r\nhall;2800\r\n";
//! let report = thermostat.import(list)?;
//! assert_eq!((report.counts().imported, report.counts().refused), (2, 1));
//! # Ok::<(), fleet_core::Error>(())
//! ```
//!
//! **Firmware.** [`upload`](ProductConsole::upload) parses the binary and compares it with the product and with the
//! version that a person entered; a refusal names both values. The host stores the file under its SHA-256. Versions are
//! integers that only increase.
//!
//! **Gate.** A version can be released only after it ran on a device of the product: on one device by default, on more
//! devices and for longer where [`Gate`](product::Gate) requires it. A version that was released once can be released
//! again, so that a fleet can be rolled back.
//!
//! **Lock.** Keeps one device on one version, whatever is released, either immediately or from its next connect. A
//! locked test device is how a version passes the gate.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, FirmwareVersion, MemoryStore, Timestamp};
//! # use fleet_core::{Flash, device::Report, firmware::Upload};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! # let operator = fleet.console(Actor::Operator, now);
//! # let alice = operator.create_account("alice@example.com")?;
//! # let product = operator.create_product_with_id(94.try_into()?, alice.id, "Thermostat", "photon".parse()?)?.id;
//! # let bench = "55ff6d04498b49a1b2c3d4e5".parse()?;
//! # let thermostat = fleet.console(alice.id, now).product(product);
//! # thermostat.import(b"55ff6d04498b49a1b2c3d4e5")?;
//! # let binary = std::fs::read("tests/vectors/firmware/particle/photon_p94_v2.bin")?;
//! let wrong = thermostat.upload(&Upload::new(FirmwareVersion::new(3)?, "Quieter"), &binary).unwrap_err();
//! assert_eq!(wrong.code(), "image_other_version");
//!
//! let two = FirmwareVersion::new(2)?;
//! thermostat.upload(&Upload::new(two, "Quieter"), &binary)?;
//! assert_eq!(thermostat.release(two).unwrap_err().code(), "not_proven");
//!
//! let test_device = thermostat.device(bench);
//! test_device.lock(two, Flash::OnReset)?;
//! // The host sends the file; the device reconnects and reports what it runs now.
//! let report = Report::new(bench).product(94).version(2).at(now);
//! fleet.gateway(now).connect(&report)?;
//! thermostat.release(two)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Release.** Makes a version the one that every device, or every device of a group, should run. It is one small
//! write whatever the fleet's size: which version a device gets is decided when it connects.
//! [`dry_run`](ProductConsole::dry_run) counts the affected devices first.
//!
//! **Connect.** A device [reports](device::Report) what it is and what it runs, and gets an
//! [`Answer`](firmware::Answer): up to date, update with a [`Directive`](firmware::Directive), or held. Each answer
//! names the rule that decided and any version that the rule held back. An update has succeeded only when the device
//! reports the new version at its next connect. [`explain`](DeviceConsole::explain) returns the answer that a device
//! would get now.
//!
//! **Events.** A device [publishes](Gateway::publish) an [`Event`](event::Event). The core adds it to the product's log
//! and matches it with each [subscription](ProductConsole::subscribe) by name and device. The answer lists the
//! [deliveries](event::Delivery) that the host makes, each with a key that is the same for every retry, and the
//! deliveries that the tier's monthly limit [drops](event::Dropped). The log can be [read by
//! page](ProductConsole::events), [followed from a cursor](ProductConsole::follow_events), or
//! [streamed](ProductConsole::event_stream) as it grows. Errors that devices report are [counted by
//! kind](ProductConsole::device_errors).
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
//! use fleet_core::event::{Destination, Event, NewSubscription, Published};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
//! # let console = fleet.console(alice.id, now);
//! # let thermostat = console.product(console.create_product("Thermostat", "photon".parse()?)?.id);
//! # let bench = "55ff6d04498b49a1b2c3d4e5".parse()?;
//! # thermostat.import(b"55ff6d04498b49a1b2c3d4e5")?;
//!
//! let sheet = Destination::Integration { name: "temperatures".into() };
//! thermostat.subscribe(&NewSubscription::new(sheet).prefix("room/"))?;
//! match fleet.gateway(now).publish(&Event::new(bench, "room/temperature", "21.5", now)?)? {
//!     Published::Logged(entry) => assert_eq!(entry.deliveries.len(), 1),
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Queries.** [`summary`](ProductConsole::summary) counts a fleet without scanning it;
//! [`devices`](ProductConsole::devices) lists it by page and filter.
//!
//! **Notices and audit.** A notice for people waits in an [outbox](Fleet::pending_notices) until the host has sent it.
//! The [audit log](ProductConsole::audit_log) records who did what. Both are written by the commit that they describe.
//!
//! **Stores.** [`MemoryStore`] is built in; `fleet-store-sqlite` stores a fleet in one file; a store of your own
//! implements [`Store`]: get, scan, commit. Every operation loads records, decides by a pure rule, and commits. If
//! another commit changed those records in between, the operation loads them and decides again. Layers wrap any store:
//! [`GroupCommit`](store::GroupCommit) merges the commits of many threads; [`Journaled`](store::Journaled) makes
//! connects cheap for a process that is the only one to use its fleet.
//!
//! **People.** The owner invites accounts to the team ([`ProductConsole::invite`]); each member uses a seat of the
//! tier. One matrix of role and command decides who may do what, and who may not learn that a thing exists. The
//! product's end users are its [customers](customer): they use the [`Portal`] with a scoped token, claim their device
//! with a code, and control it as far as the product allows. Before devices are manufactured, the team answers the
//! [configuration's questions](product::QUESTIONS); some answers take effect immediately.
//!
//! **Metering.** Outbound messages are counted against the tier's monthly limit, and the limit is never exceeded,
//! whatever the number of processes ([`event::metering`]). A host that runs more than one process calls
//! [`report_usage`](Fleet::report_usage) each second; every host calls [`settle_usage`](Fleet::settle_usage) before it
//! stops. [`usage`](ProductConsole::usage) returns how many messages are used, how many are leased to processes, and
//! when the count starts again.
//!
//! **Billing.** A product that pays is on a [`Plan`](billing::Plan): a tier, by the month or by the year, in periods
//! counted from the day the product was created. An upgrade is [quoted](ProductConsole::quote_upgrade), then charged,
//! and takes effect when the charge succeeds. The core puts charges in an [outbox](Fleet::pending_charges); the host's
//! payment provider makes them, and the host reports the outcome to the [`Clock`]. Renewals, retries and notices happen
//! when the host [advances](Clock::advance) the clock: advancing it late, twice or on two nodes gives the same result.
//! `docs/BILLING.md` works through examples with numbers.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore};
//! use fleet_core::billing::{CardToken, ChargeOutcome, ExpiryMonth, Interval, NewCard, Upgrade};
//!
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), "2016-03-08T00:00:00Z".parse()?);
//! # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?.id;
//! let console = fleet.console(alice, now);
//! let thermostat = console.product(console.create_product("Thermostat", "photon".parse()?)?.id);
//! // The payment provider's token for the card.
//! let token = CardToken::new("tok_visa")?;
//! console.set_card(&NewCard::new(token, "visa", "4242", ExpiryMonth::new(2019, 12)?))?;
//!
//! let quote = thermostat.quote_upgrade("Small", Interval::Monthly)?;
//! assert_eq!(quote.due.to_string(), "89.00 USD");
//! if let Upgrade::Charging(charge) = thermostat.upgrade(quote.id)? {
//!     // The host has the provider charge it, with the key as idempotency key, and reports the outcome.
//!     fleet.clock(now).charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
//! }
//! let status = thermostat.billing_status()?;
//! assert_eq!((&*status.tier, status.renewal), ("Small", Some("2016-04-08T00:00:00Z".parse()?)));
//! # Ok::<(), fleet_core::Error>(())
//! ```
//!
//! # Features
//!
//! * Decisions are values: answers and verdicts name their reason, print as text for a person, and serialise for a
//!   program.
//! * One [`Error`], with a stable [`code`](Error::code), a [`kind`](Error::kind) to branch on, a message that names the
//!   next step, and whether to [try again](Error::is_transient). An operation that fails has changed nothing, unless
//!   its documentation states otherwise.
//! * No input from outside causes a panic; no `unsafe`.
//! * Correct with many threads and processes on one store, and with late, duplicated and reordered reports.
//! * The same inputs give the same answers: every door takes `now` as an argument.
//!
//! # Non-features
//!
//! * No network, web server, mail, webhook calls, payment provider or log-in: the host provides these.
//! * No storage of firmware binaries: the core stores the facts it parsed from them, the host stores the files.
//! * No `async`: calls are short and block only on the store. Run them where blocking is allowed.
//! * Not yet: signatures, staged rollouts, maintenance windows.
//!
//! # Where things are
//!
//! Each domain is a module with its records, its pure rules and its operations: [`product`], [`device`], [`firmware`],
//! [`team`], [`customer`], [`event`] and [`billing`]; beside them are [`notice`], [`audit`] and [`store`]. The
//! operations are methods of four types, called doors: [`Console`] for the team, [`Portal`] for customers, [`Gateway`]
//! for devices and [`Clock`] for billing over time. [`Fleet`] opens all of them. A console returns handles, which read
//! nothing: [`ProductConsole`] holds all that is done with one product, [`DeviceConsole`] and [`CustomerConsole`] all
//! that is done with one of its devices or customers.
//!
//! The rules that answers, errors and this documentation cite, such as `R-TGT-4`, are in the repository's
//! `docs/RULES.md`.
#![forbid(unsafe_code)]

pub mod audit;
pub mod billing;
mod cancel;
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
pub use cancel::CancelToken;
pub use customer::Portal;
pub use device::{Device, DeviceId, MalformedDeviceId, SystemVersion};
pub use directory::Directory;
pub use error::{Error, ErrorKind};
pub use firmware::{FirmwareVersion, Flash, Sha256};
pub use fleet::{Console, CustomerConsole, DeviceConsole, Fleet, FleetBuilder, Gateway, ProductConsole};
pub use money::{Currency, Money};
pub use product::{Platform, Policy, PolicyChange, Product, ProductId};
pub use store::{MemoryStore, Store, StoreError};
pub use team::{Account, AccountId, Actor, Command};
pub use time::{Date, Timestamp};

/// Runs the README's program as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
