//! Devices that this process found in a product, so that publishing for them again need not read their rows.
//!
//! What it keeps is never believed by itself: a product's [`DeviceCount`](crate::device::DeviceCount) says how many
//! members ever left, and what was found holds as long as that number is the same in the row that publishing reads. So
//! nobody has to tell of a change, not even another process.

use crate::device::DeviceId;
use crate::product::ProductId;
use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

/// So many devices are kept, of all products together, at 15 to 30 bytes each; then it starts anew. As many as a table of
/// 2²¹ places takes before it grows.
const KEPT: usize = (1 << 21) / 8 * 7;

/// A product takes as much room by itself as so many devices.
const PRODUCT: usize = 8;

/// The members that were found, by product.
#[derive(Debug, Default)]
pub(crate) struct Members(RwLock<All>);

#[derive(Debug, Default)]
struct All {
    products: HashMap<ProductId, Found, foldhash::fast::RandomState>,
    /// What they take: the devices, and [`PRODUCT`] for each product.
    room: usize,
}

/// What was found of a product while so many members had left it.
#[derive(Debug, Default)]
struct Found {
    departures: u64,
    devices: HashSet<DeviceId, foldhash::fast::RandomState>,
}

impl Members {
    /// Shows which of a product's devices are known, and how many members had left it then.
    pub(super) fn with(&self, product: ProductId, look: impl FnOnce(Option<u64>, &dyn Fn(DeviceId) -> bool)) {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match all.products.get(&product) {
            Some(found) => look(Some(found.departures), &|device| found.devices.contains(&device)),
            None => look(None, &|_| false),
        }
    }

    /// Keeps devices that were found in a product after so many departures.
    pub(super) fn keep(&self, product: ProductId, departures: u64, devices: &[DeviceId]) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.keep(product, departures, devices, KEPT);
    }
}

impl All {
    fn keep(&mut self, product: ProductId, departures: u64, devices: &[DeviceId], most: usize) {
        if self.products.get(&product).is_some_and(|found| found.departures > departures) {
            // Somebody read the product later than this.
            return;
        }
        if self.room.saturating_add(PRODUCT + devices.len()) > most {
            *self = Self::default();
        }
        let found = self.products.entry(product).or_insert_with(|| {
            self.room += PRODUCT;
            Found::default()
        });
        if found.departures < departures {
            self.room -= found.devices.len();
            *found = Found { departures, ..Found::default() };
        }
        self.room -= found.devices.len();
        found.devices.extend(devices);
        self.room += found.devices.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(all: &All, number: u32, device: u8) -> bool {
        let found = all.products.get(&ProductId::new(number).unwrap());
        found.is_some_and(|found| found.devices.contains(&id(device)))
    }

    fn id(byte: u8) -> DeviceId {
        DeviceId::new([byte; 12])
    }

    #[test]
    fn what_was_found_before_a_departure_is_not_mixed_with_what_was_found_after() {
        let (mut all, product) = (All::default(), ProductId::new(1000).unwrap());
        all.keep(product, 0, &[id(1), id(2)], 100);
        assert!(known(&all, 1000, 1) && known(&all, 1000, 2));
        all.keep(product, 1, &[id(3)], 100);
        assert!(!known(&all, 1000, 1) && known(&all, 1000, 3), "one of the first two may have left");
        all.keep(product, 0, &[id(1)], 100);
        assert!(!known(&all, 1000, 1), "a reader that was slow tells of the time before");
        assert_eq!(all.room, PRODUCT + 1);
    }

    #[test]
    fn products_whose_members_all_left_take_room_as_well() {
        let mut all = All::default();
        for number in 1000..1100 {
            all.keep(ProductId::new(number).unwrap(), 1, &[], 4 * PRODUCT);
            assert!(all.products.len() <= 4);
        }
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut all = All::default();
        for number in 1000..1100 {
            for byte in 0..7 {
                all.keep(ProductId::new(number).unwrap(), 0, &[id(byte), id(byte + 1)], 4 * PRODUCT);
                let room: usize = all.products.values().map(|found| PRODUCT + found.devices.len()).sum();
                assert!(room <= 4 * PRODUCT && all.room == room);
                assert!(known(&all, number, byte + 1), "what was found last is kept");
            }
        }
    }
}
