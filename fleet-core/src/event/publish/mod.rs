//! The gateway's door for events: log, match, meter, answer.
//!
//! One read for all that is to be published, then one commit for each slot of a product's log, all in one batch. A
//! commit checks the slot's head, which is what makes sequence numbers gapless, and that the product is as it was read,
//! so that nothing is logged behind a removal. The device's row and the subscriptions are not checked: a change that
//! lands in the same instant may be seen or not, as if the event had come a moment earlier. The row of a device that is
//! known to be in the product is not even read, see [`members`](super::members). Which product an event belongs to that
//! names none, or one that its device is not in, is found by a transaction, as for a connect.

mod allowance;
mod draft;

use super::cursor::{Position, SLOTS, slot_of};
use super::ids::{self, EventId, id_hash};
use super::log::{EventLog, EventOrigin, EventView, LogMoment};
use super::published::{Entry, Published};
use super::record::Event;
use super::subscription::{SubscriptionId, Subscriptions};
use super::trim;
use crate::billing::{LimitExceeded, Resource};
use crate::device::{Place, Registration, Report, Standing};
use crate::firmware::Hold;
use crate::fleet::Gateway;
use crate::product::{Product, ProductId};
use crate::store::{self, Commit, CommitOutcome, Key, Record, Row, Stamp, StoreError, StoreErrorKind};
use crate::time::Timestamp;
use crate::{Error, Fleet};
use allowance::Allowance;
use draft::{Draft, DraftEntry};
use std::collections::HashSet;
use std::sync::Arc;

impl Gateway<'_> {
    /// A device publishes an event: it is logged, and the answer says what the host is to send to whom, and what it is
    /// not to send (R-EVT-1 to 3). Errors that a member reports are counted (R-EVT-8).
    ///
    /// An event with an id is recognised when it is published again with the same name and data within the policy's window,
    /// and answered as the first was (R-EVT-7); one without is another event each time.
    ///
    /// # Errors
    /// The store's. Nothing was logged and no message counted, unless the error is `store_outcome_unknown`: then both may
    /// be, and publishing the event again under its id tells.
    ///
    /// ```
    /// use fleet_core::event::{Destination, Event, NewSubscription, Published};
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
    /// # let console = fleet.console(alice.id, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
    /// # console.import(product, b"55ff6d04498b49a1b2c3d4e5")?;
    /// let hook = Destination::Webhook { url: "https://example.com/hook".parse()? };
    /// let doors = console.subscribe(product, &NewSubscription::new(hook).prefix("door"))?;
    ///
    /// let opened = Event::new(device, "door/front", "open", now)?.with_id("17")?;
    /// let Published::Logged(first) = fleet.gateway(now).publish(&opened)? else { panic!("it is a member's") };
    /// assert_eq!(first.deliveries[0].subscription, doors.id);
    ///
    /// let Published::Logged(again) = fleet.gateway(now).publish(&opened)? else { panic!("it is a member's") };
    /// assert!(again.duplicate);
    /// assert_eq!(again.deliveries, first.deliveries);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn publish(&self, event: &Event) -> Result<Published, Error> {
        let published = self.publish_many(std::slice::from_ref(event))?;
        published.into_iter().next().ok_or_else(unanswered)
    }

    /// The same for many at once, with one read and one commit for all whose way is the fast one. The answers are in the
    /// order of the events. They are logged in it where nobody else publishes to the product meanwhile; those of one device
    /// always.
    ///
    /// # Errors
    /// The store's. Some of the events may have been published; telling all again is safe for those with an id.
    pub fn publish_many(&self, events: &[Event]) -> Result<Vec<Published>, Error> {
        self.fleet.check_process()?;
        let mut publishing = Publishing {
            gateway: *self,
            pending: Vec::with_capacity(events.len()),
            answers: vec![None; events.len()],
            allowances: Vec::new(),
            remembers: true,
        };
        let done = publishing.run(events);
        for allowance in publishing.allowances {
            allowance.give_back(self.fleet);
        }
        done?;
        publishing.answers.into_iter().map(|answer| answer.ok_or_else(unanswered)).collect()
    }

    /// Which product an event belongs to, and as whose.
    fn route(&self, event: &Event) -> Result<Route, Error> {
        let report = Report { product: event.product(), ..Report::new(event.device(), event.at()) };
        self.fleet.transact(|tx| {
            let entry: Registration = tx.get(event.device())?.unwrap_or_default();
            Ok(match self.place(tx, &report, &entry)? {
                Place::Personal(Hold::UnknownProduct) => Route::Answer(Published::UnknownProduct),
                Place::Personal(_) => Route::Answer(Published::Personal),
                Place::Asks(product) => Route::To(product, EventOrigin::Foreign),
                Place::Row(product, row) => match origin_of(row.standing) {
                    Some(origin) => Route::To(product, origin),
                    None => Route::Answer(Published::Denied { product }),
                },
            })
        })
    }
}

/// Where an event goes that cannot go the fast way.
enum Route {
    To(ProductId, EventOrigin),
    Answer(Published),
}

/// Events on their way into the log.
struct Publishing<'g, 'e> {
    gateway: Gateway<'g>,
    /// Those that have no answer yet, by product, slot and place.
    pending: Vec<Pending<'e>>,
    answers: Vec<Option<Published>>,
    /// By product.
    allowances: Vec<Allowance>,
    /// Whether what is known of members may be used; not after it turned out to be of the past.
    remembers: bool,
}

/// An event that has no answer yet.
#[derive(Clone, Copy)]
struct Pending<'e> {
    product: ProductId,
    slot: u8,
    /// Its place among the events that are published.
    place: usize,
    event: &'e Event,
    /// What its device is to the product, where that was found by a transaction; none: its row tells.
    origin: Option<EventOrigin>,
    /// Its device was in the product when so many members had left it.
    member_after: Option<u64>,
    id: Option<[u8; 16]>,
    /// Where in the log's order it is to be logged, by what the round read.
    moment: LogMoment,
}

/// What one read found of a product.
struct Found {
    product: Arc<Product>,
    stamp: Stamp,
    subscriptions: Arc<Subscriptions>,
    /// How many members have left it.
    departures: u64,
    /// Whether its devices are held for its owner's lock.
    locked: bool,
}

/// The products that a round found, in order of their numbers.
#[derive(Default)]
struct Products(Vec<Found>);

/// An event whose id has a row of an earlier version: what its device is, where the row leads, and its stamp.
type Known<'e> = (Pending<'e>, EventOrigin, Position, Stamp);

impl Pending<'_> {
    /// Whether it takes the device's row to know what the device is to the product.
    fn is_unknown(&self) -> bool {
        self.origin.is_none() && self.member_after.is_none()
    }
}

impl<'e> Publishing<'_, 'e> {
    fn run(&mut self, events: &'e [Event]) -> Result<(), Error> {
        for (place, event) in events.iter().enumerate() {
            match event.names() {
                Some(product) => self.enter(place, event, product, None),
                None => self.reroute(place, event)?,
            }
        }
        let mut tries = self.gateway.fleet.tries();
        loop {
            self.pending.sort_unstable_by_key(|pending| (pending.product, pending.slot, pending.place));
            let heads = self.pending.iter().map(|pending| Key::EventLog(pending.product, pending.slot));
            let mut heads: Vec<Key> = heads.collect();
            heads.dedup();
            tries.line_up(heads.iter());
            if self.pending.is_empty() || self.round()? {
                return Ok(());
            }
            let first = self.pending.first();
            tries.lost_at(first.map(|pending| Key::EventLog(pending.product, pending.slot)))?;
        }
    }

    fn enter(&mut self, place: usize, event: &'e Event, product: ProductId, origin: Option<EventOrigin>) {
        let (device, id) = (event.device(), event.id());
        let id = id.map(|id| id_hash(device, id));
        let slot = slot_of(device);
        let moment = LogMoment::next(None, slot, self.gateway.now);
        self.pending.push(Pending { product, slot, place, event, origin, member_after: None, id, moment });
    }

    /// Finds an event's way by a transaction.
    fn reroute(&mut self, place: usize, event: &'e Event) -> Result<(), Error> {
        match self.gateway.route(event)? {
            Route::To(product, origin) => self.enter(place, event, product, Some(origin)),
            Route::Answer(answer) => self.answer(place, answer),
        }
        Ok(())
    }

    fn answer(&mut self, place: usize, answer: Published) {
        if let Some(slot) = self.answers.get_mut(place) {
            *slot = Some(answer);
        }
    }

    /// Reads what all that is pending needs, and publishes as much of it as nobody comes between. Whether that was all.
    fn round(&mut self) -> Result<bool, Error> {
        let fleet = self.gateway.fleet;
        self.recall();
        let mut rows = fleet.store().get(&self.keys())?.into_iter();
        let mut row = || rows.next().flatten();
        let mut products = Products::default();
        let mut drafts: Vec<Draft<'e>> = Vec::new();
        let (mut lost, mut is_stale) = (Vec::new(), false);
        let mut known: Vec<Known<'e>> = Vec::new();
        let mut pending = std::mem::take(&mut self.pending);
        for of_product in pending.chunk_by_mut(|a, b| a.product == b.product) {
            let found = self.found(row(), row(), row())?;
            let heads: Vec<(EventLog, Option<Stamp>)> = (0..SLOTS).map(|_| EventLog::of(row())).collect();
            put_in_order(of_product, LogMoment::latest(heads.iter().map(|(head, _)| head)), self.gateway.now);
            let mut members = Vec::new();
            for of_slot in of_product.chunk_by(|a, b| a.slot == b.slot) {
                let Some(first) = of_slot.first() else { continue };
                let head = heads.get(usize::from(first.slot)).copied().unwrap_or_default();
                let errors = report_errors(of_slot).then(&mut row);
                let mut draft = Draft::new(first, head, errors, self.gateway.now);
                for pending in of_slot {
                    let device = pending.is_unknown().then(&mut row).flatten();
                    let id = pending.id.is_some().then(&mut row).flatten();
                    let Some(found) = &found else {
                        lost.push(*pending);
                        continue;
                    };
                    let origin = match (pending.origin, pending.member_after, device) {
                        (Some(origin), _, _) => origin,
                        (None, Some(departures), _) => {
                            is_stale |= departures != found.departures;
                            EventOrigin::Member
                        }
                        (None, None, Some(Row { record: Record::Device(device), .. })) => {
                            let Some(origin) = origin_of(device.standing) else {
                                self.answer(pending.place, Published::Denied { product: pending.product });
                                continue;
                            };
                            if origin == EventOrigin::Member {
                                members.push(pending.event.device());
                            }
                            origin
                        }
                        (None, None, _) => {
                            lost.push(*pending);
                            continue;
                        }
                    };
                    let (policy, now) = (&found.product.policy, self.gateway.now);
                    match id {
                        Some(Row {
                            record: Record::EventId(EventId { event: Some(first), slot, sequence }), ..
                        }) if first.is_told_again(pending.event, policy, now) => {
                            let entry = Entry::new(pending.product, Position::new(slot, sequence), &*first);
                            self.answer(pending.place, Published::Logged(entry.again()));
                        }
                        Some(Row { record: Record::EventId(id @ EventId { event: None, .. }), stamp, .. }) => {
                            known.push((*pending, origin, id.position(), stamp));
                        }
                        id => draft.enter(*pending, origin, found, now, id.map(|row| row.stamp)),
                    }
                }
                drafts.push(draft);
            }
            if let Some(found) = found {
                if !members.is_empty() || !self.remembers {
                    fleet.members().keep(found.product.id, found.departures, &members);
                }
                products.0.push(found);
            }
        }
        self.remembers &= !is_stale;
        if !lost.is_empty() || is_stale {
            // Their way is found first, and then that of all again, so that a device's events stay in order.
            self.pending = pending.iter().filter(|one| self.is_open(one.place)).copied().collect();
            let places: HashSet<usize, foldhash::fast::RandomState> = lost.iter().map(|lost| lost.place).collect();
            self.pending.retain(|one| !places.contains(&one.place));
            for pending in lost {
                self.reroute(pending.place, pending.event)?;
            }
            return Ok(false);
        }
        self.pending = pending;
        self.recognise(known, &products, &mut drafts)?;
        if let Err(error) = self.meter(&products, &mut drafts) {
            drafts.iter().for_each(|draft| self.free(draft));
            return Err(error);
        }
        self.commit(&products, drafts)?;
        self.pending = self.pending.iter().filter(|one| self.is_open(one.place)).copied().collect();
        Ok(self.pending.is_empty())
    }

    /// Looks up which devices are known to be in their products.
    fn recall(&mut self) {
        let (members, remembers) = (self.gateway.fleet.members(), self.remembers);
        for of_product in self.pending.chunk_by_mut(|a, b| a.product == b.product) {
            let Some(Pending { product, .. }) = of_product.first() else { continue };
            members.with(*product, |departures, is_member| {
                for pending in of_product {
                    pending.member_after = departures.filter(|_| remembers && is_member(pending.event.device()));
                }
            });
        }
    }

    /// A product that is there, out of its rows.
    fn found(
        &self,
        product: Option<Row>,
        subscriptions: Option<Row>,
        count: Option<Row>,
    ) -> Result<Option<Found>, Error> {
        let Some(Row { record: Record::Product(product), stamp, .. }) = product else { return Ok(None) };
        if product.removed_at.is_some() {
            return Ok(None);
        }
        let subscriptions = match subscriptions.map(|row| row.record) {
            Some(Record::EventSubscriptions(subscriptions)) => subscriptions,
            _ => Arc::default(),
        };
        let departures = match count.map(|row| row.record) {
            Some(Record::DeviceCount(count)) => count.departures,
            _ => 0,
        };
        let locked = self.gateway.fleet.held_since(&product)?.is_some();
        Ok(Some(Found { product, stamp, subscriptions, departures, locked }))
    }

    fn is_open(&self, place: usize) -> bool {
        self.answers.get(place).is_some_and(Option::is_none)
    }

    /// The keys that a round reads, in the order in which it looks at them.
    fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::with_capacity(self.pending.len() + 12);
        for of_product in self.pending.chunk_by(|a, b| a.product == b.product) {
            let Some(Pending { product, .. }) = of_product.first() else { continue };
            keys.extend([Key::Product(*product), Key::EventSubscriptions(*product), Key::DeviceCount(*product)]);
            // All heads: what is logged comes after what any slot has.
            keys.extend((0..SLOTS).map(|slot| Key::EventLog(*product, slot)));
            for of_slot in of_product.chunk_by(|a, b| a.slot == b.slot) {
                let Some(Pending { slot, .. }) = of_slot.first() else { continue };
                if report_errors(of_slot) {
                    keys.push(Key::DeviceErrors(*product, *slot));
                }
                for pending in of_slot {
                    if pending.is_unknown() {
                        keys.push(Key::Device(*product, pending.event.device()));
                    }
                    keys.extend(pending.id.map(|hash| Key::EventId(*product, hash)));
                }
            }
        }
        keys
    }

    /// Answers the events whose ids lead to what was logged; others that had the id of a row are new all the same.
    fn recognise(&mut self, known: Vec<Known<'e>>, products: &Products, drafts: &mut [Draft<'e>]) -> Result<(), Error> {
        if known.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = known
            .iter()
            .map(|(pending, _, position, _)| Key::Event(pending.product, position.slot, position.sequence))
            .collect();
        let rows = self.gateway.fleet.store().get(&keys)?;
        for ((pending, origin, position, stamp), row) in known.into_iter().zip(rows) {
            match row.map(|row| row.record) {
                Some(Record::Event(logged)) if logged.is(pending.event) => {
                    let entry = Entry::new(pending.product, position, &*logged).again();
                    self.answer(pending.place, Published::Logged(entry));
                }
                _ => {
                    let draft =
                        drafts.iter_mut().find(|one| (one.product, one.slot) == (pending.product, pending.slot));
                    if let (Some(draft), Some(found)) = (draft, products.get(pending.product)) {
                        draft.enter(pending, origin, found, self.gateway.now, Some(stamp));
                    }
                }
            }
        }
        Ok(())
    }

    /// Asks for as many messages as are to be sent, and hands out what there is, in the order of the events and of
    /// their subscriptions (R-EVT-3).
    fn meter(&mut self, products: &Products, drafts: &mut [Draft<'e>]) -> Result<(), Error> {
        let Gateway { fleet, now } = self.gateway;
        for of_product in drafts.chunk_by_mut(|a, b| a.product == b.product) {
            let entries = of_product.iter_mut().flat_map(|draft| &mut draft.entries);
            let mut entries: Vec<_> = entries.filter(|entry| !entry.event.matched.is_empty()).collect();
            let Some(found) = entries.first().and_then(|entry| products.get(entry.pending.product)) else { continue };
            let want = entries.iter().map(|entry| u64::from(count_of(&entry.event.matched))).sum();
            let Some(allowance) = self.allowance(found.product.id) else { continue };
            allowance.raise(fleet, &found.product, now, want)?;
            entries.sort_unstable_by_key(|entry| entry.pending.place);
            for entry in entries {
                let matched = count_of(&entry.event.matched);
                let sent = matched.min(u32::try_from(allowance.left).unwrap_or(u32::MAX));
                allowance.left -= u64::from(sent);
                let event = Arc::make_mut(&mut entry.event);
                event.sent = sent;
                if sent < matched {
                    event.limit = Some(Box::new(exceeded(fleet, &found.product, u64::from(matched - sent))));
                }
            }
        }
        Ok(())
    }

    /// What metering lets through of a product, so far perhaps nothing.
    fn allowance(&mut self, product: ProductId) -> Option<&mut Allowance> {
        let place = self.allowances.binary_search_by_key(&product, |allowance| allowance.product);
        let place = place.unwrap_or_else(|place| {
            self.allowances.insert(place, Allowance::new(product));
            place
        });
        self.allowances.get_mut(place)
    }

    /// Commits what is drafted, and answers what was applied. Messages of what was certainly not applied are free again.
    fn commit(&mut self, products: &Products, drafts: Vec<Draft<'e>>) -> Result<(), Error> {
        let fleet = self.gateway.fleet;
        let mut drafts: Vec<Draft<'e>> = drafts.into_iter().filter(|draft| !draft.entries.is_empty()).collect();
        let commits: Vec<Commit> = drafts
            .iter_mut()
            .filter_map(|draft| Some(draft.commit(products.get(draft.product)?, fleet.stamps())))
            .collect();
        let outcomes = match store::apply_all(fleet.store(), &commits) {
            Ok(outcomes) => outcomes,
            Err(error) => {
                drafts.iter().for_each(|draft| self.free(draft));
                return Err(error.into());
            }
        };
        let (mut unknown, mut to_trim, mut applied) = (false, Vec::new(), Vec::new());
        for (draft, outcome) in drafts.iter().zip(outcomes) {
            match outcome {
                Some(CommitOutcome::Applied) => {
                    self.applied(draft);
                    applied.push(draft);
                    if trim::is_due(&draft.before, &draft.head) {
                        to_trim.push((draft.product, draft.before.agreed()));
                    }
                    self.tidy_ids(products, draft);
                }
                Some(CommitOutcome::Conflict) => self.free(draft),
                None => unknown = true,
            }
        }
        if fleet.live().is_listening() {
            for of_product in applied.chunk_by(|a, b| a.product == b.product) {
                let Some(first) = of_product.first() else { continue };
                self.hand_out(first.product, of_product);
            }
        }
        to_trim.dedup_by_key(|(product, _)| *product);
        for (product, agreed) in to_trim {
            // What was published is published; the next one tries to trim again.
            let _ = products.get(product).map(|found| trim::trim(fleet, &found.product, self.gateway.now.min(agreed)));
        }
        if unknown { Err(unanswered()) } else { Ok(()) }
    }

    /// Now and then, takes away what need not be kept of the ids of those who published.
    fn tidy_ids(&self, products: &Products, draft: &Draft<'e>) {
        let fleet = self.gateway.fleet;
        let Some(found) = products.get(draft.product) else { return };
        for entry in draft.entries.iter().filter(|entry| entry.pending.id.is_some()) {
            if fleet.stamps().next().is_multiple_of(ids::EVERY) {
                // Another of its events tries again.
                let _ = ids::tidy(fleet, draft.product, &found.product.policy, entry.event.device);
            }
        }
    }

    /// Messages of a draft that was not committed can be sent for others.
    fn free(&mut self, draft: &Draft<'e>) {
        if let Some(allowance) = self.allowance(draft.product) {
            allowance.left += draft.entries.iter().map(|entry| u64::from(entry.event.sent)).sum::<u64>();
        }
    }

    /// Answers what is in the log now.
    fn applied(&mut self, draft: &Draft<'e>) {
        let position = |entry: &DraftEntry<'_>| Position::new(draft.slot, entry.sequence);
        for entry in &draft.entries {
            let answer = Entry::new(draft.product, position(entry), &*entry.event);
            let answer = Entry { id_reused: entry.id_reused, ..answer };
            self.answer(entry.pending.place, Published::Logged(answer));
        }
        for (place, first) in &draft.repeated {
            if let Some(entry) = draft.entries.get(*first) {
                let answer = Entry::new(draft.product, position(entry), &*entry.event).again();
                self.answer(*place, Published::Logged(answer));
            }
        }
    }

    /// Hands what is in the log now to who listens, in its order.
    fn hand_out(&self, product: ProductId, applied: &[&Draft<'e>]) {
        let entries = applied.iter().flat_map(|draft| draft.entries.iter().map(|entry| (draft.slot, entry)));
        let mut views: Vec<EventView> = entries
            .map(|(slot, entry)| EventView::new(Position::new(slot, entry.sequence), Arc::clone(&entry.event)))
            .collect();
        views.sort_unstable_by_key(EventView::order);
        self.gateway.fleet.live().hand_out(product, &views);
    }
}

impl Products {
    fn get(&self, id: ProductId) -> Option<&Found> {
        self.0.get(self.0.binary_search_by_key(&id, |found| found.product.id).ok()?)
    }
}

/// What a device of a standing is as the origin of an event; none: it is turned away.
fn origin_of(standing: Standing) -> Option<EventOrigin> {
    match standing {
        Standing::Member => Some(EventOrigin::Member),
        Standing::Quarantined => Some(EventOrigin::Quarantined),
        Standing::Denied => None,
    }
}

/// Puts what is to be logged of a product after all that is logged, in the order in which it was handed in.
fn put_in_order(pending: &mut [Pending<'_>], mut latest: Option<LogMoment>, now: Timestamp) {
    let mut places: Vec<&mut Pending<'_>> = pending.iter_mut().collect();
    places.sort_unstable_by_key(|pending| pending.place);
    for pending in places {
        pending.moment = LogMoment::next(latest, pending.slot, now);
        latest = Some(pending.moment);
    }
}

fn report_errors(pending: &[Pending<'_>]) -> bool {
    pending.iter().any(|pending| pending.event.error().is_some())
}

fn count_of(matched: &[SubscriptionId]) -> u32 {
    u32::try_from(matched.len()).unwrap_or(u32::MAX)
}

/// What messages of a product are dropped for (R-TIER-3).
fn exceeded(fleet: &Fleet, product: &Product, dropped: u64) -> LimitExceeded {
    let (catalogue, resource) = (fleet.catalogue(), Resource::Messages);
    let limit = catalogue.limit_of(product, resource).unwrap_or(u64::MAX);
    let would_be = limit.saturating_add(dropped);
    let tier = Arc::clone(&product.tier);
    let lifted = LimitExceeded { tier, resource, limit, used: limit, would_be, fits: None, held: None };
    catalogue.check_product(product, resource, limit, would_be).err().unwrap_or(lifted)
}

fn unanswered() -> Error {
    let problem = "it is not known whether the event was published; publish it again under its id";
    StoreError::new(StoreErrorKind::Unknown, problem).into()
}
