//! Results of an SQL query.

use fleet_core::store;
use std::collections::HashMap;

/// A value of a result. In Python and Node it is a native value of the language.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
pub enum SqlValue {
    /// Null.
    Null,
    /// A whole number.
    Integer {
        /// The number.
        number: i64,
    },
    /// Any other number.
    Real {
        /// The number.
        number: f64,
    },
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// Bytes.
    Blob {
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// A row of a result: its values by column name, in the order of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlRow(pub Vec<(String, SqlValue)>);

impl From<&store::SqlRow> for SqlRow {
    fn from(row: &store::SqlRow) -> Self {
        Self(row.iter().map(|(column, value)| (column.to_owned(), value.into())).collect())
    }
}

impl From<&store::SqlValue> for SqlValue {
    fn from(value: &store::SqlValue) -> Self {
        match value {
            store::SqlValue::Null => Self::Null,
            store::SqlValue::Integer(number) => Self::Integer { number: *number },
            store::SqlValue::Real(number) => Self::Real { number: *number },
            store::SqlValue::Text(text) => Self::Text { text: text.clone() },
            store::SqlValue::Blob(bytes) => Self::Blob { bytes: bytes.clone() },
        }
    }
}

impl From<SqlRow> for HashMap<String, SqlValue> {
    fn from(row: SqlRow) -> Self {
        row.0.into_iter().collect()
    }
}
