//! Where each row stands, by the hash of its key: one array, so that a lookup waits for memory once before it reads the
//! row, where a hash map that keeps its marks apart waits twice.
//!
//! Open addressing with linear probing. A place's home is given by the first bits of its hash, so places stand almost in
//! the order of their hashes, and growing the array walks through both. Invariants: at most three quarters of the slots
//! are taken; between a place and its home no slot is free.

/// The places of rows. Does not know their keys: a caller compares those.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// A power of two of them, or none.
    slots: Vec<Slot>,
    taken: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    hash: u32,
    /// [`FREE`] where nothing stands here.
    row: u32,
}

/// A table never has so many rows.
const FREE: u32 = u32::MAX;
const NOTHING: Slot = Slot { hash: 0, row: FREE };
const FEWEST: usize = 16;

impl Places {
    /// The row with this hash that `is` the one.
    pub(super) fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.at(hash, is).map(|(_, row)| row)
    }

    /// Adds the place of a row that has none yet.
    pub(super) fn insert(&mut self, hash: u32, row: u32) {
        if self.taken + 1 > self.slots.len() / 4 * 3 {
            self.grow();
        }
        self.taken += 1;
        self.settle(Slot { hash, row });
    }

    /// Takes away the row with this hash that `is` the one, and moves what stood behind it towards its home.
    pub(super) fn remove(&mut self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let (mut hole, row) = self.at(hash, is)?;
        let mut place = hole;
        loop {
            place = self.after(place);
            let slot = self.slot(place);
            if slot.row == FREE {
                break;
            }
            if self.distance(self.home(slot.hash), place) >= self.distance(hole, place) {
                self.put(hole, slot);
                hole = place;
            }
        }
        self.put(hole, NOTHING);
        self.taken -= 1;
        Some(row)
    }

    /// The slot and the row that are looked for.
    fn at(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<(usize, u32)> {
        let mut place = self.home(hash);
        loop {
            let Slot { hash: found, row } = self.slot(place);
            if row == FREE {
                return None;
            }
            if found == hash && is(row) {
                return Some((place, row));
            }
            place = self.after(place);
        }
    }

    fn grow(&mut self) {
        let slots = vec![NOTHING; (self.slots.len() * 2).max(FEWEST)];
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot.row != FREE {
                self.settle(slot);
            }
        }
    }

    /// Puts what is not there in the first free slot from its home on.
    fn settle(&mut self, slot: Slot) {
        let mut place = self.home(slot.hash);
        while self.slot(place).row != FREE {
            place = self.after(place);
        }
        self.put(place, slot);
    }

    /// Where a hash belongs: as far into the array as it is into the range of hashes.
    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.slots.len() as u64) >> 32) as usize
    }

    fn after(&self, place: usize) -> usize {
        (place + 1) & self.slots.len().wrapping_sub(1)
    }

    /// How many steps it takes from one slot on to another.
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.slots.len().wrapping_sub(1)
    }

    fn slot(&self, place: usize) -> Slot {
        self.slots.get(place).copied().unwrap_or(NOTHING)
    }

    fn put(&mut self, place: usize, slot: Slot) {
        if let Some(there) = self.slots.get_mut(place) {
            *there = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Hashes that crowd at both ends of the array, so that runs meet, wrap around and are torn.
        #[test]
        fn places_are_found_as_in_a_set(steps in proptest::collection::vec((any::<bool>(), 0..40_u32), 0..400)) {
            let hash = |row: u32| if row.is_multiple_of(3) { u32::MAX - row / 9 } else { row / 7 * 0x0800_0000 };
            let (mut places, mut model) = (Places::default(), BTreeSet::new());
            for (adds, row) in steps {
                if !adds {
                    prop_assert_eq!(places.remove(hash(row), |found| found == row).is_some(), model.remove(&row));
                } else if model.insert(row) {
                    places.insert(hash(row), row);
                }
                for row in 0..40 {
                    let found = places.find(hash(row), |found| found == row);
                    prop_assert_eq!(found, model.contains(&row).then_some(row));
                }
            }
        }
    }
}
