//! Defines each shape once, with the macros of every language whose feature is enabled.
//!
//! | here | Python | Node | Swift, Kotlin |
//! |---|---|---|---|
//! | [`shape!`]: a record | a frozen class | an object, `null` for absent values | a struct, a data class |
//! | [`words!`]: an enum without data | a `Literal` | a union of strings | an enum |
//! | [`choice!`]: one of several records | a union of frozen classes | a union discriminated by `kind` | an enum, a sealed class, of records |
//! | [`arguments!`]: a record that hosts pass in | keyword arguments | an object with optional fields | the same with defaults |

/// A record that doors return.
macro_rules! shape {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $ty:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "python", pyo3::pyclass(frozen, get_all, eq, hash, from_py_object, module = "fleet_core"))]
        #[cfg_attr(feature = "node", napi_derive::napi(object, object_from_js = false, use_nullable = true))]
        #[cfg_attr(feature = "mobile", derive(uniffi::Record))]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        #[cfg(feature = "node")]
        impl $name {
            pub(crate) const DESCRIBED: $crate::typescript::Described = $crate::typescript::Described {
                name: stringify!($name),
                docs: &[$(stringify!($meta)),*],
                body: $crate::typescript::Body::Answer($crate::macros::fields!($($(#[$field_meta])* $field: $ty,)*)),
            };
        }

        #[cfg(feature = "python")]
        $crate::python_value!($name { $($field: $ty,)* });
    };
}

/// The fields in the form that the TypeScript writer uses.
#[cfg(feature = "node")]
macro_rules! fields {
    ($($(#[$meta:meta])* $field:ident: $ty:ty,)*) => {
        &[$($crate::typescript::Field {
            name: stringify!($field),
            ty: stringify!($ty),
            docs: &[$(stringify!($meta)),*],
        }),*]
    };
}

/// What every frozen class of Python supports: `repr`, `match`, copy, pickle, and conversion to a `dict` for JSON. More
/// methods may follow the fields. `as kind` names it among the records of a choice; `by hand` means that its
/// `_from_fields` is handwritten.
#[cfg(feature = "python")]
#[macro_export]
macro_rules! python_value {
    ($name:ident { $($field:ident: $ty:ty),* $(,)? } $($more:tt)*) => {
        $crate::python_value!(@class $name "" { $($field: $ty,)* }
            #[staticmethod]
            #[allow(clippy::too_many_arguments, reason = "one for each field")]
            fn _from_fields($($field: $ty),*) -> Self {
                Self { $($field),* }
            }
            $($more)*
        );
    };
    (as $kind:ident $name:ident { $($field:ident: $ty:ty),* $(,)? } $($more:tt)*) => {
        $crate::python_value!(@class $name (stringify!($kind)) { $($field: $ty,)* }
            #[staticmethod]
            #[allow(clippy::too_many_arguments, reason = "one for each field")]
            fn _from_fields($($field: $ty),*) -> Self {
                Self { $($field),* }
            }
            $($more)*
        );
    };
    (by hand $name:ident { $($field:ident: $ty:ty),* $(,)? } $($more:tt)*) => {
        $crate::python_value!(@class $name "" { $($field: $ty,)* } $($more)*);
    };
    (@class $name:ident $kind:tt { $($field:ident: $ty:ty),* $(,)? } $($more:tt)*) => {
        #[$crate::python::checked]
        #[pyo3::pymethods]
        impl $name {
            #[classattr]
            fn __match_args__(py: pyo3::Python<'_>) -> pyo3::PyResult<pyo3::Py<pyo3::types::PyTuple>> {
                let names: &[&str] = &[$(stringify!($field)),*];
                pyo3::types::PyTuple::new(py, names).map(pyo3::Bound::unbind)
            }

            fn __repr__(slf: &pyo3::Bound<'_, Self>) -> pyo3::PyResult<String> {
                $crate::python::repr(slf.as_any(), stringify!($name), &[$((stringify!($field), stringify!($ty))),*])
            }

            fn __reduce__<'py>(slf: &pyo3::Bound<'py, Self>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::types::PyTuple>> {
                let fields: &[(&str, &str)] = &[$((stringify!($field), stringify!($ty))),*];
                $crate::python::reduce(slf.as_any(), stringify!($name), fields)
            }

            fn __copy__(slf: pyo3::Py<Self>) -> pyo3::Py<Self> {
                slf
            }

            fn __deepcopy__(slf: pyo3::Py<Self>, _memo: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::Py<Self> {
                slf
            }

            /// The same as a `dict` that JSON can represent: moments are strings in ISO 8601.
            fn to_dict<'py>(slf: &pyo3::Bound<'py, Self>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::types::PyDict>> {
                let fields: &[(&str, &str)] = &[$((stringify!($field), stringify!($ty))),*];
                $crate::python::to_dict(slf.as_any(), stringify!($name), $kind, fields)
            }

            $($more)*
        }
    };
}

/// An enum without data, written as a string. If the core's enum may grow, the shape ends in `Other`.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "node", napi_derive::napi(string_enum = "snake_case"))]
        #[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, the same in every language.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Failure;

            fn from_str(word: &str) -> Result<Self, $crate::Failure> {
                let found = Self::ALL.iter().copied().find(|one| one.word() == word);
                found.ok_or_else(|| {
                    let words: Vec<&str> = Self::ALL.iter().map(|one| one.word()).collect();
                    $crate::Failure::invalid(stringify!($name), format!("must be one of {}", words.join(", ")))
                })
            }
        }

        #[cfg(feature = "node")]
        impl $crate::given::Given for $name {
            fn given(value: napi::Unknown<'_>, field: &'static str) -> $crate::Answered<Self> {
                String::given(value, field)?.parse()
            }
        }

        #[cfg(feature = "node")]
        impl $name {
            pub(crate) const DESCRIBED: $crate::typescript::Described = $crate::typescript::Described {
                name: stringify!($name),
                docs: &[$(stringify!($meta)),*],
                body: $crate::typescript::Body::Words(&[
                    $($crate::typescript::Word { word: $word, docs: &[$(stringify!($variant_meta)),*] }),*
                ]),
            };
        }

        $crate::macros::words!(@python $name);
    };
    (@python $name:ident) => {
        #[cfg(feature = "python")]
        impl<'py> pyo3::IntoPyObject<'py> for $name {
            type Target = pyo3::types::PyString;
            type Output = pyo3::Bound<'py, Self::Target>;
            type Error = std::convert::Infallible;

            fn into_pyobject(self, py: pyo3::Python<'py>) -> Result<Self::Output, Self::Error> {
                Ok(pyo3::types::PyString::intern(py, self.word()))
            }
        }

        #[cfg(feature = "python")]
        impl<'py> pyo3::FromPyObject<'_, 'py> for $name {
            type Error = pyo3::PyErr;

            fn extract(value: pyo3::Borrowed<'_, 'py, pyo3::PyAny>) -> pyo3::PyResult<Self> {
                let word: std::borrow::Cow<'_, str> = value.extract()?;
                word.parse().map_err(pyo3::PyErr::from)
            }
        }
    };
}

/// One of several records, distinguished by their kind. A variant with fields carries one record, so a field can be
/// added without a change of any `switch`.
///
/// A variant is written `Variant(Record) { fields }`, or `Variant as Class` if it has no fields. The name is that of its
/// class in Python and of its interface in TypeScript. `Record as "Name"` has another name in Swift and Kotlin, where
/// all types of a package share one namespace. `new(…)` holds the signature of a class that hosts construct.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident {
        $(
            $(#[$variant_meta:meta])*
            $variant:ident
            $(as $unit:ident $(new($($unit_signature:tt)*))?)?
            $(($(#[$record_meta:meta])* $record:ident $(as $mobile:literal)?) $(new($($signature:tt)*))? {
                $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
            })?,
        )*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                $variant $(($record))?,
            )*
        }

        $($crate::macros::choice!(@class [$(#[$variant_meta])*] $variant
            $($unit [$(new $($unit_signature)*)?])?
            $($(#[$record_meta])* $record $(as $mobile)? [$(new $($signature)*)?] {
                $($(#[$field_meta])* $field: $ty,)*
            })?
        );)*

        #[cfg(feature = "node")]
        $crate::macros::flat!($name { $($variant $(($record) { $($field: $ty,)* })?,)* });

        #[cfg(feature = "node")]
        impl $name {
            pub(crate) const DESCRIBED: $crate::typescript::Described = $crate::typescript::Described {
                name: stringify!($name),
                docs: &[$(stringify!($meta)),*],
                body: $crate::typescript::Body::Choice(&[$($crate::typescript::Variant {
                    kind: stringify!($variant),
                    name: stringify!($($unit)? $($record)?),
                    docs: &[$(stringify!($variant_meta)),*],
                    is_argument: $crate::macros::choice!(
                        @is_argument [$($(new $($unit_signature)*)?)? $($(new $($signature)*)?)?]
                    ),
                    fields: $crate::macros::fields!($($($(#[$field_meta])* $field: $ty,)*)?),
                }),*]),
            };
        }

        #[cfg(feature = "python")]
        impl<'py> pyo3::FromPyObject<'_, 'py> for $name {
            type Error = pyo3::PyErr;

            fn extract(value: pyo3::Borrowed<'_, 'py, pyo3::PyAny>) -> pyo3::PyResult<Self> {
                $(
                    $(
                        if value.cast::<$unit>().is_ok() {
                            return Ok(Self::$variant);
                        }
                    )?
                    $(
                        if let Ok(one) = value.cast::<$record>() {
                            return Ok(Self::$variant(one.get().clone()));
                        }
                    )?
                )*
                let classes = [$(stringify!($($unit)? $($record)?)),*].join(", ");
                Err(pyo3::exceptions::PyTypeError::new_err(format!("must be one of {classes}")))
            }
        }

        #[cfg(feature = "python")]
        impl<'py> pyo3::IntoPyObject<'py> for $name {
            type Target = pyo3::PyAny;
            type Output = pyo3::Bound<'py, Self::Target>;
            type Error = pyo3::PyErr;

            fn into_pyobject(self, py: pyo3::Python<'py>) -> pyo3::PyResult<Self::Output> {
                match self {
                    $(
                        $(Self::$variant => pyo3::Bound::new(py, $unit {}).map(pyo3::Bound::into_any),)?
                        $(Self::$variant(one) => pyo3::Bound::<$record>::new(py, one).map(pyo3::Bound::into_any),)?
                    )*
                }
            }
        }
    };
    (@is_argument []) => { false };
    (@is_argument [$($signature:tt)+]) => { true };
    (@class [$($meta:tt)*] $variant:ident $unit:ident [$($signature:tt)*]) => {
        $($meta)*
        #[cfg(feature = "python")]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[pyo3::pyclass(frozen, eq, hash, module = "fleet_core")]
        pub struct $unit {}

        #[cfg(feature = "python")]
        $crate::macros::choice!(@python $variant $unit [$($signature)*]);
    };
    (@class [$($meta:tt)*] $variant:ident
        $(#[$record_meta:meta])* $record:ident $(as $mobile:literal)? [$($signature:tt)*] {
            $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
        }
    ) => {
        $($meta)*
        $(#[$record_meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "python", pyo3::pyclass(frozen, get_all, eq, hash, module = "fleet_core"))]
        #[cfg_attr(feature = "mobile", derive(uniffi::Record))]
        $(#[cfg_attr(feature = "mobile", uniffi(name = $mobile))])?
        pub struct $record {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        #[cfg(feature = "python")]
        $crate::macros::choice!(@python $variant $record [$($signature)*] $($field: $ty,)*);
    };
    (@python $variant:ident $class:ident [] $($field:ident: $ty:ty,)*) => {
        $crate::python_value!(as $variant $class { $($field: $ty,)* });
    };
    (@python $variant:ident $class:ident [new $($signature:tt)*] $($field:ident: $ty:ty,)*) => {
        $crate::python_value!(as $variant $class { $($field: $ty,)* }
            #[new]
            #[pyo3(signature = ($($signature)*))]
            fn new($($field: $ty),*) -> Self {
                Self { $($field),* }
            }
        );
    };
}

/// Converts an enum of records to one flat object of JavaScript: its kind, then the record's fields.
#[cfg(feature = "node")]
macro_rules! flat {
    ($name:ident { $($variant:ident $(($record:ident) { $($field:ident: $ty:ty,)* })?,)* }) => {
        const _: () = {
            #[napi_derive::napi(discriminant = "kind", discriminant_case = "snake_case", object_from_js = false, use_nullable = true)]
            #[allow(unreachable_pub, missing_debug_implementations, clippy::large_enum_variant, reason = "a value for an instant")]
            pub enum Flat {
                $($variant $({ $($field: $ty,)* })?,)*
            }

            impl napi::bindgen_prelude::TypeName for $name {
                fn type_name() -> &'static str {
                    stringify!($name)
                }

                fn value_type() -> napi::ValueType {
                    napi::ValueType::Object
                }
            }

            impl napi::bindgen_prelude::ToNapiValue for $name {
                unsafe fn to_napi_value(
                    env: napi::sys::napi_env,
                    value: Self,
                ) -> napi::Result<napi::sys::napi_value> {
                    let flat = match value {
                        $(Self::$variant $(($record { $($field,)* }))? => Flat::$variant $({ $($field,)* })?,)*
                    };
                    // SAFETY: Node passed in `env`.
                    unsafe { Flat::to_napi_value(env, flat) }
                }
            }
        };
    };
}

/// A record that hosts pass in: required fields, then optional ones.
macro_rules! arguments {
    ($(#[$meta:meta])* pub struct $name:ident {
        $(required { $($(#[$required_meta:meta])* $required:ident: $required_ty:ty,)* })?
        optional { $($(#[$optional_meta:meta])* $optional:ident: $optional_ty:ty,)* }
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "mobile", derive(uniffi::Record))]
        pub struct $name {
            $($($(#[$required_meta])* pub $required: $required_ty,)*)?
            $(
                $(#[$optional_meta])*
                #[cfg_attr(feature = "mobile", uniffi(default = None))]
                pub $optional: Option<$optional_ty>,
            )*
        }

        #[cfg(feature = "node")]
        impl $crate::given::Given for $name {
            fn given(value: napi::Unknown<'_>, field: &'static str) -> $crate::Answered<Self> {
                let mut fields = $crate::given::Fields::of(value, field)?;
                let read = Self {
                    $($($required: fields.read(stringify!($required))?,)*)?
                    $($optional: fields.read(stringify!($optional))?,)*
                };
                fields.end()?;
                Ok(read)
            }
        }

        #[cfg(feature = "node")]
        impl $name {
            pub(crate) const DESCRIBED: $crate::typescript::Described = $crate::typescript::Described {
                name: stringify!($name),
                docs: &[$(stringify!($meta)),*],
                body: $crate::typescript::Body::Argument($crate::macros::fields!(
                    $($($(#[$required_meta])* $required: $required_ty,)*)?
                    $($(#[$optional_meta])* $optional: Option<$optional_ty>,)*
                )),
            };
        }
    };
}

pub(crate) use {arguments, choice, shape, words};
#[cfg(feature = "node")]
pub(crate) use {fields, flat};
