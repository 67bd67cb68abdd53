//! The door for people.

mod devices;
mod firmware;
mod people;
mod products;
mod watched;

use crate::fleet::Opened;
use fleet_bindings::{Answered, Moment};
use napi_derive::napi;

/// The door for people, opened by an actor at a moment.
#[napi]
#[derive(Debug)]
pub struct Console {
    door: Door,
}

/// Who asks, and when.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    opened: Opened,
    account: Option<i64>,
    now: Option<Moment>,
}

impl Console {
    pub(crate) fn new(opened: Opened, account: Option<i64>, now: Option<Moment>) -> Self {
        Self { door: Door { opened, account, now } }
    }

    fn door(&self) -> Door {
        self.door.clone()
    }
}

impl Door {
    fn enter<T>(&self, work: impl FnOnce(&fleet_bindings::Console) -> Answered<T>) -> Answered<T> {
        self.opened.enter(|fleet| match self.account {
            Some(account) => work(&fleet.console(account, self.now)?),
            None => work(&fleet.operator(self.now)),
        })
    }
}
