//! Pages of lists: one shape, one limit, and a cursor only where there are more items.

use crate::Error;
use crate::store::{Key, Row};

/// Maximum number of devices on a page.
pub const MAX_PAGE: usize = 1000;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T, C> {
    /// The items, in order.
    pub items: Vec<T>,
    /// The cursor of the next page. `None` means that there are no more items. It stays valid while the list changes:
    /// an item that exists the whole time is listed exactly once.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    pub(crate) fn new(items: Vec<T>, next: Option<C>) -> Self {
        Self { items, next }
    }

    /// Makes a page of rows that were scanned with a limit of `limit + 1`: the last row only shows that there are more.
    pub(crate) fn of_rows(
        mut rows: Vec<Row>,
        limit: usize,
        cursor: impl Fn(&Key) -> Option<C>,
        item: impl Fn(Row) -> Option<T>,
    ) -> Self {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).and_then(|row| cursor(&row.key));
        Self::new(rows.into_iter().filter_map(item).collect(), next)
    }
}

/// Checks the number of items per page.
pub(crate) fn check_page(limit: usize) -> Result<(), Error> {
    if (1..=MAX_PAGE).contains(&limit) {
        Ok(())
    } else {
        Err(Error::invalid("limit", format!("is {limit}; give 1 to {MAX_PAGE} items per page")))
    }
}
