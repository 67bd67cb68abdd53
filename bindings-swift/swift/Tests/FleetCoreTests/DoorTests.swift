import FleetCore
import Foundation
import Testing

/// Describes a decision. The switch has no `default`, so a new kind of answer is a compiler error.
private func describe(_ decision: Decision) -> String {
    switch decision {
    case .upToDate(let decision): "up to date by \(decision.rule)"
    case .update(let decision): "send \(decision.directive.version)"
    case .held(let decision): "held: \(decision.reason)"
    }
}

@Test func aConnectReturnsWhatTheDeviceIsToRunAndWhy() async throws {
    let world = try await World()
    let gateway = world.fleet.gateway(now: noon)
    let member = try await gateway.connect(report: Report(device: bench, product: 94, version: 1))
    #expect(describe(member.answer) == "up to date by noRelease")
    #expect(member.answer.cites == "R-TGT-1 no release")

    let stranger = "45f96d06492949f0e1d2c3b4"
    let waiting = try await gateway.connect(report: Report(device: stranger, product: 94, version: 1))
    #expect(describe(waiting.answer) == "held: quarantined")
    #expect(waiting.answer.why == "held: it asks to join and waits for the team's approval (R-IMP-9)")
    #expect(waiting.answer.directive == nil)
}

@Test func theAnswersOfABatchAreInTheOrderOfItsReports() async throws {
    let world = try await World()
    let gateway = world.fleet.gateway(now: noon)
    let reports = ["45f96d06492949f0e1d2c3b4", bench].map { Report(device: $0, product: 94, version: 1) }
    let answers = try await gateway.connectMany(reports: reports)
    #expect(answers.map { describe($0.answer) } == ["held: quarantined", "up to date by noRelease"])
    #expect(try gateway.connectManyBlocking(reports: reports) == answers)
    #expect(try gateway.connectBlocking(report: reports[1]) == answers[1])
}

@Test func aValueWithASecretPrintsWithoutIt() {
    let secret = "4f6b1c0d"
    let code = ClaimCode(code: secret, expiresAt: noon)
    let card = ChargedCard(number: 1, token: secret)
    let token = IssuedToken(tokenId: "t-1", token: secret)
    let hook = Destination.webhook(Webhook(url: "https://example.com/\(secret)"))
    var dumped = ""
    dump((code, card, token, hook), to: &dumped)
    let printed = ["\(code) \(card) \(token) \(hook)", "\([code]) \([card]) \([token]) \([hook])"]
    for text in printed + [String(reflecting: [token]), String(reflecting: hook), dumped] {
        #expect(!text.contains(secret))
    }
    #expect("\(token)" == "IssuedToken(tokenId: t-1, token: hidden)")
    #expect((code.code, card.token, token.token) == (secret, secret, secret))
}

@Test func anErrorHasACodeAMessageAndTheDataToBranchOn() async throws {
    let world = try await World(tiers: [Tier(name: "Tiny", devices: 1)])
    do {
        _ = try await world.console().product(id: 95).get()
        Issue.record("a product that is not there was found")
    } catch let error as FleetError {
        #expect(error.code == .notFound)
        #expect(error.message == "there is no such product, or it is not yours to see")
        #expect(error.localizedDescription == error.message)
        #expect(!error.isTransient)
        #expect(error.kind == .notFound(NotFoundFailure(what: "product")))
    }
    do {
        try await world.fleet.gateway(now: noon).disconnect(device: "2800")
        Issue.record("a number that a spreadsheet left was taken as a device")
    } catch let error as FleetError {
        #expect(error.code == "invalid")
        guard case .invalid(let invalid) = error.kind else { return #expect(error.kind == nil) }
        #expect(invalid.field == "device")
    }
    let report = try await world.thermostat().import(list: ids(1))
    #expect(report.refused?.limit == 1)
    #expect(report.counts.imported == 0)
}

@Test func momentsKeepTheirMilliseconds() async throws {
    let world = try await World()
    for millis in [0, 1, 499, 999] {
        let at = Date(timeIntervalSince1970: 1_457_438_400 + Double(millis) / 1000)
        try await world.fleet.gateway(now: at).disconnect(device: bench, product: 94)
        let report = Report(device: bench, product: 94, version: 1, reportedAt: at)
        _ = try await world.fleet.gateway(now: at).connect(report: report)
        let seen = try await world.thermostat(at).device(id: bench).get().seen
        #expect(seen.map { Int(($0.at.timeIntervalSince1970 * 1000).rounded()) } == 1_457_438_400_000 + millis)
    }
    // Far beyond the core's dates: an answer or an error, never a crash.
    _ = try? await world.thermostat(.distantFuture).summary()
    _ = try? await world.thermostat(Date(timeIntervalSince1970: .infinity)).summary()
}

@Test(arguments: [true, false])
func thePlatformChoosesWhatBecomesOfALockedOwnersDevices(held: Bool) async throws {
    let options = FleetOptions(holdLocked: held)
    let world = try await World(fleet: Fleet.open(url: "memory:", options: options))
    let thermostat = try world.thermostat()
    let policy = PolicySettings(gateDevices: 0, gateSoakMillis: 0, opaqueImages: true)
    _ = try await thermostat.setPolicy(policy: policy)
    _ = try await thermostat.upload(version: 2, title: "Quieter", binary: Data("opaque firmware".utf8))
    try await thermostat.release(version: 2)
    _ = try await world.fleet.operator(now: noon).lockAccount(account: world.alice.id)
    let report = Report(device: bench, product: 94, version: 1)
    let answer = try await world.fleet.gateway(now: noon).connect(report: report).answer
    if case .held(let decision) = answer {
        #expect(held && decision.reason == .ownerLocked && decision.since == noon)
    } else {
        #expect(!held && answer.directive?.version == 2)
    }
}

@Test func aFleetInAFileCanBeReopened() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = "sqlite:\(folder.path)/fleet.db"
    let world = try await World(url: url)
    await world.fleet.close()
    await #expect(throws: FleetError.self) { try await world.thermostat().summary() }

    let again = try await Fleet.open(url: url)
    #expect(try await again.console(account: world.alice.id, now: noon).product(id: 94).summary().devices == 1)
    await again.close()
    await #expect(throws: FleetError.self) { try await Fleet.open(url: "cloud:somewhere") }
}

@Test func aJournalIsOpenedAndRemovedByURL() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = "sqlite:\(folder.path)/fleet.db"
    let world = try await World(url: url + "?journal=on")
    await world.fleet.close()

    let without = try await Fleet.open(url: url)
    do {
        _ = try await without.console(account: world.alice.id, now: noon).product(id: 94).summary()
        Issue.record("the fleet is used without its journal")
    } catch let error as FleetError {
        #expect(error.code == .storeJournaled)
    }
    await without.close()

    let folded = try await Fleet.open(url: url + "?journal=off")
    await folded.close()
    let rows = try await Fleet.open(url: url)
    #expect(try await rows.console(account: world.alice.id, now: noon).product(id: 94).summary().devices == 1)
    await rows.close()
}

private let server = ProcessInfo.processInfo.environment["FLEET_POSTGRES"] ?? ""

@Test(.enabled(if: !server.isEmpty, "FLEET_POSTGRES names no server"))
func aFleetInADatabaseCanBeReopened() async throws {
    let url = "\(server)?schema=swift_\(ProcessInfo.processInfo.processIdentifier)"
    let world = try await World(url: url)
    await world.fleet.close()
    let again = try await Fleet.open(url: url)
    #expect(try await again.console(account: world.alice.id, now: noon).product(id: 94).summary().devices == 1)
    await again.close()
}

@Test func listsCanBeReadPageByPageOrCompletely() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    _ = try await thermostat.import(list: ids(1500))
    let page = try await thermostat.devices(filter: DeviceFilter(), limit: 3)
    #expect(page.items.count == 3)
    #expect(page.next == page.items.last?.id)
    var all: [String] = []
    for try await device in thermostat.allDevices() { all.append(device.id) }
    #expect(all.count == 1501)
    #expect(all == all.sorted())
}

@Test func aHandlePrintsItsIdsAndReadsNothing() async throws {
    let world = try await World()
    let unknown = try world.console().product(id: 95)
    let (hall, carl) = (try unknown.device(id: bench.uppercased()), try unknown.customer(id: 7))
    #expect("\(unknown) \(hall) \(carl)" == "ProductConsole(95) DeviceConsole(95, \(bench)) CustomerConsole(95, 7)")
    #expect(unknown.id() == 95 && hall.id() == bench && carl.id() == 7)
    await #expect(throws: FleetError.self) { try await hall.get() }
    #expect(throws: FleetError.self) { try unknown.device(id: "55ff") }
}

/// Keeps the calls that it gets.
private final class Calls: CallObserver, @unchecked Sendable {
    private let lock = NSLock()
    private var seen: [String] = []

    func onCall(call: ObservedCall) {
        lock.withLock { seen.append("\(call.operation): \(call.code)") }
    }

    var all: [String] { lock.withLock { seen } }
}

@Test func anObserverGetsEachCallAndMetricsCountThem() async throws {
    let silent = try await Fleet.open(url: "memory:")
    #expect(try await silent.metrics() == nil)
    await silent.close()

    let calls = Calls()
    let fleet = try await Fleet.open(url: "memory:", options: FleetOptions(metrics: true), observer: calls)
    _ = try await fleet.operator(now: noon).createAccount(email: "alice@example.com")
    _ = try? await fleet.operator(now: noon).product(id: 94).get()
    #expect(calls.all == ["create_account: ok", "product: not_found"])
    let counted = try #require(await fleet.metrics()).calls.map { "\($0.operation) \($0.answered) \($0.refused)" }
    #expect(counted == ["create_account 1 0", "product 0 1"])
    await fleet.close()
}
