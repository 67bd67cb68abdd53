import FleetCore
import Foundation
import Testing

/// Pseudorandom numbers from a seed, the same in each run.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

private let texts = [
    bench, "", " ", "\u{0}", "photon", "Small", "USD", "2017-12", "\u{202e}", String(repeating: "x", count: 100_000),
]
private let moments: [Date?] = [
    nil, noon, Date(timeIntervalSince1970: .nan), Date(timeIntervalSince1970: .infinity), .distantPast, .distantFuture,
    Date(timeIntervalSince1970: -.infinity), Date(timeIntervalSince1970: 1e300),
]
private let numbers: [UInt32] = [0, 1, 94, 65_535, 65_536, .max]
private let spans: [TimeInterval] = [0, 60, -1, .nan, .infinity, -.infinity, 1e300]
private let counts: [Int64] = [0, 1, -1, .min, .max]

@Test func aCallThrowsOnlyErrorsOfTheLibrary() async throws {
    let world = try await World()
    var random = Seeded(state: 14)
    for _ in 0..<400 {
        let text = texts.randomElement(using: &random)!
        let other = texts.randomElement(using: &random)!
        let now = moments.randomElement(using: &random)!
        let at = moments.randomElement(using: &random)!
        let number = numbers.randomElement(using: &random)!
        let count = counts.randomElement(using: &random)!
        let console = world.fleet.operator(now: now)
        let gateway = world.fleet.gateway(now: now)
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await console.createAccount(email: text) },
            { _ = try await console.createProduct(name: text, platform: other) },
            { _ = try await console.product(id: number).get() },
            { _ = try await console.product(id: number).device(id: text).rename(name: other) },
            { _ = try await console.product(id: number).devices(filter: DeviceFilter(prefix: text), after: other, limit: number) },
            { _ = try await console.product(id: number).customers(filter: CustomerFilter(activeSince: at)) },
            { _ = try await console.product(id: number).customer(id: count).issueToken(scopes: [.see], life: spans.randomElement()!) },
            { _ = try await console.product(id: number).device(id: text).setCode(code: other) },
            { _ = try await console.product(id: number).import(list: Data(text.utf8)) },
            { _ = try await console.product(id: number).quoteUpgrade(tier: text, interval: .monthly) },
            { _ = try await console.product(id: number).auditLog(after: text, limit: number) },
            { _ = try await console.product(id: number).followEvents(after: text, limit: number) },
            { _ = try await gateway.connect(report: Report(device: text, product: number, session: count, reportedAt: at)) },
            { _ = try await gateway.publish(event: NewEvent(device: text, name: other, happenedAt: at)) },
            { _ = try await gateway.disconnect(device: text, product: number, session: count, endedAt: at) },
            { _ = try await world.fleet.console(account: count, now: now).products() },
            { _ = try await world.fleet.clock(now: now).advance(limit: number) },
            { _ = try await world.fleet.meter(product: number, now: now).admitMany(want: count) },
            { _ = try await world.fleet.pendingNotices(after: text, limit: number) },
            { _ = try await world.fleet.portal(token: text, now: now).me() },
        ]
        do {
            try await calls.randomElement(using: &random)!()
        } catch {
            #expect(error is FleetError, "\(error)")
        }
    }
}

@Test func anInvalidMomentOrDurationIsRejected() async throws {
    let world = try await World()
    let gateway = world.fleet.gateway(now: noon)
    for seconds in [Double.nan, .infinity, -.infinity, 1e300] {
        let report = Report(device: bench, reportedAt: Date(timeIntervalSince1970: seconds))
        await #expect {
            _ = try await gateway.connect(report: report)
        } throws: { error in
            guard let error = error as? FleetError else { return false }
            return error.code == "invalid" && error.message.hasPrefix("reportedAt")
        }
        if !(seconds >= 0) {
            await #expect(throws: FleetError.self) {
                _ = try await Fleet.open(url: "memory:", options: FleetOptions(quoteLife: seconds))
            }
            let stream = try await world.thermostat().eventStream()
            await #expect(throws: FleetError.self) { _ = try await stream.wait(atMost: seconds) }
        }
    }
}

@Test func anImportThrowsWhatItsWatcherThrows() async throws {
    struct Mine: Error {}
    let thermostat = try await World().thermostat()
    await #expect(throws: Mine.self) {
        _ = try await thermostat.importWatched(list: ids(20_000)) { _ in throw Mine() }
    }
    await #expect(throws: Mine.self) {
        _ = try await thermostat.importWatched(list: ids(20_000)) { progress in
            if progress.added == progress.toAdd { throw Mine() }
        }
    }
}

@Test func aCancelledWaitEndsAndSixHundredWaitsDelayNobody() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    let stream = try await thermostat.eventStream()
    let cancelled = Task { try await stream.wait(atMost: 3600) }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
    var waiting: [Task<Bool, any Error>] = []
    for _ in 0..<600 {
        let one = try await thermostat.eventStream()
        waiting.append(Task { try await one.wait(atMost: 3600) })
    }
    _ = try await world.fleet.gateway(now: noon).connect(report: Report(device: bench, product: 94))
    _ = try await world.fleet.gateway(now: noon).publish(event: NewEvent(device: bench, name: "at last", product: 94))
    for one in waiting { #expect(try await one.value) }
}

@Test func liveEventsAreAnAsyncSequence() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    let received = Task {
        var names: [String] = []
        for try await event in thermostat.liveEvents() {
            names.append(event.name)
            if names.count == 3 { break }
        }
        return names
    }
    let speaking = Task {
        while !Task.isCancelled {
            _ = try await world.fleet.gateway(now: noon).publish(event: NewEvent(device: bench, name: "n", product: 94))
            try await Task.sleep(nanoseconds: 1_000_000)
        }
    }
    #expect(try await received.value == ["n", "n", "n"])
    speaking.cancel()
}

@Test func aCloseWaitsForARunningImport() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    let (begun, begins) = AsyncStream.makeStream(of: Void.self)
    let importing = Task {
        try await thermostat.importWatched(list: ids(40_000)) { _ in begins.yield() }
    }
    for await _ in begun { break }
    await world.fleet.close()
    #expect(try await importing.value.counts.imported == 40_000)
    #expect(try await world.fleet.close(within: 0))
    await #expect(throws: FleetError.self) { _ = try await world.fleet.close(within: -1) }
}
