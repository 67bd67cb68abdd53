import FleetGenerated
import Foundation

extension FleetError {
    /// A stable word, the same in every language.
    public var code: String {
        switch self { case .Failed(let code, _, _, _): code }
    }

    /// A sentence for a person, which says what to do next.
    public var message: String {
        switch self { case .Failed(_, let reason, _, _): reason }
    }

    /// Whether the same call may succeed when it is made again, without anything else being changed.
    public var isTransient: Bool {
        switch self { case .Failed(_, _, let isTransient, _): isTransient }
    }

    /// What went wrong, with what a caller branches on.
    public var kind: FailureKind {
        switch self { case .Failed(_, _, _, let kind): kind }
    }
}

extension FleetError: LocalizedError {
    public var errorDescription: String? { message }
}
