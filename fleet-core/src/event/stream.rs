//! Streams of what this process publishes, pushed to readers without polling the log.
//!
//! Publishing never waits for a reader. An inbox holds a bounded number of events; beyond it the oldest are dropped and
//! counted, and the reader receives the count, so that it can catch up from the log.

use super::cursor::{EventCursor, Position};
use super::log::EventView;
use crate::product::ProductId;
use crate::store::Opener;
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Number of unread events that a stream holds.
pub const STREAM_BUFFER: usize = 1024;

/// The open streams of this process.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// Number of open streams, so that publishing without any costs nothing.
    listening: AtomicUsize,
    inboxes: Mutex<Vec<Arc<Inbox>>>,
    order: Mutex<Order>,
}

/// What keeps the events of a slot in the order of the log, whichever thread learns first that its commit was applied.
#[derive(Debug, Default)]
struct Order {
    /// Commits whose outcome is not known yet.
    open: Vec<OpenCommit>,
    /// Number of the latest call that committed.
    last: u64,
    /// Logged events that wait for the outcome of an earlier commit to their slot.
    held: Vec<(ProductId, EventView)>,
}

/// The call whose commits were begun while no stream was open.
const UNREGISTERED: u64 = 0;

/// A commit of events to a slot, from this sequence number on.
#[derive(Debug)]
struct OpenCommit {
    call: u64,
    product: ProductId,
    slot: u8,
    first: u64,
}

/// The open commits of one call. Later events of their slots are held back from the streams until this ends.
#[derive(Debug)]
pub(super) struct Committing<'l> {
    live: &'l Live,
    call: u64,
    /// Whether its outcome was reported.
    ended: bool,
}

#[derive(Debug)]
struct Inbox {
    product: ProductId,
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<EventView>,
    missed: u64,
    /// The end of the log when the stream was opened.
    start: EventCursor,
    /// The boundary after the events that arrived.
    arrived: EventCursor,
    /// The boundary after the events that were read or dropped.
    read: EventCursor,
    /// Wakers to call when there is something to read, by the number of their [`Readable`].
    wakers: BTreeMap<u64, Waker>,
    waiters: u64,
    /// Nothing more will be published.
    ended: bool,
}

impl Waiting {
    fn is_over(&self) -> bool {
        self.ended || !self.events.is_empty()
    }

    /// Sets the start of the stream, and removes what was published before.
    fn start_at(&mut self, start: EventCursor) {
        self.start = start;
        self.read = start;
        self.events.retain(|event| !event.is_before(start));
        self.arrived = self.events.iter().fold(start, |arrived, event| arrived.past(event.position));
    }

    fn push(&mut self, event: &EventView) {
        if event.is_before(self.start) {
            return;
        }
        if event.is_before(self.arrived) {
            // It was held back for too long, and later events of its slot may be read already.
            self.missed = self.missed.saturating_add(1);
            return;
        }
        if self.events.len() >= STREAM_BUFFER {
            if let Some(dropped) = self.events.pop_front() {
                self.read = self.read.past(dropped.position);
            }
            self.missed = self.missed.saturating_add(1);
        }
        self.arrived = self.arrived.past(event.position);
        self.events.push_back(event.clone());
    }
}

/// A stream of the events of a product that this process publishes after it was
/// [opened](crate::ProductConsole::event_stream). Events that other processes publish are only in the log. Dropping the
/// stream closes it.
#[derive(Debug)]
pub struct EventStream {
    live: Arc<Live>,
    inbox: Arc<Inbox>,
    opener: Opener,
}

/// A future of the next event of a stream, which needs no thread: completes as soon as there is something to read.
/// Resolves to whether there is; `false` means that the stream was dropped or [ended](crate::Fleet::end_event_streams).
/// Dropping the future stops the waiting.
#[derive(Debug)]
pub struct Readable {
    inbox: Arc<Inbox>,
    number: u64,
    opener: Opener,
}

/// Events read from a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Streamed {
    /// Events in the order in which this process published them, those of one slot in the order of the log. Two events
    /// of different slots that were published at the same moment may come in either order. Following from the cursor of
    /// an item returns everything that the stream returns after it, and what other processes logged meanwhile.
    pub items: Vec<EventView>,
    /// Number of earlier events that were dropped because nobody read them in time. They are in the log.
    pub missed: u64,
}

impl Live {
    /// Whether any stream is open.
    pub(super) fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Acquire) > 0
    }

    /// Registers commits of events, each with its slot and first sequence number, before they are applied. Without any
    /// stream nothing is registered: an event that a stream which opens meanwhile gets too late counts as missed.
    pub(super) fn begin(&self, commits: impl Iterator<Item = (ProductId, u8, u64)>) -> Committing<'_> {
        if !self.is_listening() {
            return Committing { live: self, call: UNREGISTERED, ended: false };
        }
        let mut order = self.order();
        order.last = order.last.wrapping_add(1).max(UNREGISTERED + 1);
        let call = order.last;
        order.open.extend(commits.map(|(product, slot, first)| OpenCommit { call, product, slot, first }));
        Committing { live: self, call, ended: false }
    }

    /// Ends the commits of a call, and delivers the events that no earlier commit holds back any more.
    fn end_commits(&self, call: u64, applied: &[(ProductId, u8, u64)], events: Vec<(ProductId, EventView)>) {
        if call == UNREGISTERED && events.is_empty() {
            return;
        }
        let mut order = self.order();
        // Of two commits that begin at one number, only one is applied.
        let is_over = |open: &OpenCommit| open.call == call || applied.contains(&(open.product, open.slot, open.first));
        order.open.retain(|open| !is_over(open));
        if self.is_listening() {
            order.held.extend(events);
        } else {
            order.held.clear();
        }
        if order.held.is_empty() {
            return;
        }
        let held = std::mem::take(&mut order.held);
        // A commit that takes very long holds back no more than a stream holds.
        let holds = held.len() <= STREAM_BUFFER;
        let (held, mut ready): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|(product, event)| holds && order.holds_back(*product, event.position));
        order.held = held;
        ready.sort_by_key(|(product, event)| (*product, event.order()));
        let mut wakers: Vec<Waker> = Vec::new();
        for of_product in ready.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((product, _)) = of_product.first() else { continue };
            for inbox in self.inboxes().iter().filter(|inbox| inbox.product == *product) {
                let mut waiting = inbox.waiting();
                of_product.iter().for_each(|(_, event)| waiting.push(event));
                inbox.arrived.notify_all();
                wakers.extend(std::mem::take(&mut waiting.wakers).into_values());
            }
        }
        // A woken task may read or drop a stream at once: no lock is held any more.
        drop(order);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all streams and wakes all waiters.
    pub(crate) fn end(&self) {
        let mut wakers: Vec<Waker> = Vec::new();
        for inbox in self.inboxes().iter() {
            wakers.extend(inbox.end());
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Opens a stream. `start` is called once events are collected, so that no event is lost in between.
    pub(super) fn open<E>(
        self: &Arc<Self>,
        product: ProductId,
        start: impl FnOnce() -> Result<EventCursor, E>,
    ) -> Result<EventStream, E> {
        let inbox = Arc::new(Inbox { product, waiting: Mutex::default(), arrived: Condvar::new() });
        self.inboxes().push(Arc::clone(&inbox));
        self.listening.fetch_add(1, Ordering::AcqRel);
        // From here on dropping the stream closes it, also if reading the start fails.
        let stream = EventStream { live: Arc::clone(self), inbox, opener: Opener::here() };
        let start = start()?;
        stream.inbox.waiting().start_at(start);
        Ok(stream)
    }

    fn inboxes(&self) -> MutexGuard<'_, Vec<Arc<Inbox>>> {
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Order {
    /// Whether an earlier commit to the event's slot is still open.
    fn holds_back(&self, product: ProductId, position: Position) -> bool {
        let is_earlier =
            |open: &OpenCommit| open.product == product && open.slot == position.slot && open.first < position.sequence;
        self.open.iter().any(is_earlier)
    }
}

impl Committing<'_> {
    /// Ends the commits: those that were applied, and their events.
    pub(super) fn end(mut self, applied: &[(ProductId, u8, u64)], events: Vec<(ProductId, EventView)>) {
        self.ended = true;
        self.live.end_commits(self.call, applied, events);
    }
}

impl Drop for Committing<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.live.end_commits(self.call, &[], Vec::new());
        }
    }
}

impl Inbox {
    /// Marks the inbox as ended. Returns the wakers to call once no lock is held.
    fn end(&self) -> impl Iterator<Item = Waker> + use<> {
        let mut waiting = self.waiting();
        waiting.ended = true;
        self.arrived.notify_all();
        std::mem::take(&mut waiting.wakers).into_values()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventStream {
    /// The product.
    pub fn product(&self) -> ProductId {
        self.inbox.product
    }

    /// The end of the log when the stream was opened. Everything that is published afterwards, by any process, follows
    /// it in the log.
    pub fn start(&self) -> EventCursor {
        self.inbox.waiting().start
    }

    /// Blocks the calling thread until there is something to read, for at most this time. Returns whether there is. In
    /// a process that was forked since the stream was opened it returns `true` at once, and reading returns the error.
    pub fn wait(&self, at_most: Duration) -> bool {
        if !self.opener.is_here() {
            return true;
        }
        let goes_on = |waiting: &mut Waiting| !waiting.is_over();
        let waiting = self.inbox.arrived.wait_timeout_while(self.inbox.waiting(), at_most, goes_on);
        let (waiting, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        !waiting.events.is_empty()
    }

    /// Returns a future of the next event, which needs no thread.
    pub fn readable(&self) -> Readable {
        let mut waiting = self.inbox.waiting();
        waiting.waiters += 1;
        Readable { inbox: Arc::clone(&self.inbox), number: waiting.waiters, opener: self.opener }
    }

    pub(super) fn read(&self, limit: usize) -> Streamed {
        let mut waiting = self.inbox.waiting();
        let count = waiting.events.len().min(limit);
        let mut read = waiting.read;
        let items = waiting.events.drain(..count).map(|event| {
            read = read.past(event.position);
            event.followed_from(read)
        });
        let items = items.collect();
        waiting.read = read;
        Streamed { missed: std::mem::take(&mut waiting.missed), items }
    }
}

impl Future for Readable {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        // After a fork it is ready at once, and reading returns the error.
        if !self.opener.is_here() {
            return Poll::Ready(true);
        }
        let mut waiting = self.inbox.waiting();
        if waiting.is_over() {
            return Poll::Ready(!waiting.events.is_empty());
        }
        waiting.wakers.insert(self.number, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Readable {
    fn drop(&mut self) {
        if self.opener.is_here() {
            let waker = self.inbox.waiting().wakers.remove(&self.number);
            drop(waker);
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if !self.opener.is_here() {
            return;
        }
        self.live.inboxes().retain(|inbox| !Arc::ptr_eq(inbox, &self.inbox));
        self.live.listening.fetch_sub(1, Ordering::AcqRel);
        self.inbox.end().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceId;
    use crate::event::log::{EventOrigin, LoggedEvent};
    use crate::time::Timestamp;
    use std::sync::atomic::AtomicU32;
    use std::task::Wake;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn product() -> ProductId {
        ProductId::new(1000).unwrap()
    }

    fn stream(live: &Arc<Live>) -> EventStream {
        live.open(product(), || Ok::<_, ()>(EventCursor::default())).unwrap()
    }

    fn poll(readable: &mut Readable, count: &Arc<Count>) -> Poll<bool> {
        Pin::new(readable).poll(&mut Context::from_waker(&Waker::from(Arc::clone(count))))
    }

    #[test]
    fn the_end_of_the_streams_wakes_each_waiter_once() {
        let live = Arc::new(Live::default());
        let stream = stream(&live);
        let count = Arc::<Count>::default();
        let mut waiters = [stream.readable(), stream.readable()];
        for readable in &mut waiters {
            assert_eq!(poll(readable, &count), Poll::Pending);
            // Polling again does not wake it twice.
            assert_eq!(poll(readable, &count), Poll::Pending);
        }
        live.end();
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        assert!(waiters.iter_mut().all(|readable| poll(readable, &count) == Poll::Ready(false)));
        assert!(!stream.wait(Duration::from_secs(60)));
    }

    fn logged(slot: u8, sequence: u64) -> (ProductId, EventView) {
        let event = LoggedEvent {
            at: Timestamp::from_millis(0),
            happened_at: Timestamp::from_millis(0),
            device: DeviceId::new([1; 12]),
            origin: EventOrigin::Member,
            name: "a".into(),
            data: "".into(),
            id: None,
            error: None,
            matched: Box::default(),
            sent: 0,
            limit: None,
            era: 0,
            ages_from: None,
        };
        (product(), EventView::new(Position::new(slot, sequence), Arc::new(event)))
    }

    fn read(stream: &EventStream) -> Vec<(u8, u64)> {
        let items = stream.read(usize::MAX).items;
        items.iter().map(|view| (view.position.slot, view.position.sequence)).collect()
    }

    #[test]
    fn a_later_commit_waits_for_an_earlier_one_of_its_slot() {
        let live = Arc::new(Live::default());
        let stream = stream(&live);
        let begin = |slot, first| live.begin(std::iter::once((product(), slot, first)));
        let (first, loser) = (begin(3, 0), begin(3, 0));
        let (second, other) = (begin(3, 1), begin(4, 0));
        second.end(&[(product(), 3, 1)], vec![logged(3, 1)]);
        other.end(&[(product(), 4, 0)], vec![logged(4, 0)]);
        assert_eq!(read(&stream), [(4, 0)]);
        // The loser of the same number holds nothing back.
        first.end(&[(product(), 3, 0)], vec![logged(3, 0)]);
        assert_eq!(read(&stream), [(3, 0), (3, 1)]);
        drop(loser);
        // A commit that failed lets go what it held back.
        let (failed, third) = (begin(3, 2), begin(3, 3));
        third.end(&[(product(), 3, 3)], vec![logged(3, 3)]);
        assert_eq!(read(&stream), []);
        drop(failed);
        assert_eq!(read(&stream), [(3, 3)]);
        assert!(live.order().open.is_empty() && live.order().held.is_empty());
    }

    #[test]
    fn a_stream_starts_at_the_end_of_the_log() {
        let live = Arc::new(Live::default());
        let mut start = EventCursor::default();
        start.set(3, 7);
        let early = live.begin(std::iter::once((product(), 3, 6)));
        let stream = live.open(product(), || Ok::<_, ()>(start)).unwrap();
        early.end(&[(product(), 3, 6)], vec![logged(3, 6)]);
        live.begin(std::iter::once((product(), 3, 7))).end(&[(product(), 3, 7)], vec![logged(3, 7)]);
        assert_eq!((read(&stream), stream.start()), (vec![(3, 7)], start));
    }

    #[test]
    fn without_a_stream_nothing_is_registered_and_an_event_that_comes_too_late_is_counted() {
        let live = Arc::new(Live::default());
        let begin = |first| live.begin(std::iter::once((product(), 3, first)));
        let (early, in_order) = (begin(0), begin(1));
        assert!(live.order().open.is_empty());
        begin(7).end(&[(product(), 3, 7)], Vec::new());
        let stream = stream(&live);
        in_order.end(&[(product(), 3, 1)], vec![logged(3, 1)]);
        early.end(&[(product(), 3, 0)], vec![logged(3, 0)]);
        let streamed = stream.read(usize::MAX);
        assert_eq!((streamed.items.len(), streamed.missed), (1, 1));
        assert!(live.order().open.is_empty() && live.order().held.is_empty());
    }

    #[test]
    fn a_commit_that_takes_very_long_holds_back_a_bounded_number_of_events() {
        let live = Arc::new(Live::default());
        let stream = stream(&live);
        let slow = live.begin(std::iter::once((product(), 3, 0)));
        for sequence in 1..=STREAM_BUFFER as u64 + 1 {
            let commit = (product(), 3, sequence);
            live.begin(std::iter::once(commit)).end(&[commit], vec![logged(3, sequence)]);
        }
        slow.end(&[(product(), 3, 0)], vec![logged(3, 0)]);
        let streamed = stream.read(usize::MAX);
        assert_eq!((streamed.items.len(), streamed.missed), (STREAM_BUFFER, 2));
    }

    #[test]
    fn a_waiter_that_is_dropped_leaves_nothing_behind() {
        let live = Arc::new(Live::default());
        let stream = stream(&live);
        let count = Arc::<Count>::default();
        for _ in 0..1000 {
            assert_eq!(poll(&mut stream.readable(), &count), Poll::Pending);
        }
        assert_eq!(stream.inbox.waiting().wakers.len(), 0);
        live.end();
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
    }
}
