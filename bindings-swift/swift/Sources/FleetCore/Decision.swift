import FleetGenerated

extension Decision {
    /// A sentence for people: what the device is to do, and why.
    public var why: String {
        switch self {
        case .upToDate(let decision): decision.why
        case .update(let decision): decision.why
        case .held(let decision): decision.why
        }
    }

    /// The rule that decided, such as `R-TGT-4 lock`.
    public var cites: String {
        switch self {
        case .upToDate(let decision): decision.cites
        case .update(let decision): decision.cites
        case .held(let decision): decision.cites
        }
    }

    /// The directive to send to the device. `nil` if there is none.
    public var directive: Directive? {
        if case .update(let decision) = self { decision.directive } else { nil }
    }
}
