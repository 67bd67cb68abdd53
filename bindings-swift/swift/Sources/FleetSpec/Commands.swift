import FleetCore
import Foundation

// Every command of `spec/README.md`, grouped by domain. A group returns nil for commands of other groups.

/// A whole list, as scenarios write it.
private func items(_ list: [some Any]) -> JSON { .object(["items": shown(list)]) }

/// People, products and the audit.
func products(_ name: String, _ console: Console, _ step: Arguments) async throws -> Any? {
    switch name {
    case "create_account":
        return try await console.createAccount(email: step.text("email"))
    case "create_product":
        return try await console.createProduct(name: step.text("name"), platform: step.text("platform"))
    case "create_product_with_id":
        return try await console.createProductWithId(
            product: step.number("product"), owner: step.account(step.text("owner")), name: step.text("name"),
            platform: step.text("platform"))
    case "product":
        return try await console.product(product: step.number("product"))
    case "products":
        return items(try await console.products())
    case "rename_product":
        return try await console.renameProduct(product: step.number("product"), name: step.text("name"))
    case "set_policy":
        guard let settings = try step.object("policy", policy) else { throw Malformed("`policy` is missing") }
        return try await console.setPolicy(product: step.number("product"), policy: settings)
    case "set_tier":
        return try await console.setTier(product: step.number("product"), tier: step.text("tier"))
    case "remove_product":
        return try await console.removeProduct(product: step.number("product"))
    case "create_group":
        return ["group": shown(try await console.createGroup(product: step.number("product"), name: step.text("name")))]
    case "delete_group":
        return try await console.deleteGroup(product: step.number("product"), group: step.number("group"))
    case "audit_log":
        return try await console.auditLog(
            product: step.number("product"), after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "account_audit_log":
        return try await console.accountAuditLog(
            account: step.number("account"), after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    default:
        return nil
    }
}

/// Teams.
func team(_ name: String, _ console: Console, _ step: Arguments) async throws -> Any? {
    switch name {
    case "team":
        return try await console.team(product: step.number("product"))
    case "invite":
        return try await console.invite(product: step.number("product"), email: step.text("email"))
    case "revoke_invitation":
        return try await console.revokeInvitation(product: step.number("product"), account: step.number("account"))
    case "invitations":
        return items(try await console.invitations())
    case "accept_invitation":
        return try await console.acceptInvitation(product: step.number("product"))
    case "decline_invitation":
        return try await console.declineInvitation(product: step.number("product"))
    case "leave_team":
        return try await console.leaveTeam(product: step.number("product"))
    case "remove_member":
        return try await console.removeMember(product: step.number("product"), account: step.number("account"))
    case "transfer_ownership":
        return try await console.transferOwnership(product: step.number("product"), to: step.number("to"))
    case "set_account_lock":
        return try await console.setAccountLock(account: step.number("account"), locked: step.bool("locked"))
    default:
        return nil
    }
}

/// Customers, the private beta and the configuration.
func customers(_ name: String, _ console: Console, _ vectors: Vectors, _ step: Arguments) async throws -> Any? {
    switch name {
    case "create_customer":
        return try await console.createCustomer(
            product: step.number("product"), userName: step.text("user_name"), identity: identity(step))
    case "customer":
        return try await console.customer(product: step.number("product"), customer: step.number("customer"))
    case "customers":
        return try await console.customers(
            product: step.number("product"), filter: step.object("filter", customerFilter) ?? CustomerFilter(),
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "find_customer":
        guard let wanted = try identity(step) else { throw Malformed("`identity` is missing") }
        return try await console.findCustomer(product: step.number("product"), identity: wanted)
    case "remove_customer":
        return try await console.removeCustomer(product: step.number("product"), customer: step.number("customer"))
    case "issue_token":
        return try await console.issueToken(
            product: step.number("product"), customer: step.number("customer"),
            scopes: step.items("scopes").map { try asWord($0, of: scopes) }, life: TimeInterval(step.number("life") as Int64))
    case "revoke_token":
        return try await console.revokeToken(
            product: step.number("product"), customer: step.number("customer"), token: step.text("token_id"))
    case "set_device_code":
        return try await console.setDeviceCode(
            product: step.number("product"), device: step.text("device"), code: step.text("code"))
    case "invite_to_beta":
        return try await console.inviteToBeta(
            product: step.number("product"), list: vectors.list(step))
    case "uninvite_from_beta":
        return try await console.uninviteFromBeta(product: step.number("product"), userName: step.text("user_name"))
    case "renew_activation_code":
        return try await console.renewActivationCode(
            product: step.number("product"), userName: step.text("user_name"))
    case "beta_guests":
        return try await console.betaGuests(
            product: step.number("product"), after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "configuration":
        return try await console.configuration(product: step.number("product"))
    case "configure":
        return try await console.configure(
            product: step.number("product"), question: step.text("question"),
            answer: step.object("answer", configurationAnswer))
    case "manufacturing_readiness":
        return items(try await console.manufacturingReadiness(product: step.number("product")))
    case "start_manufacturing":
        return try await console.startManufacturing(product: step.number("product"))
    default:
        return nil
    }
}

/// Events.
func events(_ name: String, _ console: Console, _ streams: Streams, _ step: Arguments) async throws -> Any? {
    switch name {
    case "subscribe":
        return try await console.subscribe(
            product: step.number("product"), to: destination(step), prefix: step.textIfAny("prefix"),
            device: step.textIfAny("device"))
    case "unsubscribe":
        return try await console.unsubscribe(
            product: step.number("product"), subscription: step.number("subscription"))
    case "subscriptions":
        return items(try await console.subscriptions(product: step.number("product")))
    case "events":
        let filter = try step.object("filter") { filter in
            (device: try filter.textIfAny("device"), prefix: try filter.textIfAny("prefix"))
        }
        return try await console.events(
            product: step.number("product"), device: filter?.device, prefix: filter?.prefix,
            before: step.textIfAny("before"), limit: step.numberIfAny("limit"))
    case "follow_events":
        return try await console.followEvents(
            product: step.number("product"), after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "event_stream":
        let stream = try await console.eventStream(product: step.number("product"))
        return ["stream": shown(streams.keep(stream)), "start": shown(stream.start())]
    case "read_event_stream":
        return try await console.readEventStream(
            stream: streams.kept(step.number("stream")), limit: step.numberIfAny("limit"))
    case "device_errors":
        return items(try await console.deviceErrors(product: step.number("product")))
    case "forget_device_errors":
        return try await console.forgetDeviceErrors(
            product: step.number("product"), errorKind: step.text("error_kind"))
    case "usage":
        return try await console.usage(product: step.number("product"))
    default:
        return nil
    }
}

/// Billing.
func billing(_ name: String, _ console: Console, _ step: Arguments) async throws -> Any? {
    switch name {
    case "quote_upgrade":
        return try await console.quoteUpgrade(
            product: step.number("product"), tier: step.text("tier"), interval: step.word("interval", of: intervals))
    case "upgrade":
        return try await console.upgrade(product: step.number("product"), quote: step.text("quote"))
    case "switch_interval":
        return try await console.switchInterval(
            product: step.number("product"), interval: step.word("interval", of: intervals))
    case "set_currency":
        return try await console.setCurrency(product: step.number("product"), currency: step.text("currency"))
    case "set_card":
        return try await console.setCard(
            token: step.text("token"), brand: step.textIfAny("brand") ?? "visa",
            lastFour: step.textIfAny("last_four") ?? "4242", expires: step.text("expires"))
    case "remove_card":
        return try await console.removeCard()
    case "billing_status":
        return try await console.billingStatus(product: step.number("product"))
    case "invoices":
        return try await console.invoices(
            product: step.number("product"), after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "cancel_plan":
        return try await console.cancelPlan(product: step.number("product"))
    case "downgrade":
        return try await console.downgrade(product: step.number("product"), tier: step.text("tier"))
    case "agree_price":
        return try await console.agreePrice(
            product: step.number("product"), tier: step.text("tier"), interval: step.word("interval", of: intervals),
            price: step.object("price", money))
    case "write_off":
        return try await console.writeOff(product: step.number("product"), invoice: step.number("invoice"))
    case "account_billing":
        return try await console.accountBilling(account: step.number("account"))
    case "account_invoices":
        return try await console.accountInvoices(
            account: step.number("account"), after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    default:
        return nil
    }
}

/// The portal.
func portal(_ name: String, _ portal: () throws -> Portal, _ step: Arguments) async throws -> Any? {
    switch name {
    case "me":
        return try await portal().me()
    case "log_out":
        return try await portal().logOut()
    case "activate":
        return try await portal().activate(code: step.text("code"))
    case "ask_claim_code":
        return try await portal().askClaimCode()
    case "claim":
        return try await portal().claim(device: step.text("device"), code: step.text("code"))
    case "unclaim":
        return try await portal().unclaim(device: step.text("device"))
    case "my_devices":
        return items(try await portal().devices())
    case "use_device":
        return try await portal().useDevice(device: step.text("device"), scope: step.word("scope", of: scopes))
    default:
        return nil
    }
}

/// Devices, as a team sees them.
func devices(_ name: String, _ console: Console, _ vectors: Vectors, _ step: Arguments) async throws -> Any? {
    switch name {
    case "plan_import":
        return try await console.planImport(
            product: step.number("product"), list: vectors.list(step))
    case "import":
        return try await console.import(
            product: step.number("product"), list: vectors.list(step))
    case "import_watched":
        let watcher = Watcher(stopAfter: try step.numberIfAny("stop_after"))
        let report = try await console.importWatched(
            product: step.number("product"), list: vectors.list(step), watcher: watcher)
        guard case .object(let fields) = shown(report) else { return report }
        return fields.merging(["progress": shown(watcher.reports)]) { $1 }
    case "register_devices":
        return ["new": shown(try await console.registerDevices(devices: step.objects("devices", listed)))]
    case "correct_device":
        return try await console.correctDevice(
            product: step.number("product"), device: step.text("device"),
            platform: step.textIfAny("platform"), securityCounter: step.numberIfAny("security_counter"))
    case "free_places":
        return ["freed": shown(try await console.freePlaces(product: step.number("product")))]
    case "device":
        return try await console.device(product: step.number("product"), device: step.text("device"))
    case "devices":
        return try await console.devices(
            product: step.number("product"), filter: step.object("filter", deviceFilter) ?? DeviceFilter(),
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "summary":
        return try await console.summary(product: step.number("product"))
    case "explain":
        return try await console.explain(product: step.number("product"), device: step.text("device"))
    case "name_device":
        return try await console.nameDevice(
            product: step.number("product"), device: step.text("device"), name: step.text("name"))
    case "mark_development":
        return try await console.markDevelopment(
            product: step.number("product"), device: step.text("device"), development: step.bool("development"))
    case "set_groups":
        return try await console.setGroups(
            product: step.number("product"), device: step.text("device"), groups: step.items("groups").map(asNumber))
    case "approve_device":
        return try await console.approveDevice(product: step.number("product"), device: step.text("device"))
    case "deny_device":
        return try await console.denyDevice(product: step.number("product"), device: step.text("device"))
    case "undeny_device":
        return try await console.undenyDevice(product: step.number("product"), device: step.text("device"))
    case "remove_device":
        return try await console.removeDevice(product: step.number("product"), device: step.text("device"))
    case "claim_device":
        return try await console.claimDevice(device: step.text("device"))
    case "unclaim_device":
        return try await console.unclaimDevice(device: step.text("device"))
    case "end_claim":
        return try await console.endClaim(device: step.text("device"))
    case "claimed_devices":
        return try await console.claimedDevices(after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    default:
        return nil
    }
}

/// Firmware.
func firmware(_ name: String, _ console: Console, _ vectors: Vectors, _ step: Arguments) async throws -> Any? {
    switch name {
    case "upload":
        return try await console.upload(
            product: step.number("product"), version: step.number("version"),
            title: step.text("title"), binary: vectors.binary(step), description: step.textIfAny("description"),
            requiresSystem: step.textIfAny("requires_system"))
    case "firmware":
        return items(try await console.firmware(product: step.number("product")))
    case "edit_firmware":
        return try await console.editFirmware(
            product: step.number("product"), version: step.number("version"), title: step.text("title"),
            description: step.textIfAny("description"))
    case "delete_firmware":
        return try await console.deleteFirmware(product: step.number("product"), version: step.number("version"))
    case "release":
        return try await console.release(product: step.number("product"), version: step.number("version"))
    case "withdraw_release":
        return try await console.withdrawRelease(product: step.number("product"))
    case "release_to_group":
        return try await console.releaseToGroup(
            product: step.number("product"), group: step.number("group"), version: step.numberIfAny("version"))
    case "lock_and_flash_now":
        return try await console.lockAndFlashNow(
            product: step.number("product"), device: step.text("device"), version: step.number("version"))
    case "lock_and_flash_on_reset":
        return try await console.lockAndFlashOnReset(
            product: step.number("product"), device: step.text("device"), version: step.number("version"))
    case "unlock":
        return try await console.unlock(product: step.number("product"), device: step.text("device"))
    case "force_update":
        return try await console.forceUpdate(product: step.number("product"), device: step.text("device"))
    case "dry_run":
        guard let change = try step.object("change", change) else { throw Malformed("`change` is missing") }
        return try await console.dryRun(product: step.number("product"), change: change)
    default:
        return nil
    }
}

/// The gateway.
func gateway(_ name: String, _ gateway: Gateway, _ step: Arguments) async throws -> Any? {
    switch name {
    case "connect":
        return try await gateway.connect(report: report(step))
    case "connect_many":
        return ["answers": shown(try await gateway.connectMany(reports: step.objects("reports", report)))]
    case "disconnect":
        return try await gateway.disconnect(
            device: step.text("device"), product: step.numberIfAny("product"), session: step.numberIfAny("session"),
            endedAt: step.momentIfAny("ended_at"))
    case "report_update":
        let latest = try await gateway.reportUpdate(
            device: step.text("device"), product: step.number("product"), sequence: step.number("sequence"),
            progress: step.word("progress", of: [.downloading, .downloaded, .failed]))
        return ["latest": shown(latest)]
    case "publish":
        return try await gateway.publish(event: event(step))
    case "publish_many":
        return ["answers": shown(try await gateway.publishMany(events: step.objects("events", event)))]
    case "present_claim_code":
        return try await gateway.presentClaimCode(device: step.text("device"), code: step.text("code"))
    default:
        return nil
    }
}

/// The clock.
func clock(_ name: String, _ clock: Clock, _ step: Arguments) async throws -> Any? {
    switch name {
    case "due":
        return items(try await clock.due(limit: step.numberIfAny("limit")))
    case "advance":
        return try await clock.advance(limit: step.numberIfAny("limit"))
    case "confirm_leap":
        return try await clock.confirmLeap()
    case "charge_outcome":
        return try await clock.chargeOutcome(key: step.text("key"), outcome: chargeOutcome(step))
    default:
        return nil
    }
}

/// Operations of the host itself.
func host(_ name: String, _ fleet: Fleet, _ now: Date, _ step: Arguments) async throws -> Any? {
    switch name {
    case "pending_notices":
        return try await fleet.pendingNotices(
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "pending_charges":
        return try await fleet.pendingCharges(after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "meter":
        let want: Int64 = try step.number("want")
        let meter = try await fleet.meter(product: step.number("product"), now: now)
        return ["admitted": shown(try await meter.admitMany(want: want))]
    case "report_usage":
        return try await fleet.reportUsage(now: now)
    case "settle_usage":
        return try await fleet.settleUsage(now: now)
    case "acknowledge":
        return ["was_waiting": shown(try await fleet.acknowledge(key: step.text("key")))]
    default:
        return nil
    }
}

/// The streams that a scenario has opened.
final class Streams {
    private var streams: [EventStream] = []

    func keep(_ stream: EventStream) -> Int {
        streams.append(stream)
        return streams.count - 1
    }

    func kept(_ number: Int) throws -> EventStream {
        guard streams.indices.contains(number) else { throw Malformed("no step before opened stream \(number)") }
        return streams[number]
    }
}

/// Records each report, and stops an import once the given number was added.
private final class Watcher: ImportWatcher, @unchecked Sendable {
    private let stopAfter: Int64?
    private let lock = NSLock()
    private var progress: [ImportProgress] = []

    init(stopAfter: Int64?) {
        self.stopAfter = stopAfter
    }

    var reports: [ImportProgress] { lock.withLock { progress } }

    func watch(progress: ImportProgress) -> Bool {
        lock.withLock { self.progress.append(progress) }
        return stopAfter.map { progress.added < $0 } ?? true
    }
}
