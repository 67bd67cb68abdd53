//! One store, and the unreliable links by which nodes reach it.

use super::ledger::Ledger;
use super::random::Random;
use fleet_core::store::{Commit, CommitOutcome, Key, Range, Record, Row, StoreError, StoreErrorKind, Write};
use fleet_core::{MemoryStore, Store};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of consecutive calls that fail when a link is cut.
const OUTAGE: u32 = 12;

/// The store, the commits that are in flight, and the ledger that checks every commit.
#[derive(Debug)]
pub(super) struct Network {
    store: MemoryStore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    random: Random,
    /// Percentage of calls that go wrong.
    trouble: u64,
    /// Commits that were sent and may still arrive.
    on_their_way: Vec<Commit>,
    ledger: Ledger,
}

/// A node's link to the store.
#[derive(Clone, Debug)]
pub(super) struct Link {
    network: Arc<Network>,
    node: Arc<Mutex<Node>>,
}

#[derive(Debug, Default)]
struct Node {
    is_dead: bool,
    /// Number of calls until the process dies, and whether it dies after the last of them reaches the store, or before.
    dies: Option<(u32, bool)>,
    /// Number of calls that will still fail.
    cut: u32,
}

/// What goes wrong with a commit.
#[derive(Clone, Copy)]
enum Trouble {
    Conflict,
    Unavailable,
    LostRequest,
    LostReply,
    Late,
    Doubled,
    Cut { arrives: bool },
}

impl Network {
    pub(super) fn new(random: Random, trouble: u64, ledger: Ledger) -> Arc<Self> {
        let state = State { random, trouble, on_their_way: Vec::new(), ledger };
        Arc::new(Self { store: MemoryStore::new(), state: Mutex::new(state) })
    }

    pub(super) fn link(self: &Arc<Self>) -> Link {
        Link { network: Arc::clone(self), node: Arc::default() }
    }

    /// Returns a link that never fails.
    pub(super) fn link_without_trouble(self: &Arc<Self>) -> Direct {
        Direct(Arc::clone(self))
    }

    pub(super) fn store(&self) -> &MemoryStore {
        &self.store
    }

    pub(super) fn ledger<T>(&self, ask: impl FnOnce(&mut Ledger) -> T) -> T {
        ask(&mut self.state().ledger)
    }

    /// From now on nothing fails; commits in flight arrive.
    pub(super) fn heal(&self) {
        let mut state = self.state();
        state.trouble = 0;
        while !state.on_their_way.is_empty() {
            self.deliver_one(&mut state);
        }
    }

    fn deliver_one(&self, state: &mut State) {
        let place = state.random.below(state.on_their_way.len() as u64);
        let commit = state.on_their_way.swap_remove(usize::try_from(place).unwrap_or(0));
        let _ = self.apply(state, &commit);
    }

    fn apply(&self, state: &mut State, commit: &Commit) -> Result<CommitOutcome, StoreError> {
        let before = state.ledger.before(&self.store, commit);
        let outcome = self.store.commit(std::slice::from_ref(commit))?.first().copied();
        let outcome = outcome.unwrap_or(CommitOutcome::Conflict);
        if outcome == CommitOutcome::Applied {
            state.ledger.applied(&self.store, before, commit);
        }
        Ok(outcome)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn draw(&mut self, commit: &Commit) -> Option<Trouble> {
        if !self.random.happens(self.trouble) {
            return None;
        }
        Some(match self.random.below(8) {
            0 | 1 if !commit.checks.is_empty() => Trouble::Conflict,
            0..=2 => Trouble::Unavailable,
            3 => Trouble::LostRequest,
            4 => Trouble::LostReply,
            5 => Trouble::Late,
            6 => Trouble::Doubled,
            _ => Trouble::Cut { arrives: self.random.happens(50) },
        })
    }
}

impl Link {
    /// Makes the process die at this call, counted from now.
    pub(super) fn dies_in(&self, calls: u32, after: bool) {
        self.node().dies = Some((calls, after));
    }

    /// Kills the process: none of its calls reaches the store any more.
    pub(super) fn kill(&self) {
        self.node().is_dead = true;
    }

    pub(super) fn is_dead(&self) -> bool {
        self.node().is_dead
    }

    /// From now on the link works.
    pub(super) fn heal(&self) {
        let mut node = self.node();
        (node.dies, node.cut) = (None, 0);
    }

    fn node(&self) -> MutexGuard<'_, Node> {
        self.node.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a call reaches the store. Returns whether the process dies after it.
    fn call(&self) -> Result<bool, StoreError> {
        let mut node = self.node();
        if let Some((calls, after)) = &mut node.dies {
            if *calls == 0 {
                let after = *after;
                node.is_dead = true;
                return if after { Ok(true) } else { Err(failed(StoreErrorKind::Other)) };
            }
            *calls -= 1;
        }
        if node.is_dead {
            return Err(failed(StoreErrorKind::Other));
        }
        if node.cut > 0 {
            node.cut -= 1;
            return Err(failed(StoreErrorKind::Other));
        }
        Ok(false)
    }

    fn read<T>(&self, read: impl FnOnce(&MemoryStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let dies = self.call()?;
        let mut state = self.network.state();
        let trouble = state.trouble / 2;
        if dies || state.random.happens(trouble) {
            return Err(failed(StoreErrorKind::Unavailable));
        }
        drop(state);
        read(&self.network.store)
    }

    fn commit_one(&self, commit: &Commit) -> Result<CommitOutcome, StoreError> {
        let dies = self.call()?;
        let mut state = self.network.state();
        if !state.on_their_way.is_empty() && state.random.happens(30) {
            self.network.deliver_one(&mut state);
        }
        let unknown = || Err(failed(StoreErrorKind::Unknown));
        if dies {
            self.network.apply(&mut state, commit)?;
            return unknown();
        }
        match state.draw(commit) {
            None => self.network.apply(&mut state, commit),
            Some(Trouble::Conflict) => Ok(CommitOutcome::Conflict),
            Some(Trouble::Unavailable) => Err(failed(StoreErrorKind::Unavailable)),
            Some(Trouble::LostRequest) => unknown(),
            Some(Trouble::LostReply) => {
                self.network.apply(&mut state, commit)?;
                unknown()
            }
            Some(Trouble::Late) => {
                state.on_their_way.push(commit.clone());
                unknown()
            }
            Some(Trouble::Doubled) => {
                state.on_their_way.push(commit.clone());
                self.network.apply(&mut state, commit)
            }
            Some(Trouble::Cut { arrives }) => {
                if arrives {
                    state.on_their_way.push(commit.clone());
                }
                drop(state);
                self.node().cut = OUTAGE;
                unknown()
            }
        }
    }
}

/// A link to the store that never fails.
#[derive(Clone, Debug)]
pub(super) struct Direct(Arc<Network>);

impl Store for Direct {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.0.store.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.0.store.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let mut state = self.0.state();
        batch.iter().map(|commit| self.0.apply(&mut state, commit)).collect()
    }
}

fn failed(kind: StoreErrorKind) -> StoreError {
    StoreError::new(kind, "the link failed")
}

impl Store for Link {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.read(|store| store.get(keys))
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.read(|store| store.scan(range))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        batch.iter().map(|commit| self.commit_one(commit)).collect()
    }
}

/// Returns the notices and usage months that a commit writes.
pub(super) fn puts(commit: &Commit) -> impl Iterator<Item = (&Key, &Record)> {
    commit.writes.iter().filter_map(|write| match write {
        Write::Put { key, record, .. } => Some((key, record)),
        Write::Delete { .. } | Write::Add { .. } => None,
    })
}
