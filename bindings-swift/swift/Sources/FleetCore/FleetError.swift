import FleetGenerated
import Foundation

extension FleetError {
    /// A stable code, the same in every language.
    public var code: String {
        switch self { case .Failed(let code, _, _, _): code }
    }

    /// A sentence for people. It says what to do next.
    public var message: String {
        switch self { case .Failed(_, let reason, _, _): reason }
    }

    /// Whether the same call may succeed when retried, without any other change.
    public var isTransient: Bool {
        switch self { case .Failed(_, _, let isTransient, _): isTransient }
    }

    /// The kind of failure, with the data that a caller branches on.
    public var kind: FailureKind {
        switch self { case .Failed(_, _, _, let kind): kind }
    }
}

extension FleetError: LocalizedError {
    public var errorDescription: String? { message }
}
