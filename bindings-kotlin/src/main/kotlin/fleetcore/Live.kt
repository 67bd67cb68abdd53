package fleetcore

import fleetcore.shapes.Event
import java.time.Duration
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withTimeoutOrNull

/** Time that a walk over a stream waits before it checks whether it may still read. */
private val WAIT = Duration.ofMinutes(1)

/**
 * Waits until there is something to read or this time has passed. Returns whether there is something to read. It blocks
 * no thread, and is cancelled with its coroutine.
 */
suspend fun EventStreamInterface.wait(atMost: Duration): Boolean {
    if (atMost.isNegative) throw invalid("atMost", "must not be negative")
    return beginWait().use { waiting ->
        try {
            withTimeoutOrNull(millis(atMost)) { waiting.ended() } ?: false
        } finally {
            waiting.stop()
        }
    }
}

/**
 * The events that this process publishes for the product after the flow is collected. If they arrive faster than they are
 * collected, it throws a [FleetException] whose kind is `EventsMissed`; the events are in the log.
 */
fun ProductConsoleInterface.liveEvents(): Flow<Event> = flow {
    eventStream().use { stream ->
        while (true) {
            val events = nextEvents(stream)
            events.forEach { emit(it) }
            if (events.isEmpty()) stream.wait(WAIT)
        }
    }
}
