//! `instr`, `replace` and `trim` in time that grows with the length of their arguments. SQLite's own take time that
//! grows with the product of the lengths, within one step.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use std::borrow::Cow;
use std::collections::HashSet;

/// Replaces SQLite's functions on a connection. `longest`: maximum size of a value, in bytes.
pub(super) fn install(connection: &Connection, longest: usize) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("instr", 2, flags, |call| {
        let Some([text, part]) = texts(call, [0, 1]) else { return Ok(None) };
        let before = text.find(&*part).and_then(|at| text.get(..at));
        Ok(Some(before.map_or(0, |before| i64::try_from(before.chars().count()).map_or(i64::MAX, |count| count + 1))))
    })?;
    connection.create_scalar_function("replace", 3, flags, move |call| {
        let Some([text, part]) = texts(call, [0, 1]) else { return Ok(None) };
        if part.is_empty() {
            return Ok(Some(text.into_owned()));
        }
        let Some([with]) = texts(call, [2]) else { return Ok(None) };
        let growth = text.matches(&*part).count().saturating_mul(with.len().saturating_sub(part.len()));
        if text.len().saturating_add(growth) > longest {
            return Err(Error::UserFunctionError("the text that `replace` returns is too long; select less".into()));
        }
        Ok(Some(text.replace(&*part, &with)))
    })?;
    for (name, start, end) in [("trim", true, true), ("ltrim", true, false), ("rtrim", false, true)] {
        connection.create_scalar_function(name, 2, flags, move |call| {
            let Some([text, removed]) = texts(call, [0, 1]) else { return Ok(None) };
            let removed: HashSet<char> = removed.chars().collect();
            let mut rest = &*text;
            if start {
                rest = rest.trim_start_matches(|c| removed.contains(&c));
            }
            if end {
                rest = rest.trim_end_matches(|c| removed.contains(&c));
            }
            Ok(Some(rest.to_owned()))
        })?;
    }
    Ok(())
}

/// The arguments at these places as texts, or `None` if one of them is NULL. Each byte of a blob is a character.
fn texts<'c, const N: usize>(call: &'c Context<'_>, places: [usize; N]) -> Option<[Cow<'c, str>; N]> {
    let mut all = places.map(|_| Cow::Borrowed(""));
    for (place, text) in places.into_iter().zip(&mut all) {
        *text = match call.get_raw(place) {
            ValueRef::Null => return None,
            ValueRef::Integer(number) => number.to_string().into(),
            ValueRef::Real(number) => format!("{number:?}").into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text),
            ValueRef::Blob(bytes) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
        };
    }
    Some(all)
}
