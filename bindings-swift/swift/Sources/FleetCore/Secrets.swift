import FleetGenerated

// A value with a secret prints without it, also within an array, an optional or a `dump`, because others read what is
// logged.

extension IssuedToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "IssuedToken(tokenId: \(tokenId), token: hidden)" }
    public var customMirror: Mirror { Mirror(self, children: ["tokenId": tokenId]) }
}

extension ClaimCode: CustomStringConvertible, CustomReflectable {
    public var description: String { "ClaimCode(code: hidden, expiresAt: \(expiresAt))" }
    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}

extension ChargedCard: CustomStringConvertible, CustomReflectable {
    public var description: String { "ChargedCard(number: \(number), token: hidden)" }
    public var customMirror: Mirror { Mirror(self, children: ["number": number]) }
}

extension Webhook: CustomStringConvertible, CustomReflectable {
    public var description: String { "Webhook(url: hidden)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension BetaGuest: CustomStringConvertible, CustomReflectable {
    public var description: String { "BetaGuest(userName: \(userName), code: hidden)" }
    public var customMirror: Mirror { Mirror(self, children: ["userName": userName]) }
}

extension BetaLine: CustomStringConvertible, CustomReflectable {
    public var description: String { "BetaLine(line: \(line), verdict: \(verdict), code: hidden)" }
    public var customMirror: Mirror { Mirror(self, children: ["line": line, "verdict": verdict]) }
}
