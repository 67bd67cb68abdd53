// A fleet's first day in Swift: a messy list of devices, two firmwares, one of which is proven and released.
//
//     swift run Quickstart FOLDER-OF-DATA [FOLDER-FOR-THE-DATABASE]
//
// A few lines replace the sockets of a real host; the library makes every decision, and each is printed with its rule
// (`R-…`). `examples/quickstart.rs` shows the full day.
import FleetCore
import Foundation

/// A moment of 8 March 2016. A host leaves `now` out, which means the present.
func at(_ hour: Int, _ minute: Int = 0) -> Date {
    Date(timeIntervalSince1970: 1_457_395_200 + Double(hour * 3600 + minute * 60))
}

/// The story: a fleet, the account of its team, and its product.
struct Story {
    let fleet: Fleet
    let data: URL
    let alice: Int64
    let product: UInt32

    static func begin(_ fleet: Fleet, data: URL) async throws -> Story {
        let host = fleet.operator(now: at(9))
        let alice = try await host.createAccount(email: "alice@example.com")
        // The number is already compiled into the firmware, so it is given and not generated.
        let product = try await host.createProductWithId(
            product: 94, owner: alice.id, name: "Thermostat", platform: "photon")
        return Story(fleet: fleet, data: data, alice: alice.id, product: product.id)
    }

    func thermostat(_ now: Date) throws -> ProductConsole {
        try fleet.console(account: alice, now: now).product(id: product)
    }

    func file(_ name: String) throws -> Data {
        try Data(contentsOf: data.appendingPathComponent(name))
    }

    func importDevices() async throws -> [String] {
        print("\nImporting examples/data/devices.csv")
        let report = try await thermostat(at(9, 10)).import(list: file("devices.csv"))
        for line in report.lines where line.verdict != .imported { print("  line \(line.line)  \(line.message)") }
        print("  \(report.counts.imported) imported, \(report.counts.refused) refused")
        return report.lines.filter { $0.verdict == .imported }.compactMap(\.device)
    }

    func upload() async throws {
        print("\nUploading firmware")
        let thermostat = try thermostat(at(9, 20))
        let (first, second) = try (file("photon_p94_v1.bin"), file("photon_p94_v2.bin"))
        _ = try await thermostat.upload(version: 1, title: "First of all", binary: first)
        do {
            _ = try await thermostat.upload(version: 3, title: "Quieter at night", binary: second)
        } catch let error as FleetError where error.kind == .uploadRefused {
            print("  \(error.code): \(error.message)")
        }
        let taken = try await thermostat.upload(version: 2, title: "Quieter at night", binary: second)
        print("  accepted: version \(taken.version), \(taken.image.size) bytes of \(taken.image.format)")
        do {
            try await thermostat.release(version: 2)
        } catch let error as FleetError {
            guard case .notProven(let gate) = error.kind else { throw error }
            print("  cannot be released, runs on \(gate.running) of \(gate.needed): \(error.message)")
        }
    }

    func prove(on bench: String) async throws {
        print("\nProving version 2 on the test device")
        let before = Report(device: bench, product: product, version: 1, platform: "photon")
        _ = try await fleet.gateway(now: at(10)).connect(report: before)
        let decision = try await thermostat(at(10, 30)).device(id: bench).lock(version: 2, flash: .now)
        print("  \(describe(decision))")
        // Here the host sends the file. Only what the device reports on its next connect counts as success.
        let back = Report(device: bench, product: product, version: 2)
        let connected = try await fleet.gateway(now: at(10, 32)).connect(report: back)
        if let outcome = connected.outcome { print("  the update \(outcome.result)") }
    }

    func release() async throws {
        let thermostat = try thermostat(at(11))
        let ways = try await thermostat.dryRun(change: .release(ReleaseChange(version: 2))).byChange
        try await thermostat.release(version: 2)
        print("\nReleased version 2, which \(ways.total) more devices will be sent")
    }

    func connect(_ devices: [String]) async throws {
        print("\nThe fleet connects, and a stranger")
        let stranger = Report(device: "330030000f47353136383631", product: product, version: 1)
        let fleets = devices.map { Report(device: $0, product: product, version: 1, platform: "photon") }
        let answers = try await fleet.gateway(now: at(12)).connectMany(reports: fleets + [stranger])
        let counts = Dictionary(grouping: answers.map { describe($0.answer) }, by: { $0 }).mapValues(\.count)
        for (what, often) in counts.sorted(by: { $0.key < $1.key }) { print("  \(often)  \(what)") }
    }

    func count() async throws {
        let thermostat = try thermostat(at(18))
        let summary = try await thermostat.summary()
        print("\nThe day in numbers: \(summary.devices) devices, \(summary.online) online")
        let settled = DeviceFilter(online: true, pending: false)
        for try await device in thermostat.allDevices(filter: settled) {
            print("  \(device.id) runs \(device.seen?.version.map(String.init) ?? "?")")
        }
        for try await notice in fleet.allPendingNotices() {
            print("  notice: \(notice.subject)")
            _ = try await fleet.acknowledge(key: notice.key)
        }
    }
}

/// Every kind of answer: the compiler reports a missing one.
func describe(_ decision: Decision) -> String {
    switch decision {
    case .update(let update):
        "send \(update.directive.version), \(update.directive.sha256.prefix(8))… (\(update.cites))"
    case .upToDate, .held:
        decision.why
    }
}

let arguments = CommandLine.arguments.dropFirst()
guard let data = arguments.first else {
    print("name the folder of examples/data")
    exit(2)
}
let files = FileManager.default
let folder = arguments.dropFirst().first.map { URL(fileURLWithPath: $0) }
    ?? files.temporaryDirectory.appendingPathComponent("fleet-quickstart-\(UUID().uuidString)")
do {
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    let fleet = try await Fleet.open(url: "sqlite:\(folder.path)/fleet.db")
    let story = try await Story.begin(fleet, data: URL(fileURLWithPath: data))
    let devices = try await story.importDevices()
    try await story.upload()
    try await story.prove(on: devices[0])
    try await story.release()
    try await story.connect(Array(devices.dropFirst()))
    try await story.count()
    await fleet.close()
} catch let error as FleetError {
    print("\(error.code): \(error.message)")
    exit(1)
}
