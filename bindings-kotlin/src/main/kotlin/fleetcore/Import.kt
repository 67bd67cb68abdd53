package fleetcore

import fleetcore.shapes.ImportProgress
import fleetcore.shapes.ImportReport
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext

/**
 * Imports a list of devices and reports its progress after every few thousand.
 *
 * What `onProgress` throws ends the import and is thrown. If the coroutine is cancelled, the import ends at its next
 * report and throws `CancellationException`. Devices already added stay, and importing the same file again continues
 * from there.
 */
suspend fun ProductConsoleInterface.importWatched(
    list: ByteArray,
    onProgress: (ImportProgress) -> Unit,
): ImportReport {
    val caller = currentCoroutineContext()
    var thrown: Throwable? = null
    val watcher = object : ImportWatcher {
        override fun watch(progress: ImportProgress): Boolean {
            // The exception is the caller's own, and is not passed through the library.
            try {
                onProgress(progress)
            } catch (own: Throwable) {
                thrown = own
            }
            return thrown == null && caller.isActive
        }
    }
    try {
        // The import is stopped and awaited, so that nothing is added after this has thrown.
        val report = withContext(NonCancellable) { importWatched(list, watcher) }
        thrown?.let { throw it }
        return report
    } catch (failure: FleetException) {
        thrown?.let { throw it }
        if (failure.code == FailureCode.CANCELLED) caller.ensureActive()
        throw failure
    }
}
