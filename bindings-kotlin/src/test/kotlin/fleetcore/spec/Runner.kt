package fleetcore.spec

import fleetcore.Fleet
import fleetcore.FleetException
import fleetcore.FleetOptions
import fleetcore.Tier
import fleetcore.shapes.FailureKind
import java.io.File
import java.nio.file.Files
import kotlin.reflect.typeOf
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject

/** A step's difference from the expected answer. */
private class Difference(message: String) : Exception(message)

private val COMMON = setOf("do", "at", "as", "expect", "error", "message", "save")

/** A PostgreSQL server, if there is one. Each scenario has its own schema there. */
private val SERVER = System.getenv("FLEET_POSTGRES")

class Runner(private val vectors: Vectors) {
    private var schemas = 0
    private var passed = 0
    private var failed = 0

    /** Runs a file, or every `.json` under a folder, each scenario on a fresh store of every kind. */
    suspend fun run(path: File) {
        val files = path.walk().filter { it.isFile && (it == path || it.extension == "json") }.sorted()
        for (file in files) runFile(file)
    }

    /** Prints the final count. Returns whether all scenarios passed and at least one ran. */
    fun summary(): Boolean {
        println("$passed passed, $failed failed")
        return failed == 0 && passed > 0
    }

    @Suppress("UNCHECKED_CAST")
    private suspend fun runFile(path: File) = noting(path.path) {
        val file = Json.parseToJsonElement(path.readText()) as JsonObject
        if (number(file.getValue("version")) != 1L) throw Malformed("this version of the format is not supported")
        val given = steps(file["given"])
        val tiers = file["catalogue"]?.let { read(it, typeOf<List<Tier>>()) as List<Tier> }
        for (scenario in file.getValue("scenarios") as JsonArray) {
            val name = text((scenario as JsonObject).getValue("name"))
            for (store in listOfNotNull("memory", "sqlite", "postgres".takeIf { SERVER != null })) {
                noting("${path.name}: $name [$store]") {
                    runScenario(given + steps(scenario["steps"]), store, tiers)
                    passed += 1
                }
            }
        }
    }

    private inline fun noting(title: String, run: () -> Unit) = try {
        run()
    } catch (problem: Exception) {
        println("FAILED $title: ${problem.message ?: problem}")
        failed += 1
    }

    private fun steps(list: JsonElement?) = (list as? JsonArray).orEmpty().map { it as JsonObject }

    private suspend fun runScenario(steps: List<JsonObject>, store: String, tiers: List<Tier>?) {
        val folder = Files.createTempDirectory("fleet").toFile()
        try {
            val url = when (store) {
                "sqlite" -> "sqlite:$folder/fleet.db?synchronous=normal"
                "postgres" -> "$SERVER?schema=kotlin_${ProcessHandle.current().pid()}_${schemas++}"
                else -> "memory:"
            }
            Fleet.open(url, FleetOptions(tiers)).use { fleet ->
                val world = World(fleet, vectors)
                for ((index, step) in steps.withIndex()) {
                    try {
                        world.take(step)
                    } catch (problem: Exception) {
                        throw Difference("step ${index + 1}, ${step["do"]}: ${problem.message ?: problem}")
                    }
                }
            }
        } finally {
            folder.deleteRecursively()
        }
    }
}

private suspend fun World.take(step: JsonObject) {
    step["at"]?.let { now = moment(it) }
    val code = step["error"]?.let(::text)
    try {
        val answer = perform(text(step.getValue("do")), step["as"]?.let(::text), step - COMMON)
        if (code != null) throw Difference("expected the error `$code`, found $answer")
        val found = differences("answer", fill(step["expect"] ?: JsonObject(emptyMap()), saved), answer)
        if (found.isNotEmpty()) throw Difference(found.joinToString("; "))
        step["save"]?.let { saved[text(it)] = answer }
    } catch (failure: FleetException) {
        if (code == null) throw Difference("found the error `${failure.code}`: ${failure.message}")
        val part = step["message"]?.let(::text).orEmpty()
        if (failure.code != code || part !in spelt(failure)) {
            throw Difference("expected `$code`: $part, found `${failure.code}`: ${failure.message}")
        }
    }
}

/**
 * Lists the differences from the expected answer: an object may have more fields than are listed, and a field that is
 * expected to be null may be missing.
 */
private fun differences(path: String, expected: JsonElement, found: JsonElement): List<String> = when {
    expected is JsonObject && found is JsonObject ->
        expected.flatMap { (key, value) -> differences("$path.$key", value, found[key] ?: JsonNull) }
    expected is JsonArray && found is JsonArray && expected.size == found.size ->
        expected.indices.flatMap { differences("$path.$it", expected[it], found[it]) }
    expected == found -> emptyList()
    else -> listOf("$path: expected $expected, found $found")
}

/** Rewrites an error's message with the argument's name as the scenarios write it. */
private fun spelt(failure: FleetException): String {
    val message = failure.message.orEmpty()
    val field = (failure.kind as? FailureKind.Invalid)?.invalid?.`field` ?: return message
    val snake = field.replace(Regex("[A-Z]")) { "_" + it.value.lowercase() }
    return if (message.startsWith(field)) snake + message.removePrefix(field) else message
}
