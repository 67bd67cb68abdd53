package fleetcore

import fleetcore.shapes.FailureKind

/** A stable code, the same in every language. */
val FleetException.code: String
    get() = when (this) {
        is FleetException.Failed -> code
    }

/** Whether the same call may succeed when retried, without any other change. */
val FleetException.isTransient: Boolean
    get() = when (this) {
        is FleetException.Failed -> isTransient
    }

/** The kind of failure, with the data that a caller branches on. */
val FleetException.kind: FailureKind
    get() = when (this) {
        is FleetException.Failed -> kind
    }
