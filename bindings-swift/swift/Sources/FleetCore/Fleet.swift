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
/// Its doors and all that they answer are values or safe to share. A door that is opened with `now` does all at that
/// moment; without, each call is made at its own time.
public typealias Fleet = OpenFleet

extension OpenFleet {
    /// Closes the fleet: new calls fail at once, those under way are waited for, then the store is closed. A fleet that is
    /// let go is closed with its last door.
    public func close() async {
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                self.shut()
                ended.resume()
            }
        }
    }

    /// The same with a deadline. Calls that have not ended by then are cut: they fail when they ask the store next. Returns
    /// whether everything ended by itself.
    public func close(within atMost: TimeInterval) async throws -> Bool {
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Bool, any Error>) in
            DispatchQueue.global().async {
                ended.resume(with: Result { try self.shutWithin(atMost: atMost) })
            }
        }
    }
}
