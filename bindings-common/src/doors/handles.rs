//! Handles of a product, a device and a customer: a console and an id. To get one reads nothing from the store.

use super::{Answered, Console, customer_id, device_id, product_id};
use crate::closable::{Begin, Begun, Entered};
use fleet_core::customer::CustomerId;
use fleet_core::{DeviceId, ProductId};
use std::fmt;

/// A product, as an actor sees it. [`Console::product`] returns it, also for a product that does not exist: then its
/// methods fail with `not_found`.
#[derive(Clone, Debug)]
pub struct ProductConsole {
    pub(super) console: Console,
    id: ProductId,
}

/// A device of a product, as an actor sees it. [`ProductConsole::device`] returns it.
#[derive(Clone, Debug)]
pub struct DeviceConsole {
    product: ProductConsole,
    id: DeviceId,
}

/// A customer of a product, as an actor sees them. [`ProductConsole::customer`] returns it.
#[derive(Clone, Debug)]
pub struct CustomerConsole {
    product: ProductConsole,
    id: CustomerId,
}

impl Console {
    /// Returns the handle of a product. Nothing is read.
    pub fn product(&self, product: u32) -> Answered<ProductConsole> {
        Ok(ProductConsole { console: self.clone(), id: product_id(product)? })
    }
}

impl ProductConsole {
    /// The number of the product.
    pub fn id(&self) -> u32 {
        self.id.get()
    }

    /// Returns the handle of a device of the product. Nothing is read.
    pub fn device(&self, device: &str) -> Answered<DeviceConsole> {
        Ok(DeviceConsole { product: self.clone(), id: device_id(device)? })
    }

    /// Returns the handle of a customer of the product. Nothing is read.
    pub fn customer(&self, customer: i64) -> Answered<CustomerConsole> {
        Ok(CustomerConsole { product: self.clone(), id: customer_id(customer)? })
    }

    pub(super) fn door(&self) -> Answered<Entered<'_, fleet_core::ProductConsole<'_>>> {
        let Console { fleet, actor, when } = &self.console;
        fleet.enter_at(*when, |fleet, now| fleet.console(*actor, now).product(self.id))
    }
}

impl DeviceConsole {
    /// The id of the device.
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    pub(super) fn door(&self) -> Answered<Entered<'_, fleet_core::DeviceConsole<'_>>> {
        let Console { fleet, actor, when } = &self.product.console;
        fleet.enter_at(*when, |fleet, now| fleet.console(*actor, now).product(self.product.id).device(self.id))
    }
}

impl CustomerConsole {
    /// The number of the customer.
    pub fn id(&self) -> i64 {
        i64::try_from(self.id.get()).unwrap_or(i64::MAX)
    }

    pub(super) fn door(&self) -> Answered<Entered<'_, fleet_core::CustomerConsole<'_>>> {
        let Console { fleet, actor, when } = &self.product.console;
        fleet.enter_at(*when, |fleet, now| fleet.console(*actor, now).product(self.product.id).customer(self.id))
    }
}

impl Begin for ProductConsole {
    fn begin(&self) -> Answered<Begun> {
        self.console.begin()
    }
}

impl Begin for DeviceConsole {
    fn begin(&self) -> Answered<Begun> {
        self.product.begin()
    }
}

impl Begin for CustomerConsole {
    fn begin(&self) -> Answered<Begun> {
        self.product.begin()
    }
}

impl fmt::Display for ProductConsole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProductConsole({})", self.id)
    }
}

impl fmt::Display for DeviceConsole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceConsole({}, {})", self.product.id, self.id)
    }
}

impl fmt::Display for CustomerConsole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerConsole({}, {})", self.product.id, self.id)
    }
}
