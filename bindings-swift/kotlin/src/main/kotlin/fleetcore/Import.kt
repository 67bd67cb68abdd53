package fleetcore

import fleetcore.shapes.ImportProgress
import fleetcore.shapes.ImportReport
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext

/**
 * Imports a list of devices and tells how far it is after every few thousand.
 *
 * Where the coroutine is cancelled the import ends at the next such moment and throws `CancellationException`: what was
 * added stays, and the same file imported again goes on from there.
 */
suspend fun ConsoleInterface.importWatched(
    product: UInt,
    list: ByteArray,
    onProgress: (ImportProgress) -> Unit,
): ImportReport {
    val caller = currentCoroutineContext()
    val watcher = object : ImportWatcher {
        override fun watch(progress: ImportProgress): Boolean {
            onProgress(progress)
            return caller.isActive
        }
    }
    try {
        // The import is told to end and is waited for, so that nothing is added after this has thrown.
        return withContext(NonCancellable) { importWatched(product, list, watcher) }
    } catch (failure: FleetException) {
        if (failure.code == "cancelled") caller.ensureActive()
        throw failure
    }
}
