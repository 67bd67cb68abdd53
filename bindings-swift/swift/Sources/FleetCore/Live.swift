import FleetGenerated
import Foundation

extension EventStream {
    /// Waits until there is something to read or this time has passed. Returns whether there is something to read. It
    /// blocks no thread, and throws `CancellationError` if its task is cancelled.
    public func wait(atMost: TimeInterval) async throws -> Bool {
        guard atMost >= 0 else {
            throw FleetError.invalid("atMost", "must be a non-negative duration")
        }
        let waiting = beginWait()
        // A duration beyond a hundred years counts as endless, and its nanoseconds fit.
        let nanoseconds = UInt64(min(atMost, 3_155_760_000) * 1_000_000_000)
        let deadline = Task {
            try? await Task.sleep(nanoseconds: nanoseconds)
            waiting.stop()
        }
        defer { deadline.cancel() }
        let isThere = await withTaskCancellationHandler {
            await waiting.ended()
        } onCancel: {
            waiting.stop()
        }
        try Task.checkCancellation()
        return isThere
    }
}

/// The events that this process publishes for a product after the sequence is iterated. If they arrive faster than they
/// are read, it throws a `FleetError` whose kind is `eventsMissed`; the events are in the log.
public struct LiveEvents: AsyncSequence, Sendable {
    public typealias Element = Event

    let product: ProductConsole

    public func makeAsyncIterator() -> Iterator {
        Iterator(product: product)
    }

    public struct Iterator: AsyncIteratorProtocol {
        let product: ProductConsole
        private var stream: EventStream?
        private var events: [Event] = []
        private var position = 0

        init(product: ProductConsole) {
            self.product = product
        }

        public mutating func next() async throws -> Event? {
            while position == events.count {
                try Task.checkCancellation()
                let stream: EventStream
                if let opened = self.stream {
                    stream = opened
                } else {
                    stream = try await product.eventStream()
                    self.stream = stream
                }
                (events, position) = (try await product.nextEvents(stream: stream), 0)
                if events.isEmpty { _ = try await stream.wait(atMost: 60) }
            }
            defer { position += 1 }
            return events[position]
        }
    }
}

extension ProductConsole {
    /// The events that this process publishes for the product.
    public func liveEvents() -> LiveEvents {
        LiveEvents(product: self)
    }
}
