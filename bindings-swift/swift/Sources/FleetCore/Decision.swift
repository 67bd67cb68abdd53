import FleetGenerated

extension Decision {
    /// A sentence for people: what the device is to do, and why.
    public var why: String {
        switch self {
        case .upToDate(_, _, _, _, _, let why), .update(_, _, _, _, _, let why),
            .held(_, _, _, _, _, _, _, _, _, _, _, _, _, let why):
            why
        }
    }

    /// The rule that decided, such as `R-TGT-4 lock`.
    public var cites: String {
        switch self {
        case .upToDate(_, _, _, _, let cites, _), .update(_, _, _, _, let cites, _),
            .held(_, _, _, _, _, _, _, _, _, _, _, _, let cites, _):
            cites
        }
    }

    /// The directive to send to the device. `nil` if there is none.
    public var directive: Directive? {
        if case .update(let directive, _, _, _, _, _) = self { directive } else { nil }
    }
}
