import FleetCore
import Foundation
import Testing

private final class Progress: @unchecked Sendable {
    private let lock = NSLock()
    private var list: [ImportProgress] = []

    func add(_ progress: ImportProgress) { lock.withLock { list.append(progress) } }
    var all: [ImportProgress] { lock.withLock { list } }
}

@Test func aLongImportReportsItsProgress() async throws {
    let world = try await World()
    let progress = Progress()
    let report = try await world.thermostat().importWatched(list: ids(20_000)) { progress.add($0) }
    #expect(report.counts.imported == 20_000)
    #expect(progress.all.map(\.added) == progress.all.map(\.added).sorted())
    #expect(progress.all.last == ImportProgress(added: 20_000, toAdd: 20_000))
    #expect(progress.all.count > 1)
}

@Test func aCancelledImportStopsAndCanBeContinued() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    let importing = Task {
        try await thermostat.importWatched(list: ids(20_000)) { _ in
            // It waits here until the holder of the task has cancelled it.
            cancelled.signal()
            resumed.wait()
        }
    }
    Thread.detachNewThread {
        cancelled.wait()
        importing.cancel()
        // Further reports do not block it.
        for _ in 0..<10 { resumed.signal() }
    }
    await #expect(throws: CancellationError.self) { _ = try await importing.value }
    let added = try await thermostat.summary().devices - 1
    #expect(added > 0 && added < 20_000)
    let report = try await thermostat.import(list: ids(20_000))
    #expect(report.counts.imported + report.counts.alreadyHere == 20_000)
    #expect(try await thermostat.summary().devices == 20_001)
}

@Test func aCancelledImportWithoutAWatcherStopsToo() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    let importing = Task { try await thermostat.import(list: ids(200_000)) }
    while try await thermostat.summary().devices < 2 { try await Task.sleep(nanoseconds: 1_000_000) }
    importing.cancel()
    await #expect(throws: CancellationError.self) { _ = try await importing.value }
    // The running import ends after its next few thousand devices; closing waits for that.
    let report = try await thermostat.import(list: ids(10))
    #expect(report.counts.imported + report.counts.alreadyHere == 10)
    #expect(try await thermostat.summary().devices < 200_001)
    let planning = Task { try await thermostat.planImport(list: ids(200_000)) }
    planning.cancel()
    await #expect(throws: CancellationError.self) { _ = try await planning.value }
}

/// Without the cancellation, it would run for ten seconds, the most that a query may.
@Test func aCancelledQueryEnds() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let fleet = try await Fleet.open(url: "sqlite:\(folder.path)/fleet.db")
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    let querying = Task { try await fleet.query(sql: endless) }
    try await Task.sleep(nanoseconds: 100_000_000)
    querying.cancel()
    await #expect(throws: CancellationError.self) { _ = try await querying.value }
    // Closing waits for the calls that still run.
    #expect(try await fleet.close(within: 4))
}

@Test func anErrorOfTheWatcherAtTheLastReportIsThrown() async throws {
    struct Mine: Error, Equatable {}
    let world = try await World()
    let thermostat = try world.thermostat()
    await #expect(throws: Mine()) {
        _ = try await thermostat.importWatched(list: ids(9_000)) { if $0.added == $0.toAdd { throw Mine() } }
    }
    #expect(try await thermostat.summary().devices == 9_001)
}

private let cancelled = DispatchSemaphore(value: 0)
private let resumed = DispatchSemaphore(value: 0)

@Test func manyTasksUseOneFleet() async throws {
    let world = try await World()
    let fleet = world.fleet
    _ = try await world.thermostat().import(list: ids(200))
    try await withThrowingTaskGroup(of: Connected.self) { group in
        for number in 1...200 {
            group.addTask {
                let device = String(format: "aa%022x", number)
                let report = Report(device: device, product: 94, version: 1)
                return try await fleet.gateway(now: noon).connect(report: report)
            }
        }
        for try await connected in group { #expect(connected.product == 94) }
    }
    let summary = try await world.thermostat().summary()
    #expect(summary.online == 200)
    #expect(summary.versions == [VersionCount(version: 1, devices: 200)])
}

@MainActor @Test func anAnswerIsWaitedForWithoutHoldingUpTheMainActor() async throws {
    let world = try await World()
    let thermostat = try world.thermostat()
    var beats = 0
    let heart = Task { @MainActor in
        while !Task.isCancelled {
            beats += 1
            await Task.yield()
        }
    }
    // Long enough for a heartbeat also on a busy machine.
    _ = try await thermostat.import(list: ids(200_000))
    heart.cancel()
    #expect(beats > 1)
}

@Test func eventsArriveOnAStreamAndAreInTheLog() async throws {
    let world = try await World()
    let console = try world.console()
    let thermostat = try console.product(id: 94)
    let stream = try await thermostat.eventStream()
    #expect(try await !stream.wait(atMost: 0.001))
    let names = ["door/opened", "door/closed"]
    for (second, name) in names.enumerated() {
        let gateway = world.fleet.gateway(now: noon.addingTimeInterval(Double(second)))
        _ = try await gateway.publish(event: NewEvent(device: bench, name: name, product: 94))
    }
    #expect(try await stream.wait(atMost: 10))
    #expect(try await console.readEventStream(stream: stream).items.map(\.name) == names)
    var logged: [String] = []
    for try await event in thermostat.wholeEventLog(prefix: "door/") { logged.append(event.name) }
    #expect(logged == names.reversed())
}
