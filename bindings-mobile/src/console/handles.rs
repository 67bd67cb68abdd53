//! Handles of a product, a device and a customer. To get one reads nothing from the store.

use super::Console;
use crate::{Answered, ask_off_thread};
use std::fmt;
use std::sync::Arc;

/// A product, as an actor sees it. `Console.product` returns it and reads nothing, also for a product that does not
/// exist: then its methods fail with `not_found`.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Display)]
pub struct ProductConsole(pub(super) fleet_bindings::ProductConsole);

/// A device of a product, as an actor sees it. `ProductConsole.device` returns it and reads nothing.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Display)]
pub struct DeviceConsole(pub(super) fleet_bindings::DeviceConsole);

/// A customer of a product, as an actor sees them. `ProductConsole.customer` returns it and reads nothing.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Display)]
pub struct CustomerConsole(pub(super) fleet_bindings::CustomerConsole);

#[uniffi::export]
impl Console {
    /// Returns the handle of a product. Nothing is read.
    pub fn product(&self, id: u32) -> Answered<Arc<ProductConsole>> {
        Ok(Arc::new(ProductConsole(self.0.product(id)?)))
    }
}

#[uniffi::export]
impl ProductConsole {
    /// The number of the product.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Returns the handle of a device of the product. Nothing is read.
    pub fn device(&self, id: String) -> Answered<Arc<DeviceConsole>> {
        Ok(Arc::new(DeviceConsole(self.0.device(&id)?)))
    }

    /// Returns the handle of a customer of the product. Nothing is read.
    pub fn customer(&self, id: i64) -> Answered<Arc<CustomerConsole>> {
        Ok(Arc::new(CustomerConsole(self.0.customer(id)?)))
    }
}

#[uniffi::export]
impl DeviceConsole {
    /// The id of the device.
    pub fn id(&self) -> String {
        self.0.id()
    }
}

#[uniffi::export]
impl CustomerConsole {
    /// The number of the customer.
    pub fn id(&self) -> i64 {
        self.0.id()
    }
}

/// Calls of a handle, which run where blocking is allowed.
macro_rules! asks {
    ($($handle:ident)*) => {$(
        impl $handle {
            pub(super) async fn ask<T: Send + 'static>(
                &self,
                ask: impl FnOnce(fleet_bindings::$handle) -> fleet_bindings::Answered<T> + Send + 'static,
            ) -> Answered<T> {
                ask_off_thread(self.0.clone(), ask).await
            }
        }

        impl fmt::Display for $handle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

asks! { ProductConsole DeviceConsole CustomerConsole }
