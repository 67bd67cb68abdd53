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
    /// Closes the store, once all that is under way has ended. Whatever is asked of the fleet or its doors afterwards
    /// fails. A fleet that is let go is closed with its last door.
    public func close() async {
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                self.shut()
                ended.resume()
            }
        }
    }
}
