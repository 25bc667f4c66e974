/// Decides which request may start: first come, first served, within the connection limits in total
/// and per origin.
///
/// libcurl has a queue of its own, but it is unbounded and lets requests wait past their deadline.
struct RequestQueue {
    typealias ID = UInt64

    enum Cancellation: Equatable {
        /// The request was never queued, or has already ended.
        case unknown
        case removedFromQueue
        /// Only the libcurl thread can stop the transfer.
        case inFlight
    }

    private struct Waiting {
        let id: ID
        let origin: Origin
        let deadline: ContinuousClock.Instant
    }

    private let maximumPerOrigin: Int
    private let maximumInFlight: Int
    private let maximumWaiting: Int
    private var waiting: [Waiting] = []
    private var inFlight: [ID: Origin] = [:]
    private var inFlightByOrigin: [Origin: Int] = [:]

    init(maximumPerOrigin: Int, maximumInFlight: Int, maximumWaiting: Int) {
        self.maximumPerOrigin = maximumPerOrigin
        self.maximumInFlight = maximumInFlight
        self.maximumWaiting = maximumWaiting
    }

    var waitingCount: Int { waiting.count }
    var inFlightCount: Int { inFlight.count }
    var nextDeadline: ContinuousClock.Instant? { waiting.lazy.map(\.deadline).min() }

    /// Returns false if the queue is full. Requests that a free connection can take do not count as
    /// waiting, although they are in the queue until the thread calls `admit`.
    mutating func enqueue(_ id: ID, origin: Origin, deadline: ContinuousClock.Instant) -> Bool {
        let free = maximumInFlight - inFlight.count
        guard waiting.count < maximumWaiting + free else { return false }
        waiting.append(Waiting(id: id, origin: origin, deadline: deadline))
        return true
    }

    /// Removes and returns the requests whose deadline passed while they waited.
    mutating func removeExpired(at now: ContinuousClock.Instant) -> [ID] {
        let expired = waiting.filter { $0.deadline <= now }.map(\.id)
        if !expired.isEmpty { waiting.removeAll { $0.deadline <= now } }
        return expired
    }

    /// Moves requests from the queue into flight and returns them. A request that waits for a busy
    /// host does not block those behind it.
    mutating func admit() -> [ID] {
        var admitted: [ID] = []
        var stillWaiting: [Waiting] = []
        for request in waiting {
            guard hasRoom(for: request.origin) else {
                stillWaiting.append(request)
                continue
            }
            inFlight[request.id] = request.origin
            inFlightByOrigin[request.origin, default: 0] += 1
            admitted.append(request.id)
        }
        waiting = stillWaiting
        return admitted
    }

    mutating func finish(_ id: ID) {
        guard let origin = inFlight.removeValue(forKey: id) else { return }
        let remaining = (inFlightByOrigin[origin] ?? 1) - 1
        inFlightByOrigin[origin] = remaining > 0 ? remaining : nil
    }

    mutating func cancel(_ id: ID) -> Cancellation {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index)
            return .removedFromQueue
        }
        return inFlight[id] == nil ? .unknown : .inFlight
    }

    mutating func removeWaiting() -> [ID] {
        defer { waiting = [] }
        return waiting.map(\.id)
    }

    private func hasRoom(for origin: Origin) -> Bool {
        inFlight.count < maximumInFlight && inFlightByOrigin[origin, default: 0] < maximumPerOrigin
    }
}
