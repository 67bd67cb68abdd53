//! Stands in for metering until it is merged: admits all.

use crate::product::Product;
use crate::time::Timestamp;
use crate::{Error, Fleet};

#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) count: u64,
}

impl Fleet {
    pub(crate) fn admit(&self, _product: &Product, _now: Timestamp, want: u64) -> Result<Admitted, Error> {
        Ok(Admitted { count: want })
    }

    pub(crate) fn give_back(&self, _admitted: Admitted, _count: u64) {}
}
