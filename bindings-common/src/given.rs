//! Reads arguments from JavaScript strictly.
//!
//! napi's own conversions are lenient: 4294967390 becomes product 94, 1.9 becomes version 1, and a misspelt field is
//! ignored. Here a number must be whole and in its range, and the shape must know the name of every field.

use crate::doors::Answered;
use crate::shapes::{ConfigurationAnswer, Money};
use crate::{Failure, Moment, SecretText, camel_case};
use napi::bindgen_prelude::{FromNapiValue, JsObjectValue as _, Object, Uint8Array};
use napi::{JsString, JsValue as _, Unknown, ValueType};

/// A value that JavaScript can pass in.
pub trait Given: Sized {
    /// Reads it. `field` is the argument's name, for the error message.
    ///
    /// # Errors
    /// `invalid`.
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self>;
}

/// Reads a value of a type that napi reads as it is. Returns `None` if it has another type.
fn plain<T: FromNapiValue>(value: Unknown<'_>, kind: ValueType) -> Option<T> {
    // SAFETY: its type was checked above.
    value.get_type().is_ok_and(|found| found == kind).then(|| unsafe { value.cast() }.ok()).flatten()
}

fn must_be<T>(field: &'static str, read: Option<T>, wanted: &str) -> Answered<T> {
    read.ok_or_else(|| Failure::invalid(field, format!("must be {wanted}")))
}

macro_rules! whole_numbers {
    ($($number:ty: $most:literal,)*) => {
        $(impl Given for $number {
            fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
                let whole = plain(value, ValueType::Number)
                    .filter(|number: &f64| number.fract() == 0.0 && (0.0..=$most as u64 as f64).contains(number));
                let number = must_be(field, whole, concat!("a whole number from 0 to ", stringify!($most)))?;
                Ok(number as $number)
            }
        })*
    };
}

whole_numbers! {
    u16: 65535,
    u32: 4294967295,
    // The whole numbers that JavaScript represents exactly.
    i64: 9007199254740991,
    u64: 9007199254740991,
}

impl Given for bool {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        must_be(field, plain(value, ValueType::Boolean), "true or false")
    }
}

impl Given for String {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let text: JsString<'_> = must_be(field, plain(value, ValueType::String), "a string")?;
        let text = must_be(field, text.into_utf16().ok(), "a string")?;
        // napi-rs includes the terminating zero of the string.
        let units = text.as_slice();
        let units = units.strip_suffix(&[0]).unwrap_or(units);
        must_be(field, String::from_utf16(units).ok(), "a string without an unpaired surrogate")
    }
}

impl Given for SecretText {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        String::given(value, field).map(Self)
    }
}

impl Given for Moment {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let is_date = value.is_date().unwrap_or(false);
        // SAFETY: it is a date.
        let moment: Self = must_be(field, is_date.then(|| unsafe { value.cast() }.ok()).flatten(), "a valid Date")?;
        moment.read(field)?;
        Ok(moment)
    }
}

/// Bytes: text in UTF-8, or a `Uint8Array`. They are copied, because JavaScript may change them while another thread
/// reads.
impl Given for Vec<u8> {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        if value.get_type().is_ok_and(|kind| kind == ValueType::String) {
            return String::given(value, field).map(String::into_bytes);
        }
        let is_array = value.is_typedarray().unwrap_or(false);
        // SAFETY: it is a typed array; the conversion checks whether its elements are bytes.
        let bytes: Option<Uint8Array> = is_array.then(|| unsafe { value.cast() }.ok()).flatten();
        must_be(field, bytes.map(|bytes| bytes.to_vec()), "a Uint8Array or a string")
    }
}

impl<T: Given> Given for Option<T> {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        match value.get_type() {
            Ok(ValueType::Undefined | ValueType::Null) => Ok(None),
            _ => T::given(value, field).map(Some),
        }
    }
}

/// A value, or `null` to remove the present one. Leaving it out is an error: a forgotten field must not remove a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated<T>(pub Option<T>);

impl<T: Given> Given for Stated<T> {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        match value.get_type() {
            Ok(ValueType::Null) => Ok(Self(None)),
            Ok(ValueType::Undefined) => must_be(field, None, "given, or null to remove the present value"),
            _ => T::given(value, field).map(Some).map(Self),
        }
    }
}

/// A list of anything but bytes; bytes have an array type of their own.
pub trait Listed: Given {}

impl Listed for u16 {}
impl Listed for u32 {}
impl Listed for String {}
impl Listed for crate::shapes::Scope {}
impl Listed for crate::shapes::ListedDevice {}
impl Listed for crate::Report {}
impl Listed for crate::shapes::NewEvent {}

impl<T: Listed> Given for Vec<T> {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let is_array = value.is_array().unwrap_or(false);
        // SAFETY: it is an array.
        let array: Option<Object<'_>> = is_array.then(|| unsafe { value.cast() }.ok()).flatten();
        let array = must_be(field, array, "an array")?;
        let length = must_be(field, array.get_array_length().ok(), "an array")?;
        (0..length).map(|index| T::given(must_be(field, array.get_element(index).ok(), "an array")?, field)).collect()
    }
}

/// The fields of an object. Every field must be read by name.
pub struct Fields<'v> {
    object: Object<'v>,
    field: &'static str,
    known: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    /// Reads the fields of a value.
    ///
    /// # Errors
    /// `invalid` if it is not an object.
    pub fn of(value: Unknown<'v>, field: &'static str) -> Answered<Self> {
        let object = must_be(field, plain(value, ValueType::Object), "an object")?;
        Ok(Self { object, field, known: Vec::new() })
    }

    /// Reads the field with this name, spelled as in JavaScript.
    ///
    /// # Errors
    /// `invalid`.
    pub fn read<T: Given>(&mut self, name: &'static str) -> Answered<T> {
        self.known.push(name);
        let value = self.object.get_named_property(&camel_case(name));
        T::given(value.map_err(|_| Failure::invalid(name, "can't be read"))?, name)
    }

    /// Rejects any other field: a misspelt field would otherwise be ignored silently.
    ///
    /// # Errors
    /// `invalid`, with the field's name.
    pub fn end(self) -> Answered<()> {
        let known: Vec<String> = self.known.iter().map(|name| camel_case(name)).collect();
        let keys = Object::keys(&self.object).unwrap_or_default();
        match keys.into_iter().find(|key| !known.contains(key)) {
            None => Ok(()),
            Some(key) => Err(Failure::invalid(
                self.field,
                format!("`{key}` is not a known field; the known fields are {}", known.join(", ")),
            )),
        }
    }
}

impl std::fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields").field("field", &self.field).field("known", &self.known).finish_non_exhaustive()
    }
}

impl Given for Money {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let mut fields = Fields::of(value, field)?;
        let read = Self { minor: fields.read("minor")?, currency: fields.read("currency")? };
        fields.end()?;
        Ok(read)
    }
}

/// Reads one of several records by its `kind`.
macro_rules! given_choice {
    ($($name:ident { $($variant:ident = $kind:literal $(=> $record:ident { $($field:ident),* })?)* })*) => {
        $(impl Given for crate::shapes::$name {
            fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
                let mut fields = Fields::of(value, field)?;
                let kind: String = fields.read("kind")?;
                let read = match kind.as_str() {
                    $($kind => Self::$variant $((crate::shapes::$record { $($field: fields.read(stringify!($field))?),* }))?,)*
                    _ => {
                        let kinds = [$($kind),*].join(", ");
                        return Err(Failure::invalid(field, format!("`kind` must be one of {kinds}")));
                    }
                };
                fields.end()?;
                Ok(read)
            }
        })*
    };
}

given_choice! {
    Destination {
        Webhook = "webhook" => Webhook { url }
        Integration = "integration" => Integration { name }
        LiveStream = "live_stream"
    }
    Identity {
        Simple = "simple"
        TwoLegged = "two_legged" => TwoLeggedIdentity { user }
        Linked = "linked" => LinkedIdentity { account }
    }
    Change {
        Nothing = "nothing"
        Release = "release" => ReleaseChange { version }
        ReleaseToGroup = "release_to_group" => GroupReleaseChange { group, version }
        Lock = "lock" => LockChange { device, version }
        Groups = "groups" => GroupsChange { device, groups }
    }
}

/// A string, a boolean, an array of strings, or the number of a version.
impl Given for ConfigurationAnswer {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        Ok(match value.get_type() {
            Ok(ValueType::String) => Self::Text { text: String::given(value, field)? },
            Ok(ValueType::Boolean) => Self::YesNo { yes: bool::given(value, field)? },
            Ok(ValueType::Number) => Self::Version { version: u32::given(value, field)? },
            Ok(ValueType::Object) => Self::Some { chosen: Vec::given(value, field)? },
            _ => {
                let problem = "must be a string, a boolean, an array of strings, or the number of a version";
                return Err(Failure::invalid(field, problem));
            }
        })
    }
}
