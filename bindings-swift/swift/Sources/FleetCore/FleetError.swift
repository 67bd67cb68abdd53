import FleetGenerated
import Foundation

extension FleetError {
    /// Everything that is known of the failure.
    public var failure: FleetFailure {
        switch self { case .failed(let failure): failure }
    }

    /// A stable code, the same in every language. `FailureCode` names the codes of this version.
    public var code: FailureCode { FailureCode(rawValue: failure.code) }

    /// A sentence for people. It says what to do next.
    public var message: String { failure.message }

    /// Whether the same call may succeed when retried, without any other change.
    public var isTransient: Bool { failure.isTransient }

    /// The kind of failure, with the data that a caller branches on.
    public var kind: FailureKind { failure.kind }

    /// A malformed argument.
    static func invalid(_ field: String, _ problem: String) -> FleetError {
        let kind = FailureKind.invalid(InvalidFailure(field: field, problem: problem))
        let message = "\(field): \(problem)"
        return .failed(FleetFailure(code: "invalid", message: message, isTransient: false, kind: kind))
    }
}

extension FleetError: LocalizedError {
    public var errorDescription: String? { message }
}
