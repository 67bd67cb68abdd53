import FleetCore
import Foundation
import Testing

/// Values that doors return are stored in caches and files and sent between processes.
private func again<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}

private func comesBack<Value: Codable & Equatable>(_ value: Value) throws {
    #expect(try again(value) == value)
    #expect(try again([value]) == [value])
    let list = try PropertyListEncoder().encode([value])
    #expect(try PropertyListDecoder().decode([Value].self, from: list) == [value])
}

@Test func valuesAreEqualAfterEncoding() async throws {
    let world = try await World()
    let console = try world.console()
    let thermostat = try console.product(id: 94)
    let gateway = world.fleet.gateway(now: noon.addingTimeInterval(0.123))
    let connected = try await gateway.connect(report: Report(device: bench, product: 94, version: 1))
    try comesBack(connected)
    try comesBack(connected.answer)
    for destination in [Destination.liveStream, .integration(Integration(name: "hub"))] {
        try comesBack(destination)
        try comesBack(try await thermostat.subscribe(to: destination))
    }
    try comesBack(try await gateway.publish(event: NewEvent(device: bench, name: "boot", product: 94)))
    _ = try await thermostat.createCustomer(userName: "carl@example.com")
    try comesBack(try await thermostat.customers(filter: CustomerFilter()))
    try comesBack(try await thermostat.get())
    try comesBack(try await thermostat.summary())
    try comesBack(try await thermostat.devices(filter: DeviceFilter()))
    try comesBack(try await thermostat.planImport(list: ids(3)))
    try comesBack(try await thermostat.device(id: bench).explain())
    try comesBack(try await thermostat.events())
    try comesBack(try await thermostat.auditLog())
    try comesBack(try await thermostat.billingStatus())
    try comesBack(try await thermostat.usage())
    try comesBack(try await thermostat.team())
    try comesBack(try await thermostat.configuration())
    try comesBack(Report(device: bench, version: 65_535, session: 7, reportedAt: noon))
    try comesBack(Tier(name: "One", devices: 1))
    do {
        _ = try await console.product(id: 95).get()
        Issue.record("there is no product 95")
    } catch let error as FleetError {
        try comesBack(error)
    }
}

/// A field that is added to a record is optional, so neither the `switch` nor the initializers here need a change.
@Test func aCaseCarriesOneRecordThatIsMadeWithoutItsOptionalFields() throws {
    let held = HeldDecision(reason: .ownerLocked, since: noon, cites: "R-PAY-5", why: "held: the owner is locked")
    let decisions: [Decision] = [
        .held(held), .upToDate(UpToDateDecision(rule: .release, imageDiffers: false, cites: "R-TGT-1", why: "")),
    ]
    let since = decisions.map { decision in
        switch decision {
        case .held(let held): held.since
        case .update, .upToDate: nil as Date?
        }
    }
    #expect(since == [noon, nil])
    let notice = NoticeSubject.accountUnlocked(AccountUnlockedNotice(account: 1, invoice: 2))
    guard case .accountUnlocked(let unlocked) = notice else { return #expect(notice == .other) }
    #expect((unlocked.account, unlocked.invoice) == (1, 2))
    // Without a version, a release is withdrawn.
    #expect(Change.release(ReleaseChange()) == .release(ReleaseChange(version: nil)))
}

@Test func aCodeThatIsNotNamedIsACodeToo() throws {
    let code: FailureCode = "of_a_newer_core"
    let known = switch code {
    case .notFound, .forbidden: true
    default: false
    }
    #expect(!known)
    #expect("\(code)" == code.rawValue)
    try comesBack(code)
}

@Test func aValueWithASecretIsNotEncoded() throws {
    let secret = "4f6b1c0d"
    func refuses<Value: Encodable>(_ value: Value) {
        do {
            _ = try JSONEncoder().encode(value)
            Issue.record("\(value) was encoded")
        } catch let error as FleetError {
            #expect(error.code == "invalid")
            #expect(error.message.contains("holds a secret and is not serialised"))
            #expect(!error.message.contains(secret))
        } catch {
            Issue.record(error)
        }
    }
    refuses(IssuedToken(tokenId: "t-1", token: secret))
    refuses([IssuedToken(tokenId: "t-1", token: secret)])
    refuses(ClaimCode(code: secret, expiresAt: noon))
    refuses(ChargedCard(number: 1, token: secret))
    refuses(Destination.webhook(Webhook(url: "https://example.com/\(secret)")))
    let line = BetaLine(line: 1, verdict: .malformed, message: "not an e-mail")
    try comesBack(line)
    var invited = line
    invited.code = secret
    refuses(invited)
}
