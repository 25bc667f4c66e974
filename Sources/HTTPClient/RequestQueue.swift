/// Which request may start: first come, first served within the limits of connections.
///
/// libcurl has a queue of its own, but lets requests wait in it past their deadline and without
/// bound.
struct RequestQueue {
    typealias ID = UInt64

    enum Cancellation: Equatable {
        /// Not here, or already over.
        case unknown
        case leftQueue
        /// The transfer must be stopped by the thread.
        case underWay
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

    /// False when the queue is full. What could start at once does not count as waiting, although
    /// it stands here until the thread comes for it.
    mutating func enqueue(_ id: ID, origin: Origin, deadline: ContinuousClock.Instant) -> Bool {
        let free = maximumInFlight - inFlight.count
        guard waiting.count < maximumWaiting + free else { return false }
        waiting.append(Waiting(id: id, origin: origin, deadline: deadline))
        return true
    }

    /// Requests that waited too long.
    mutating func removeExpired(at now: ContinuousClock.Instant) -> [ID] {
        let expired = waiting.filter { $0.deadline <= now }.map(\.id)
        if !expired.isEmpty { waiting.removeAll { $0.deadline <= now } }
        return expired
    }

    /// Requests that start now. One that waits for a busy host does not hold up others behind it.
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
            return .leftQueue
        }
        return inFlight[id] == nil ? .unknown : .underWay
    }

    mutating func removeWaiting() -> [ID] {
        defer { waiting = [] }
        return waiting.map(\.id)
    }

    private func hasRoom(for origin: Origin) -> Bool {
        inFlight.count < maximumInFlight && inFlightByOrigin[origin, default: 0] < maximumPerOrigin
    }
}
