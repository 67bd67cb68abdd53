package fleetcore

import fleetcore.shapes.FailureKind
import fleetcore.shapes.KeyRange
import fleetcore.shapes.RowCommit
import fleetcore.shapes.RowWrite
import fleetcore.shapes.StoredRow
import java.util.Arrays
import java.util.TreeMap
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

/** A store for this test: a tree behind a lock. With `weak` it skips the checks on purpose. */
class TreeStore(
    private val isWeak: Boolean = false,
    val rows: TreeMap<ByteArray, StoredRow> = TreeMap { one, other -> Arrays.compareUnsigned(one, other) },
) : RowStore {
    @Synchronized
    override fun get(keys: List<ByteArray>): List<StoredRow?> = keys.map { rows[it] }

    @Synchronized
    override fun scan(range: KeyRange): List<StoredRow> {
        val ends = Arrays.compareUnsigned(range.first, range.last)
        if (ends > 0 || (ends == 0 && !(range.firstIncluded && range.lastIncluded))) return emptyList()
        val found = rows.subMap(range.first, range.firstIncluded, range.last, range.lastIncluded)
        val limit = range.limit.coerceIn(0, Int.MAX_VALUE.toLong()).toInt()
        return (if (range.reverse) found.descendingMap() else found).values.take(limit)
    }

    @Synchronized
    override fun commit(batch: List<RowCommit>): List<Boolean> = batch.map(::apply)

    private fun apply(commit: RowCommit): Boolean {
        if (!isWeak && commit.checks.any { rows[it.key]?.stamp != it.stamp }) return false
        for (write in commit.writes) {
            when (write) {
                is RowWrite.Put -> rows[write.put.key] = write.put
                is RowWrite.Delete -> rows.remove(write.delete.key)
                is RowWrite.Add -> {
                    val key = write.add.key
                    val count = sum(rows[key]?.record?.toLong() ?: 0, write.add.delta)
                    rows[key] = StoredRow(key, count.toString(), 0)
                }
            }
        }
        return true
    }

    private fun sum(count: Long, delta: Long): Long = try {
        Math.addExact(count, delta)
    } catch (beyond: ArithmeticException) {
        if (delta > 0) Long.MAX_VALUE else Long.MIN_VALUE
    }
}

private class Factory(private val isWeak: Boolean) : StoreFactory {
    override fun make(): RowStore = TreeStore(isWeak)
}

private class BrokenStore : RowStore {
    override fun get(keys: List<ByteArray>) = throw RowStoreException.Unavailable("the disk is away")
    override fun scan(range: KeyRange) = throw RowStoreException.Broken("the disk is broken")
    override fun commit(batch: List<RowCommit>) = throw RowStoreException.OutcomeUnknown("the line broke")
}

/** Reopens a store's data, or loses it. */
private class Reopener(private val forgets: Boolean) : StoreReopener {
    override fun reopen(store: RowStore): RowStore =
        if (forgets) TreeStore() else TreeStore(rows = (store as TreeStore).rows)
}

class StoreTest {
    @Test
    fun `a store that loses its data is detected`() = runBlocking {
        assertEquals(
            listOf("what_was_committed_is_there_again", "stamps_guard_after_reopening"),
            conformance(Factory(isWeak = false), Reopener(forgets = true)).map { it.law },
        )
    }

    @Test
    fun `a store written in Kotlin keeps every law`() = runBlocking {
        assertEquals(emptyList(), conformance(Factory(isWeak = false), Reopener(forgets = false)))
    }

    @Test
    fun `a store that skips its checks is detected`() = runBlocking {
        assertTrue(conformance(Factory(isWeak = true)).any { it.law == "no_update_is_lost" })
    }

    @Test
    fun `a fleet works in a store written in Kotlin`() = runBlocking {
        World.open(Fleet.open(TreeStore())).use { assertEquals(1L, it.thermostat().summary().devices) }
    }

    @Test
    fun `an exception of a store is reported to the caller`() = runBlocking {
        Fleet.open(BrokenStore()).use { fleet ->
            val failure = assertFailsWith<FleetException> { fleet.operator(NOON).product(94).get() }
            assertTrue(failure.isTransient)
            assertEquals(FailureKind.StoreFailed, failure.kind)
            assertTrue("the disk is away" in failure.message.orEmpty(), failure.message)
        }
    }
}
