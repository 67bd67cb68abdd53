import FleetCore
import Foundation
import Testing

/// A store for this test: a sorted array of rows behind a lock.
final class ArrayStore: RowStore, @unchecked Sendable {
    private let lock = NSLock()
    private var rows: [StoredRow]
    /// A weak store skips the checks on purpose.
    private let isWeak: Bool

    init(isWeak: Bool = false) {
        (self.isWeak, rows) = (isWeak, [])
    }

    /// The data of another store.
    init(again other: ArrayStore) {
        (isWeak, rows) = (other.isWeak, other.lock.withLock { other.rows })
    }

    func get(keys: [Data]) throws -> [StoredRow?] {
        lock.withLock { keys.map { row($0) } }
    }

    func scan(range: KeyRange) throws -> [StoredRow] {
        lock.withLock {
            let first = rows.firstIndex { row in
                range.first.lexicographicallyPrecedes(row.key) || (range.firstIncluded && row.key == range.first)
            }
            let last = rows.lastIndex { row in
                row.key.lexicographicallyPrecedes(range.last) || (range.lastIncluded && row.key == range.last)
            }
            guard let first, let last, first <= last else { return [] }
            let found = rows[first...last]
            let limit = Int(clamping: range.limit)
            return range.reverse ? Array(found.reversed().prefix(limit)) : Array(found.prefix(limit))
        }
    }

    func commit(batch: [RowCommit]) throws -> [Bool] {
        lock.withLock { batch.map(apply) }
    }

    private func apply(_ commit: RowCommit) -> Bool {
        guard isWeak || commit.checks.allSatisfy({ row($0.key)?.stamp == $0.stamp }) else { return false }
        for write in commit.writes {
            switch write {
            case .put(let row): put(row)
            case .delete(let deletion):
                let (index, isThere) = position(deletion.key)
                if isThere { rows.remove(at: index) }
            case .add(let addition):
                let (key, delta) = (addition.key, addition.delta)
                let sum = (row(key).flatMap { Int64($0.record) } ?? 0).addingReportingOverflow(delta)
                let count = sum.overflow ? (delta > 0 ? Int64.max : Int64.min) : sum.partialValue
                put(StoredRow(key: key, record: "\(count)", stamp: 0))
            }
        }
        return true
    }

    private func row(_ key: Data) -> StoredRow? {
        let (index, isThere) = position(key)
        return isThere ? rows[index] : nil
    }

    private func put(_ row: StoredRow) {
        let (index, isThere) = position(row.key)
        if isThere { rows[index] = row } else { rows.insert(row, at: index) }
    }

    /// The index of a key, or where to insert it.
    private func position(_ key: Data) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].key.lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
        }
        return (low, low < rows.count && rows[low].key == key)
    }
}

private final class Factory: StoreFactory {
    private let isWeak: Bool

    init(isWeak: Bool) {
        self.isWeak = isWeak
    }

    func make() -> RowStore { ArrayStore(isWeak: isWeak) }
}

/// Reopens a store's data, or loses it.
private final class Reopener: StoreReopener {
    private let forgets: Bool

    init(forgets: Bool) {
        self.forgets = forgets
    }

    func reopen(store: RowStore) throws -> RowStore {
        guard let before = store as? ArrayStore else { throw RowStoreError.Broken(reason: "it is another's store") }
        return forgets ? ArrayStore() : ArrayStore(again: before)
    }
}

private final class BrokenStore: RowStore {
    func get(keys: [Data]) throws -> [StoredRow?] { throw RowStoreError.Unavailable(reason: "the disk is away") }
    func scan(range: KeyRange) throws -> [StoredRow] { throw RowStoreError.Broken(reason: "the disk is broken") }
    func commit(batch: [RowCommit]) throws -> [Bool] { throw RowStoreError.OutcomeUnknown(reason: "the line broke") }
}

@Test func aStoreWrittenInSwiftKeepsEveryLaw() async {
    #expect(await conformance(factory: Factory(isWeak: false), reopener: Reopener(forgets: false)) == [])
}

@Test func aStoreThatLosesItsDataIsDetected() async {
    let broken = await conformance(factory: Factory(isWeak: false), reopener: Reopener(forgets: true))
    #expect(broken.map(\.law) == ["what_was_committed_is_there_again", "stamps_guard_after_reopening"])
}

@Test func aStoreThatSkipsItsChecksIsDetected() async {
    let broken = await conformance(factory: Factory(isWeak: true))
    #expect(broken.contains { $0.law == "no_update_is_lost" })
}

@Test func aFleetWorksInAStoreWrittenInSwift() async throws {
    let world = try await World(fleet: Fleet.openStore(store: ArrayStore()))
    #expect(try await world.thermostat().summary().devices == 1)
}

@Test func anErrorOfAStoreIsReportedToTheCaller() async throws {
    let fleet = try await Fleet.openStore(store: BrokenStore())
    do {
        _ = try await fleet.operator(now: noon).product(id: 94).get()
        Issue.record("a store that is broken answered")
    } catch let error as FleetError {
        #expect(error.isTransient)
        #expect(error.kind == .storeFailed)
        #expect(error.message.contains("the disk is away"))
    }
}
