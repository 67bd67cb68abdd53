//! Adds what uniffi's Swift lacks: values with a secret are not serialised, and long calls end with their task.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;

/// The calls that end as soon as their task is cancelled: they change nothing, or their work stops too. Every other
/// call runs to its end, so that its caller learns the result.
const CANCELLABLE: &[&str] = &["import", "planImport", "query"];

/// How uniffi waits for a call.
const WAITING: &str = "    var pollResult: Int8;
    repeat {
        pollResult = await withUnsafeContinuation {
            pollFunc(
                rustFuture,
                { handle, pollResult in
                    uniffiFutureContinuationCallback(handle: handle, pollResult: pollResult)
                },
                uniffiContinuationHandleMap.insert(obj: $0)
            )
        }
    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY
";

/// The same, for calls that can be cancelled too.
const WAITING_OR_CANCELLED: &str = "    await withTaskCancellationHandler {
        var pollResult: Int8
        repeat {
            pollResult = await withUnsafeContinuation {
                pollFunc(
                    rustFuture,
                    { handle, pollResult in
                        uniffiFutureContinuationCallback(handle: handle, pollResult: pollResult)
                    },
                    uniffiContinuationHandleMap.insert(obj: $0)
                )
            }
        } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY
    } onCancel: {
        cancelFunc?(rustFuture)
    }
";

/// Passes a task's cancellation to the calls that end with it.
pub(crate) fn cancel(file: &str) -> Result<(), Box<dyn Error>> {
    let mut text = fs::read_to_string(file)?;
    let parameter = "    freeFunc: (UInt64) -> (),\n";
    for (old, new) in [
        (WAITING, WAITING_OR_CANCELLED.to_owned()),
        ("fatalError(\"Cancellation not supported yet\")", "throw CancellationError()".to_owned()),
        (parameter, format!("{parameter}    cancelFunc: (@Sendable (UInt64) -> ())? = nil,\n")),
    ] {
        if text.matches(old).count() != 1 {
            return Err(
                format!("{file}: the code that waits for a call is not where this version of uniffi put it").into()
            );
        }
        text = text.replace(old, &new);
    }
    for name in CANCELLABLE {
        let start = [format!("open func {name}("), format!("open func `{name}`(")];
        let begin = start.iter().find_map(|start| text.find(start.as_str()));
        let begin = begin.ok_or_else(|| format!("{file}: there is no `{name}`"))?;
        let free = text[begin..].find("freeFunc: ").ok_or("a call frees nothing")? + begin;
        let end = text[free..].find(",\n").ok_or("a call ends early")? + free + 2;
        let cancel = text[free..end].replace("freeFunc", "cancelFunc").replace("_free_", "_cancel_");
        text.insert_str(end, &format!("            {}", cancel.trim_start()));
    }
    Ok(fs::write(file, text)?)
}

/// Writes the case of the error as Swift writes cases. uniffi writes those of errors with a capital letter.
pub(crate) fn write_cases_small(file: &str) -> Result<(), Box<dyn Error>> {
    let mut text = fs::read_to_string(file)?;
    for (old, new) in [
        ("    case Failed(FleetFailure\n", "    case failed(FleetFailure\n"),
        ("return .Failed(\n", "return .failed(\n"),
        ("case let .Failed(v1):", "case let .failed(v1):"),
    ] {
        if text.matches(old).count() != 1 {
            return Err(format!("{file}: the case of FleetError is not where this version of uniffi put it").into());
        }
        text = text.replace(old, new);
    }
    Ok(fs::write(file, text)?)
}

/// Lets a record be made without its optional fields, so that a new one breaks no caller.
pub(crate) fn leave_out(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let mut made = String::with_capacity(text.len());
    let (mut in_record, mut in_initializer) = (false, false);
    for line in text.lines() {
        if line.starts_with("public ") || line.starts_with("open ") {
            in_record = line.starts_with("public struct ");
        }
        in_initializer |= in_record && line.starts_with("    public init(");
        match line.split_once("?, ").or_else(|| line.split_once("?) {")) {
            Some((field, "")) if in_initializer => {
                let end = &line[field.len() + 1..];
                made.push_str(&format!("{field}? = nil{end}"));
            }
            _ => made.push_str(line),
        }
        in_initializer &= !line.ends_with(") {");
        made.push('\n');
    }
    Ok(fs::write(file, made)?)
}

/// A field of a record.
struct Field<'t> {
    name: &'t str,
    kind: &'t str,
}

impl Field<'_> {
    fn is_secret(&self) -> bool {
        self.kind.starts_with("SecretText")
    }

    fn is_optional(&self) -> bool {
        self.kind.ends_with('?')
    }
}

/// Makes every value with a secret refuse to be encoded, with the library's own error.
pub(crate) fn keep_secrets(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let mut written = String::new();
    for (head, body) in bodies(&text, "public struct ") {
        let fields: Vec<Field<'_>> = body.lines().filter_map(property).collect();
        if fields.iter().any(Field::is_secret) {
            structure(&mut written, head, &fields)?;
        }
    }
    if written.is_empty() {
        return Err(format!("{file}: no value holds a secret").into());
    }
    written.insert_str(0, REFUSED);
    Ok(fs::write(file, text + &written)?)
}

const REFUSED: &str = "

/// A value with a secret is not serialised.
fileprivate func secret(_ name: String, _ field: String) -> FleetError {
    let problem = \"`\\(name)` holds a secret and is not serialised; pass on `\\(field)` itself where it is needed\"
    return FleetError.failed(FleetFailure(
        code: \"invalid\", message: \"value: \\(problem)\", isTransient: false,
        kind: .invalid(InvalidFailure(field: \"value\", problem: problem))))
}
";

/// The name and the body of each encodable declaration that begins with this.
fn bodies<'t>(text: &'t str, begin: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.split("\n}\n").filter_map(move |part| {
        let (_, declared) = part.rsplit_once(begin)?;
        let (head, body) = declared.split_once("{\n")?;
        let (name, conformances) = head.split_once(':')?;
        conformances.contains("Codable").then_some((name.trim(), body))
    })
}

/// `    public var token: SecretText`.
fn property(line: &str) -> Option<Field<'_>> {
    let (name, kind) = line.strip_prefix("    public var ")?.split_once(": ")?;
    (!kind.ends_with('{')).then_some(Field { name, kind: kind.trim() })
}

fn structure(written: &mut String, name: &str, fields: &[Field<'_>]) -> std::fmt::Result {
    write!(written, "\nextension {name} {{\n    public func encode(to encoder: any Encoder) throws {{\n")?;
    let always = fields.iter().find(|field| field.is_secret() && !field.is_optional());
    if let Some(Field { name: field, .. }) = always {
        return write!(written, "        throw secret(\"{name}\", \"{field}\")\n    }}\n}}\n");
    }
    for Field { name: field, .. } in fields.iter().filter(|field| field.is_secret()) {
        writeln!(written, "        if {field} != nil {{ throw secret(\"{name}\", \"{field}\") }}")?;
    }
    writeln!(written, "        var fields = encoder.container(keyedBy: CodingKeys.self)")?;
    for field in fields.iter().filter(|field| !field.is_secret()) {
        encoded(written, "        ", field)?;
    }
    writeln!(written, "    }}\n}}")
}

fn encoded(written: &mut String, indent: &str, field: &Field<'_>) -> std::fmt::Result {
    let encode = if field.is_optional() { "encodeIfPresent" } else { "encode" };
    writeln!(written, "{indent}try fields.{encode}({0}, forKey: .{0})", field.name)
}
