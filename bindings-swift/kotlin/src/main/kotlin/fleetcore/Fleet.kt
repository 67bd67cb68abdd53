package fleetcore

import java.time.Duration

/**
 * A fleet of connected devices, behind a store.
 *
 * ```kotlin
 * Fleet.open("sqlite:fleet.db").use { fleet ->
 *     val alice = fleet.operator().createAccount("alice@example.com")
 *     val console = fleet.console(alice.id)
 * }
 * ```
 *
 * Its doors and all that they answer are immutable or safe to share. A door that is opened with `now` does all at that
 * moment; without, each call is made at its own time.
 */
class Fleet private constructor(private val opened: OpenFleet) : OpenFleetInterface by opened, AutoCloseable {
    /**
     * Closes the fleet: new calls fail at once, those under way are waited for, then the store is closed. It keeps the
     * caller's thread.
     */
    override fun close() = opened.shut()

    /**
     * The same with a deadline. Calls that have not ended by then are cut: they fail when they ask the store next.
     * Returns whether everything ended by itself.
     */
    fun closeWithin(atMost: Duration): Boolean = opened.shutWithin(atMost)

    companion object {
        /** Opens the fleet of the store that a URL names: `memory:`, `sqlite:PATH`, `postgresql://…`. */
        suspend fun open(url: String, options: FleetOptions? = null): Fleet = Fleet(OpenFleet.open(url, options))

        /** Opens the fleet of a store that the host has written. */
        suspend fun open(store: RowStore, options: FleetOptions? = null): Fleet =
            Fleet(OpenFleet.openStore(store, options))
    }
}
