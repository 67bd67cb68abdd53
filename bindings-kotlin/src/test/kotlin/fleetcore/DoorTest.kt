package fleetcore

import fleetcore.shapes.ChargedCard
import fleetcore.shapes.ClaimCode
import fleetcore.shapes.Decision
import fleetcore.shapes.Destination
import fleetcore.shapes.DeviceFilter
import fleetcore.shapes.FailureKind
import fleetcore.shapes.HoldReason
import fleetcore.shapes.IssuedToken
import fleetcore.shapes.NotFoundFailure
import fleetcore.shapes.ObservedCall
import fleetcore.shapes.PolicySettings
import fleetcore.shapes.Report
import fleetcore.shapes.Rule
import fleetcore.shapes.Webhook
import java.nio.file.Files
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assumptions.assumeTrue

/**
 * Describes a decision. The `when` has no `else`, so a new kind of answer is a compiler error.
 */
private fun describe(decision: Decision): String = when (decision) {
    is Decision.UpToDate -> "up to date by ${decision.upToDate.rule}"
    is Decision.Update -> "send ${decision.update.directive.version}"
    is Decision.Held -> "held: ${decision.held.reason}"
}

class DoorTest {
    @Test
    fun `a connect returns what the device is to run, and why`() = runBlocking {
        World.open().use { world ->
            val member = world.gateway().connect(Report(BENCH, product = 94, version = 1))
            assertEquals("up to date by ${Rule.NO_RELEASE}", describe(member.answer))
            assertEquals("R-TGT-1 no release", member.answer.cites)

            val waiting = world.gateway().connect(Report("45f96d06492949f0e1d2c3b4", product = 94, version = 1))
            assertEquals("held: ${HoldReason.QUARANTINED}", describe(waiting.answer))
            assertEquals("held: it asks to join and waits for the team's approval (R-IMP-9)", waiting.answer.why)
            assertNull(waiting.answer.directive)
        }
    }

    @Test
    fun `the answers of a batch are in the order of its reports`() = runBlocking {
        World.open().use { world ->
            val reports = listOf("45f96d06492949f0e1d2c3b4", BENCH).map { Report(it, product = 94, version = 1) }
            val answers = world.gateway().connectMany(reports)
            assertEquals(listOf("held: QUARANTINED", "up to date by NO_RELEASE"), answers.map { describe(it.answer) })
            assertEquals(answers, world.gateway().connectManyBlocking(reports))
            assertEquals(answers[1], world.gateway().connectBlocking(reports[1]))
        }
    }

    @Test
    fun `a value with a secret prints without it`() {
        val secret = "4f6b1c0d"
        val code = ClaimCode(secret, Instant.EPOCH)
        val card = ChargedCard(1, secret)
        val token = IssuedToken("t-1", secret)
        val hook = Destination.Webhook(Webhook("https://example.com/$secret"))
        assertFalse("$code $card $token $hook ${listOf(code, card, token, hook)}".contains(secret))
        assertContains("$token", "t-1")
        assertEquals(listOf(secret, secret, secret), listOf(code.code, card.token, token.token))
    }

    @Test
    fun `an exception has a code, a message and the data to branch on`() = runBlocking {
        World.open(tiers = listOf(Tier("Tiny", devices = 1))).use { world ->
            val missing = assertFailsWith<FleetException> { world.console().product(95).get() }
            assertEquals(FailureCode.NOT_FOUND, missing.code)
            assertEquals("there is no such product, or it is not yours to see", missing.message)
            assertFalse(missing.isTransient)
            assertEquals(FailureKind.NotFound(NotFoundFailure("product")), missing.kind)

            val malformed = assertFailsWith<FleetException> { world.gateway().disconnect("2800") }
            assertEquals("device", (malformed.kind as FailureKind.Invalid).invalid.field)

            val report = world.thermostat().`import`(ids(1))
            assertEquals(1L, report.refused?.limit)
            assertEquals(0L, report.counts.imported)
        }
    }

    @Test
    fun `moments keep their milliseconds`() = runBlocking {
        World.open().use { world ->
            for (at in listOf(NOON, NOON.plusMillis(1), NOON.plusMillis(999))) {
                world.gateway(at).connect(Report(BENCH, product = 94, version = 1, reportedAt = at))
                assertEquals(at, world.thermostat(at).device(BENCH).get().seen?.at)
            }
            Unit
        }
    }

    @Test
    fun `the platform chooses whether a locked owner's devices are held`() = runBlocking {
        for (held in listOf(true, false)) {
            World.open(Fleet.open("memory:", FleetOptions(holdLocked = held))).use { world ->
                val policy = PolicySettings(opaqueImages = true, gateDevices = 0, gateSoakMillis = 0)
                world.thermostat().setPolicy(policy)
                world.thermostat().upload(2, "Quieter", binary = "opaque firmware".toByteArray())
                world.thermostat().release(2)
                world.fleet.operator(NOON).lockAccount(world.alice)
                val answer = world.gateway().connect(Report(BENCH, product = 94, version = 1)).answer
                if (held) {
                    assertIs<Decision.Held>(answer)
                    assertEquals(HoldReason.OWNER_LOCKED to NOON, answer.held.reason to answer.held.since)
                } else {
                    assertIs<Decision.Update>(answer)
                }
            }
        }
    }

    @Test
    fun `a journal is opened and removed by URL`() = runBlocking {
        val folder = Files.createTempDirectory("fleet")
        try {
            val url = "sqlite:$folder/fleet.db"
            World.open("$url?journal=on").close()
            Fleet.open(url).use { without ->
                val refused = assertFailsWith<FleetException> { without.operator(NOON).product(94).summary() }
                assertEquals(FailureCode.STORE_JOURNALED, refused.code)
            }
            Fleet.open("$url?journal=off").close()
            Fleet.open(url).use { assertEquals(1L, it.operator(NOON).product(94).summary().devices) }
        } finally {
            folder.toFile().deleteRecursively()
        }
        Unit
    }

    @Test
    fun `a fleet in a file can be reopened`() = runBlocking {
        val folder = Files.createTempDirectory("fleet")
        try {
            val url = "sqlite:$folder/fleet.db"
            val world = World.open(url)
            world.close()
            world.close()
            val closed = assertFailsWith<FleetException> { world.thermostat().summary() }
            assertEquals(FailureKind.StoreFailed, closed.kind)

            Fleet.open(url).use { assertEquals(1L, it.operator(NOON).product(94).summary().devices) }
            assertFailsWith<FleetException> { Fleet.open("cloud:somewhere") }
            Unit
        } finally {
            folder.toFile().deleteRecursively()
        }
    }

    @Test
    fun `a fleet in a database can be reopened`() = runBlocking {
        val server = System.getenv("FLEET_POSTGRES")
        assumeTrue(server != null, "FLEET_POSTGRES names no server")
        val url = "$server?schema=kotlin_${ProcessHandle.current().pid()}"
        World.open(url).close()
        Fleet.open(url).use { assertEquals(1L, it.operator(NOON).product(94).summary().devices) }
    }

    @Test
    fun `lists can be read page by page or completely`() = runBlocking {
        World.open().use { world ->
            world.thermostat().`import`(ids(1500))
            val page = world.thermostat().devices(DeviceFilter(), limit = 3)
            assertEquals(3, page.items.size)
            assertEquals(page.items.last().id, page.next)
            val all = world.thermostat().allDevices().map { it.id }.toList()
            assertEquals(1501, all.size)
            assertEquals(all.sorted(), all)
        }
    }

    @Test
    fun `a door without a moment is used at the time of each call`() = runBlocking {
        World.open().use { world ->
            val before = Instant.now().minusSeconds(1)
            world.fleet.gateway().connect(Report(BENCH, product = 94, version = 1))
            val seen = world.thermostat(Instant.now()).device(BENCH).get().seen!!.at
            assert(seen in before..Instant.now().plusSeconds(1)) { "$seen is not now" }
        }
    }

    @Test
    fun `a handle prints its ids and reads nothing`() = runBlocking<Unit> {
        World.open().use { world ->
            val unknown = world.console().product(95)
            val (hall, carl) = unknown.device(BENCH.uppercase()) to unknown.customer(7)
            assertEquals("ProductConsole(95) DeviceConsole(95, $BENCH) CustomerConsole(95, 7)", "$unknown $hall $carl")
            assertEquals(Triple(95L, BENCH, 7L), Triple(unknown.id(), hall.id(), carl.id()))
            assertEquals("not_found", assertFailsWith<FleetException> { hall.get() }.code)
            assertEquals("invalid", assertFailsWith<FleetException> { unknown.device("55ff") }.code)
        }
    }

    @Test
    fun `an observer gets each call and metrics count them`() = runBlocking {
        Fleet.open("memory:").use { assertNull(it.metrics()) }
        val seen = mutableListOf<String>()
        val observer = object : CallObserver {
            override fun onCall(call: ObservedCall) {
                synchronized(seen) { seen += "${call.operation}: ${call.code}" }
                error("an observer of a host that fails")
            }
        }
        Fleet.open("memory:", FleetOptions(metrics = true), observer).use { fleet ->
            fleet.operator(NOON).createAccount("alice@example.com")
            assertFailsWith<FleetException> { fleet.operator(NOON).product(94).get() }
            assertEquals(listOf("create_account: ok", "product: not_found"), synchronized(seen) { seen.toList() })
            val counted = fleet.metrics()?.calls?.map { "${it.operation} ${it.answered} ${it.refused}" }
            assertEquals(listOf("create_account 1 0", "product 0 1"), counted)
        }
    }
}
