//! Writes the shapes in TypeScript. Each shape is described at its definition, so that the npm package's types always
//! match its values.

use crate::camel_case;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A definition, as a macro describes it.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    pub(crate) name: &'static str,
    /// As attributes, `doc = " What it is."`.
    pub(crate) docs: &'static [&'static str],
    pub(crate) body: Body,
}

/// What kind of definition it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body {
    /// A record that doors return: every field is required.
    Answer(&'static [Field]),
    /// A record that hosts pass in: optional fields may be left out.
    Argument(&'static [Field]),
    /// An enum without data.
    Words(&'static [Word]),
    /// One of several records.
    Choice(&'static [Variant]),
}

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) ty: &'static str,
    pub(crate) docs: &'static [&'static str],
}

/// An enum without data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) word: &'static str,
    pub(crate) docs: &'static [&'static str],
}

/// One of several records, or a kind of failure.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    pub(crate) kind: &'static str,
    pub(crate) name: &'static str,
    pub(crate) docs: &'static [&'static str],
    /// Whether hosts pass it in.
    pub(crate) is_argument: bool,
    pub(crate) fields: &'static [Field],
}

/// All shapes except those that `index.d.cts` defines by hand.
fn described() -> Vec<Described> {
    use crate::Report;
    use crate::shapes::*;

    macro_rules! list {
        ($($shape:ident)*) => {
            vec![$($shape::DESCRIBED),*]
        };
    }
    list! {
        Account Person Invited Team Invitation ReceivedInvitation Actor Command AuditEntry AuditPage
        Product Release Group Gate Policy PolicySettings Authentication AuthenticationChoice Resource Limit Fits Missing
        Identity Scope Customer CustomerSession Token IssuedToken CustomerPage CustomerFilter ClaimCode CustomerDevice
        BetaGuest BetaGuestPage BetaLineVerdict BetaLine BetaReport
        Standing Agreement AttemptProgress UpdateProgress UpdateResult Device Seen UpdateAttempt UpdateOutcome
        DevicePage DeviceIdPage DeviceFilter Summary VersionCount ListedDevice
        ImportReport ImportVerdict ImportLine ImportCounts ImportProgress
        ImageFormat Flash Firmware Image Proof Change DryRun Ways
        Rule HoldReason Directive Target Decision Report
        NoticeSubject Notice NoticePage
        Destination Subscription EventOrigin Event EventPage FollowedEvents StreamedEvents NewEvent
        Published Delivery Dropped DeviceError Period Usage
        Interval InvoiceLineKind InvoiceLine Quote ChargePurpose ChargedCard Charge ChargePage ChargeOutcome
        PaymentResult PaymentAttempt InvoiceReason InvoiceStatus Invoice InvoicePage Upgrade Card KnownCard AccountBilling
        BillingStatus Due Advanced Skipped
        CallOutcome ObservedCall CallCounts BatchSizes Metrics
    }
}

const HEAD: &str = "// Generated from the definitions in bindings-common by `npm run write-types`.\n\n";

const FAILURE: &str = "\
/**
 * A failure of a door. Nothing was changed, unless the operation's documentation says otherwise. The message is for
 * people, and says what to do next.
 */
export declare class FleetError extends Error {
  /** A stable code, the same in every language. */
  readonly code: ErrorCode;
  /** Whether the same call may succeed when retried, without any other change. */
  readonly isTransient: boolean;
}

";

/// Each shape as an interface or a type.
pub fn shapes() -> String {
    let mut written = format!("{HEAD}import type {{ Money }} from '../index.cjs';\n\n");
    // All pages share one generic type in `index.d.cts`.
    for Described { name, docs, body } in described().into_iter().filter(|shape| !shape.name.ends_with("Page")) {
        match body {
            Body::Answer(fields) => interface(&mut written, name, docs, None, fields, false),
            Body::Argument(fields) => interface(&mut written, name, docs, None, fields, true),
            Body::Words(words) => {
                comment(&mut written, docs, "");
                let _ = writeln!(written, "export type {name} =");
                for (Word { word, docs }, last) in with_last(words) {
                    comment(&mut written, docs, "  ");
                    let _ = writeln!(written, "  | '{word}'{}", if last { ";\n" } else { "" });
                }
            }
            Body::Choice(variants) => {
                for variant in variants {
                    let kind = Some(snake_case(variant.kind));
                    interface(&mut written, variant.name, variant.docs, kind, variant.fields, variant.is_argument);
                }
                comment(&mut written, docs, "");
                let names: Vec<&str> = variants.iter().map(|variant| variant.name).collect();
                let _ = writeln!(written, "export type {name} = {};\n", names.join(" | "));
            }
        }
    }
    written
}

/// Each kind of failure as a class.
pub fn failures() -> String {
    let kinds = crate::FailureKind::DESCRIBED;
    let shapes: BTreeSet<&str> = described().iter().map(|shape| shape.name).collect();
    let types = kinds.iter().flat_map(|kind| kind.fields).flat_map(|field| field.ty.split(['<', '>', ' ']));
    let used: BTreeSet<&str> = types.filter(|name| shapes.contains(name)).collect();
    let used: Vec<&str> = used.into_iter().collect();
    let mut written = format!("{HEAD}import type {{ {} }} from './shapes.cjs';\n\n{FAILURE}", used.join(", "));
    for (name, words) in crate::TYPES {
        let _ = writeln!(written, "{}export type {name} =", list_comment(name));
        for (word, last) in with_last(words) {
            let word = word.replace('\'', "\\'");
            let _ = writeln!(written, "  | '{word}'{}", if last { ";\n" } else { "" });
        }
    }
    for Variant { kind, docs, fields, .. } in kinds {
        comment(&mut written, docs, "");
        let _ = write!(written, "export declare class {kind}Error extends FleetError {{");
        let typed = |field: &Field| {
            let found = crate::codes::FIELDS.iter().find(|(of, name, _)| of == kind && *name == field.name);
            found.map_or(*field, |(.., ty)| Field { ty, ..*field })
        };
        body(&mut written, &fields.iter().map(typed).collect::<Vec<_>>(), false);
        written.push_str("}\n\n");
    }
    written
}

/// The documentation of a list of words.
fn list_comment(name: &str) -> &'static str {
    match name {
        "ErrorCode" => {
            "/**\n * A stable code of a failure, the same in every language. A later release may add codes: handle any \
             other like a\n * failure that is not understood.\n */\n"
        }
        "Thing" => {
            "/** A kind of thing that was looked for, is taken or has expired. A later release may add kinds. */\n"
        }
        _ => "/** The people who may do something. A later release may add some. */\n",
    }
}

fn interface(
    written: &mut String,
    name: &str,
    docs: &[&str],
    kind: Option<String>,
    fields: &[Field],
    may_be_left_out: bool,
) {
    comment(written, docs, "");
    let _ = write!(written, "export interface {name} {{");
    if let Some(kind) = kind {
        let _ = write!(written, "\n  readonly kind: '{kind}';{}", if fields.is_empty() { "\n" } else { "" });
    }
    body(written, fields, may_be_left_out);
    written.push_str("}\n\n");
}

fn body(written: &mut String, fields: &[Field], may_be_left_out: bool) {
    if !fields.is_empty() {
        written.push('\n');
    }
    for Field { name, ty, docs } in fields {
        comment(written, docs, "  ");
        let ty = type_of(ty);
        let optional = if may_be_left_out && ty.ends_with(" | null") { "?" } else { "" };
        let _ = writeln!(written, "  readonly {}{optional}: {ty};", camel_case(name));
    }
}

/// The TypeScript name of a Rust type.
fn type_of(rust: &str) -> String {
    let rust = rust.trim();
    let inside = |outer: &str| rust.strip_prefix(outer)?.trim_start().strip_prefix('<')?.strip_suffix('>');
    if let Some(some) = inside("Option") {
        return format!("{} | null", type_of(some));
    }
    if let Some(item) = inside("Vec") {
        return format!("readonly {}[]", type_of(item));
    }
    match rust {
        "String" | "SecretText" => "string".to_owned(),
        "u8" | "u16" | "u32" | "i64" => "number".to_owned(),
        "bool" => "boolean".to_owned(),
        "Moment" => "Date".to_owned(),
        shape => shape.to_owned(),
    }
}

/// Writes documentation from the attributes that hold it.
fn comment(written: &mut String, docs: &[&str], indent: &str) {
    let lines: Vec<String> = docs.iter().filter_map(|doc| doc_line(doc)).collect();
    match lines.as_slice() {
        [] => {}
        [line] => {
            let _ = writeln!(written, "{indent}/** {line} */");
        }
        lines => {
            let _ = writeln!(written, "{indent}/**");
            for line in lines {
                let _ = writeln!(written, "{indent} * {line}");
            }
            let _ = writeln!(written, "{indent} */");
        }
    }
}

/// The line of `doc = " What it is."`; `None` for any other attribute.
fn doc_line(attribute: &str) -> Option<String> {
    let quoted = attribute.strip_prefix("doc =")?.trim_start();
    let line = quoted.trim_start_matches('r').trim_matches('"').trim();
    Some(line.replace("\\\"", "\""))
}

fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |mut snake, letter| {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        snake
    })
}

fn with_last<T>(items: &[T]) -> impl Iterator<Item = (&T, bool)> {
    items.iter().zip((0..items.len()).rev().map(|left| left == 0))
}
