//! Types that Node has of its own.

use crate::shapes::{ConfigurationAnswer, SqlRow, SqlValue};
use crate::{Moment, SecretText};
use napi::bindgen_prelude::{
    BigInt, FromNapiValue, Null, Object, ToNapiValue, TypeName, Uint8Array, ValidateNapiValue, ValueType,
};
use napi::{Env, Result, check_status, sys};

impl TypeName for Moment {
    fn type_name() -> &'static str {
        "Date"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Moment {
    unsafe fn validate(env: sys::napi_env, value: sys::napi_value) -> Result<sys::napi_value> {
        let mut is_date = false;
        // SAFETY: Node passed in `env` and `value`.
        check_status!(unsafe { sys::napi_is_date(env, value, &raw mut is_date) })?;
        if is_date {
            return Ok(std::ptr::null_mut());
        }
        Err(napi::Error::new(napi::Status::DateExpected, "must be a Date"))
    }
}

impl ToNapiValue for Moment {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        let mut date = std::ptr::null_mut();
        #[expect(clippy::cast_precision_loss, reason = "a Date holds milliseconds as a double")]
        let millis = value.as_millis() as f64;
        // SAFETY: Node passed in `env`, and `date` receives the value.
        check_status!(unsafe { sys::napi_create_date(env, millis, &raw mut date) })?;
        Ok(date)
    }
}

impl FromNapiValue for Moment {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut millis = 0.0;
        // SAFETY: Node passed in `env` and `value`.
        check_status!(unsafe { sys::napi_get_date_value(env, value, &raw mut millis) }, "must be a Date")?;
        if millis.is_nan() {
            return Err(napi::Error::new(napi::Status::InvalidArg, "is an invalid Date"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a Date is within 8.64e15 milliseconds")]
        Ok(Self::from_millis(millis as i64))
    }
}

impl TypeName for SecretText {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for SecretText {}

impl ToNapiValue for SecretText {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        // SAFETY: as for the string.
        unsafe { String::to_napi_value(env, value.0) }
    }
}

impl FromNapiValue for SecretText {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: as for the string.
        unsafe { String::from_napi_value(env, value) }.map(Self)
    }
}

impl ToNapiValue for ConfigurationAnswer {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        // SAFETY: as for the inner value.
        unsafe {
            match value {
                Self::Text { text } => String::to_napi_value(env, text),
                Self::YesNo { yes } => bool::to_napi_value(env, yes),
                Self::Some { chosen } => Vec::to_napi_value(env, chosen),
                Self::Version { version } => u32::to_napi_value(env, version),
            }
        }
    }
}

impl TypeName for SqlRow {
    fn type_name() -> &'static str {
        "Object"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ToNapiValue for SqlRow {
    unsafe fn to_napi_value(env: sys::napi_env, row: Self) -> Result<sys::napi_value> {
        let mut object = Object::new(&Env::from_raw(env))?;
        for (column, value) in row.0 {
            object.set(column, value)?;
        }
        // SAFETY: as for the created value.
        unsafe { Object::to_napi_value(env, object) }
    }
}

/// The largest integer up to which JavaScript represents every integer exactly.
const SAFE: u64 = (1 << 53) - 1;

impl ToNapiValue for SqlValue {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        // SAFETY: as for the inner value.
        unsafe {
            match value {
                Self::Null => Null::to_napi_value(env, Null),
                Self::Integer { number } if number.unsigned_abs() <= SAFE => i64::to_napi_value(env, number),
                Self::Integer { number } => BigInt::to_napi_value(env, number.into()),
                Self::Real { number } => f64::to_napi_value(env, number),
                Self::Text { text } => String::to_napi_value(env, text),
                Self::Blob { bytes } => Uint8Array::to_napi_value(env, bytes.into()),
            }
        }
    }
}
