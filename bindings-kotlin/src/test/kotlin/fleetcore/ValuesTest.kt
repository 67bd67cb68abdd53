package fleetcore

import fleetcore.shapes.BetaLine
import fleetcore.shapes.BetaLineVerdict
import fleetcore.shapes.Change
import fleetcore.shapes.ChargedCard
import fleetcore.shapes.ClaimCode
import fleetcore.shapes.CustomerFilter
import fleetcore.shapes.Decision
import fleetcore.shapes.Destination
import fleetcore.shapes.DeviceFilter
import fleetcore.shapes.FailureKind
import fleetcore.shapes.HeldDecision
import fleetcore.shapes.HoldReason
import fleetcore.shapes.Integration
import fleetcore.shapes.IssuedToken
import fleetcore.shapes.NewEvent
import fleetcore.shapes.NotProvenFailure
import fleetcore.shapes.ReleaseChange
import fleetcore.shapes.Report
import fleetcore.shapes.Rule
import fleetcore.shapes.Scope
import fleetcore.shapes.UpToDateDecision
import fleetcore.shapes.Webhook
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.NotSerializableException
import java.io.ObjectInputStream
import java.io.ObjectOutputStream
import java.io.Serializable
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertSame
import kotlinx.coroutines.runBlocking

private fun written(value: Any?): ByteArray =
    ByteArrayOutputStream().also { bytes -> ObjectOutputStream(bytes).use { it.writeObject(value) } }.toByteArray()

private fun read(bytes: ByteArray): Any? = ObjectInputStream(ByteArrayInputStream(bytes)).use { it.readObject() }

/** Values that doors return are stored in sessions and caches and sent between processes. */
class ValuesTest {
    @Test
    fun `values are equal after serialisation`() = runBlocking<Unit> {
        World.open().use { world ->
            val console = world.console()
            val thermostat = world.thermostat()
            val connected = world.gateway().connect(Report(BENCH, product = 94, version = 1))
            thermostat.subscribe(Destination.LiveStream)
            thermostat.subscribe(Destination.Integration(Integration("hub")))
            val published = world.gateway().publish(NewEvent(BENCH, "boot", product = 94))
            thermostat.createCustomer("carl@example.com")
            val values = listOf(
                connected, connected.answer, published, thermostat.get(), thermostat.summary(), thermostat.devices(DeviceFilter()),
                thermostat.planImport(ids(3)), thermostat.device(BENCH).explain(), thermostat.events(), thermostat.auditLog(),
                thermostat.billingStatus(), thermostat.usage(), thermostat.team(), thermostat.configuration(),
                thermostat.subscriptions(), thermostat.customers(CustomerFilter()), Report(BENCH, version = 65_535, session = 7),
                NewEvent(BENCH, "boot", product = 4_294_967_295, happenedAt = NOON), FailureKind.NotProven(NotProvenFailure(2, 3, 1)),
                Tier("One", devices = 1),
            )
            for (value in values) {
                assertIs<Serializable>((value as? List<*>)?.first() ?: value)
                assertEquals<Any?>(value, read(written(value)))
            }
            assertSame(Destination.LiveStream, read(written(Destination.LiveStream)))
            val refused = assertFailsWith<FleetException> { console.product(95).get() }
            val again = read(written(refused)) as FleetException
            assertEquals(listOf(refused.code, refused.message, refused.kind), listOf(again.code, again.message, again.kind))
        }
    }

    /** A field that is added to a record is optional, so neither the `when` nor the constructors here need a change. */
    @Test
    fun `a variant carries one record, which is made without its optional fields`() {
        val held = HeldDecision(HoldReason.OWNER_LOCKED, since = NOON, cites = "R-PAY-5", why = "held: the owner is locked")
        val upToDate = UpToDateDecision(Rule.RELEASE, imageDiffers = false, cites = "R-TGT-1", why = "")
        val decisions = listOf(Decision.Held(held), Decision.UpToDate(upToDate))
        val since = decisions.map { decision ->
            when (decision) {
                is Decision.Held -> decision.held.since
                is Decision.Update, is Decision.UpToDate -> null
            }
        }
        assertEquals(listOf(NOON, null), since)
        // Without a version, a release is withdrawn.
        assertEquals(Change.Release(ReleaseChange(null)), Change.Release(ReleaseChange()))
    }

    @Test
    fun `a code that is not named is a code too`() {
        val failure = FleetFailure("of_a_newer_core", "a failure", isTransient = false, FailureKind.OtherFailure)
        val known = when (FleetException.Failed(failure).code) {
            FailureCode.NOT_FOUND, FailureCode.FORBIDDEN -> true
            else -> false
        }
        assertFalse(known)
    }

    @Test
    fun `a value with a secret is not serialised`() = runBlocking<Unit> {
        val secret = "4f6b1c0d"
        val line = BetaLine(1, BetaLineVerdict.MALFORMED, message = "not an e-mail")
        val values = listOf(
            IssuedToken("t-1", secret), ClaimCode(secret, Instant.EPOCH), ChargedCard(1, secret),
            Destination.Webhook(Webhook("https://example.com/$secret")), listOf(IssuedToken("t-1", secret)), line.copy(code = secret),
        )
        for (value in values) {
            val refused = assertFailsWith<NotSerializableException>("$value") { written(value) }
            assertContains(refused.message.orEmpty(), "holds a secret and is not serialised; pass on `")
            assertFalse(secret in refused.message.orEmpty())
        }
        assertEquals(line, read(written(line)))
        World.open().use { world ->
            val carl = world.thermostat().createCustomer("carl@example.com")
            val issued = world.thermostat().customer(carl.id).issueToken(listOf(Scope.SEE), java.time.Duration.ofHours(1))
            assertFailsWith<NotSerializableException> { written(issued) }
        }
    }

    @Test
    fun `a number that the library cannot represent is invalid`() = runBlocking<Unit> {
        World.open().use { world ->
            for (invalid in listOf(-1L, 4_294_967_296, Long.MIN_VALUE, Long.MAX_VALUE)) {
                assertEquals("invalid", assertFailsWith<FleetException> { world.console().product(invalid).get() }.code)
            }
            for (invalid in listOf(-1, 65_536, Int.MIN_VALUE)) {
                val report = Report(BENCH, version = invalid)
                assertEquals("invalid", assertFailsWith<FleetException> { world.gateway().connect(report) }.code)
            }
        }
    }
}
