import FleetGenerated

/// All items of a paged list. Each page is fetched when it is reached.
public struct Pages<Item: Sendable>: AsyncSequence, Sendable {
    public typealias Element = Item
    typealias Fetch = @Sendable (_ after: String?) async throws -> (items: [Item], next: String?)

    let fetch: Fetch

    public func makeAsyncIterator() -> Iterator {
        Iterator(fetch: fetch)
    }

    public struct Iterator: AsyncIteratorProtocol {
        let fetch: Fetch
        private var items: [Item] = []
        private var position = 0
        private var after: String?
        private var ended = false

        init(fetch: @escaping Fetch) {
            self.fetch = fetch
        }

        public mutating func next() async throws -> Item? {
            while position == items.count {
                if ended { return nil }
                try Task.checkCancellation()
                let page = try await fetch(after)
                (items, position, after, ended) = (page.items, 0, page.next, page.next == nil)
            }
            defer { position += 1 }
            return items[position]
        }
    }
}

/// Number of items fetched at once.
private let page: UInt32 = 1000

extension ProductConsole {
    /// Lists the devices that match a filter, by id.
    public func allDevices(filter: DeviceFilter = DeviceFilter()) -> Pages<Device> {
        Pages { after in
            let found = try await self.devices(filter: filter, after: after, limit: page)
            return (found.items, found.next)
        }
    }

    /// Lists the customers that match a filter, by number.
    public func allCustomers(filter: CustomerFilter = CustomerFilter()) -> Pages<Customer> {
        Pages { after in
            let found = try await self.customers(filter: filter, after: after, limit: page)
            return (found.items, found.next)
        }
    }

    /// Lists the guests of the private beta, by name.
    public func allBetaGuests() -> Pages<BetaGuest> {
        Pages { after in
            let found = try await self.betaGuests(after: after, limit: page)
            return (found.items, found.next)
        }
    }

    /// All entries of the product's audit, newest first.
    public func wholeAuditLog() -> Pages<AuditEntry> {
        Pages { after in
            let found = try await self.auditLog(after: after, limit: page)
            return (found.items, found.next)
        }
    }

    /// Lists the events of the product's log, newest first: of one device, or those whose name begins with a prefix.
    public func wholeEventLog(device: String? = nil, prefix: String? = nil) -> Pages<Event> {
        Pages { before in
            let found = try await self.events(device: device, prefix: prefix, before: before, limit: page)
            return (found.items, found.next)
        }
    }

    /// The product's invoices and credit notes, newest first.
    public func allInvoices() -> Pages<Invoice> {
        Pages { after in
            let found = try await self.invoices(after: after, limit: page)
            return (found.items, found.next)
        }
    }
}

extension Console {
    /// Lists the devices that the actor has claimed, by id.
    public func allClaimedDevices() -> Pages<String> {
        Pages { after in
            let found = try await self.claimedDevices(after: after, limit: page)
            return (found.items, found.next)
        }
    }

    /// All entries of an account's audit, newest first.
    public func wholeAccountAuditLog(account: Int64) -> Pages<AuditEntry> {
        Pages { after in
            let found = try await self.accountAuditLog(account: account, after: after, limit: page)
            return (found.items, found.next)
        }
    }
}

extension OpenFleet {
    /// Lists the charges that the host's payment provider is to make, by product.
    public func allPendingCharges() -> Pages<Charge> {
        Pages { after in
            let found = try await self.pendingCharges(after: after, limit: page)
            return (found.items, found.next)
        }
    }

    /// All notices that wait to be sent, by product.
    public func allPendingNotices() -> Pages<Notice> {
        Pages { after in
            let found = try await self.pendingNotices(after: after, limit: page)
            return (found.items, found.next)
        }
    }
}
