package import Time

/// An outage of the whole cloud or of some of its services.
package struct Outage: Hashable, Sendable {
    package enum Manner: String, CaseIterable, Sendable {
        /// Every connection is accepted and stays silent.
        case hang
        /// Every connection is closed without an answer.
        case drop
        /// Every request is answered with 503.
        case unavailable
        /// The ports are closed: connections are refused.
        case refuse
    }

    package var manner: Manner
    /// Empty for all services.
    package var services: Set<CloudService>
    /// nil if it lasts until it is lifted.
    package var until: Timestamp?

    package static let hanging = Outage(.hang)
    package static let refusing = Outage(.refuse)

    package init(_ manner: Manner, services: Set<CloudService> = [], until: Timestamp? = nil) {
        self.manner = manner
        self.services = services
        self.until = until
    }

    func meets(_ service: CloudService, at now: Timestamp) -> Bool {
        (services.isEmpty || services.contains(service)) && (until.map { now < $0 } ?? true)
    }
}

extension SimulatedCloud {
    package enum RefusalTime: Hashable, Sendable {
        case unlimited
        case limited(Duration)
    }

    /// How long the ports stay closed; nil if they are open.
    package func refusalRemaining(at now: Timestamp) -> RefusalTime? {
        guard let outage, outage.manner == .refuse else { return nil }
        guard let until = outage.until else { return .unlimited }
        return now < until ? .limited(until - now) : nil
    }
}
