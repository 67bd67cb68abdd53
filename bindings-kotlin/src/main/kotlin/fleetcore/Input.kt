package fleetcore

import fleetcore.shapes.FailureKind
import fleetcore.shapes.InvalidFailure
import java.io.NotSerializableException
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction
import java.time.Duration
import java.time.Instant

// Checks values that Kotlin can represent and the core cannot. The generated code calls these; they throw the library's
// own error.

/** Creates the error for an invalid value. */
internal fun invalid(field: String, problem: String): FleetException =
    FleetException.Failed(
        FleetFailure("invalid", "$field: $problem", false, FailureKind.Invalid(InvalidFailure(field, problem))),
    )

/** A string's bytes. An unpaired surrogate is not text. */
internal fun utf8(text: String): ByteBuffer {
    val encoder = Charsets.UTF_8.newEncoder()
    encoder.onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
    try {
        return encoder.encode(CharBuffer.wrap(text))
    } catch (_: CharacterCodingException) {
        throw invalid("text", "must be a string without an unpaired surrogate")
    }
}

/** Milliseconds since 1970. A moment without a number of them is beyond every calendar, and the core rejects it. */
internal fun millis(at: Instant): Long = try {
    at.toEpochMilli()
} catch (_: ArithmeticException) {
    if (at.epochSecond < 0) Long.MIN_VALUE else Long.MAX_VALUE
}

/** Milliseconds of a duration; the longest duration if there is no number for it. */
internal fun millis(span: Duration): Long = try {
    span.toMillis()
} catch (_: ArithmeticException) {
    if (span.isNegative) Long.MIN_VALUE else Long.MAX_VALUE
}

/** A whole number from 0 to `most`. The library has unsigned numbers, which Java lacks. */
internal fun whole(number: Long, most: Long): Long =
    if (number in 0..most) number else throw invalid("number", "must be a whole number from 0 to $most")

/** A value with a secret is not serialised. */
internal fun secret(name: String, field: String): NotSerializableException =
    NotSerializableException("`$name` holds a secret and is not serialised; pass on `$field` itself where it is needed")
