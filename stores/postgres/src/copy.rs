//! Rows in the binary format of PostgreSQL's `COPY`.
//!
//! An inserted row is placed and logged by itself; copied rows are placed and logged together.

use crate::array::Array;
use crate::table::TableKind;
use bytes::{BufMut, Bytes, BytesMut};

/// The header of every copy: a signature, no flags, no extension.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// The trailer, in the place of a row's number of columns.
const END: i16 = -1;

/// Rows to copy into a table, with all of their columns.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) table_kind: TableKind,
    /// The rows in the server's binary format.
    pub(crate) rows: Bytes,
}

impl Copied {
    /// Creates rows from the arrays of their columns.
    pub(crate) fn new(table_kind: TableKind, columns: &[Array]) -> Self {
        let length = columns.first().map_or(0, Array::len);
        let size = HEAD.len() + columns.iter().map(Array::size).sum::<usize>() + size_of_val(&END) * (length + 1);
        let mut rows = BytesMut::with_capacity(size);
        rows.put_slice(HEAD);
        let count = i16::try_from(columns.len()).unwrap_or(i16::MAX);
        let mut values: Vec<_> = columns.iter().map(Array::values).collect();
        for _ in 0..length {
            rows.put_i16(count);
            values.iter_mut().filter_map(Iterator::next).for_each(|value| rows.put_slice(value));
        }
        rows.put_i16(END);
        Self { table_kind, rows: rows.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Scalar;

    #[test]
    fn rows_are_built_from_their_columns() {
        let (mut product, mut value) = (Array::new(Scalar::Int8), Array::new(Scalar::Text));
        for (number, text) in [(94, Some("one")), (95, None)] {
            product.push(&i64::from(number));
            match text {
                Some(text) => value.push(&text),
                None => value.push_null(),
            }
        }
        // A value that a statement sends once is still copied into every row.
        product.send_once();
        let copied = Copied::new(TableKind::Tally, &[product, value]);
        let mut wanted = HEAD.to_vec();
        wanted.extend([0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 94, 0, 0, 0, 3, b'o', b'n', b'e']);
        wanted.extend([0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 95, 255, 255, 255, 255]);
        wanted.extend([255, 255]);
        assert_eq!(copied.rows, wanted);
    }

    #[test]
    fn a_copy_of_no_rows_is_empty() {
        let copied = Copied::new(TableKind::Tally, &[Array::new(Scalar::Int8)]);
        assert_eq!(copied.rows, [HEAD, &[255, 255]].concat());
    }
}
