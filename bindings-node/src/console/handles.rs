//! Handles of a product, a device and a customer. To get one reads nothing from the store.

use super::Console;
use crate::job::Runner;
use crate::{given, refused};
use napi::{Env, Unknown};
use napi_derive::napi;

/// A product, as an actor sees it.
#[napi]
#[derive(Debug)]
pub struct ProductConsole {
    pub(crate) door: fleet_bindings::ProductConsole,
    pub(crate) runner: Runner,
}

/// A device of a product, as an actor sees it.
#[napi]
#[derive(Debug)]
pub struct DeviceConsole {
    pub(crate) door: fleet_bindings::DeviceConsole,
    pub(crate) runner: Runner,
}

/// A customer of a product, as an actor sees them.
#[napi]
#[derive(Debug)]
pub struct CustomerConsole {
    pub(crate) door: fleet_bindings::CustomerConsole,
    pub(crate) runner: Runner,
}

#[napi]
impl Console {
    /// Returns the handle of a product.
    #[napi]
    pub fn product(&self, env: Env, product: Unknown<'_>) -> napi::Result<ProductConsole> {
        let product: u32 = given(&env, product, "product")?;
        let door = self.door.product(product).map_err(|failure| refused(&env, failure))?;
        Ok(ProductConsole { door, runner: self.runner.clone() })
    }
}

#[napi]
impl ProductConsole {
    /// The number of the product.
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.door.id()
    }

    /// Returns the handle of a device of the product.
    #[napi]
    pub fn device(&self, env: Env, device: Unknown<'_>) -> napi::Result<DeviceConsole> {
        let device: String = given(&env, device, "device")?;
        let door = self.door.device(&device).map_err(|failure| refused(&env, failure))?;
        Ok(DeviceConsole { door, runner: self.runner.clone() })
    }

    /// Returns the handle of a customer of the product.
    #[napi]
    pub fn customer(&self, env: Env, customer: Unknown<'_>) -> napi::Result<CustomerConsole> {
        let customer: i64 = given(&env, customer, "customer")?;
        let door = self.door.customer(customer).map_err(|failure| refused(&env, failure))?;
        Ok(CustomerConsole { door, runner: self.runner.clone() })
    }

    /// The handle in a form for people.
    #[napi]
    pub fn text(&self) -> String {
        self.door.to_string()
    }
}

#[napi]
impl DeviceConsole {
    /// The id of the device.
    #[napi(getter)]
    pub fn id(&self) -> String {
        self.door.id()
    }

    /// The handle in a form for people.
    #[napi]
    pub fn text(&self) -> String {
        self.door.to_string()
    }
}

#[napi]
impl CustomerConsole {
    /// The number of the customer.
    #[napi(getter)]
    pub fn id(&self) -> i64 {
        self.door.id()
    }

    /// The handle in a form for people.
    #[napi]
    pub fn text(&self) -> String {
        self.door.to_string()
    }
}
