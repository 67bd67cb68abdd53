//! Bounds of what SQLite cannot interrupt: the merging of subqueries before a query runs, and the steps between two
//! checks of the time limit.

use rusqlite::{Connection, Result, ffi};

/// Most expressions that merging subqueries may create: a few hundred megabytes of them.
const MERGED: f64 = 1e7;

/// Highest cost of a program's steps.
const MOST: u32 = 1_000;

/// Cost of a step that calls a function. Any other step that may read a whole value costs 1.
const CALL: u32 = 5;

/// Steps that call a function.
const CALLS: [&str; 8] =
    ["AggFinal", "AggInverse", "AggStep", "AggStep1", "AggValue", "Concat", "Function", "PureFunc"];

/// Steps that take no time worth counting, whatever values they handle. A list of constants consists of these.
const FREE: [&str; 14] = [
    "Blob",
    "Column",
    "Explain",
    "Goto",
    "IdxInsert",
    "Int64",
    "Integer",
    "MakeRecord",
    "Noop",
    "Null",
    "Real",
    "ResultRow",
    "String",
    "String8",
];

/// Turns off the merging of subqueries into the query around them where it could multiply expressions: a column of a
/// subquery is replaced by its whole expression, at each place and at each level. The query runs all the same, only
/// less fast.
#[expect(unsafe_code, reason = "rusqlite has no safe call for SQLite's optimizations")]
pub(super) fn limit_merging(connection: &Connection, sql: &str) {
    /// Bits of SQLite's `SQLITE_QueryFlattener` and `SQLITE_PushDown`.
    const MERGING: i32 = 0x0001 | 0x1000;
    let off = if expressions(sql) > MERGED { MERGING } else { 0 };
    // SAFETY: the connection is open and used by this thread only; this operation takes a connection and an integer.
    unsafe { ffi::sqlite3_test_control(ffi::SQLITE_TESTCTRL_OPTIMIZATIONS, connection.handle(), off) };
}

/// An upper bound of the number of expressions after merging: the words of a query distributed evenly over its levels.
fn expressions(sql: &str) -> f64 {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.') || !c.is_ascii();
    let words = || sql.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    let quotes = sql.matches(['"', '\'', '`', '[']).count();
    let (mut levels, mut is_compound) = (0_u32, false);
    for word in words() {
        levels += u32::from(word.eq_ignore_ascii_case("select") && !is_compound);
        is_compound = ["union", "all", "intersect", "except"].iter().any(|name| word.eq_ignore_ascii_case(name));
    }
    let words = u32::try_from(words().count().saturating_add(quotes)).unwrap_or(u32::MAX);
    if levels < 2 { 0.0 } else { (f64::from(words) / f64::from(levels)).powi(levels.try_into().unwrap_or(i32::MAX)) }
}

/// Whether the steps of a statement cost so much that the time between two checks of the time limit is not bounded.
pub(super) fn is_too_high(connection: &Connection, statement: &str) -> Result<bool> {
    let mut program = connection.prepare(&format!("EXPLAIN {}", without_prefix(statement)))?;
    let mut steps = program.query([])?;
    let mut cost = 0;
    while let Some(step) = steps.next()? {
        let name = step.get_ref("opcode")?.as_str().unwrap_or_default();
        cost += if CALLS.contains(&name) { CALL } else { u32::from(!FREE.contains(&name)) };
        if cost > MOST {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A statement without the semicolons, blanks and comments before it.
fn without_prefix(statement: &str) -> &str {
    let mut rest = statement;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ';' || c.is_ascii_whitespace());
        let comment = match rest.get(..2) {
            Some("--") => rest.split_once('\n'),
            Some("/*") => rest.split_once("*/"),
            _ => None,
        };
        match comment {
            Some((_, after)) => rest = after,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_begins_after_semicolons_and_comments() {
        for text in ["SELECT 1", " ;; SELECT 1", "-- a\n;/* b */ -- c\nSELECT 1"] {
            assert_eq!(without_prefix(text), "SELECT 1");
        }
        assert_eq!(without_prefix("-- a"), "-- a");
    }

    #[test]
    fn merging_is_bounded_by_words_and_levels() {
        let nested = |levels: usize| {
            (0..levels).fold("SELECT version AS v FROM device".to_owned(), |inner, _| {
                format!("SELECT v + v AS v FROM ({inner})")
            })
        };
        assert!(expressions(&nested(3)) < MERGED && expressions(&nested(20)) > MERGED);
        assert!(expressions("SELECT \"+\" + \"+\" FROM (SELECT \"+\" FROM t)") > 16.0, "a name may have no letters");
        let union = "SELECT 1 AS n UNION ALL ".repeat(40) + "SELECT 2";
        assert!(expressions(&union) < MERGED, "the parts of a union do not multiply");
    }
}
