import FleetGenerated

extension Decision {
    /// A sentence for a person: what the device is to do, and why.
    public var why: String {
        switch self {
        case .upToDate(_, _, _, _, _, let why), .update(_, _, _, _, _, let why),
            .held(_, _, _, _, _, _, _, _, _, _, let why):
            why
        }
    }

    /// The rule that decided, such as `R-TGT-4 lock`.
    public var cites: String {
        switch self {
        case .upToDate(_, _, _, _, let cites, _), .update(_, _, _, _, let cites, _),
            .held(_, _, _, _, _, _, _, _, _, let cites, _):
            cites
        }
    }

    /// What the device is to be sent; nil: nothing.
    public var directive: Directive? {
        if case .update(let directive, _, _, _, _, _) = self { directive } else { nil }
    }
}
