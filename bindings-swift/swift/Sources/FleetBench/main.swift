// What calls cost, as one line of JSON: `FleetBench ROUNDS`. Each round is a new session of each of 1024 devices in
// memory; what is told is the fastest round, as whatever else a machine does can only make one slower.
import FleetCore
import Foundation

let devices = (1...1024).map { String(format: "aa%022x", $0) }
let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 50
let now = Date(timeIntervalSince1970: 1_457_438_400)

let fleet = try await Fleet.open(url: "memory:")
let alice = try await fleet.operator(now: now).createAccount(email: "alice@example.com")
let console = try fleet.console(account: alice.id, now: now)
_ = try await fleet.operator(now: now)
    .createProductWithId(product: 94, owner: alice.id, name: "Thermostat", platform: "photon")
_ = try await fleet.operator(now: now).setTier(product: 94, tier: "Enterprise")
_ = try await console.import(product: 94, list: Data(devices.joined(separator: "\n").utf8))
let gateway = fleet.gateway(now: now)

func reports(_ session: Int64) -> [Report] {
    devices.map { Report(device: $0, product: 94, version: 1, session: session) }
}

/// Nanoseconds for one device, in the fastest round.
func fastest(_ round: ([Report]) async throws -> Void) async rethrows -> Double {
    var fastest = Double.infinity
    for _ in 0...rounds {
        session += 1
        let reports = reports(session)
        let begin = DispatchTime.now().uptimeNanoseconds
        try await round(reports)
        fastest = min(fastest, Double(DispatchTime.now().uptimeNanoseconds - begin) / Double(reports.count))
    }
    return fastest
}

var session: Int64 = 0
let connect = try await fastest { for report in $0 { _ = try gateway.connectBlocking(report: report) } }
let connectAsync = try await fastest { for report in $0 { _ = try await gateway.connect(report: report) } }
let connectMany = try await fastest { _ = try gateway.connectManyBlocking(reports: $0) }
print(
    String(
        format: #"{"connect_ns": %.0f, "connect_async_ns": %.0f, "connect_many_1024_ns": %.0f}"#, connect, connectAsync,
        connectMany))
