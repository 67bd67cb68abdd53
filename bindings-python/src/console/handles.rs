//! Handles of a product, a device and a customer. To get one reads nothing from the store.

use super::Console;
use crate::{Begun, begin};
use fleet_bindings::python::checked;
use pyo3::prelude::*;

/// A product, as an actor sees it. `Console.product` returns it and reads nothing, also for a product that does not
/// exist: then its methods raise `NotFound`.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct ProductConsole(pub(super) fleet_bindings::ProductConsole);

/// A device of a product, as an actor sees it. `ProductConsole.device` returns it and reads nothing.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct DeviceConsole(pub(super) fleet_bindings::DeviceConsole);

/// A customer of a product, as an actor sees them. `ProductConsole.customer` returns it and reads nothing.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct CustomerConsole(pub(super) fleet_bindings::CustomerConsole);

#[checked]
#[pymethods]
impl Console {
    /// Returns the handle of a product. Nothing is read.
    fn product(&self, product: u32) -> PyResult<ProductConsole> {
        Ok(ProductConsole(self.0.product(product)?))
    }
}

#[checked]
#[pymethods]
impl ProductConsole {
    /// The number of the product.
    #[getter]
    fn id(&self) -> u32 {
        self.0.id()
    }

    /// Returns the handle of a device of the product. Nothing is read.
    fn device(&self, device: &str) -> PyResult<DeviceConsole> {
        Ok(DeviceConsole(self.0.device(device)?))
    }

    /// Returns the handle of a customer of the product. Nothing is read.
    fn customer(&self, customer: i64) -> PyResult<CustomerConsole> {
        Ok(CustomerConsole(self.0.customer(customer)?))
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }

    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }
}

#[checked]
#[pymethods]
impl DeviceConsole {
    /// The id of the device.
    #[getter]
    fn id(&self) -> String {
        self.0.id()
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }

    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }
}

#[checked]
#[pymethods]
impl CustomerConsole {
    /// The number of the customer.
    #[getter]
    fn id(&self) -> i64 {
        self.0.id()
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }

    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }
}
