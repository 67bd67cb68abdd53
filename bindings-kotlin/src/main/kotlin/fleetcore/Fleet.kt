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
 * Its doors, and the values they return, are immutable or safe to share. A door opened with `now` makes all calls at
 * that moment; without it, each call happens at its own time.
 */
class Fleet private constructor(private val opened: OpenFleet) : OpenFleetInterface by opened, AutoCloseable {
    /**
     * Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. It blocks the
     * caller's thread.
     */
    override fun close() = opened.shut()

    /**
     * The same with a deadline. Calls still running then are cut off: they fail at their next call of the store.
     * Returns whether all calls ended by themselves.
     */
    fun closeWithin(atMost: Duration): Boolean = opened.shutWithin(atMost)

    companion object {
        /**
         * Opens a fleet in the store that a URL names: `memory:`, `sqlite:PATH`, `postgresql://…`. The observer gets
         * each call after it has ended.
         */
        suspend fun open(url: String, options: FleetOptions? = null, observer: CallObserver? = null): Fleet =
            Fleet(OpenFleet.open(url, options, observer))

        /** Opens a fleet in a store written by the host. */
        suspend fun open(store: RowStore, options: FleetOptions? = null, observer: CallObserver? = null): Fleet =
            Fleet(OpenFleet.openStore(store, options, observer))
    }
}
