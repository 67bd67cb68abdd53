import FleetCore
import Foundation

// Every command of `spec/README.md`, grouped by domain. A group returns nil for commands of other groups.

/// A whole list, as scenarios write it.
private func items(_ list: [some Any]) -> JSON { .object(["items": shown(list)]) }

extension Console {
    /// The product that a step is about.
    func product(_ step: Arguments) throws -> ProductConsole { try product(id: step.number("product")) }

    /// The device that a step is about.
    func device(_ step: Arguments) throws -> DeviceConsole { try product(step).device(id: step.text("device")) }

    /// The customer that a step is about.
    func customer(_ step: Arguments) throws -> CustomerConsole {
        try product(step).customer(id: step.number("customer"))
    }
}

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
        return try await console.product(step).get()
    case "products":
        return items(try await console.products())
    case "rename_product":
        return try await console.product(step).rename(name: step.text("name"))
    case "set_policy":
        guard let settings = try step.object("policy", policy) else { throw Malformed("`policy` is missing") }
        return try await console.product(step).setPolicy(policy: settings)
    case "set_tier":
        return try await console.product(step).setTier(tier: step.text("tier"))
    case "remove_product":
        return try await console.product(step).remove()
    case "create_group":
        return ["group": shown(try await console.product(step).createGroup(name: step.text("name")))]
    case "delete_group":
        return try await console.product(step).deleteGroup(group: step.number("group"))
    case "audit_log":
        return try await console.product(step).auditLog(
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
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
        return try await console.product(step).team()
    case "invite":
        return try await console.product(step).invite(email: step.text("email"))
    case "revoke_invitation":
        return try await console.product(step).revokeInvitation(account: step.number("account"))
    case "invitations":
        return items(try await console.invitations())
    case "accept_invitation":
        return try await console.product(step).acceptInvitation()
    case "decline_invitation":
        return try await console.product(step).declineInvitation()
    case "leave_team":
        return try await console.product(step).leaveTeam()
    case "remove_member":
        return try await console.product(step).removeMember(account: step.number("account"))
    case "transfer_ownership":
        return try await console.product(step).transferOwnership(to: step.number("to"))
    case "set_account_lock":
        let account: Int64 = try step.number("account")
        if try step.bool("locked") { return try await console.lockAccount(account: account) }
        return try await console.unlockAccount(account: account)
    default:
        return nil
    }
}

/// Customers, the private beta and the configuration.
func customers(_ name: String, _ console: Console, _ vectors: Vectors, _ step: Arguments) async throws -> Any? {
    switch name {
    case "create_customer":
        return try await console.product(step).createCustomer(
            userName: step.text("user_name"), identity: identity(step))
    case "customer":
        return try await console.customer(step).get()
    case "customers":
        return try await console.product(step).customers(
            filter: step.object("filter", customerFilter) ?? CustomerFilter(),
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "find_customer":
        guard let wanted = try identity(step) else { throw Malformed("`identity` is missing") }
        return try await console.product(step).findCustomer(identity: wanted)
    case "remove_customer":
        return try await console.customer(step).remove()
    case "issue_token":
        return try await console.customer(step).issueToken(
            scopes: step.items("scopes").map { try asWord($0, of: scopes) }, life: TimeInterval(step.number("life") as Int64))
    case "revoke_token":
        return try await console.customer(step).revokeToken(token: step.text("token_id"))
    case "set_device_code":
        return try await console.device(step).setCode(code: step.text("code"))
    case "invite_to_beta":
        return try await console.product(step).inviteToBeta(list: vectors.list(step))
    case "uninvite_from_beta":
        return try await console.product(step).uninviteFromBeta(userName: step.text("user_name"))
    case "renew_activation_code":
        return try await console.product(step).renewActivationCode(userName: step.text("user_name"))
    case "beta_guests":
        return try await console.product(step).betaGuests(
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "configuration":
        return try await console.product(step).configuration()
    case "configure":
        return try await console.product(step).configure(
            question: step.text("question"),
            answer: step.object("answer", configurationAnswer))
    case "manufacturing_readiness":
        return items(try await console.product(step).manufacturingReadiness())
    case "start_manufacturing":
        return try await console.product(step).startManufacturing()
    default:
        return nil
    }
}

/// Events.
func events(_ name: String, _ console: Console, _ streams: Streams, _ step: Arguments) async throws -> Any? {
    switch name {
    case "subscribe":
        return try await console.product(step).subscribe(
            to: destination(step), prefix: step.textIfAny("prefix"),
            device: step.textIfAny("device"))
    case "unsubscribe":
        return try await console.product(step).unsubscribe(subscription: step.number("subscription"))
    case "subscriptions":
        return items(try await console.product(step).subscriptions())
    case "events":
        let filter = try step.object("filter") { filter in
            (device: try filter.textIfAny("device"), prefix: try filter.textIfAny("prefix"))
        }
        return try await console.product(step).events(
            device: filter?.device, prefix: filter?.prefix,
            before: step.textIfAny("before"), limit: step.numberIfAny("limit"))
    case "follow_events":
        return try await console.product(step).followEvents(
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "event_stream":
        let stream = try await console.product(step).eventStream()
        return ["stream": shown(streams.keep(stream)), "start": shown(stream.start())]
    case "read_event_stream":
        return try await console.readEventStream(
            stream: streams.kept(step.number("stream")), limit: step.numberIfAny("limit"))
    case "device_errors":
        return items(try await console.product(step).deviceErrors())
    case "forget_device_errors":
        return try await console.product(step).forgetDeviceErrors(errorKind: step.text("error_kind"))
    case "usage":
        return try await console.product(step).usage()
    default:
        return nil
    }
}

/// Billing.
func billing(_ name: String, _ console: Console, _ step: Arguments) async throws -> Any? {
    switch name {
    case "quote_upgrade":
        return try await console.product(step).quoteUpgrade(
            tier: step.text("tier"), interval: step.word("interval", of: intervals))
    case "upgrade":
        return try await console.product(step).upgrade(quote: step.text("quote"))
    case "switch_interval":
        return try await console.product(step).switchInterval(interval: step.word("interval", of: intervals))
    case "set_currency":
        return try await console.product(step).setCurrency(currency: step.text("currency"))
    case "set_card":
        return try await console.setCard(
            token: step.text("token"), brand: step.textIfAny("brand") ?? "visa",
            lastFour: step.textIfAny("last_four") ?? "4242", expires: step.text("expires"))
    case "remove_card":
        return try await console.removeCard()
    case "billing_status":
        return try await console.product(step).billingStatus()
    case "invoices":
        return try await console.product(step).invoices(
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "cancel_plan":
        return try await console.product(step).cancelPlan()
    case "downgrade":
        return try await console.product(step).downgrade(tier: step.text("tier"))
    case "agree_price":
        return try await console.product(step).agreePrice(
            tier: step.text("tier"), interval: step.word("interval", of: intervals),
            price: step.object("price", money))
    case "write_off":
        return try await console.product(step).writeOff(invoice: step.number("invoice"))
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
        return try await console.product(step).planImport(list: vectors.list(step))
    case "import":
        return try await console.product(step).import(list: vectors.list(step))
    case "import_watched":
        let watcher = Watcher(stopAfter: try step.numberIfAny("stop_after"))
        let report = try await console.product(step).importWatched(list: vectors.list(step), watcher: watcher)
        guard case .object(let fields) = shown(report) else { return report }
        return fields.merging(["progress": shown(watcher.reports)]) { $1 }
    case "register_devices":
        return ["new": shown(try await console.registerDevices(devices: step.objects("devices", listed)))]
    case "correct_device":
        return try await console.device(step).correct(
            platform: step.textIfAny("platform"), securityCounter: step.numberIfAny("security_counter"))
    case "free_places":
        return ["freed": shown(try await console.product(step).freePlaces())]
    case "device":
        return try await console.device(step).get()
    case "devices":
        return try await console.product(step).devices(
            filter: step.object("filter", deviceFilter) ?? DeviceFilter(),
            after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
    case "summary":
        return try await console.product(step).summary()
    case "explain":
        return try await console.device(step).explain()
    case "name_device":
        return try await console.device(step).rename(name: step.text("name"))
    case "mark_development":
        let device = try console.device(step)
        if try step.bool("development") { return try await device.markDevelopment() }
        return try await device.clearDevelopment()
    case "set_groups":
        return try await console.device(step).setGroups(groups: step.items("groups").map(asNumber))
    case "approve_device":
        return try await console.device(step).approve()
    case "deny_device":
        return try await console.device(step).deny()
    case "undeny_device":
        return try await console.device(step).undeny()
    case "remove_device":
        return try await console.device(step).remove()
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
        return try await console.product(step).upload(
            version: step.number("version"),
            title: step.text("title"), binary: vectors.binary(step), description: step.textIfAny("description"),
            requiresSystem: step.textIfAny("requires_system"))
    case "firmware":
        return items(try await console.product(step).firmware())
    case "edit_firmware":
        return try await console.product(step).editFirmware(
            version: step.number("version"), title: step.text("title"),
            description: step.textIfAny("description"))
    case "delete_firmware":
        return try await console.product(step).deleteFirmware(version: step.number("version"))
    case "release":
        return try await console.product(step).release(version: step.number("version"))
    case "withdraw_release":
        return try await console.product(step).withdrawRelease()
    case "release_to_group":
        return try await console.product(step).releaseToGroup(
            group: step.number("group"), version: step.numberIfAny("version"))
    case "lock_and_flash_now":
        return try await console.device(step).lock(version: step.number("version"), flash: .now)
    case "lock_and_flash_on_reset":
        return try await console.device(step).lock(version: step.number("version"), flash: .onReset)
    case "unlock":
        return try await console.device(step).unlock()
    case "force_update":
        return try await console.device(step).forceUpdate()
    case "dry_run":
        guard let change = try step.object("change", change) else { throw Malformed("`change` is missing") }
        return try await console.product(step).dryRun(change: change)
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
        return try await fleet.pendingNotices(after: step.textIfAny("after"), limit: step.numberIfAny("limit"))
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
