package fleetcore

import java.time.Instant

val NOON: Instant = Instant.parse("2016-03-08T12:00:00Z")
const val BENCH = "55ff6d04498b49a1b2c3d4e5"

/** A product of Alice's, with one device on the bench. */
class World private constructor(val fleet: Fleet, val alice: Long) : AutoCloseable by fleet {
    fun console(now: Instant = NOON): ConsoleInterface = fleet.console(alice, now)

    fun thermostat(now: Instant = NOON): ProductConsoleInterface = console(now).product(94)

    fun gateway(now: Instant = NOON): GatewayInterface = fleet.gateway(now)

    companion object {
        suspend fun open(fleet: Fleet): World {
            val operator = fleet.operator(NOON)
            val alice = operator.createAccount("alice@example.com")
            operator.createProductWithId(94, alice.id, "Thermostat", "photon")
            return World(fleet, alice.id).apply { thermostat().`import`(BENCH.toByteArray()) }
        }

        /** Without tiers, uses one that has no limits. */
        suspend fun open(url: String = "memory:", tiers: List<Tier> = listOf(Tier("All"))): World =
            open(Fleet.open(url, FleetOptions(tiers)))
    }
}

/** The given number of consecutive ids, one a line. */
fun ids(count: Int): ByteArray = (1..count).joinToString("") { "aa%022x\n".format(it) }.toByteArray()
