//! An index of rows by the hash of their keys.
//!
//! It is one array, so that a lookup waits for memory once before it reads the row; a hash map with separate control
//! bytes waits twice.
//!
//! Open addressing with linear probing. The home slot of an entry is given by the first bits of its hash, so entries
//! are almost in the order of their hashes, and growing the array walks through both arrays. Invariants: at most three
//! quarters of the slots are taken; there is no free slot between an entry and its home.

/// Finds rows by the hash of their key. It does not know the keys: the caller compares them.
#[derive(Debug, Default)]
pub(super) struct RowIndex {
    /// The number of slots is a power of two or zero.
    slots: Vec<Slot>,
    taken: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    hash: u32,
    /// [`FREE`] means that the slot is empty.
    row: u32,
}

/// No row has this number: a table never has so many rows.
const FREE: u32 = u32::MAX;
const NOTHING: Slot = Slot { hash: 0, row: FREE };
const FEWEST: usize = 16;

impl RowIndex {
    /// Returns the row with this hash for which `is` returns true.
    pub(super) fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.at(hash, is).map(|(_, row)| row)
    }

    /// Adds a row that is not in the index yet.
    pub(super) fn insert(&mut self, hash: u32, row: u32) {
        if self.taken + 1 > self.slots.len() / 4 * 3 {
            self.grow();
        }
        self.taken += 1;
        self.settle(Slot { hash, row });
    }

    /// Removes the row with this hash for which `is` returns true, and moves later entries towards their homes.
    pub(super) fn remove(&mut self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let (mut hole, row) = self.at(hash, is)?;
        let mut position = hole;
        loop {
            position = self.after(position);
            let slot = self.slot(position);
            if slot.row == FREE {
                break;
            }
            if self.distance(self.home(slot.hash), position) >= self.distance(hole, position) {
                self.put(hole, slot);
                hole = position;
            }
        }
        self.put(hole, NOTHING);
        self.taken -= 1;
        Some(row)
    }

    /// Returns the slot and the row that match.
    fn at(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<(usize, u32)> {
        let mut position = self.home(hash);
        loop {
            let Slot { hash: found, row } = self.slot(position);
            if row == FREE {
                return None;
            }
            if found == hash && is(row) {
                return Some((position, row));
            }
            position = self.after(position);
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

    /// Puts a new entry in the first free slot from its home on.
    fn settle(&mut self, slot: Slot) {
        let mut position = self.home(slot.hash);
        while self.slot(position).row != FREE {
            position = self.after(position);
        }
        self.put(position, slot);
    }

    /// Returns the home slot of a hash: its position in the array is proportional to the hash.
    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.slots.len() as u64) >> 32) as usize
    }

    fn after(&self, position: usize) -> usize {
        (position + 1) & self.slots.len().wrapping_sub(1)
    }

    /// Number of steps from one slot to another.
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.slots.len().wrapping_sub(1)
    }

    fn slot(&self, position: usize) -> Slot {
        self.slots.get(position).copied().unwrap_or(NOTHING)
    }

    fn put(&mut self, position: usize, slot: Slot) {
        if let Some(there) = self.slots.get_mut(position) {
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
        /// Hashes that cluster at both ends of the array, so that runs merge, wrap around and are split.
        #[test]
        fn rows_are_found_as_in_a_set(steps in proptest::collection::vec((any::<bool>(), 0..40_u32), 0..400)) {
            let hash = |row: u32| if row.is_multiple_of(3) { u32::MAX - row / 9 } else { row / 7 * 0x0800_0000 };
            let (mut index, mut model) = (RowIndex::default(), BTreeSet::new());
            for (adds, row) in steps {
                if !adds {
                    prop_assert_eq!(index.remove(hash(row), |found| found == row).is_some(), model.remove(&row));
                } else if model.insert(row) {
                    index.insert(hash(row), row);
                }
                for row in 0..40 {
                    let found = index.find(hash(row), |found| found == row);
                    prop_assert_eq!(found, model.contains(&row).then_some(row));
                }
            }
        }
    }
}
