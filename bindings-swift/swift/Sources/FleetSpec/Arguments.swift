import FleetCore
import Foundation

/// A step that cannot be carried out.
struct Malformed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The arguments of a step, with references replaced. An argument that no command reads is an error, so that a step
/// with a misspelt argument cannot pass.
final class Arguments {
    private let fields: [String: JSON]
    private let saved: [String: JSON]
    private var asked: Set<String> = []

    init(_ fields: [String: JSON], saved: [String: JSON]) {
        self.fields = fields
        self.saved = saved
    }

    /// The names of the arguments that no command read.
    var unknown: [String] {
        fields.keys.filter { !asked.contains($0) }.sorted()
    }

    func given(_ name: String) throws -> JSON? {
        asked.insert(name)
        guard let value = fields[name], value != .null else { return nil }
        return try fill(value, from: saved)
    }

    private func needed<T>(_ name: String, _ read: (JSON) throws -> T) throws -> T {
        guard let value = try given(name) else { throw Malformed("`\(name)` is missing") }
        return try read(value)
    }

    func text(_ name: String) throws -> String { try needed(name, asText) }
    func textIfAny(_ name: String) throws -> String? { try given(name).map(asText) }
    func number<N: FixedWidthInteger>(_ name: String) throws -> N { try needed(name, asNumber) }
    func numberIfAny<N: FixedWidthInteger>(_ name: String) throws -> N? { try given(name).map(asNumber) }
    func bool(_ name: String) throws -> Bool { try needed(name, asBool) }
    func boolIfAny(_ name: String) throws -> Bool? { try given(name).map(asBool) }
    func momentIfAny(_ name: String) throws -> Date? { try given(name).map(Moment.read) }
    func items(_ name: String) throws -> [JSON] { try needed(name, asList) }
    func itemsIfAny(_ name: String) throws -> [JSON]? { try given(name).map(asList) }
    func word<W>(_ name: String, of words: [W]) throws -> W { try needed(name) { try asWord($0, of: words) } }
    func wordIfAny<W>(_ name: String, of words: [W]) throws -> W? { try given(name).map { try asWord($0, of: words) } }

    /// The fields of an object, read as strictly.
    func object<T>(_ name: String, _ read: (Arguments) throws -> T) throws -> T? {
        try given(name).map { try asObject($0, read) }
    }

    /// An account's number, by the name that it was saved under.
    func account(_ name: String) throws -> Int64 {
        guard let number = saved[name]?["id"] else { throw Malformed("no step before saved `\(name)`") }
        return try asNumber(number)
    }

    func objects<T>(_ name: String, _ read: (Arguments) throws -> T) throws -> [T] {
        try items(name).map { try asObject($0, read) }
    }
}

/// Replaces the references in a value.
func fill(_ value: JSON, from saved: [String: JSON]) throws -> JSON {
    switch value {
    case .text(let text) where text.hasPrefix("$"):
        let parts = text.dropFirst().split(separator: ".").map(String.init)
        let found = parts.dropFirst().reduce(saved[parts.first ?? ""]) { $0?[$1] }
        guard let found else { throw Malformed("`\(text)`: there is no such field in the saved answer") }
        return found
    case .list(let items): return .list(try items.map { try fill($0, from: saved) })
    case .object(let fields): return .object(try fields.mapValues { try fill($0, from: saved) })
    default: return value
    }
}

func asObject<T>(_ value: JSON, _ read: (Arguments) throws -> T) throws -> T {
    guard case .object(let fields) = value else { throw Malformed("\(value) is not an object") }
    let arguments = Arguments(fields, saved: [:])
    let found = try read(arguments)
    if let name = arguments.unknown.first { throw Malformed("`\(name)` is not a known field") }
    return found
}

func asText(_ value: JSON) throws -> String {
    switch value {
    case .text(let text): return text
    case .number(let number): return "\(number)"
    // A long text is written as the repeated part and its count.
    case .object(let repeated):
        return try String(repeating: asText(repeated["repeat"] ?? .null), count: asNumber(repeated["times"] ?? .null))
    default: throw Malformed("\(value) is not a text")
    }
}

func asNumber<N: FixedWidthInteger>(_ value: JSON) throws -> N {
    guard case .number(let number) = value, let exact = N(exactly: number) else {
        throw Malformed("\(value) is not a number in this range")
    }
    return exact
}

func asBool(_ value: JSON) throws -> Bool {
    guard case .bool(let bool) = value else { throw Malformed("\(value) is neither true nor false") }
    return bool
}

func asList(_ value: JSON) throws -> [JSON] {
    guard case .list(let items) = value else { throw Malformed("\(value) is not a list") }
    return items
}

func asWord<W>(_ value: JSON, of words: [W]) throws -> W {
    guard let word = words.first(where: { .text(snake("\($0)")) == value }) else {
        throw Malformed("\(value) is none of \(words.map { snake("\($0)") })")
    }
    return word
}
