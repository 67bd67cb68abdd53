package fleetcore

import fleetcore.shapes.FailureKind

/** A stable word, the same in every language. */
val FleetException.code: String
    get() = when (this) {
        is FleetException.Failed -> code
    }

/** Whether the same call may succeed when it is made again, without anything else being changed. */
val FleetException.isTransient: Boolean
    get() = when (this) {
        is FleetException.Failed -> isTransient
    }

/** What went wrong, with what a caller branches on. */
val FleetException.kind: FailureKind
    get() = when (this) {
        is FleetException.Failed -> kind
    }
