import FleetCore
import Foundation

/// A file of scenarios. The Rust runner checks that it is well formed.
struct SpecFile: Decodable {
    let version: Int
    let catalogue: [JSON]?
    let given: [[String: JSON]]?
    let scenarios: [Scenario]
}

struct Scenario: Decodable {
    let name: String
    let steps: [[String: JSON]]
}

/// A step's difference from the expected answer.
struct Difference: Error, CustomStringConvertible {
    let description: String
}

final class Runner {
    private let vectors: Vectors
    /// A PostgreSQL server, if there is one. Each scenario has its own schema there.
    private let server = ProcessInfo.processInfo.environment["FLEET_POSTGRES"] ?? ""
    private var schemas = 0
    private var passed = 0
    private var failed = 0

    init(vectors: Vectors) {
        self.vectors = vectors
    }

    /// Runs a file, or every `.json` under a folder, each scenario on a fresh store of every kind.
    func run(_ path: URL) async {
        var isFolder: ObjCBool = false
        let files = FileManager.default
        guard files.fileExists(atPath: path.path, isDirectory: &isFolder) else {
            return note("\(path.path)", failed: "can't be read")
        }
        if !isFolder.boolValue { return await runFile(path) }
        let found = files.enumerator(at: path, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        for file in found.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
            await runFile(file)
        }
    }

    /// Prints the final count. Returns whether all scenarios passed and at least one ran.
    func summary() -> Bool {
        print("\(passed) passed, \(failed) failed")
        return failed == 0 && passed > 0
    }

    private func runFile(_ path: URL) async {
        do {
            let file = try JSONDecoder().decode(SpecFile.self, from: Data(contentsOf: path))
            guard file.version == 1 else { throw Malformed("version \(file.version) of the format is not supported") }
            let tiers = try file.catalogue?.map { try asObject($0, tier) }
            for scenario in file.scenarios {
                for store in ["memory", "sqlite"] + (server.isEmpty ? [] : ["postgres"]) {
                    let title = "\(path.lastPathComponent): \(scenario.name) [\(store)]"
                    do {
                        try await runScenario((file.given ?? []) + scenario.steps, store: store, tiers: tiers)
                        passed += 1
                    } catch {
                        note(title, failed: "\(error)")
                    }
                }
            }
        } catch {
            note(path.path, failed: "\(error)")
        }
    }

    private func note(_ title: String, failed why: String) {
        print("FAILED \(title): \(why)")
        failed += 1
    }

    private func runScenario(_ steps: [[String: JSON]], store: String, tiers: [Tier]?) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-\(UUID().uuidString)")
        var url = "memory:"
        if store == "sqlite" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            url = "sqlite:\(folder.path)/fleet.db?synchronous=normal"
        } else if store == "postgres" {
            schemas += 1
            url = "\(server)?schema=swift_\(ProcessInfo.processInfo.processIdentifier)_\(schemas)"
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let fleet = try await Fleet.open(url: url, options: FleetOptions(tiers: tiers))
        var world = World(fleet: fleet, vectors: vectors)
        do {
            for (index, step) in steps.enumerated() {
                do {
                    try await world.perform(step)
                } catch {
                    throw Difference(description: "step \(index + 1), \(step["do"] ?? .null): \(error)")
                }
            }
        } catch {
            await fleet.close()
            throw error
        }
        await fleet.close()
    }
}

/// A scenario's fleet, and the values that its steps have saved.
struct World {
    let fleet: Fleet
    let vectors: Vectors
    let streams = Streams()
    var now = Moment.noon
    var saved: [String: JSON] = [:]

    private static let common: Set<String> = ["do", "at", "as", "expect", "error", "message", "save"]

    mutating func perform(_ step: [String: JSON]) async throws {
        if let at = step["at"] { now = try Moment.read(at) }
        let arguments = Arguments(step.filter { !Self.common.contains($0.key) }, saved: saved)
        let code = try step["error"].map(asText)
        do {
            let answer = try await ask(asText(step["do"] ?? .null), as: step["as"].map(asText), arguments)
            try strictly(arguments)
            if let code { throw Difference(description: "expected the error `\(code)`, found \(shown(answer))") }
            try compare(answer is Void ? .object([:]) : shown(answer), step)
        } catch let error as FleetError {
            try strictly(arguments)
            guard let code else {
                throw Difference(description: "found the error `\(error.code)`: \(error.message)")
            }
            let part = try step["message"].map(asText) ?? ""
            guard error.code.rawValue == code, part.isEmpty || spelt(error).contains(part) else {
                throw Difference(
                    description: "expected `\(code)`: \(part), found `\(error.code)`: \(error.message)")
            }
        }
    }

    /// `as` names the actor of a console; the token names the actor of a portal; the other doors have none.
    private func ask(_ name: String, as actor: String?, _ arguments: Arguments) async throws -> Any {
        if let actor {
            let console =
                try actor == "operator"
                ? fleet.operator(now: now) : fleet.console(account: arguments.account(actor), now: now)
            if let answer = try await products(name, console, arguments) { return answer }
            if let answer = try await team(name, console, arguments) { return answer }
            if let answer = try await customers(name, console, vectors, arguments) { return answer }
            if let answer = try await devices(name, console, vectors, arguments) { return answer }
            if let answer = try await firmware(name, console, vectors, arguments) { return answer }
            if let answer = try await events(name, console, streams, arguments) { return answer }
            if let answer = try await billing(name, console, arguments) { return answer }
            throw Malformed("no console has this command")
        }
        let enter = { [fleet, now] in try fleet.portal(token: arguments.text("token"), now: now) }
        if let answer = try await portal(name, enter, arguments) { return answer }
        if let answer = try await gateway(name, fleet.gateway(now: now), arguments) { return answer }
        if let answer = try await clock(name, fleet.clock(now: now), arguments) { return answer }
        if let answer = try await host(name, fleet, now, arguments) { return answer }
        throw Malformed("there is no such command, or it needs an actor: name one with `as`")
    }

    private func strictly(_ arguments: Arguments) throws {
        if let name = arguments.unknown.first { throw Malformed("`\(name)` is not an argument of this command") }
    }

    private mutating func compare(_ answer: JSON, _ step: [String: JSON]) throws {
        let expected = try fill(step["expect"] ?? .object([:]), from: saved)
        let found = differences(at: "answer", expected: expected, found: answer)
        if !found.isEmpty { throw Difference(description: found.joined(separator: "; ")) }
        if let name = try step["save"].map(asText) { saved[name] = answer }
    }
}

/// Rewrites an error's message with the argument's name as the scenarios write it.
private func spelt(_ error: FleetError) -> String {
    guard case .invalid(let invalid) = error.kind, error.message.hasPrefix(invalid.field) else { return error.message }
    let snake = invalid.field.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    return snake + error.message.dropFirst(invalid.field.count)
}
