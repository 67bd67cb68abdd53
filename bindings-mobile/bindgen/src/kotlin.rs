//! Adds what uniffi's Kotlin lacks: numbers and calls that Java can write, and values that can be serialised.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;

/// How uniffi encodes a string.
const ENCODING: &str = "return Charsets.UTF_8.newEncoder().run {
            onMalformedInput(CodingErrorAction.REPORT)
            encode(CharBuffer.wrap(value))
        }";

/// Encodes strings with our own function, which throws the library's own exception for an unpaired surrogate.
pub(crate) fn refuse_what_is_no_text(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    if text.matches(ENCODING).count() != 1 {
        return Err(format!("{file}: the code that encodes strings is not where this version of uniffi put it").into());
    }
    Ok(fs::write(file, text.replace(ENCODING, "return fleetcore.utf8(value)"))?)
}

/// How uniffi writes the exception's base class, its only class, and its message.
const EXCEPTION: &[(&str, &str)] = &[
    (
        "sealed class FleetException: kotlin.Exception() {\n",
        "sealed class FleetException: kotlin.Exception() {
    /** Everything that is known of the failure. */
    abstract val failure: FleetFailure

    /** A stable code, the same in every language. [FailureCode] names the codes of this version. */
    val code: String get() = failure.code

    /** Whether the same call may succeed when retried, without any other change. */
    val isTransient: Boolean get() = failure.isTransient

    /** The kind of failure, with the data that a caller branches on. */
    val kind: FailureKind get() = failure.kind
",
    ),
    ("        val failed: FleetFailure\n", "        override val failure: FleetFailure\n"),
    ("\"v1=${ v1 }\"", "failure.message"),
    ("value.failed)", "value.failure)"),
    ("value.failed,", "value.failure,"),
];

/// Makes the failure's fields properties of every exception, and uses its message as the exception's. uniffi has no
/// option for that.
pub(crate) fn show_the_failure(file: &str) -> Result<(), Box<dyn Error>> {
    let mut text = fs::read_to_string(file)?;
    for (old, new) in EXCEPTION {
        if text.matches(old).count() != 1 {
            return Err(format!("{file}: `{old}` is not where this version of uniffi put it").into());
        }
        text = text.replace(old, new);
    }
    Ok(fs::write(file, text)?)
}

/// Names the record of each variant after the variant: `Decision.Update.update`. uniffi names every one `v1`.
pub(crate) fn name_records(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let mut made = String::with_capacity(text.len());
    let mut variant = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let begins = ["data class ", "class "].iter().find_map(|begin| trimmed.strip_prefix(begin)?.strip_suffix('('));
        let matches = trimmed.starts_with("is ") && trimmed.contains(" -> ");
        if let Some(name) = begins {
            variant = camel_case(name);
        } else if matches {
            let name = trimmed.split_whitespace().nth(1).and_then(|path| path.rsplit_once('.'));
            variant = name.map(|(_, name)| camel_case(name)).unwrap_or_default();
        }
        let named = line.replace("val v1: ", &format!("val {variant}: "));
        let named = named.replace("value.v1)", &format!("value.{variant})"));
        made.push_str(&named.replace("value.v1,", &format!("value.{variant},")));
        made.push('\n');
    }
    if text == made {
        return Err(format!("{file}: no variant carries a record").into());
    }
    Ok(fs::write(file, made)?)
}

fn camel_case(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

/// Lets a record be made without its optional fields, so that a new one breaks no caller.
pub(crate) fn leave_out(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let mut made = String::with_capacity(text.len());
    let mut in_record = false;
    for line in text.lines() {
        in_record = line.starts_with("data class ") || (in_record && line != "){");
        made.push_str(line);
        if in_record && line.starts_with("    val `") && line.ends_with('?') {
            made.push_str(" = null");
        }
        made.push('\n');
    }
    Ok(fs::write(file, made)?)
}

/// An unsigned number: uniffi's type, its signed replacement, the type passed to the library, its largest value, its
/// bytes.
const NUMBERS: &[(&str, &str, &str, &str, u8)] = &[
    ("UByte", "Int", "Byte", "255", 1),
    ("UShort", "Int", "Short", "65_535", 2),
    ("UInt", "Long", "Int", "4_294_967_295", 4),
    ("ULong", "Long", "Long", "Long.MAX_VALUE", 8),
];

/// Replaces every unsigned number by a signed one that holds it. Java has no classes for Kotlin's unsigned numbers,
/// they are not serialised, and Java cannot write the name of a method that takes or returns one.
pub(crate) fn sign(file: &str) -> Result<(), Box<dyn Error>> {
    let mut text = fs::read_to_string(file)?;
    for (unsigned, signed, raw, most, bytes) in NUMBERS {
        let begin = format!("public object FfiConverter{unsigned}: FfiConverter<{unsigned}, {raw}> {{\n");
        if let Some(start) = text.find(&begin) {
            let end = text[start..].find("\n}\n").ok_or("a converter has no end")? + start + "\n}\n".len();
            text.replace_range(start..end, &converter(unsigned, signed, raw, most, *bytes));
        }
        text = replaced(&text, &format!("kotlin.{unsigned}"), &format!("kotlin.{signed}"));
    }
    Ok(fs::write(file, text)?)
}

fn converter(unsigned: &str, signed: &str, raw: &str, most: &str, bytes: u8) -> String {
    let lift = |from: &str| match (unsigned, from) {
        ("ULong", _) => "value".to_owned(),
        _ => format!("value.to{unsigned}().to{signed}()"),
    };
    // The names of a buffer's methods; for a byte it is `get`.
    let access = if raw == "Byte" { "" } else { raw };
    let mut text = format!("public object FfiConverter{unsigned}: FfiConverter<{signed}, {raw}> {{\n");
    let _ = writeln!(text, "    override fun lift(value: {raw}): {signed} = {}\n", lift(raw));
    if bytes < 4 {
        let _ = writeln!(text, "    fun lift(value: Int): {signed} = {}\n", lift("Int"));
    }
    let _ = write!(
        text,
        "    override fun read(buf: ByteBuffer): {signed} = lift(buf.get{access}())

    override fun lower(value: {signed}): {raw} = fleetcore.whole(value.toLong(), {most}).to{raw}()

    override fun allocationSize(value: {signed}) = {bytes}UL

    override fun write(value: {signed}, buf: ByteBuffer) {{
        buf.put{access}(lower(value))
    }}
}}
"
    );
    text
}

/// Renames a name in a text, except where it is a part of a longer one.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let mut parts = text.split(old);
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let goes_on = part.starts_with(|sign: char| sign.is_alphanumeric());
        made.push_str(if goes_on { old } else { new });
        made.push_str(part);
    }
    made
}

/// Lets Java leave out a record's optional fields.
pub(crate) fn overload(file: &str) -> Result<(), Box<dyn Error>> {
    const BEGIN: &str = "\ndata class ";
    let text = fs::read_to_string(file)?;
    let mut parts = text.split(BEGIN);
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        made.push_str(BEGIN);
        let (fields, _) = part.split_once("\n){").ok_or_else(|| format!("{file}: a record has no end"))?;
        if fields.lines().any(|line| line.trim().starts_with("val `") && line.contains(" = ")) {
            made.push_str(&part.replacen(" (", " @JvmOverloads constructor (", 1));
        } else {
            made.push_str(part);
        }
    }
    Ok(fs::write(file, made)?)
}

const SERIALIZABLE: &str = "java.io.Serializable";

/// Makes records and choices serialisable. A value with a secret refuses.
pub(crate) fn serialise(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let mut made = String::with_capacity(text.len());
    let (mut sealed, mut class) = (String::new(), None::<Class>);
    for line in text.lines() {
        let name = |rest: &str| rest.chars().take_while(|sign| sign.is_alphanumeric()).collect::<String>();
        if let Some(rest) = line.strip_prefix("sealed class ") {
            sealed = name(rest);
            if line.ends_with(&format!("{sealed} {{")) {
                let _ = writeln!(made, "sealed class {sealed} : {SERIALIZABLE} {{");
                continue;
            }
        } else if let Some(rest) = line.strip_prefix("data class ") {
            class = Some(Class { name: name(rest), secrets: Vec::new() });
        } else if let Some(rest) = line.strip_prefix("    object ") {
            let object = name(rest);
            if rest.ends_with(&format!(" : {sealed}()")) {
                let _ = writeln!(
                    made,
                    "    data object {rest} {{\n        private fun readResolve(): Any = {sealed}.{object}\n    }}"
                );
                continue;
            }
        }
        let mut written = line.to_owned();
        if let Some(open) = &mut class {
            open.read(line);
            if line == "){" {
                written = format!(") : {SERIALIZABLE} {{");
            }
            if line == "){" {
                written.push_str(&open.refusal());
                class = None;
            }
        }
        made.push_str(&written);
        made.push('\n');
    }
    Ok(fs::write(file, made)?)
}

/// A data class before its body.
struct Class {
    name: String,
    /// The fields that hold a secret, and whether they always do.
    secrets: Vec<(String, bool)>,
}

impl Class {
    fn read(&mut self, line: &str) {
        let Some((field, kind)) = line.trim().strip_prefix("val `").and_then(|rest| rest.split_once("`: ")) else {
            return;
        };
        if kind.contains("SecretText") {
            self.secrets.push((field.to_owned(), !kind.contains("SecretText?")));
        }
    }

    /// Refuses serialisation if there is a secret.
    fn refusal(&self) -> String {
        let Some((field, always)) = self.secrets.first() else { return String::new() };
        let refuse = format!("throw fleetcore.secret(\"{}\", \"{field}\")", self.name);
        let body = if *always {
            refuse
        } else {
            format!("if (this.`{field}` != null) {refuse} else out.defaultWriteObject()")
        };
        format!("\n    private fun writeObject(out: java.io.ObjectOutputStream) {{\n        {body}\n    }}\n")
    }
}

/// The doors that Java opens: the prefix of `Interface` in uniffi's name, and a description.
const DOORS: &[(&str, &str)] = &[
    ("Console", "the door for people"),
    ("ProductConsole", "a product, as an actor sees it"),
    ("DeviceConsole", "a device of a product, as an actor sees it"),
    ("CustomerConsole", "a customer of a product, as an actor sees them"),
    ("Portal", "the door for customers"),
    ("Gateway", "the door for devices"),
    ("Clock", "the door for time"),
    ("Meter", "a product's meter"),
];

/// Writes `fleetcore.blocking`: the same doors for Java, and for threads that may block.
pub(crate) fn block(doors: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(doors)?;
    let mut made = String::from(HEAD);
    for (door, what) in DOORS {
        let _ = write!(
            made,
            "\n/** {}{}, for threads that may block. */\nclass {door} internal constructor(internal val suspending: {door}Interface) {{\n",
            what[..1].to_uppercase(),
            &what[1..]
        );
        match *door {
            "Console" => made.push_str(CONSOLE),
            "ProductConsole" => made.push_str(PRODUCT),
            _ => {}
        }
        if door.len() > "Console".len() && door.ends_with("Console") {
            made.push_str(HANDLE);
        }
        methods(&mut made, &text, door)?;
        made.push_str("}\n");
    }
    made.push_str(FLEET);
    methods(&mut made, &text, "OpenFleet")?;
    made.push_str("}\n");
    fs::create_dir_all(file.rsplit_once('/').map_or(".", |(folder, _)| folder))?;
    Ok(fs::write(file, made)?)
}

const HEAD: &str = "// Written by `fleet-bindgen`: the doors for Java, and for threads that may block.

package fleetcore.blocking

import fleetcore.*
import fleetcore.shapes.*
import java.time.Duration
import java.util.function.Consumer
import kotlinx.coroutines.runBlocking
import fleetcore.Fleet as SuspendingFleet
";

const PRODUCT: &str = "    /**
     * Imports a list of devices and reports its progress after every few thousand. What `onProgress` throws ends the import
     * and is thrown; devices already added stay.
     */
    @Throws(FleetException::class, InterruptedException::class)
    fun importWatched(list: ByteArray, onProgress: Consumer<ImportProgress>): ImportReport =
        runBlocking { suspending.importWatched(list) { onProgress.accept(it) } }
";

/// A handle prints its ids.
const HANDLE: &str = "
    override fun toString(): String = suspending.toString()
";

const CONSOLE: &str = "    /** Waits until there is something to read on a stream or this time has passed. Returns whether there is. */
    @Throws(FleetException::class, InterruptedException::class)
    fun awaitEvents(stream: EventStream, atMost: Duration): Boolean = runBlocking { stream.wait(atMost) }
";

const FLEET: &str = "
/**
 * A fleet of connected devices, behind a store, for threads that may block. An interrupt of a thread ends its wait, as
 * a coroutine's cancellation does.
 */
class Fleet private constructor(internal val suspending: SuspendingFleet) : AutoCloseable {
    /** Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. */
    override fun close() = suspending.close()

    /** The same with a deadline. Returns whether all calls ended by themselves. */
    @Throws(FleetException::class)
    fun closeWithin(atMost: Duration): Boolean = suspending.closeWithin(atMost)

    companion object {
        /** Opens a fleet in the store that a URL names: `memory:`, `sqlite:PATH`, `postgresql://…`. */
        @JvmStatic
        @JvmOverloads
        @Throws(FleetException::class, InterruptedException::class)
        fun open(url: String, options: FleetOptions? = null): Fleet =
            Fleet(runBlocking { SuspendingFleet.open(url, options) })

        /** Opens a fleet in a store written by the host. */
        @JvmStatic
        @JvmOverloads
        @Throws(FleetException::class, InterruptedException::class)
        fun open(store: RowStore, options: FleetOptions? = null): Fleet =
            Fleet(runBlocking { SuspendingFleet.open(store, options) })
    }
";

/// Functions with another form in Java, or none.
const BESIDE: &[&str] = &["shut", "shutWithin", "importWatched"];

/// Writes a method for each method of an interface.
fn methods(made: &mut String, text: &str, door: &str) -> Result<(), Box<dyn Error>> {
    let begin = format!("\npublic interface {door}Interface {{\n");
    let (_, rest) = text.split_once(&begin).ok_or_else(|| format!("there is no interface of {door}"))?;
    let (body, _) = rest.split_once("\n}\n").unwrap_or((rest, ""));
    let mut docs = String::new();
    for line in body.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("/**") {
            docs.clear();
        }
        if trimmed.starts_with("/**") || trimmed.starts_with('*') {
            let _ = writeln!(docs, "{line}");
        }
        let (suspends, signature) = match trimmed.strip_prefix("suspend fun ") {
            Some(signature) => (true, signature),
            None => match trimmed.strip_prefix("fun ") {
                Some(signature) => (false, signature),
                None => continue,
            },
        };
        let (name, rest) = signature.split_once('(').ok_or("a method has no arguments")?;
        if BESIDE.contains(&name.trim_matches('`')) {
            continue;
        }
        let (arguments, answer) = rest.rsplit_once(')').ok_or("a method's arguments have no end")?;
        let names: Vec<&str> = arguments.split('`').skip(1).step_by(2).filter(|name| !name.contains(' ')).collect();
        let given: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let call = format!("suspending.{name}({})", given.join(", "));
        let call = if suspends { format!("runBlocking {{ {call} }}") } else { call };
        let answer = answer.trim().trim_start_matches(':').trim();
        let wrapped = DOORS.iter().any(|(door, _)| *door == answer);
        let call = if wrapped { format!("{answer}({call})") } else { call };
        let answer = if answer.is_empty() { "Unit" } else { answer };
        let throws =
            if suspends { "FleetException::class, InterruptedException::class" } else { "FleetException::class" };
        // A reserved word of Java.
        let shown = if name == "`import`" { "`importDevices`" } else { name };
        let overloads = if arguments.contains(" = ") { "    @JvmOverloads\n" } else { "" };
        let _ =
            writeln!(made, "\n{docs}    @Throws({throws})\n{overloads}    fun {shown}({arguments}): {answer} = {call}");
    }
    Ok(())
}
