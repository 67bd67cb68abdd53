import FleetGenerated
import Foundation

extension ProductConsole {
    /// Imports a list of devices and reports its progress after every few thousand.
    ///
    /// What `progress` throws ends the import and is thrown. If the task is cancelled, the import ends at its next
    /// report and throws `CancellationError`. Devices already added stay, and importing the same file again continues
    /// from there.
    public func importWatched(
        list: Data, progress: @escaping @Sendable (ImportProgress) throws -> Void
    ) async throws -> ImportReport {
        let watcher = Watcher(progress)
        return try await withTaskCancellationHandler {
            do {
                let report = try await importWatched(list: list, watcher: watcher)
                // At the last report there is nothing left to stop.
                if let thrown = watcher.thrown { throw thrown }
                return report
            } catch let error as FleetError {
                if let thrown = watcher.thrown { throw thrown }
                if error.code == .cancelled && Task.isCancelled { throw CancellationError() }
                throw error
            }
        } onCancel: {
            watcher.cancel()
        }
    }
}

private final class Watcher: ImportWatcher, @unchecked Sendable {
    private let progress: @Sendable (ImportProgress) throws -> Void
    private let lock = NSLock()
    private var cancelled = false
    private var own: (any Error)?

    /// The error that the caller's own code threw.
    var thrown: (any Error)? { lock.withLock { own } }

    init(_ progress: @escaping @Sendable (ImportProgress) throws -> Void) {
        self.progress = progress
    }

    func cancel() {
        lock.withLock { cancelled = true }
    }

    func watch(progress: ImportProgress) -> Bool {
        do {
            try self.progress(progress)
        } catch {
            lock.withLock { own = error }
            return false
        }
        return lock.withLock { !cancelled }
    }
}
