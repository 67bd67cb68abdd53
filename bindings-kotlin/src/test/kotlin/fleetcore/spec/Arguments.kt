package fleetcore.spec

import fleetcore.shapes.Change
import fleetcore.shapes.ChargeOutcome
import fleetcore.shapes.ConfigurationAnswer
import fleetcore.shapes.CustomerFilter
import fleetcore.shapes.Destination
import fleetcore.shapes.Identity
import fleetcore.shapes.PolicySettings
import java.time.Duration
import java.time.Instant
import kotlin.reflect.KClass
import kotlin.reflect.KType
import kotlin.reflect.full.primaryConstructor
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.longOrNull

/** A step that cannot be carried out. */
class Malformed(message: String) : Exception(message)

val NOON: Instant = Instant.parse("2016-03-08T12:00:00Z")

/** A moment: RFC 3339, or whole seconds after noon of 8 March 2016. */
fun moment(value: JsonElement): Instant {
    val primitive = value as? JsonPrimitive ?: throw Malformed("$value is not a moment")
    return if (primitive.isString) Instant.parse(primitive.content) else NOON.plusSeconds(number(value))
}

fun number(value: JsonElement): Long =
    (value as? JsonPrimitive)?.takeUnless { it.isString }?.longOrNull ?: throw Malformed("$value is not a number")

/** A text or, for a long one, the repeated part and its count. */
fun text(value: JsonElement): String =
    (value as? JsonObject)?.let { text(it.getValue("repeat")).repeat(number(it.getValue("times")).toInt()) }
        ?: (value as? JsonPrimitive)?.takeUnless { it is JsonNull }?.content ?: throw Malformed("$value is not a text")

/** Replaces the references in a value. */
fun fill(value: JsonElement, saved: Map<String, JsonElement>): JsonElement = when {
    value is JsonObject -> JsonObject(value.mapValues { fill(it.value, saved) })
    value is JsonArray -> JsonArray(value.map { fill(it, saved) })
    value is JsonPrimitive && value.isString && value.content.startsWith("$") -> {
        val parts = value.content.drop(1).split('.')
        parts.drop(1).fold(saved[parts[0]]) { found, part ->
            when (found) {
                is JsonObject -> found[part]
                is JsonArray -> part.toIntOrNull()?.let(found::getOrNull)
                else -> null
            }
        } ?: throw Malformed("`${value.content}`: there is no such field in the saved answer")
    }
    else -> value
}

/** The fields that a scenario writes in another form than Kotlin's records. */
private val REWRITTEN: Map<KClass<*>, (JsonObject) -> JsonObject> = mapOf(
    PolicySettings::class to { flattened(it, "gate", "gate_") { name -> name } },
    CustomerFilter::class to {
        val names = mapOf("since" to "active_since", "not_since" to "inactive_since")
        flattened(it, "activity", "") { name -> names[name] ?: throw Malformed("`$name` is not an activity") }
    },
)

private fun flattened(fields: JsonObject, inner: String, prefix: String, name: (String) -> String): JsonObject {
    val within = fields[inner] as? JsonObject ?: return fields
    return JsonObject(fields - inner + within.mapKeys { prefix + name(it.key) })
}

/** Makes a value of a Kotlin type from a scenario's JSON. */
fun read(value: JsonElement, type: KType): Any? {
    if (value is JsonNull) return null
    return when (val kind = type.classifier as KClass<*>) {
        String::class -> text(value)
        Boolean::class ->
            (value as? JsonPrimitive)?.booleanOrNull ?: throw Malformed("$value is neither true nor false")
        Long::class -> number(value)
        Int::class -> Math.toIntExact(number(value))
        Instant::class -> moment(value)
        Duration::class -> Duration.ofSeconds(number(value))
        List::class -> (value as? JsonArray ?: throw Malformed("$value is not a list"))
            .map { read(it, type.arguments.single().type!!) }
        ChargeOutcome::class -> constant(kind, outcome(value))
        Identity::class, Destination::class -> variant(kind, external(value))
        ConfigurationAnswer::class -> variant(kind, external(value) { mapOf("yes_no" to "yes", "some" to "chosen") })
        Change::class -> variant(kind, value as JsonObject)
        else -> if (kind.java.isEnum) constant(kind, value) else record(kind, value)
    }
}

private fun constant(kind: KClass<*>, value: JsonElement): Any =
    kind.java.enumConstants.find { (it as Enum<*>).name.lowercase() == text(value) }
        ?: throw Malformed("$value is not a ${kind.simpleName}")

/** `"succeeded"`, or `{ "declined": "soft" }`. */
private fun outcome(value: JsonElement): JsonElement =
    (value as? JsonObject)?.let { JsonPrimitive("declined_${text(it.getValue("declined"))}") } ?: value

/** `"simple"`, `{ "linked": { "account": 1 } }` or `{ "text": "…" }`, with the kind as a field. */
private fun external(value: JsonElement, names: () -> Map<String, String> = { emptyMap() }): JsonObject {
    if (value is JsonPrimitive) return JsonObject(mapOf("kind" to value))
    val (name, inner) = (value as JsonObject).entries.singleOrNull() ?: throw Malformed("$value must have exactly one form")
    val fields = inner as? JsonObject ?: JsonObject(mapOf((names()[name] ?: name) to inner))
    return JsonObject(fields + ("kind" to JsonPrimitive(name)))
}

private fun variant(kind: KClass<*>, value: JsonObject): Any {
    val name = text(value["kind"] ?: throw Malformed("$value has no `kind`"))
    val one = kind.sealedSubclasses.find { snake(it.simpleName!!) == name } ?: throw Malformed("`$name` is not a kind")
    val fields = JsonObject(value - "kind")
    if (kind == ConfigurationAnswer::class) return record(one, fields)
    one.objectInstance?.let { return it }
    val constructor = one.primaryConstructor!!
    return constructor.call(record(constructor.parameters.single().type.classifier as KClass<*>, fields))
}

private fun record(kind: KClass<*>, value: JsonElement): Any {
    val written = value as? JsonObject ?: throw Malformed("$value is not an object")
    val fields = REWRITTEN[kind]?.invoke(written) ?: written
    val constructor = kind.primaryConstructor!!
    val known = constructor.parameters.associateBy { snake(it.name!!) }
    (fields.keys - known.keys).firstOrNull()?.let { throw Malformed("`$it` is not a field of ${kind.simpleName}") }
    val given = fields.filterValues { it !is JsonNull }.entries.associate { (name, field) ->
        known.getValue(name) to read(field, known.getValue(name).type)
    }
    known.values.find { it !in given && !it.isOptional && !it.type.isMarkedNullable }
        ?.let { throw Malformed("`${snake(it.name!!)}` of ${kind.simpleName} is missing") }
    val missing = known.values.filter { it !in given && !it.isOptional }
    return constructor.callBy(given + missing.associateWith { null })
}
