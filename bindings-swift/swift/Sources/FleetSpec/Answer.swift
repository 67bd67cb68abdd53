import FleetCore
import Foundation

/// Converts the facade's answers to JSON in the form that `spec/README.md` documents, by reflection, because every
/// shape needs only the names of its fields.
func shown(_ value: Any) -> JSON {
    switch value {
    case let value as JSON: return value
    case let value as [String: JSON]: return .object(value)
    case let value as Bool: return .bool(value)
    case let value as any BinaryInteger: return .number(Int64(value))
    case let value as String: return .text(value)
    case let value as Date: return .text(Moment.text(value))
    case let value as Actor: return oneOf(value)
    case let value as ConfigurationAnswer: return oneOf(value)
    case let value as Identity: return oneOf(value, fields: true)
    case let value as NoticeSubject: return oneOf(value, fields: true)
    case let value as ChargePurpose: return oneOf(value, fields: true)
    case let value as Destination: return oneOf(value, fields: true)
    case PaymentResult.declinedSoft: return .object(["declined": .text("soft")])
    case PaymentResult.declinedHard: return .object(["declined": .text("hard")])
    case let value as [String: ConfigurationAnswer]: return .object(value.mapValues { shown($0) })
    // A value with a secret does not reflect it.
    case let value as Webhook: return .object(["url": .text(value.url)])
    case let value as IssuedToken: return .object(["token_id": .text(value.tokenId), "token": .text(value.token)])
    case let value as ClaimCode: return .object(["code": .text(value.code), "expires_at": shown(value.expiresAt)])
    case let value as ChargedCard: return .object(["number": shown(value.number), "token": .text(value.token)])
    case let value as BetaGuest:
        return .object([
            "user_name": .text(value.userName), "code": .text(value.code), "used_at": shown(value.usedAt as Any),
        ])
    case let value as BetaLine:
        return .object([
            "line": shown(value.line), "verdict": shown(value.verdict), "user_name": shown(value.userName as Any),
            "code": shown(value.code as Any), "used_at": shown(value.usedAt as Any),
            "duplicate_of": shown(value.duplicateOf as Any), "message": shown(value.message as Any),
        ])
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { shown($0.value) } ?? .null
    case .collection: return .list(mirror.children.map { shown($0.value) })
    case .struct, .tuple: return .object(fields(mirror))
    case .enum:
        guard let (name, payload) = record(mirror) else {
            let word = JSON.text(snake("\(value)"))
            return value is Published ? .object(["kind": word]) : word
        }
        return .object(payload.merging(["kind": .text(name)]) { $1 })
    default: return .text("a \(type(of: value)) that this runner can't show")
    }
}

/// A choice: its name, with its record or its only field if it has one.
private func oneOf(_ value: Any, fields: Bool = false) -> JSON {
    guard let (name, record) = record(Mirror(reflecting: value)) else { return .text(snake("\(value)")) }
    return .object([name: fields ? .object(record) : record.values.first ?? .null])
}

/// The name of a case, and the record that it carries.
private func record(_ mirror: Mirror) -> (name: String, fields: [String: JSON])? {
    guard let child = mirror.children.first, let name = child.label else { return nil }
    // `ConfigurationAnswer` has a labelled value in place of a record.
    let inner = shown(child.value)
    if case .object(let fields) = inner { return (snake(name), fields) }
    return (snake(name), ["value": inner])
}

/// Names that are reserved words in some language.
private let renamed = ["from_version": "from", "starts_at": "from", "ends_at": "to"]

private func fields(_ mirror: Mirror) -> [String: JSON] {
    var fields: [String: JSON] = [:]
    for child in mirror.children {
        let name = snake(child.label ?? "")
        fields[renamed[name] ?? name] = shown(child.value)
    }
    return fields
}

/// `groupRelease` as `group_release`.
func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
        text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter)
    }
}

/// Moments as scenarios write them: RFC 3339, or whole seconds after noon of 8 March 2016.
enum Moment {
    static let noon = Date(timeIntervalSince1970: 1_457_438_400)

    static func read(_ value: JSON) throws -> Date {
        switch value {
        case .number(let seconds): return noon.addingTimeInterval(Double(seconds))
        case .text(let text):
            let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
            guard text.hasSuffix("Z"), parts.count <= 2,
                let whole = try? Date("\(parts[0])Z", strategy: .iso8601),
                let fraction = parts.count == 2 ? Double("0.\(parts[1])") : 0
            else { throw Malformed("`\(text)` is not a moment") }
            return whole.addingTimeInterval(fraction)
        default: throw Malformed("\(value) is not a moment")
        }
    }

    static func text(_ date: Date) -> String {
        let millis = Int64((date.timeIntervalSince1970 * 1000).rounded())
        let (seconds, rest) = (millis - ((millis % 1000) + 1000) % 1000, ((millis % 1000) + 1000) % 1000)
        let whole = Date(timeIntervalSince1970: Double(seconds) / 1000).formatted(.iso8601)
        if rest == 0 { return whole }
        var fraction = String(String(rest + 1000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole.dropLast()).\(fraction)Z"
    }
}
