@_exported import FleetGenerated
import Foundation

/// A fleet of connected devices, behind a store.
///
/// ```swift
/// let fleet = try await Fleet.open(url: "sqlite:fleet.db")
/// let alice = try await fleet.operator().createAccount(email: "alice@example.com")
/// let console = try fleet.console(account: alice.id)
/// ```
///
/// Its doors, and the values they return, are values or safe to share. A door opened with `now` makes all calls at that
/// moment; without it, each call happens at its own time.
public typealias Fleet = OpenFleet

extension OpenFleet {
    /// Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. A fleet without
    /// references is closed with its last door.
    public func close() async {
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                self.shut()
                ended.resume()
            }
        }
    }

    /// The same with a deadline. Calls still running then are cut off: they fail at their next call of the store.
    /// Returns whether all calls ended by themselves.
    public func close(within atMost: TimeInterval) async throws -> Bool {
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Bool, any Error>) in
            DispatchQueue.global().async {
                ended.resume(with: Result { try self.shutWithin(atMost: atMost) })
            }
        }
    }
}
