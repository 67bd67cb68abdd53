package fleetcore

import fleetcore.shapes.FailureKind
import fleetcore.shapes.ImportProgress
import fleetcore.shapes.NewEvent
import fleetcore.shapes.Report
import java.lang.reflect.InvocationTargetException
import java.nio.file.Files
import java.time.Duration
import java.time.Instant
import kotlin.random.Random
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.KType
import kotlin.reflect.full.callSuspendBy
import kotlin.reflect.full.declaredMemberFunctions
import kotlin.reflect.full.primaryConstructor
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.test.fail
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield

/** For any argument, a call throws only the library's own exceptions. */
class InputTest {
    /** Values of every type that an operation takes, valid and invalid ones. */
    private class Values(val random: Random, val stream: EventStream) {
        fun of(type: KType): Any? {
            if (type.isMarkedNullable && random.nextBoolean()) return null
            return when (val kind = type.classifier as KClass<*>) {
                String::class -> text()
                Boolean::class -> random.nextBoolean()
                Long::class ->
                    listOf(94L, 94L, 94L, 0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, random.nextLong(1L shl 33)).random(random)
                Int::class -> listOf(0, 1, -1, 65_535, 65_536, random.nextInt()).random(random)
                Instant::class -> listOf(NOON, Instant.MIN, Instant.MAX, Instant.EPOCH).random(random)
                Duration::class ->
                    Duration.ofSeconds(listOf(Long.MIN_VALUE, -1L, 0L, 60L, Long.MAX_VALUE).random(random))
                ByteArray::class -> text().encodeToByteArray()
                List::class -> List(random.nextInt(3)) { of(type.arguments.single().type!!) }
                EventStream::class -> stream
                ImportWatcher::class -> object : ImportWatcher {
                    override fun watch(progress: ImportProgress): Boolean = throw IllegalStateException("mine")
                }
                else -> made(kind)
            }
        }

        private fun made(kind: KClass<*>): Any? = when {
            kind.java.isEnum -> kind.java.enumConstants.random(random)
            kind.isSealed -> made(kind.sealedSubclasses.random(random))
            kind.objectInstance != null -> kind.objectInstance
            else -> kind.primaryConstructor!!.let { made -> made.callBy(made.parameters.associateWith { of(it.type) }) }
        }

        private fun text(): String = listOf(
            BENCH, "", " ", "\uD800", "a\uDFFFb", "\u0000", "x".repeat(100_000), "photon", "Small", "USD", "2017-12",
            String(CharArray(random.nextInt(8)) { random.nextInt(0x10000).toChar() }),
        ).random(random)
    }

    @Test
    fun `a call throws only exceptions of the library`() = runBlocking<Unit> {
        val random = Random(14)
        var world = World.open()
        var values = Values(random, world.thermostat().eventStream())
        // It is opened before a call may remove its product.
        var meter = world.fleet.meter(94, NOON)
        val doors = listOf(
            ConsoleInterface::class, ProductConsoleInterface::class, DeviceConsoleInterface::class,
            CustomerConsoleInterface::class, GatewayInterface::class, ClockInterface::class, MeterInterface::class,
            OpenFleetInterface::class,
        )
        val left = setOf("shut", "shutWithin")
        val calls = doors.flatMap { door -> door.declaredMemberFunctions.filter { it.name !in left } }
        assertTrue(calls.size > 100, "${calls.size} calls")
        for (turn in 0 until 3_000) {
            if (turn % 100 == 99) {
                world.close()
                world = World.open()
                values = Values(random, world.thermostat().eventStream())
                meter = world.fleet.meter(94, NOON)
            }
            val call: KFunction<*> = calls.random(random)
            val door: Any = when (call.parameters.first().type.classifier) {
                ConsoleInterface::class -> if (random.nextBoolean()) world.console() else world.fleet.operator(NOON)
                ProductConsoleInterface::class -> world.thermostat()
                DeviceConsoleInterface::class -> world.thermostat().device(BENCH)
                CustomerConsoleInterface::class -> world.thermostat().customer(1)
                GatewayInterface::class -> world.gateway()
                ClockInterface::class -> world.fleet.clock(NOON)
                MeterInterface::class -> meter
                else -> world.fleet
            }
            val given = call.parameters.associateWith { if (it.index == 0) door else values.of(it.type) }
            try {
                call.callSuspendBy(given)
            } catch (thrown: Throwable) {
                val own = (thrown as? InvocationTargetException)?.targetException ?: thrown
                if (own is FleetException) continue
                fail("${call.name} of ${given.values.drop(1).map { "$it".take(60) }}: $own", own)
            }
        }
        world.close()
    }

    @Test
    fun `a moment or a string that the core cannot represent is invalid`() = runBlocking<Unit> {
        World.open().use { world ->
            for (invalid in listOf(Instant.MAX, Instant.MIN)) {
                val report = Report(BENCH, reportedAt = invalid)
                val refused = assertFailsWith<FleetException> { world.gateway().connect(report) }
                assertEquals("invalid", refused.code)
                assertEquals("reportedAt", (refused.kind as FailureKind.Invalid).invalid.`field`)
                assertFailsWith<FleetException> { world.fleet.operator(invalid).createAccount("bob@example.com") }
            }
            val half = assertFailsWith<FleetException> { world.console().createProduct("\uD800", "photon") }
            assertEquals("invalid", half.code)
            val life = FleetOptions(quoteLife = Duration.ofSeconds(-1))
            assertEquals("invalid", assertFailsWith<FleetException> { Fleet.open("memory:", life) }.code)
            val stream = world.thermostat().eventStream()
            assertFailsWith<FleetException> { stream.wait(Duration.ofMillis(-1)) }
        }
    }

    @Test
    fun `an import throws what its watcher throws`() = runBlocking<Unit> {
        World.open().use { world ->
            val own = assertFailsWith<IllegalStateException> {
                world.thermostat().importWatched(ids(20_000)) { throw IllegalStateException("mine") }
            }
            assertEquals("mine", own.message)
            assertFailsWith<IllegalStateException> {
                world.thermostat().importWatched(ids(20_000)) { progress ->
                    check(progress.added < progress.toAdd) { "mine at the end" }
                }
            }
        }
    }

    @Test
    fun `a cancelled import ends`() = runBlocking<Unit> {
        World.open().use { world ->
            val importing = async(Dispatchers.Default) { world.thermostat().`import`(ids(200_000)) }
            while (world.thermostat().summary().devices < 2) delay(1)
            importing.cancelAndJoin()
            assertFailsWith<CancellationException> { importing.await() }
            // The running import ends after its next few thousand devices.
            world.fleet.close()
        }
    }

    /** Without the cancellation, it would run for ten seconds, the most that a query may. */
    @Test
    fun `a cancelled query ends`() = runBlocking<Unit> {
        val folder = Files.createTempDirectory("fleet")
        try {
            Fleet.open("sqlite:$folder/fleet.db").use { fleet ->
                val endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
                val querying = async(Dispatchers.Default) { fleet.query(endless) }
                delay(100)
                querying.cancelAndJoin()
                assertFailsWith<CancellationException> { querying.await() }
                // Closing waits for the calls that still run.
                assertTrue(fleet.closeWithin(Duration.ofSeconds(4)))
            }
        } finally {
            folder.toFile().deleteRecursively()
        }
    }

    @Test
    fun `six hundred waits for events do not delay a device`() = runBlocking<Unit> {
        World.open().use { world ->
            val streams = List(600) { world.thermostat().eventStream() }
            val waiting = streams.map { async { it.wait(Duration.ofHours(1)) } }
            yield()
            world.gateway().connect(Report(BENCH, product = 94))
            waiting.first().cancelAndJoin()
            world.gateway().publish(NewEvent(BENCH, "at last", product = 94))
            assertTrue(waiting.drop(1).awaitAll().all { it })
            assertFalse(world.thermostat().eventStream().wait(Duration.ofMillis(1)))
        }
    }

    @Test
    fun `live events are a flow`() = runBlocking<Unit> {
        World.open().use { world ->
            val received = async { world.thermostat().liveEvents().take(3).toList().map { it.name } }
            val speaking = launch {
                var number = 0
                while (true) {
                    world.gateway().publish(NewEvent(BENCH, "n/${number++}", product = 94))
                    delay(1)
                }
            }
            assertEquals(3, received.await().size)
            speaking.cancelAndJoin()
        }
    }

    @Test
    fun `a close waits for a running import, or until its deadline`() = runBlocking<Unit> {
        World.open().use { world ->
            val begun = kotlinx.coroutines.CompletableDeferred<Unit>()
            val importing = async(Dispatchers.Default) {
                world.thermostat().importWatched(ids(40_000)) { begun.complete(Unit) }
            }
            begun.await()
            world.fleet.close()
            assertEquals(40_000L, importing.await().counts.imported)
            assertTrue(world.fleet.closeWithin(Duration.ZERO))
            assertFailsWith<FleetException> { world.fleet.closeWithin(Duration.ofMillis(-1)) }
            assertEquals("store_failed", assertFailsWith<FleetException> { world.console().products() }.code)
        }
    }
}
