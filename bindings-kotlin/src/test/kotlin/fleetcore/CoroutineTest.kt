package fleetcore

import fleetcore.shapes.ImportProgress
import fleetcore.shapes.NewEvent
import fleetcore.shapes.Report
import fleetcore.shapes.VersionCount
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

class CoroutineTest {
    @Test
    fun `a long import reports its progress`() = runBlocking {
        World.open().use { world ->
            val reports = CopyOnWriteArrayList<ImportProgress>()
            val report = world.thermostat().importWatched(ids(20_000)) { reports.add(it) }
            assertEquals(20_000L, report.counts.imported)
            assertEquals(reports.map { it.added }.sorted(), reports.map { it.added })
            assertEquals(ImportProgress(20_000L, 20_000L), reports.last())
            assertTrue(reports.size > 1)
        }
    }

    @Test
    fun `a cancelled import stops, and can be continued`() = runBlocking {
        World.open().use { world ->
            val (begun, cancelled) = CountDownLatch(1) to CountDownLatch(1)
            val importing = async(Dispatchers.Default) {
                world.thermostat().importWatched(ids(20_000)) {
                    begun.countDown()
                    cancelled.await()
                }
            }
            withContext(Dispatchers.IO) { begun.await() }
            importing.cancel()
            cancelled.countDown()
            assertFailsWith<CancellationException> { importing.await() }
            importing.join()
            val added = world.thermostat().summary().devices - 1
            assertTrue(added in 1 until 20_000, "$added were added")
            val report = world.thermostat().`import`(ids(20_000))
            assertEquals(20_000L, report.counts.imported + report.counts.alreadyHere)
            assertEquals(20_001L, world.thermostat().summary().devices)
        }
    }

    @Test
    fun `many coroutines use one fleet`() = runBlocking {
        World.open().use { world ->
            world.thermostat().`import`(ids(200))
            coroutineScope {
                (1..200).map {
                    async(Dispatchers.Default) {
                        world.gateway().connect(Report("aa%022x".format(it), product = 94, version = 1))
                    }
                }.awaitAll()
            }
            val summary = world.thermostat().summary()
            assertEquals(200L, summary.online)
            assertEquals(listOf(VersionCount(1, 200L)), summary.versions)
        }
    }

    @Test
    fun `waiting for an answer does not block the thread`() = runBlocking {
        World.open().use { world ->
            var beats = 0
            // Both run on this one thread.
            val heart = launch {
                while (isActive) {
                    beats += 1
                    delay(1)
                }
            }
            world.thermostat().`import`(ids(20_000))
            heart.cancelAndJoin()
            assertTrue(beats > 1, "$beats beats")
        }
    }

    @Test
    fun `events arrive on a stream, and are in the log`() = runBlocking {
        World.open().use { world ->
            val stream = world.thermostat().eventStream()
            assertFalse(stream.wait(Duration.ofMillis(1)))
            val names = listOf("door/opened", "door/closed")
            for ((second, name) in names.withIndex()) {
                world.gateway(NOON.plusSeconds(second.toLong())).publish(NewEvent(BENCH, name, product = 94))
            }
            assertTrue(stream.wait(Duration.ofSeconds(10)))
            assertEquals(names, world.console().readEventStream(stream).items.map { it.name })
            val logged = world.thermostat().wholeEventLog(prefix = "door/").map { it.name }.toList()
            assertEquals(names.reversed(), logged)
        }
    }
}
