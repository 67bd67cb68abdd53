package fleetcore

import fleetcore.shapes.Decision
import fleetcore.shapes.Directive

/** A sentence for people: what the device is to do, and why. */
val Decision.why: String
    get() = when (this) {
        is Decision.UpToDate -> upToDate.why
        is Decision.Update -> update.why
        is Decision.Held -> held.why
    }

/** The rule that decided, such as `R-TGT-4 lock`. */
val Decision.cites: String
    get() = when (this) {
        is Decision.UpToDate -> upToDate.cites
        is Decision.Update -> update.cites
        is Decision.Held -> held.cites
    }

/** The directive to send to the device. `null` if there is none. */
val Decision.directive: Directive?
    get() = (this as? Decision.Update)?.update?.directive
