package fleetcore.spec

import fleetcore.ClockInterface
import fleetcore.ConsoleInterface
import fleetcore.CustomerConsoleInterface
import fleetcore.DeviceConsoleInterface
import fleetcore.EventStream
import fleetcore.Fleet
import fleetcore.GatewayInterface
import fleetcore.ImportWatcher
import fleetcore.OpenFleetInterface
import fleetcore.PortalInterface
import fleetcore.ProductConsoleInterface
import fleetcore.shapes.ImportProgress
import fleetcore.shapes.NewEvent
import fleetcore.shapes.Report
import java.lang.reflect.InvocationTargetException
import java.time.Instant
import kotlin.reflect.KClass
import kotlin.reflect.KClassifier
import kotlin.reflect.KFunction
import kotlin.reflect.KParameter
import kotlin.reflect.full.callSuspendBy
import kotlin.reflect.full.declaredMemberFunctions
import kotlin.reflect.full.instanceParameter
import kotlin.reflect.full.valueParameters
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull

/** The names that scenarios give to answers that are a single value or a list. */
private val NAMED = mapOf(
    "create_group" to "group",
    "register_devices" to "new",
    "free_places" to "freed",
    "connect_many" to "answers",
    "report_update" to "latest",
    "publish_many" to "answers",
    "acknowledge" to "was_waiting",
)

/** Commands whose method has another name: a handle leaves out its noun, and a door has one method of a name. */
private val METHODS = mapOf(
    "my_devices" to "devices",
    "product" to "get",
    "rename_product" to "rename",
    "remove_product" to "remove",
    "device" to "get",
    "name_device" to "rename",
    "approve_device" to "approve",
    "deny_device" to "deny",
    "undeny_device" to "undeny",
    "remove_device" to "remove",
    "correct_device" to "correct",
    "set_device_code" to "set_code",
    "lock_and_flash_now" to "lock",
    "lock_and_flash_on_reset" to "lock",
    "customer" to "get",
    "remove_customer" to "remove",
)

/** The console and its handles. A method belongs to the first that has it, except those of [ABOUT]. */
private val CONSOLES = listOf(
    ConsoleInterface::class,
    ProductConsoleInterface::class,
    DeviceConsoleInterface::class,
    CustomerConsoleInterface::class,
)

/** Commands whose method another handle has too. */
private val ABOUT = mapOf<String, KClass<*>>(
    "device" to DeviceConsoleInterface::class,
    "name_device" to DeviceConsoleInterface::class,
    "remove_device" to DeviceConsoleInterface::class,
    "customer" to CustomerConsoleInterface::class,
    "remove_customer" to CustomerConsoleInterface::class,
)

/** Arguments with another name in scenarios than in the methods. */
private val PARAMETERS = mapOf("revoke_token" to mapOf("token_id" to "token"))

/** Arguments that are optional in a step but required by the methods. */
private val DEFAULTS = mapOf(
    "set_card" to mapOf("brand" to JsonPrimitive("visa"), "last_four" to JsonPrimitive("4242")),
    "lock_and_flash_now" to mapOf("flash" to JsonPrimitive("now")),
    "lock_and_flash_on_reset" to mapOf("flash" to JsonPrimitive("on_reset")),
)

/** A scenario's fleet, and the values that its steps have saved. Commands are the doors' methods, found by name. */
class World(private val fleet: Fleet, private val vectors: Vectors) {
    var now: Instant = NOON
    val saved = mutableMapOf<String, JsonElement>()
    private val streams = mutableListOf<EventStream>()

    /** Carries out a command. A command of the wrong door, or a misspelt one, is [Malformed]. */
    suspend fun perform(command: String, actor: String?, step: Map<String, JsonElement>): JsonElement {
        val arguments = (DEFAULTS[command].orEmpty() + step.mapValues { fill(it.value, saved) }).toMutableMap()
        if (command == "meter") return metered(arguments)
        if (command == "events") arguments += (arguments.remove("filter") as? JsonObject).orEmpty()
        val name = METHODS[command] ?: chosen(command, arguments)
        val (door, kind) = door(command, name, actor, arguments)
        val method = method(kind, name)
        val watcher = Watcher(arguments.remove("stop_after")?.let(::number))
        val given = mutableMapOf<KParameter, Any?>(method.instanceParameter!! to door)
        for (parameter in method.valueParameters) {
            val name = parameterName(command, parameter)
            val value = when {
                parameter.type.classifier == ImportWatcher::class -> watcher
                parameter.type.classifier in WHOLE ->
                    read(JsonObject(arguments), parameter.type).also { arguments.clear() }
                parameter.type.classifier == EventStream::class -> streams[number(arguments.remove(name)!!).toInt()]
                name == "now" -> now
                parameter.type.classifier == ByteArray::class -> arguments.remove(name)?.let(vectors::bytes)
                name == "owner" -> number(account(text(arguments.remove(name)!!)))
                name in arguments -> read(arguments.remove(name)!!, parameter.type)
                parameter.isOptional || parameter.type.isMarkedNullable -> null
                name == "filter" -> read(JsonObject(emptyMap()), parameter.type)
                else -> throw Malformed("`$name` is missing")
            }
            if (value != null || !parameter.isOptional) given[parameter] = value
        }
        arguments.keys.firstOrNull()?.let { throw Malformed("`$it` is not an argument of this command") }
        return named(command, call(method, given), watcher)
    }

    private fun parameterName(command: String, parameter: KParameter): String {
        val name = snake(parameter.name!!)
        return PARAMETERS[command]?.entries?.find { it.value == name }?.key ?: name
    }

    /** The command's method, where an argument of the step chooses it. */
    private fun chosen(command: String, arguments: MutableMap<String, JsonElement>): String = when (command) {
        "set_account_lock" -> if (yes(arguments.remove("locked"))) "lock_account" else "unlock_account"
        "mark_development" -> if (yes(arguments.remove("development"))) "mark_development" else "clear_development"
        else -> command
    }

    private fun yes(value: JsonElement?): Boolean = (value as? JsonPrimitive)?.booleanOrNull
        ?: throw Malformed("$value is neither true nor false")

    /** The console, or the handle of what the step is about. */
    private fun handle(
        console: ConsoleInterface,
        command: String,
        name: String,
        arguments: MutableMap<String, JsonElement>,
    ): Pair<Any, KClass<*>> {
        val kind = ABOUT[command] ?: CONSOLES.find { has(it, name) } ?: throw Malformed("there is no such command")
        if (kind == ConsoleInterface::class) return console to kind
        fun id(what: String) = arguments.remove(what) ?: throw Malformed("`$what` is missing")
        val product = console.product(number(id("product")))
        return when (kind) {
            DeviceConsoleInterface::class -> product.device(text(id("device")))
            CustomerConsoleInterface::class -> product.customer(number(id("customer")))
            else -> product
        } to kind
    }

    /** `as` names the actor of a console; the token names the actor of a portal; the other doors have none. */
    private fun door(
        command: String,
        name: String,
        actor: String?,
        arguments: MutableMap<String, JsonElement>,
    ): Pair<Any, KClass<*>> {
        if (actor != null) {
            val console = if (actor == "operator") fleet.operator(now) else fleet.console(number(account(actor)), now)
            return handle(console, command, name, arguments)
        }
        if (has(ClockInterface::class, command)) return fleet.clock(now) to ClockInterface::class
        if (has(GatewayInterface::class, command)) return fleet.gateway(now) to GatewayInterface::class
        if (has(OpenFleetInterface::class, command)) return fleet to OpenFleetInterface::class
        val token = arguments.remove("token") ?: throw Malformed("name the actor with `as` or `token`")
        return fleet.portal(text(token), now) to PortalInterface::class
    }

    private fun account(name: String): JsonElement =
        (saved[name] as? JsonObject)?.get("id") ?: throw Malformed("no step before saved `$name`")

    private suspend fun metered(arguments: Map<String, JsonElement>): JsonElement {
        val meter = fleet.meter(number(arguments.getValue("product")), now)
        return JsonObject(mapOf("admitted" to JsonPrimitive(meter.admitMany(number(arguments.getValue("want"))))))
    }

    private fun opened(stream: EventStream): JsonElement {
        streams += stream
        return JsonObject(mapOf("stream" to JsonPrimitive(streams.size - 1), "start" to JsonPrimitive(stream.start())))
    }

    private fun named(command: String, answer: Any?, watcher: Watcher): JsonElement = when {
        command in NAMED -> JsonObject(mapOf(NAMED.getValue(command) to shown(answer)))
        command == "import_watched" -> JsonObject(shown(answer) as JsonObject + ("progress" to shown(watcher.reports)))
        answer is EventStream -> opened(answer)
        answer is List<*> -> JsonObject(mapOf("items" to shown(answer)))
        else -> shown(answer)
    }
}

/** The value that all of a step's arguments make up. */
private val WHOLE = setOf<KClassifier?>(Report::class, NewEvent::class)

private fun has(door: KClass<*>, command: String) = door.declaredMemberFunctions.any { it.name == camel(command) }

private fun method(door: KClass<*>, command: String): KFunction<*> =
    door.declaredMemberFunctions.find { it.name == camel(command) } ?: throw Malformed("there is no such command")

private suspend fun call(method: KFunction<*>, given: Map<KParameter, Any?>): Any? =
    try {
        method.callSuspendBy(given)
    } catch (thrown: InvocationTargetException) {
        throw thrown.targetException
    }

/** Records each report, and stops an import once the given number was added. */
private class Watcher(private val stopAfter: Long?) : ImportWatcher {
    val reports = mutableListOf<ImportProgress>()

    override fun watch(progress: ImportProgress): Boolean {
        synchronized(reports) { reports.add(progress) }
        return stopAfter == null || progress.added < stopAfter
    }
}
