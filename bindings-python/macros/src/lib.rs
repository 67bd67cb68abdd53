//! `#[checked]`: this library, not pyo3, reads the arguments that Python passes to a method.
//!
//! pyo3 reads arguments before a method begins, and raises `TypeError`, `OverflowError`, `UnicodeEncodeError` and
//! others for invalid ones. `#[checked]`, above `#[pymethods]`, makes pyo3 pass each argument as an object, and reads
//! it inside the method with `fleet_bindings::python::given`, which raises `Invalid` with the argument's name.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, ItemImpl, Pat, PathArguments, ReturnType, Stmt, Type};

/// Makes the methods of an `impl` read their own arguments. Put it above `#[pymethods]`.
#[proc_macro_attribute]
pub fn checked(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut block = syn::parse_macro_input!(item as ItemImpl);
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item
            && let Err(error) = check(method)
        {
            return error.into_compile_error().into();
        }
    }
    quote!(#block).into()
}

fn check(method: &mut ImplItemFn) -> syn::Result<()> {
    let mut read: Vec<Stmt> = Vec::new();
    for argument in &mut method.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(name) = &*argument.pat else { continue };
        let (name, wanted) = (&name.ident, ungrouped(&argument.ty).clone());
        if name == "slf" || is_raw(&wanted) {
            continue;
        }
        let text = name.to_string();
        let kind = quote!(#wanted).to_string();
        let given = quote!(::fleet_bindings::python::given);
        if let Some(inner) = inside(&wanted, "Option") {
            *argument.ty = syn::parse_quote!(::std::option::Option<::pyo3::Bound<'_, ::pyo3::PyAny>>);
            read.push(syn::parse_quote! {
                let #name: ::std::option::Option<#inner> = match &#name {
                    ::std::option::Option::Some(value) => ::std::option::Option::Some(#given(value, #text, #kind)?),
                    ::std::option::Option::None => ::std::option::Option::None,
                };
            });
        } else if let Type::Reference(reference) = &wanted
            && last(&reference.elem).is_some_and(|found| found == "Bound")
        {
            let (inner, held) = (&reference.elem, format_ident!("held_{name}"));
            read.push(syn::parse_quote!(let #held: #inner = #given(&#name, #text, #kind)?;));
            read.push(syn::parse_quote!(let #name = &#held;));
            *argument.ty = syn::parse_quote!(::pyo3::Bound<'_, ::pyo3::PyAny>);
        } else {
            read.push(syn::parse_quote!(let #name: #wanted = #given(&#name, #text, #kind)?;));
            *argument.ty = syn::parse_quote!(::pyo3::Bound<'_, ::pyo3::PyAny>);
        }
    }
    if read.is_empty() {
        return Ok(());
    }
    let (body, answer) = (&method.block, &method.sig.output);
    let body: Stmt = match answer {
        ReturnType::Type(_, answer) if last(answer).is_some_and(|name| name == "PyResult") => {
            Stmt::Expr(syn::parse_quote!(#body), None)
        }
        _ => Stmt::Expr(syn::parse_quote!(::std::result::Result::Ok(#body)), None),
    };
    match &method.sig.output {
        ReturnType::Default => method.sig.output = syn::parse_quote!(-> ::pyo3::PyResult<()>),
        ReturnType::Type(_, answer) if last(answer).is_none_or(|name| name != "PyResult") => {
            method.sig.output = syn::parse_quote!(-> ::pyo3::PyResult<#answer>);
        }
        ReturnType::Type(..) => {}
    }
    method.block = syn::parse_quote!({ #(#read)* #body });
    Ok(())
}

/// Types that pyo3 passes unchanged: the interpreter, and any object.
fn is_raw(ty: &Type) -> bool {
    let ty = match ty {
        Type::Reference(reference) => ungrouped(&reference.elem),
        other => other,
    };
    match last(ty) {
        Some(name) if name == "Python" || name == "Py" => true,
        Some(name) if name == "Option" => inside(ty, "Option").is_some_and(is_raw),
        Some(name) if name == "Bound" => inside(ty, "Bound").is_some_and(|ty| last(ty).is_some_and(|ty| ty == "PyAny")),
        _ => false,
    }
}

/// A type that a `macro_rules!` passes on is wrapped in an invisible group.
fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        other => other,
    }
}

/// The last name of a type's path.
fn last(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    path.path.segments.last().map(|segment| &segment.ident)
}

/// The type argument of another type, such as `u32` in `Option<u32>`.
fn inside<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ungrouped(ty)),
        _ => None,
    })
}
