import FleetGenerated
import Foundation

extension Console {
    /// Imports a list of devices and tells how far it is after every few thousand.
    ///
    /// Where the task is cancelled the import ends at the next such moment and throws `CancellationError`: what was
    /// added stays, and the same file imported again goes on from there.
    public func importWatched(
        product: UInt32, list: Data, progress: @escaping @Sendable (ImportProgress) -> Void
    ) async throws -> ImportReport {
        let watcher = Watcher(progress)
        return try await withTaskCancellationHandler {
            do {
                return try await importWatched(product: product, list: list, watcher: watcher)
            } catch let error as FleetError where error.code == "cancelled" && Task.isCancelled {
                throw CancellationError()
            }
        } onCancel: {
            watcher.cancel()
        }
    }
}

private final class Watcher: ImportWatcher, @unchecked Sendable {
    private let progress: @Sendable (ImportProgress) -> Void
    private let lock = NSLock()
    private var cancelled = false

    init(_ progress: @escaping @Sendable (ImportProgress) -> Void) {
        self.progress = progress
    }

    func cancel() {
        lock.withLock { cancelled = true }
    }

    func watch(progress: ImportProgress) -> Bool {
        self.progress(progress)
        return lock.withLock { !cancelled }
    }
}
