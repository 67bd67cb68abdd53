//! Columns of many rows as binary arrays: the parameters of statements that read or write all of the rows at once. If
//! all rows have the same value, it can be sent once.

use bytes::{BufMut, BytesMut};
use std::error::Error;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    Int2,
    Int4,
    Int8,
    Text,
    Bytes,
    Json,
}

impl Scalar {
    /// Its name in SQL.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int2 => "int2",
            Self::Int4 => "int4",
            Self::Int8 => "int8",
            Self::Text => "text",
            Self::Bytes => "bytea",
            Self::Json => "jsonb",
        }
    }

    /// The type of an element.
    pub(crate) fn element(self) -> Type {
        match self {
            Self::Bool => Type::BOOL,
            Self::Int2 => Type::INT2,
            Self::Int4 => Type::INT4,
            Self::Int8 => Type::INT8,
            Self::Text => Type::TEXT,
            Self::Bytes => Type::BYTEA,
            Self::Json => Type::JSONB,
        }
    }

    /// The type of an array of this type.
    fn array(self) -> Type {
        match self {
            Self::Bool => Type::BOOL_ARRAY,
            Self::Int2 => Type::INT2_ARRAY,
            Self::Int4 => Type::INT4_ARRAY,
            Self::Int8 => Type::INT8_ARRAY,
            Self::Text => Type::TEXT_ARRAY,
            Self::Bytes => Type::BYTEA_ARRAY,
            Self::Json => Type::JSONB_ARRAY,
        }
    }
}

/// A value that can be an element of an array.
pub(crate) trait Value {
    fn scalar() -> Scalar;
    fn put(&self, out: &mut Vec<u8>);
}

impl Value for bool {
    fn scalar() -> Scalar {
        Scalar::Bool
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
}

impl Value for i16 {
    fn scalar() -> Scalar {
        Scalar::Int2
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.put_i16(*self);
    }
}

impl Value for i32 {
    fn scalar() -> Scalar {
        Scalar::Int4
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.put_i32(*self);
    }
}

impl Value for i64 {
    fn scalar() -> Scalar {
        Scalar::Int8
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.put_i64(*self);
    }
}

impl Value for &str {
    fn scalar() -> Scalar {
        Scalar::Text
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.as_bytes());
    }
}

impl Value for &[u8] {
    fn scalar() -> Scalar {
        Scalar::Bytes
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.extend(*self);
    }
}

/// Text that is JSON.
pub(crate) struct Json<'j>(pub(crate) &'j str);

impl Value for Json<'_> {
    fn scalar() -> Scalar {
        Scalar::Json
    }

    fn put(&self, out: &mut Vec<u8>) {
        // The version of the format.
        out.push(1);
        out.extend(self.0.as_bytes());
    }
}

/// A column of rows in the form in which it is sent.
#[derive(Debug)]
pub(crate) struct Array {
    scalar: Scalar,
    count: usize,
    nulls: usize,
    /// The values, each after its length.
    body: Vec<u8>,
    /// Size of the first value with its length.
    first: usize,
    is_uniform: bool,
    is_sent_once: bool,
}

impl Array {
    pub(crate) fn new(scalar: Scalar) -> Self {
        Self { scalar, count: 0, nulls: 0, body: Vec::new(), first: 0, is_uniform: true, is_sent_once: false }
    }

    /// Appends a value. The server refuses a value of another type than the array's.
    pub(crate) fn push<V: Value>(&mut self, value: &V) {
        debug_assert_eq!(V::scalar(), self.scalar);
        let start = self.body.len();
        self.body.put_i32(0);
        value.put(&mut self.body);
        let length = i32::try_from(self.body.len() - start - 4).unwrap_or(i32::MAX);
        if let Some(length_bytes) = self.body.get_mut(start..start + 4) {
            length_bytes.copy_from_slice(&length.to_be_bytes());
        }
        self.pushed(start);
    }

    pub(crate) fn push_null(&mut self) {
        let start = self.body.len();
        self.body.put_i32(-1);
        self.nulls += 1;
        self.pushed(start);
    }

    fn pushed(&mut self, start: usize) {
        self.count += 1;
        if start == 0 {
            self.first = self.body.len();
        } else if self.is_uniform {
            self.is_uniform = self.body.get(..self.first) == self.body.get(start..);
        }
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Size of the values in bytes, with their lengths.
    pub(crate) fn size(&self) -> usize {
        self.body.len()
    }

    /// Returns the values in order, without their lengths.
    pub(crate) fn values(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.body.as_slice();
        std::iter::from_fn(move || {
            let length = rest.first_chunk().map(|length| i32::from_be_bytes(*length))?;
            // The length of NULL is -1.
            let (value, after) = rest.split_at_checked(4 + usize::try_from(length).unwrap_or(0))?;
            rest = after;
            Some(value)
        })
    }

    /// Whether all its values are equal.
    pub(crate) fn is_uniform(&self) -> bool {
        self.is_uniform
    }

    /// The type of the parameter.
    pub(crate) fn sent_as(&self) -> Type {
        if self.is_sent_once { self.scalar.element() } else { self.scalar.array() }
    }

    /// Sends only the first value, for all rows.
    pub(crate) fn send_once(&mut self) {
        self.is_sent_once = true;
    }
}

impl ToSql for Array {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if self.is_sent_once {
            if self.nulls == self.count {
                return Ok(IsNull::Yes);
            }
            out.put_slice(self.body.get(4..self.first).unwrap_or_default());
            return Ok(IsNull::No);
        }
        out.put_i32(i32::from(self.count > 0));
        out.put_i32(i32::from(self.nulls > 0));
        out.put_u32(self.scalar.element().oid());
        if self.count > 0 {
            out.put_i32(i32::try_from(self.count)?);
            out.put_i32(1);
            out.put_slice(&self.body);
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Array(_) | Kind::Simple)
    }

    to_sql_checked!();
}
