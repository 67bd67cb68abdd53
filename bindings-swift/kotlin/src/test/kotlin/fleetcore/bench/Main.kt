/**
 * What calls cost, as one line of JSON. Each round is a new session of each of 1024 devices in memory; what is told is
 * the fastest round, as whatever else a machine does can only make one slower.
 */
package fleetcore.bench

import fleetcore.Fleet
import fleetcore.shapes.Report
import java.time.Instant
import kotlinx.coroutines.runBlocking

private val DEVICES = (1..1024).map { "aa%022x".format(it) }
private val NOW = Instant.parse("2016-03-08T12:00:00Z")

private var session = 0L

fun main(arguments: Array<String>) = runBlocking {
    val rounds = arguments.firstOrNull()?.toInt() ?: 200
    Fleet.open("memory:").use { fleet ->
        val operator = fleet.operator(NOW)
        val alice = operator.createAccount("alice@example.com")
        operator.createProductWithId(94u, alice.id, "Thermostat", "photon")
        operator.setTier(94u, "Enterprise")
        fleet.console(alice.id, NOW).`import`(94u, DEVICES.joinToString("\n").toByteArray())
        val gateway = fleet.gateway(NOW)

        val connect = fastest(rounds) { reports -> reports.forEach { gateway.connectBlocking(it) } }
        val connectAsync = fastest(rounds) { reports -> reports.forEach { gateway.connect(it) } }
        val connectMany = fastest(rounds) { gateway.connectManyBlocking(it) }
        println(
            """{"connect_ns": $connect, "connect_async_ns": $connectAsync, "connect_many_1024_ns": $connectMany}""",
        )
    }
}

/** Nanoseconds for one device, in the fastest round. */
private suspend fun fastest(rounds: Int, round: suspend (List<Report>) -> Unit): Long {
    var fastest = Long.MAX_VALUE
    repeat(rounds + 1) {
        session += 1
        val reports = DEVICES.map { Report(it, product = 94u, version = 1u, session = session) }
        val begin = System.nanoTime()
        round(reports)
        fastest = minOf(fastest, (System.nanoTime() - begin) / reports.size)
    }
    return fastest
}
