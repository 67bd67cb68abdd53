package fleetcore

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
     * Closes the store, once all that is under way has ended and what was sent is reported. Whatever is asked of the
     * fleet or its doors afterwards fails.
     */
    override fun close() = opened.shut()

    companion object {
        /** Opens the fleet of the store that a URL names: `memory:`, `sqlite:PATH`, `postgresql://…`. */
        suspend fun open(url: String, options: FleetOptions? = null): Fleet = Fleet(OpenFleet.open(url, options))

        /** Opens the fleet of a store that the host has written. */
        suspend fun open(store: RowStore, options: FleetOptions? = null): Fleet =
            Fleet(OpenFleet.openStore(store, options))
    }
}
