//! Rows as PostgreSQL copies them into a table.
//!
//! A copied row costs the server half of what an inserted one does: it is put in its page, and told to the log, together
//! with those beside it.

use crate::array::Array;
use crate::table::{Column, Place};
use bytes::{BufMut, Bytes, BytesMut};

/// What every copy begins with: a signature, no flags, and nothing more.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What it ends with, in place of a row's number of columns.
const END: i16 = -1;

/// All columns of rows that are to be copied into a table.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) place: Place,
    /// In the server's binary form.
    pub(crate) rows: Bytes,
}

impl Copied {
    /// Rows from the arrays of their columns.
    pub(crate) fn new(place: Place, columns: &[Array]) -> Self {
        let mut rows = BytesMut::with_capacity(HEAD.len() + columns.iter().map(Array::size).sum::<usize>());
        rows.put_slice(HEAD);
        let count = i16::try_from(columns.len()).unwrap_or(i16::MAX);
        let mut values: Vec<_> = columns.iter().map(Array::values).collect();
        for _ in 0..columns.first().map_or(0, Array::len) {
            rows.put_i16(count);
            values.iter_mut().filter_map(Iterator::next).for_each(|value| rows.put_slice(value));
        }
        rows.put_i16(END);
        Self { place, rows: rows.freeze() }
    }
}

/// The statement that takes them.
pub(crate) fn copy(place: Place) -> String {
    let table = place.table();
    let names = |columns: &[Column]| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    format!("COPY {} ({}, {}) FROM STDIN BINARY", table.name, names(table.key), names(table.columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Scalar;

    #[test]
    fn rows_are_taken_apart_from_their_columns() {
        let (mut product, mut value) = (Array::new(Scalar::Int8), Array::new(Scalar::Text));
        for (number, text) in [(94, Some("one")), (95, None)] {
            product.push(&i64::from(number));
            match text {
                Some(text) => value.push(&text),
                None => value.push_null(),
            }
        }
        // That all rows are alike for a statement is nothing to a copy.
        product.send_once();
        let copied = Copied::new(Place::Tally, &[product, value]);
        let mut wanted = HEAD.to_vec();
        wanted.extend([0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 94, 0, 0, 0, 3, b'o', b'n', b'e']);
        wanted.extend([0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 95, 255, 255, 255, 255]);
        wanted.extend([255, 255]);
        assert_eq!(copied.rows, wanted);
    }

    #[test]
    fn no_rows_are_no_rows() {
        let copied = Copied::new(Place::Tally, &[Array::new(Scalar::Int8)]);
        assert_eq!(copied.rows.len(), HEAD.len() + 2);
        assert!(Copied::new(Place::Tally, &[]).rows.len() == HEAD.len() + 2, "columns that are none have no rows");
    }

    #[test]
    fn the_statement_names_all_columns_in_their_order() {
        let sql = copy(Place::Registration);
        assert!(sql.starts_with("COPY registration (id, stamp, product, claimed_by, "), "{sql}");
    }
}
