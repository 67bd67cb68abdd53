//! Event commands of a team: subscriptions, and the errors that devices report.

mod reading;

pub use reading::{EventFilter, Followed};

use super::cursor::SLOTS;
use super::errors::{DeviceError, DeviceErrors};
use super::subscription::{MAX_SUBSCRIPTIONS, NewSubscription, Subscription, SubscriptionId, Subscriptions};
use crate::Error;
use crate::fleet::ProductConsole;
use crate::store::{Key, Record};
use crate::team::{Access, Command};
use std::collections::BTreeMap;
use std::sync::Arc;

impl ProductConsole<'_> {
    /// Adds a subscription: matching events are delivered from now on (R-EVT-1). Each delivery is one outbound message
    /// (R-EVT-2).
    ///
    /// # Errors
    /// `not_found`; `invalid` for a prefix over 64 bytes or with control characters, an integration's name that is
    /// empty or over 100 characters, or more than 1,000 subscriptions.
    pub fn subscribe(&self, new: &NewSubscription) -> Result<Subscription, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ChangeSubscriptions, product)?;
            let mut all: Arc<Subscriptions> = tx.get(product)?.unwrap_or_default();
            let Subscriptions { last, list } = Arc::make_mut(&mut all);
            if list.len() >= MAX_SUBSCRIPTIONS {
                return Err(Error::invalid(
                    "subscriptions",
                    format!("a product has at most {MAX_SUBSCRIPTIONS}; delete one first"),
                ));
            }
            *last = last.checked_add(1).ok_or_else(|| {
                Error::invalid(
                    "subscriptions",
                    "all subscription numbers of this product are used up; create a new product",
                )
            })?;
            let made = new.made(SubscriptionId::new(*last), console.now)?;
            list.push(made.clone());
            tx.put(product, all);
            console.note(tx, product, Command::ChangeSubscriptions, format!("{made} made"));
            Ok(made)
        })
    }

    /// Ends a subscription. Earlier deliveries stay due.
    ///
    /// # Errors
    /// `not_found`.
    pub fn unsubscribe(&self, subscription: SubscriptionId) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ChangeSubscriptions, product)?;
            let mut all: Arc<Subscriptions> = tx.get(product)?.unwrap_or_default();
            let list = &mut Arc::make_mut(&mut all).list;
            let index = list.iter().position(|one| one.id == subscription);
            let ended = list.remove(index.ok_or_else(|| Error::not_found("subscription"))?);
            tx.put(product, all);
            console.note(tx, product, Command::ChangeSubscriptions, format!("{ended} ended"));
            Ok(())
        })
    }

    /// Returns a product's subscriptions in the order of creation, which is the order of delivery.
    ///
    /// # Errors
    /// `not_found`.
    pub fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)?;
            let all: Arc<Subscriptions> = tx.get(product)?.unwrap_or_default();
            Ok(all.list.clone())
        })
    }

    /// Returns the errors that the members of a product reported, by kind: how many, since when, and the device of the
    /// latest (R-SEE-1). The counts stay when the events leave the log; [`forget_device_errors`] resets them.
    ///
    /// [`forget_device_errors`]: ProductConsole::forget_device_errors
    ///
    /// # Errors
    /// `not_found`.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, event::Event};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
    /// # let console = fleet.console(alice.id, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
    /// # console.product(product).import(b"55ff6d04498b49a1b2c3d4e5")?;
    /// fleet.gateway(now).publish(&Event::new(device, "crash", "", now)?.with_error("stack overflow")?)?;
    /// assert_eq!(console.product(product).device_errors()?["stack overflow"].count, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn device_errors(&self) -> Result<BTreeMap<Box<str>, DeviceError>, Error> {
        let Self { console, product } = *self;
        let keys: Vec<Key> = (0..SLOTS).map(|slot| Key::DeviceErrors(product, slot)).collect();
        let rows = console.read(Command::ReadProduct, product, |_| Ok(console.fleet.store().get(&keys)?))?;
        let mut sums: BTreeMap<Box<str>, DeviceError> = BTreeMap::new();
        for row in rows.into_iter().flatten() {
            let Record::DeviceErrors(errors) = row.record else { continue };
            for (kind, error) in &errors.0 {
                sums.entry(kind.clone()).and_modify(|sum| sum.merge(*error)).or_insert(*error);
            }
        }
        Ok(sums)
    }

    /// Deletes the count of a kind of error, so that counting starts again.
    ///
    /// # Errors
    /// `not_found`, also if nothing was counted of this kind.
    pub fn forget_device_errors(&self, kind: &str) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ForgetErrors, product)?;
            tx.load((0..SLOTS).map(|slot| Key::DeviceErrors(product, slot)))?;
            let mut forgotten = false;
            for slot in 0..SLOTS {
                let Some(mut errors) = tx.get::<Arc<DeviceErrors>>((product, slot))? else { continue };
                if Arc::make_mut(&mut errors).forget(kind) {
                    forgotten = true;
                    tx.put((product, slot), errors);
                }
            }
            if !forgotten {
                return Err(Error::not_found("kind of error"));
            }
            console.note(tx, product, Command::ForgetErrors, format!("`{kind}`"));
            Ok(())
        })
    }
}
