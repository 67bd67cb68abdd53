/**
 * Measures the hot operations through Kotlin for `cargo xtask bench`, which compares them with Rust. Reads an
 * operation's name on each line, runs one round, and writes a line with the nanoseconds of one operation. Its argument
 * is the number of devices.
 */
package fleetcore.bench

import fleetcore.Fleet
import fleetcore.FleetOptions
import fleetcore.GatewayInterface
import fleetcore.Tier
import fleetcore.shapes.Report
import java.time.Instant
import kotlin.random.Random
import kotlin.random.nextULong
import kotlinx.coroutines.runBlocking

private val NOON = Instant.parse("2016-03-08T12:00:00Z")
private const val BATCH = 1024

/** After this many rounds the JVM's compiler has optimised the code. */
private const val WARMING = 100

/** A fleet in memory, whose devices reconnect in random order, each in a new session. */
private class Bench(
    private val devices: List<String>,
    private val product: Long,
    private val gateway: GatewayInterface,
) {
    private var session = 0L

    fun reports(devices: List<String>): List<Report> {
        session += 1
        return devices.map { Report(it, product, version = 1, session = session, reportedAt = NOON) }
    }

    /** Nanoseconds for one device. */
    suspend fun round(operation: String): Double {
        val reports = reports(List(minOf(BATCH, devices.size)) { devices.random() })
        val begin = System.nanoTime()
        when (operation) {
            "connect" -> reports.forEach { gateway.connectBlocking(it) }
            "connect_async" -> reports.forEach { gateway.connect(it) }
            "connect_many" -> gateway.connectManyBlocking(reports)
            else -> error("$operation is not measured here")
        }
        return (System.nanoTime() - begin).toDouble() / reports.size
    }
}

private fun id() = "%08x%016x".format(Random.nextInt(), Random.nextULong().toLong())

fun main(arguments: Array<String>) = runBlocking {
    val devices = List(arguments.single().toInt()) { id() }
    Fleet.open("memory:", FleetOptions(listOf(Tier("All")))).use { fleet ->
        val alice = fleet.operator(NOON).createAccount("alice@example.com")
        val console = fleet.console(alice.id, NOON)
        val product = console.createProduct("Thermostat", "photon").id
        console.product(product).`import`(devices.joinToString("\n").toByteArray())
        val bench = Bench(devices, product, fleet.gateway(NOON))
        // Each device connects once beforehand, so that its row is as on any later day.
        devices.chunked(BATCH).forEach { fleet.gateway(NOON).connectManyBlocking(bench.reports(it)) }
        repeat(WARMING) { bench.round("connect_many") }
        while (true) println(bench.round(readlnOrNull() ?: break))
    }
}
