package fleetcore

import fleetcore.shapes.FailureKind
import java.io.NotSerializableException
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction
import java.time.Duration
import java.time.Instant

// What Kotlin can hold and the core can't, as the library's own error: the generated code calls these.

/** What can't be taken. */
internal fun invalid(field: String, problem: String): FleetException =
    FleetException.Failed("invalid", "$field: $problem", false, FailureKind.Invalid(field, problem))

/** A string's bytes. Half a surrogate pair is no text. */
internal fun utf8(text: String): ByteBuffer {
    val encoder = Charsets.UTF_8.newEncoder()
    encoder.onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
    try {
        return encoder.encode(CharBuffer.wrap(text))
    } catch (_: CharacterCodingException) {
        throw invalid("text", "must be a string without half a surrogate pair")
    }
}

/** Milliseconds since 1970. What has none is beyond every calendar, and the core refuses it. */
internal fun millis(at: Instant): Long = try {
    at.toEpochMilli()
} catch (_: ArithmeticException) {
    if (at.epochSecond < 0) Long.MIN_VALUE else Long.MAX_VALUE
}

/** Milliseconds of a span of time; the longest where it has no number of them. */
internal fun millis(span: Duration): Long = try {
    span.toMillis()
} catch (_: ArithmeticException) {
    if (span.isNegative) Long.MIN_VALUE else Long.MAX_VALUE
}

/** A whole number from 0 to `most`: the library has unsigned ones, which Java does not know. */
internal fun whole(number: Long, most: Long): Long =
    if (number in 0..most) number else throw invalid("number", "must be a whole number from 0 to $most")

/** What holds a secret is not written out. */
internal fun secret(name: String, field: String): NotSerializableException =
    NotSerializableException("`$name` holds a secret and is not written out; hand on `$field` by itself where it is needed")
