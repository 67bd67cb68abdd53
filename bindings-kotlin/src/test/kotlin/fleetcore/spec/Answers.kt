package fleetcore.spec

import fleetcore.shapes.Actor
import fleetcore.shapes.ChargePurpose
import fleetcore.shapes.ConfigurationAnswer
import fleetcore.shapes.Destination
import fleetcore.shapes.Identity
import fleetcore.shapes.NoticeSubject
import fleetcore.shapes.PaymentResult
import java.time.Instant
import java.time.format.DateTimeFormatter
import kotlin.reflect.KProperty1
import kotlin.reflect.full.memberProperties
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Converts the facade's answers to JSON in the form that `spec/README.md` documents, by reflection, because every shape
 * needs only the names of its fields.
 */
fun shown(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is JsonElement -> value
    is Unit -> JsonObject(emptyMap())
    is Boolean -> JsonPrimitive(value)
    is String -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value.toLong())
    is Instant -> JsonPrimitive(text(value))
    is List<*> -> JsonArray(value.map(::shown))
    is Map<*, *> -> JsonObject(value.entries.associate { "${it.key}" to shown(it.value) })
    PaymentResult.DECLINED_SOFT -> JsonObject(mapOf("declined" to JsonPrimitive("soft")))
    PaymentResult.DECLINED_HARD -> JsonObject(mapOf("declined" to JsonPrimitive("hard")))
    is Enum<*> -> JsonPrimitive(value.name.lowercase())
    is ConfigurationAnswer -> JsonObject(mapOf(nameOf(value).content to fields(value).values.single()))
    // A choice: its name, with its record or its only field if it has one.
    is Actor -> oneOf(value) { it.values.single() }
    is Identity, is NoticeSubject, is ChargePurpose, is Destination -> oneOf(value) { JsonObject(it) }
    else -> JsonObject(if (value::class.isNested()) record(value) + ("kind" to nameOf(value)) else fields(value))
}

/** Variants are nested in their sealed class. */
private fun kotlin.reflect.KClass<*>.isNested() = java.enclosingClass != null

private fun nameOf(value: Any) = JsonPrimitive(snake(value::class.simpleName!!))

/** The fields of the record that a variant carries. */
private fun record(value: Any): Map<String, JsonElement> {
    @Suppress("UNCHECKED_CAST")
    val carried = value::class.memberProperties.singleOrNull() as KProperty1<Any, *>?
    return carried?.get(value)?.let(::fields).orEmpty()
}

private fun oneOf(value: Any, shown: (Map<String, JsonElement>) -> JsonElement): JsonElement {
    val fields = record(value)
    val name = nameOf(value)
    return if (fields.isEmpty()) name else JsonObject(mapOf(name.content to shown(fields)))
}

/** Names that are reserved words in some language. */
private val RENAMED = mapOf("from_version" to "from", "starts_at" to "from", "ends_at" to "to")

private fun fields(value: Any): Map<String, JsonElement> = value::class.memberProperties.associate { property ->
    val name = snake(property.name)
    @Suppress("UNCHECKED_CAST")
    (RENAMED[name] ?: name) to shown((property as KProperty1<Any, *>).get(value))
}

/** `groupRelease` as `group_release`. */
fun snake(name: String) = name.replace(Regex("(?<!^)[A-Z]")) { "_${it.value}" }.lowercase()

/** `group_release` as `groupRelease`. */
fun camel(name: String) = name.replace(Regex("_([a-z])")) { it.groupValues[1].uppercase() }

/** RFC 3339, with a fraction only if it is not zero. */
private fun text(at: Instant): String {
    val text = DateTimeFormatter.ISO_INSTANT.format(at)
    return if ('.' in text) text.dropLast(1).trimEnd('0') + "Z" else text
}
