import FleetCore
import Foundation

let noon = Date(timeIntervalSince1970: 1_457_438_400)
let bench = "55ff6d04498b49a1b2c3d4e5"

/// A product of Alice's, with one device on the bench.
struct World {
    let fleet: Fleet
    let alice: Account
    let product: UInt32

    /// Without tiers, uses one without limits.
    init(url: String = "memory:", tiers: [Tier] = [Tier(name: "All")]) async throws {
        try await self.init(fleet: Fleet.open(url: url, options: FleetOptions(tiers: tiers)))
    }

    init(fleet: Fleet) async throws {
        self.fleet = fleet
        let `operator` = fleet.operator(now: noon)
        alice = try await `operator`.createAccount(email: "alice@example.com")
        let made = try await `operator`.createProductWithId(
            product: 94, owner: alice.id, name: "Thermostat", platform: "photon")
        product = made.id
        _ = try await thermostat().import(list: Data(bench.utf8))
    }

    func console(_ now: Date = noon) throws -> Console {
        try fleet.console(account: alice.id, now: now)
    }

    func thermostat(_ now: Date = noon) throws -> ProductConsole {
        try console(now).product(id: product)
    }
}

/// The given number of consecutive ids, one a line.
func ids(_ count: Int) -> Data {
    Data((1...count).map { String(format: "aa%022x\n", $0) }.joined().utf8)
}
