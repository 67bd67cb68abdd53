//! Publishing of events by the gateway: log, match subscriptions, meter, answer.
//!
//! All events of a call are read for in one read, then committed with one commit for each slot of a product's log, all
//! in one batch. A commit checks the slot's head, which keeps sequence numbers gapless, and that the product is
//! unchanged, so that nothing is logged after a removal. It does not check the device's row and the subscriptions: a
//! change at the same instant may or may not be seen, as if the event had come a moment earlier. The row of a device
//! that is cached as a member is not even read, see [`members`](super::members). If an event names no product, or one
//! that its device is not in, a transaction determines its product, as for a connect.

mod allowance;
mod draft;
mod rule;

use super::cursor::{Position, SLOTS, slot_of};
use super::ids::{PRUNE_EVERY, id_hash};
use super::log::{EventLog, EventOrigin, EventView, LogMoment};
use super::published::{Entry, Published};
use super::record::Event;
use super::rows;
use super::subscription::Subscriptions;
use crate::Error;
use crate::device::{Place, Registration, Report};
use crate::firmware::Hold;
use crate::fleet::Gateway;
use crate::product::{Product, ProductId};
use crate::store::{self, Commit, CommitOutcome, Key, Record, Row, Stamp, StoreError, StoreErrorKind};
use crate::time::Timestamp;
use allowance::Allowance;
use draft::{Draft, DraftEntry};
use rule::{Relation, Verdict, count_of};
use std::collections::HashSet;
use std::sync::Arc;

impl Gateway<'_> {
    /// Publishes an event of a device: it is logged, and the answer lists what the host must deliver to which
    /// subscription, and what was dropped (R-EVT-1 to 3). Errors that a member reports are counted (R-EVT-8).
    ///
    /// An event with an id is recognised when it is published again with the same name and data within the policy's
    /// window, and answered like the first (R-EVT-7). An event without an id is a new event each time.
    ///
    /// # Errors
    /// Errors of the store. Nothing was logged and no message counted, unless the error is `store_outcome_unknown`:
    /// then both may have happened, and publishing the event again under its id resolves it.
    ///
    /// ```
    /// use fleet_core::event::{Destination, Event, NewSubscription, Published};
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
    /// # let console = fleet.console(alice.id, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
    /// # console.product(product).import(b"55ff6d04498b49a1b2c3d4e5")?;
    /// let hook = Destination::Webhook { url: "https://example.com/hook".parse()? };
    /// let doors = console.product(product).subscribe(&NewSubscription::new(hook).prefix("door"))?;
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

    /// Publishes many events at once, with one read and one batch of commits for all that need no transaction. The
    /// answers are in the order of the events. The events are logged in this order unless somebody else publishes to
    /// the product at the same time; those of one device always are.
    ///
    /// # Errors
    /// Errors of the store. Some of the events may have been published. Repeating the call is safe for events with an
    /// id.
    pub fn publish_many(&self, events: &[Event]) -> Result<Vec<Published>, Error> {
        self.fleet.check_process()?;
        let mut publishing = Publishing {
            gateway: *self,
            pending: Vec::with_capacity(events.len()),
            answers: vec![None; events.len()],
            allowances: Vec::new(),
            uses_cache: true,
        };
        let done = publishing.run(events);
        for (admitted, count) in publishing.allowances.into_iter().flat_map(Allowance::unused) {
            self.fleet.give_back(admitted, count);
        }
        done?;
        publishing.answers.into_iter().map(|answer| answer.ok_or_else(unanswered)).collect()
    }

    /// Returns the product that an event belongs to, and the relation of its device.
    fn route(&self, event: &Event) -> Result<Route, Error> {
        let report = Report { product: event.product(), ..Report::new(event.device()).at(event.at()) };
        self.fleet.transact(|tx| {
            let entry: Registration = tx.get(event.device())?.unwrap_or_default();
            Ok(match self.place(tx, &report, &entry)? {
                Place::Personal(Hold::UnknownProduct) => Route::Answer(Published::UnknownProduct),
                Place::Personal(_) => Route::Answer(Published::Personal),
                Place::Asks(product) => Route::To(product, EventOrigin::Foreign),
                Place::Row(product, row) => match rule::origin_of(row.standing) {
                    Relation::Of(origin) => Route::To(product, origin),
                    Relation::Denied | Relation::Unknown => Route::Answer(Published::Denied { product }),
                },
            })
        })
    }
}

/// Route of an event whose product a transaction determines.
enum Route {
    To(ProductId, EventOrigin),
    Answer(Published),
}

/// A call of publish: events on their way into the log.
struct Publishing<'g, 'e> {
    gateway: Gateway<'g>,
    /// Events without an answer, by product, slot and index.
    pending: Vec<Pending<'e>>,
    answers: Vec<Option<Published>>,
    /// Allowances by product.
    allowances: Vec<Allowance>,
    /// Whether the member cache may be used. Not after it turned out to be stale.
    uses_cache: bool,
}

/// An event without an answer.
#[derive(Clone, Copy)]
struct Pending<'e> {
    product: ProductId,
    slot: u8,
    /// Its index among the published events.
    index: usize,
    event: &'e Event,
    /// Relation of its device to the product, if a transaction determined it. `None` means the device's row determines
    /// it.
    origin: Option<EventOrigin>,
    /// Number of departures of the product at which its device was a member, if cached.
    member_after: Option<u64>,
    id: Option<[u8; 16]>,
    /// Its moment in the log's order, computed from what the round read.
    moment: LogMoment,
}

/// State of a product in one read.
struct Found {
    product: Arc<Product>,
    stamp: Stamp,
    subscriptions: Arc<Subscriptions>,
    /// Number of members that have left it.
    departures: u64,
    /// Whether its devices are held because its owner is locked.
    locked: bool,
}

/// The products that a round found, in order of their numbers.
#[derive(Default)]
struct Products(Vec<Found>);

/// What one read decides about all pending events.
#[derive(Default)]
struct Round<'e> {
    products: Products,
    drafts: Vec<Draft<'e>>,
    /// Events whose product a transaction has to determine.
    lost: Vec<Pending<'e>>,
    known: Vec<Known<'e>>,
    /// Whether a device that is cached as a member may have left.
    is_stale: bool,
}

/// An event whose id has a row of an earlier version: the relation of its device, the position in the row, and the
/// row's stamp.
type Known<'e> = (Pending<'e>, EventOrigin, Position, Stamp);

impl Pending<'_> {
    /// Whether the device's row is needed to determine its relation to the product.
    fn is_unknown(&self) -> bool {
        self.origin.is_none() && self.member_after.is_none()
    }
}

impl<'e> Publishing<'_, 'e> {
    fn run(&mut self, events: &'e [Event]) -> Result<(), Error> {
        for (index, event) in events.iter().enumerate() {
            match event.names() {
                Some(product) => self.enter(index, event, product, None),
                None => self.find_route(index, event)?,
            }
        }
        let mut tries = self.gateway.fleet.tries();
        loop {
            self.pending.sort_unstable_by_key(|pending| (pending.product, pending.slot, pending.index));
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

    fn enter(&mut self, index: usize, event: &'e Event, product: ProductId, origin: Option<EventOrigin>) {
        let (device, id) = (event.device(), event.id());
        let id = id.map(|id| id_hash(device, id));
        let slot = slot_of(device);
        let moment = LogMoment::next(None, slot, self.gateway.now);
        self.pending.push(Pending { product, slot, index, event, origin, member_after: None, id, moment });
    }

    /// Determines an event's product with a transaction.
    fn find_route(&mut self, index: usize, event: &'e Event) -> Result<(), Error> {
        match self.gateway.route(event)? {
            Route::To(product, origin) => self.enter(index, event, product, Some(origin)),
            Route::Answer(answer) => self.answer(index, answer),
        }
        Ok(())
    }

    fn answer(&mut self, index: usize, answer: Published) {
        if let Some(slot) = self.answers.get_mut(index) {
            *slot = Some(answer);
        }
    }

    /// Reads the state for all pending events, and publishes those without a conflict. Returns whether no event is
    /// left.
    fn round(&mut self) -> Result<bool, Error> {
        self.apply_member_cache();
        let rows = self.gateway.fleet.store().get(&self.keys())?;
        let mut pending = std::mem::take(&mut self.pending);
        let mut round = self.judge(&mut pending, &mut rows.into_iter())?;
        self.pending = pending;
        self.uses_cache &= !round.is_stale;
        if !round.lost.is_empty() || round.is_stale {
            self.reroute(&round.lost)?;
            return Ok(false);
        }
        self.recognise(round.known, &round.products, &mut round.drafts)?;
        if let Err(error) = self.meter(&round.products, &mut round.drafts) {
            round.drafts.iter().for_each(|draft| self.free(draft));
            return Err(error);
        }
        self.commit(&round.products, round.drafts)?;
        self.keep_open();
        Ok(self.pending.is_empty())
    }

    /// Decides about the pending events, with the rows in the order of [`keys`](Self::keys).
    fn judge(
        &mut self,
        pending: &mut [Pending<'e>],
        rows: &mut impl Iterator<Item = Option<Row>>,
    ) -> Result<Round<'e>, Error> {
        let mut round = Round::default();
        let mut row = || rows.next().flatten();
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
                    let relation = rule::relation(pending, found.as_ref(), device.as_ref());
                    if pending.is_unknown() && relation == Relation::Of(EventOrigin::Member) {
                        members.push(pending.event.device());
                    }
                    self.enter_draft(*pending, (relation, found.as_ref()), id, &mut draft, &mut round);
                }
                round.drafts.push(draft);
            }
            if let Some(found) = found {
                if !members.is_empty() || !self.uses_cache {
                    self.gateway.fleet.members().keep(found.product.id, found.departures, &members);
                }
                round.products.0.push(found);
            }
        }
        Ok(round)
    }

    /// Puts an event into a draft, answers it, or notes what else has to be read for it.
    fn enter_draft(
        &mut self,
        pending: Pending<'e>,
        relation: (Relation, Option<&Found>),
        id: Option<Row>,
        draft: &mut Draft<'e>,
        round: &mut Round<'e>,
    ) {
        let now = self.gateway.now;
        let (origin, found) = match relation {
            (Relation::Of(origin), Some(found)) => (origin, found),
            (Relation::Denied, _) => {
                return self.answer(pending.index, Published::Denied { product: pending.product });
            }
            (Relation::Of(_) | Relation::Unknown, _) => return round.lost.push(pending),
        };
        round.is_stale |= rule::is_stale(&pending, found);
        match rule::judge(&pending, id, (&found.product.policy, &found.subscriptions), now) {
            Verdict::New(stamp) => draft.enter(pending, origin, found, now, stamp),
            Verdict::Repeats(entry) => self.answer(pending.index, Published::Logged(*entry)),
            Verdict::LookUp(position, stamp) => round.known.push((pending, origin, position, stamp)),
        }
    }

    /// Determines the products of events first, before the rest is retried, so that a device's events stay in order.
    fn reroute(&mut self, lost: &[Pending<'e>]) -> Result<(), Error> {
        self.keep_open();
        let indices: HashSet<usize, foldhash::fast::RandomState> = lost.iter().map(|lost| lost.index).collect();
        self.pending.retain(|one| !indices.contains(&one.index));
        lost.iter().try_for_each(|pending| self.find_route(pending.index, pending.event))
    }

    /// Keeps the pending events that have no answer yet.
    fn keep_open(&mut self) {
        let answers = &self.answers;
        self.pending.retain(|one| answers.get(one.index).is_some_and(Option::is_none));
    }

    /// Looks up which devices are cached as members of their products.
    fn apply_member_cache(&mut self) {
        let (members, uses_cache) = (self.gateway.fleet.members(), self.uses_cache);
        for of_product in self.pending.chunk_by_mut(|a, b| a.product == b.product) {
            let Some(Pending { product, .. }) = of_product.first() else { continue };
            members.with(*product, |departures, is_member| {
                for pending in of_product {
                    pending.member_after = departures.filter(|_| uses_cache && is_member(pending.event.device()));
                }
            });
        }
    }

    /// Returns an existing product from its rows.
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

    /// Returns the keys that a round reads, in the order in which it uses them.
    fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::with_capacity(self.pending.len() + 12);
        for of_product in self.pending.chunk_by(|a, b| a.product == b.product) {
            let Some(Pending { product, .. }) = of_product.first() else { continue };
            keys.extend([Key::Product(*product), Key::EventSubscriptions(*product), Key::DeviceCount(*product)]);
            // All heads: a new event comes after the events of every slot.
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

    /// Answers the events whose ids refer to logged events. Events that reuse the id of another event are new.
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
                    let Some(found) = products.get(pending.product) else { continue };
                    let entry = Entry::new(pending.product, position, &*logged, pending.event, &found.subscriptions);
                    self.answer(pending.index, Published::Logged(entry.into_duplicate()));
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

    /// Requests the number of messages to send, and assigns the admitted ones in the order of the events and of their
    /// subscriptions (R-EVT-3).
    fn meter(&mut self, products: &Products, drafts: &mut [Draft<'e>]) -> Result<(), Error> {
        let Gateway { fleet, now } = self.gateway;
        for of_product in drafts.chunk_by_mut(|a, b| a.product == b.product) {
            let entries = of_product.iter_mut().flat_map(|draft| &mut draft.entries);
            let mut entries: Vec<_> = entries.filter(|entry| !entry.event.matched.is_empty()).collect();
            let Some(found) = entries.first().and_then(|entry| products.get(entry.pending.product)) else { continue };
            let want = entries.iter().map(|entry| u64::from(count_of(&entry.event.matched))).sum();
            let Some(allowance) = self.allowance(found.product.id) else { continue };
            if let Some(missing) = allowance.missing(want) {
                allowance.add(fleet.admit(&found.product, now, missing)?);
            }
            entries.sort_unstable_by_key(|entry| entry.pending.index);
            allowance.left = rule::assign(entries, allowance.left, fleet.catalogue(), &found.product);
        }
        Ok(())
    }

    /// Returns the allowance of a product, which may still be empty.
    fn allowance(&mut self, product: ProductId) -> Option<&mut Allowance> {
        let index = self.allowances.binary_search_by_key(&product, |allowance| allowance.product);
        let index = index.unwrap_or_else(|index| {
            self.allowances.insert(index, Allowance::new(product));
            index
        });
        self.allowances.get_mut(index)
    }

    /// Commits the drafts, and answers the events that were applied. Returns the messages of drafts that were certainly
    /// not applied.
    fn commit(&mut self, products: &Products, drafts: Vec<Draft<'e>>) -> Result<(), Error> {
        let fleet = self.gateway.fleet;
        let mut drafts: Vec<Draft<'e>> = drafts.into_iter().filter(|draft| !draft.entries.is_empty()).collect();
        let commits: Vec<Commit> = drafts
            .iter_mut()
            .filter_map(|draft| Some(draft.commit(products.get(draft.product)?, fleet.stamps())))
            .collect();
        // From here on later events of these slots reach the streams after these.
        let committing = fleet.live().begin(drafts.iter().map(|draft| (draft.product, draft.slot, draft.before.next)));
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
                    self.applied(draft, products);
                    applied.push(draft);
                    if rows::is_due(&draft.before, &draft.head) {
                        to_trim.push((draft.product, draft.before.agreed_clock()));
                    }
                    self.prune_ids(products, draft);
                }
                Some(CommitOutcome::Conflict) => self.free(draft),
                None => unknown = true,
            }
        }
        let views = if fleet.live().is_listening() { views(&applied) } else { Vec::new() };
        let applied: Vec<_> = applied.iter().map(|draft| (draft.product, draft.slot, draft.before.next)).collect();
        committing.end(&applied, views);
        to_trim.dedup_by_key(|(product, _)| *product);
        for (product, agreed) in to_trim {
            // The events are published; the next publish retries the trim.
            let _ = products.get(product).map(|found| rows::trim(fleet, &found.product, self.gateway.now.min(agreed)));
        }
        if unknown { Err(unanswered()) } else { Ok(()) }
    }

    /// Regularly prunes the ids of the devices that published.
    fn prune_ids(&self, products: &Products, draft: &Draft<'e>) {
        let fleet = self.gateway.fleet;
        let Some(found) = products.get(draft.product) else { return };
        for entry in draft.entries.iter().filter(|entry| entry.pending.id.is_some()) {
            if fleet.stamps().next().is_multiple_of(PRUNE_EVERY) {
                // A later event of the device retries.
                let _ = rows::prune(fleet, draft.product, &found.product.policy, entry.event.device);
            }
        }
    }

    /// Makes the messages of an uncommitted draft available to other events.
    fn free(&mut self, draft: &Draft<'e>) {
        if let Some(allowance) = self.allowance(draft.product) {
            allowance.left += draft.entries.iter().map(|entry| u64::from(entry.event.sent)).sum::<u64>();
        }
    }

    /// Answers the events that are now in the log.
    fn applied(&mut self, draft: &Draft<'e>, products: &Products) {
        let Some(found) = products.get(draft.product) else { return };
        let entry_of = |entry: &DraftEntry<'_>| {
            let position = Position::new(draft.slot, entry.sequence);
            Entry::new(draft.product, position, &*entry.event, entry.pending.event, &found.subscriptions)
        };
        for entry in &draft.entries {
            let answer = entry_of(entry);
            let answer = Entry { id_reused: entry.id_reused, ..answer };
            self.answer(entry.pending.index, Published::Logged(answer));
        }
        for (index, first) in &draft.repeated {
            if let Some(entry) = draft.entries.get(*first) {
                self.answer(*index, Published::Logged(entry_of(entry).into_duplicate()));
            }
        }
    }
}

/// Returns the events that are now in the log, for the streams.
fn views(applied: &[&Draft<'_>]) -> Vec<(ProductId, EventView)> {
    let view = |draft: &Draft<'_>, entry: &DraftEntry<'_>| {
        let position = Position::new(draft.slot, entry.sequence);
        (draft.product, EventView::new(position, Arc::clone(&entry.event)))
    };
    applied.iter().flat_map(|draft| draft.entries.iter().map(|entry| view(draft, entry))).collect()
}

impl Products {
    fn get(&self, id: ProductId) -> Option<&Found> {
        self.0.get(self.0.binary_search_by_key(&id, |found| found.product.id).ok()?)
    }
}

/// Gives the pending events of a product moments after everything that is logged, in the order in which they were
/// passed.
fn put_in_order(pending: &mut [Pending<'_>], mut latest: Option<LogMoment>, now: Timestamp) {
    let mut ordered: Vec<&mut Pending<'_>> = pending.iter_mut().collect();
    ordered.sort_unstable_by_key(|pending| pending.index);
    for pending in ordered {
        pending.moment = LogMoment::next(latest, pending.slot, now);
        latest = Some(pending.moment);
    }
}

fn report_errors(pending: &[Pending<'_>]) -> bool {
    pending.iter().any(|pending| pending.event.error().is_some())
}

fn unanswered() -> Error {
    let problem = "it is not known whether the event was published; publish it again under its id";
    StoreError::new(StoreErrorKind::Unknown, problem).into()
}
