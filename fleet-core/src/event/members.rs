//! Cache of devices that this process found in a product, so that publishing for them again need not read their rows.
//!
//! A cached entry is never used alone: a product's [`DeviceCount`](crate::device::DeviceCount) contains the number of
//! members that ever left, and a cached member list stays valid while that number is unchanged in the row that
//! publishing reads. Therefore no invalidation is needed, not even across processes.

use crate::device::DeviceId;
use crate::product::ProductId;
use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

/// Number of cached devices of all products together, at 15 to 30 bytes each; then the cache is cleared. It is the
/// number that a table of 2²¹ buckets holds before it grows.
const KEPT: usize = (1 << 21) / 8 * 7;

/// Number of devices that the entry of a product counts as.
const PRODUCT: usize = 8;

/// Cached members, by product.
#[derive(Debug, Default)]
pub(crate) struct Members(RwLock<All>);

#[derive(Debug, Default)]
struct All {
    products: HashMap<ProductId, Found, foldhash::fast::RandomState>,
    /// Size of the cache: the devices, and [`PRODUCT`] for each product.
    size: usize,
}

/// Devices found in a product, valid while the number of members that left it is `departures`.
#[derive(Debug, Default)]
struct Found {
    departures: u64,
    devices: HashSet<DeviceId, foldhash::fast::RandomState>,
}

impl Members {
    /// Shows which of a product's devices are cached, and the number of departures at that time.
    pub(super) fn with(&self, product: ProductId, look: impl FnOnce(Option<u64>, &dyn Fn(DeviceId) -> bool)) {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match all.products.get(&product) {
            Some(found) => look(Some(found.departures), &|device| found.devices.contains(&device)),
            None => look(None, &|_| false),
        }
    }

    /// Caches devices found in a product at this number of departures.
    pub(super) fn keep(&self, product: ProductId, departures: u64, devices: &[DeviceId]) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.keep(product, departures, devices, KEPT);
    }
}

impl All {
    fn keep(&mut self, product: ProductId, departures: u64, devices: &[DeviceId], most: usize) {
        if self.products.get(&product).is_some_and(|found| found.departures > departures) {
            // Another thread has read a later state of the product.
            return;
        }
        if self.size.saturating_add(PRODUCT + devices.len()) > most {
            *self = Self::default();
        }
        let found = self.products.entry(product).or_insert_with(|| {
            self.size += PRODUCT;
            Found::default()
        });
        if found.departures < departures {
            self.size -= found.devices.len();
            *found = Found { departures, ..Found::default() };
        }
        self.size -= found.devices.len();
        found.devices.extend(devices);
        self.size += found.devices.len();
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
    fn entries_before_a_departure_are_not_mixed_with_later_ones() {
        let (mut all, product) = (All::default(), ProductId::new(1000).unwrap());
        all.keep(product, 0, &[id(1), id(2)], 100);
        assert!(known(&all, 1000, 1) && known(&all, 1000, 2));
        all.keep(product, 1, &[id(3)], 100);
        assert!(!known(&all, 1000, 1) && known(&all, 1000, 3), "one of the first two may have left");
        all.keep(product, 0, &[id(1)], 100);
        assert!(!known(&all, 1000, 1), "a slow reader brings an older state");
        assert_eq!(all.size, PRODUCT + 1);
    }

    #[test]
    fn products_without_members_count_towards_the_size() {
        let mut all = All::default();
        for number in 1000..1100 {
            all.keep(ProductId::new(number).unwrap(), 1, &[], 4 * PRODUCT);
            assert!(all.products.len() <= 4);
        }
    }

    #[test]
    fn the_cache_never_exceeds_its_size() {
        let mut all = All::default();
        for number in 1000..1100 {
            for byte in 0..7 {
                all.keep(ProductId::new(number).unwrap(), 0, &[id(byte), id(byte + 1)], 4 * PRODUCT);
                let size: usize = all.products.values().map(|found| PRODUCT + found.devices.len()).sum();
                assert!(size <= 4 * PRODUCT && all.size == size);
                assert!(known(&all, number, byte + 1), "the latest entry is kept");
            }
        }
    }
}
