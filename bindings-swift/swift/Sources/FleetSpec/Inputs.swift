import FleetCore
import Foundation

/// The files that scenarios name.
struct Vectors: Sendable {
    let folder: URL

    func read(_ name: String) throws -> Data {
        guard !name.split(separator: "/").contains(".."), !name.hasPrefix("/") else {
            throw Malformed("`\(name)` is not under fleet-core/tests/vectors")
        }
        return try Data(contentsOf: folder.appendingPathComponent(name))
    }

    /// A list to import.
    func list(_ arguments: Arguments) throws -> Data {
        let list = try arguments.object("list") { list -> Data in
            if let text = try list.textIfAny("text") { return Data(text.utf8) }
            if let name = try list.textIfAny("file") { return try read(name) }
            if let bytes = try list.itemsIfAny("bytes") { return Data(try bytes.map(asNumber)) }
            guard let run = try list.object("run", run) else { throw Malformed("`list` has no known form") }
            return run
        }
        guard let list else { throw Malformed("`list` is missing") }
        return list
    }

    /// The given number of consecutive ids, one a line.
    private func run(_ run: Arguments) throws -> Data {
        let (first, count): (String, UInt64) = (try run.text("first"), try run.number("count"))
        guard first.count == 24, let low = UInt64(first.suffix(15), radix: 16) else {
            throw Malformed("`first` is a device id")
        }
        let lines = (0..<count).map { step -> String in
            let digits = String(low + step, radix: 16)
            return first.prefix(9).lowercased() + String(repeating: "0", count: 15 - digits.count) + digits + "\n"
        }
        return Data(lines.joined().utf8)
    }

    /// A binary to upload.
    func binary(_ arguments: Arguments) throws -> Data {
        let binary = try arguments.object("binary") { binary -> Data in
            if let name = try binary.textIfAny("file") { return try read(name) }
            if let bytes = try binary.itemsIfAny("bytes") { return Data(try bytes.map(asNumber)) }
            guard let patched = try binary.object("patched", patched) else {
                throw Malformed("`binary` has no known form")
            }
            return patched
        }
        guard let binary else { throw Malformed("`binary` is missing") }
        return binary
    }

    private func patched(_ patched: Arguments) throws -> Data {
        var bytes = [UInt8](try read(patched.text("file")))
        for (at, patch) in try patched.objects("patches", { (try $0.number("at") as Int, try $0.items("bytes")) }) {
            guard at + patch.count <= bytes.count else { throw Malformed("a patch at \(at) goes beyond the file") }
            bytes.replaceSubrange(at..<at + patch.count, with: try patch.map(asNumber))
        }
        return Data(bytes)
    }
}

let scopes: [Scope] = [.see, .control, .claim]

/// A device's report.
func report(_ arguments: Arguments) throws -> Report {
    Report(
        device: try arguments.text("device"), product: try arguments.numberIfAny("product"),
        version: try arguments.numberIfAny("version"), image: try arguments.textIfAny("image"),
        platform: try arguments.textIfAny("platform"), system: try arguments.textIfAny("system"),
        securityCounter: try arguments.numberIfAny("security_counter"),
        chipRevision: try arguments.numberIfAny("chip_revision"),
        takesUpdates: try arguments.boolIfAny("takes_updates"), session: try arguments.numberIfAny("session"),
        reportedAt: try arguments.momentIfAny("reported_at"))
}

func listed(_ arguments: Arguments) throws -> ListedDevice {
    ListedDevice(device: try arguments.text("device"), platform: try arguments.textIfAny("platform"))
}

func deviceFilter(_ filter: Arguments) throws -> DeviceFilter {
    DeviceFilter(
        standing: try filter.wordIfAny("standing", of: [.member, .quarantined, .denied]),
        online: try filter.boolIfAny("online"), version: try filter.numberIfAny("version"),
        group: try filter.numberIfAny("group"), locked: try filter.boolIfAny("locked"),
        development: try filter.boolIfAny("development"), pending: try filter.boolIfAny("pending"),
        failing: try filter.boolIfAny("failing"), prefix: try filter.textIfAny("prefix"))
}

func customerFilter(_ filter: Arguments) throws -> CustomerFilter {
    let activity = try filter.object("activity") { activity in
        (since: try activity.momentIfAny("since"), notSince: try activity.momentIfAny("not_since"))
    }
    return CustomerFilter(
        activeSince: activity?.since, inactiveSince: activity?.notSince,
        withDevice: try filter.boolIfAny("with_device"), prefix: try filter.textIfAny("prefix"))
}

func policy(_ policy: Arguments) throws -> PolicySettings {
    let gate = try policy.object("gate") { gate in
        (devices: try gate.numberIfAny("devices") as UInt32?, soak: try gate.numberIfAny("soak_millis") as Int64?)
    }
    return PolicySettings(
        gateDevices: gate?.devices, gateSoakMillis: gate?.soak,
        wildcardProduct: try policy.boolIfAny("wildcard_product"),
        opaqueImages: try policy.boolIfAny("opaque_images"),
        forbidDowngrades: try policy.boolIfAny("forbid_downgrades"),
        approveByItself: try policy.boolIfAny("approve_by_itself"),
        knownIdsOnly: try policy.boolIfAny("known_ids_only"),
        quarantineLimit: try policy.numberIfAny("quarantine_limit"),
        invitationMillis: try policy.numberIfAny("invitation_millis"),
        authentication: try policy.wordIfAny("authentication", of: [.undecided, .simple, .twoLegged, .linked]),
        privateBeta: try policy.boolIfAny("private_beta"), logEvents: try policy.numberIfAny("log_events"),
        logAgeMillis: try policy.numberIfAny("log_age_millis"),
        eventIdMillis: try policy.numberIfAny("event_id_millis"),
        customersMay: try policy.itemsIfAny("customers_may")?.map { try asWord($0, of: scopes) },
        usageNotices: try policy.itemsIfAny("usage_notices")?.map(asNumber),
        clockToleranceMillis: try policy.numberIfAny("clock_tolerance_millis"))
}

func identity(_ arguments: Arguments) throws -> Identity? {
    guard let value = try arguments.given("identity") else { return nil }
    if value == .text("simple") { return .simple }
    return try asObject(value) { identity in
        if let user = try identity.object("two_legged", { try $0.text("user") }) { return .twoLegged(TwoLeggedIdentity(user: user)) }
        guard let account: Int64 = try identity.object("linked", { try $0.number("account") }) else {
            throw Malformed("`identity` has no known form")
        }
        return .linked(LinkedIdentity(account: account))
    }
}

func configurationAnswer(_ answer: Arguments) throws -> ConfigurationAnswer {
    if let text = try answer.textIfAny("text") { return .text(text: text) }
    if let yes = try answer.boolIfAny("yes_no") { return .yesNo(yes: yes) }
    if let chosen = try answer.itemsIfAny("some") { return .some(chosen: try chosen.map(asText)) }
    return .version(version: try answer.number("version"))
}

func change(_ change: Arguments) throws -> Change {
    switch try change.text("kind") {
    case "nothing": return .nothing
    case "release": return .release(ReleaseChange(version: try change.numberIfAny("version")))
    case "release_to_group":
        return .releaseToGroup(
            GroupReleaseChange(group: try change.number("group"), version: try change.numberIfAny("version")))
    case "lock": return .lock(
            LockChange(device: try change.text("device"), version: try change.numberIfAny("version")))
    case "groups":
        return .groups(
            GroupsChange(device: try change.text("device"), groups: try change.items("groups").map(asNumber)))
    case let kind: throw Malformed("`\(kind)` is not a change")
    }
}

func event(_ arguments: Arguments) throws -> NewEvent {
    NewEvent(
        device: try arguments.text("device"), name: try arguments.text("name"),
        product: try arguments.numberIfAny("product"), data: try arguments.textIfAny("data"),
        id: try arguments.textIfAny("id"), errorKind: try arguments.textIfAny("error_kind"),
        happenedAt: try arguments.momentIfAny("happened_at"))
}

func destination(_ arguments: Arguments) throws -> Destination {
    guard let value = try arguments.given("to") else { throw Malformed("`to` is missing") }
    if value == .text("live_stream") { return .liveStream }
    return try asObject(value) { to in
        if let url = try to.object("webhook", { try $0.text("url") }) { return .webhook(Webhook(url: url)) }
        guard let name = try to.object("integration", { try $0.text("name") }) else {
            throw Malformed("`to` has no known form")
        }
        return .integration(Integration(name: name))
    }
}

let intervals: [Interval] = [.monthly, .annual]

func money(_ money: Arguments) throws -> Money {
    Money(minor: try money.number("minor"), currency: try money.text("currency"))
}

func chargeOutcome(_ arguments: Arguments) throws -> ChargeOutcome {
    guard let value = try arguments.given("outcome") else { throw Malformed("`outcome` is missing") }
    guard case .object = value else { return try asWord(value, of: [.succeeded, .unknown]) }
    return try asObject(value) { try $0.text("declined") == "soft" ? .declinedSoft : .declinedHard }
}

func tier(_ tier: Arguments) throws -> Tier {
    Tier(
        name: try tier.text("name"), devices: try tier.numberIfAny("devices"),
        members: try tier.numberIfAny("members"), messages: try tier.numberIfAny("messages"))
}
