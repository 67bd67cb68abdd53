// Measures the hot operations through Swift for `cargo xtask bench`, which compares them with Rust. Reads an
// operation's name on each line, runs one round, and writes a line with the nanoseconds of one operation.
//
//     FleetBench DEVICES
import FleetCore
import Foundation

private let noon = Date(timeIntervalSince1970: 1_457_438_400)
private let batch = 1024

/// A fleet in memory, whose devices reconnect in random order, each in a new session.
struct Bench {
    let devices: [String]
    let product: UInt32
    let gateway: Gateway
    var session: Int64 = 0

    init(count: Int) async throws {
        devices = (0..<count).map { _ in
            String(format: "%08x%016lx", UInt32.random(in: 0...UInt32.max), UInt64.random(in: 0...UInt64.max))
        }
        let fleet = try await Fleet.open(url: "memory:", options: FleetOptions(tiers: [Tier(name: "All")]))
        let alice = try await fleet.operator(now: noon).createAccount(email: "alice@example.com")
        let console = try fleet.console(account: alice.id, now: noon)
        product = try await console.createProduct(name: "Thermostat", platform: "photon").id
        _ = try await console.product(id: product).import(list: Data(devices.joined(separator: "\n").utf8))
        gateway = fleet.gateway(now: noon)
        // Each device connects once beforehand, so that its row is as on any later day.
        _ = try gateway.connectManyBlocking(reports: reports(devices))
    }

    mutating func reports(_ devices: [String]) -> [Report] {
        session += 1
        return devices.map { device in
            Report(device: device, product: product, version: 1, session: session, reportedAt: noon)
        }
    }

    /// Nanoseconds for one device.
    mutating func round(_ operation: String) async throws -> Double {
        let reports = reports((0..<min(batch, devices.count)).map { _ in devices.randomElement()! })
        let begin = DispatchTime.now().uptimeNanoseconds
        switch operation {
        case "connect": for report in reports { _ = try gateway.connectBlocking(report: report) }
        case "connect_async": for report in reports { _ = try await gateway.connect(report: report) }
        case "connect_many": _ = try gateway.connectManyBlocking(reports: reports)
        default: fatalError("\(operation) is not measured here")
        }
        return Double(DispatchTime.now().uptimeNanoseconds - begin) / Double(reports.count)
    }
}

@main
struct Main {
    static func main() async throws {
        var bench = try await Bench(count: Int(CommandLine.arguments.last!)!)
        while let operation = readLine() {
            let nanoseconds = try await bench.round(operation)
            // Not `print`, which buffers when its output is not a terminal.
            FileHandle.standardOutput.write(Data("\(nanoseconds)\n".utf8))
        }
    }
}
