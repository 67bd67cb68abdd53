import Foundation

/// JSON as it is in the scenarios.
indirect enum JSON: Decodable, Equatable, Sendable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Int64)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(from decoder: Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Int64.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    subscript(_ part: String) -> JSON? {
        switch self {
        case .object(let fields): fields[part]
        case .list(let items): Int(part).flatMap { items.indices.contains($0) ? items[$0] : nil }
        default: nil
        }
    }

    var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        case .list(let items): "[\(items.map(\.description).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
        }
    }
}

/// Lists the differences from the expected answer: an object may have more fields than are listed, and a field that is
/// expected to be null may be missing.
func differences(at place: String, expected: JSON, found: JSON) -> [String] {
    switch (expected, found) {
    case (.object(let expected), .object(let found)):
        return expected.sorted { $0.key < $1.key }.flatMap { key, expected in
            differences(at: "\(place).\(key)", expected: expected, found: found[key] ?? .null)
        }
    case (.list(let expected), .list(let found)) where expected.count == found.count:
        return zip(expected, found).enumerated().flatMap { index, pair in
            differences(at: "\(place).\(index)", expected: pair.0, found: pair.1)
        }
    default:
        return expected == found ? [] : ["\(place): expected \(expected), found \(found)"]
    }
}
