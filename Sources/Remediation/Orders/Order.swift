package import Time

/// What a person wants, and why.
package struct Order: Hashable, Sendable {
    /// Names the answer; chosen by the caller.
    package var id: String
    package var kind: Kind
    package var by: String
    package var reason: String

    package init(id: String, _ kind: Kind, by: String, reason: String) {
        self.id = id
        self.kind = kind
        self.by = by
        self.reason = reason
    }

    package enum Kind: Hashable, Sendable {
        case approve(GraphID)
        /// Rejects an approval, or vetoes an announced restart.
        case reject(GraphID)
        /// Releases an exhausted or stalled graph.
        case acknowledge(GraphID)
        /// Keeps from new restarts; what is under way is followed to its end.
        case pause(PauseScope, until: Timestamp?)
        case resume(PauseScope)
        /// Restart now. Only gates that guard against a wrong diagnosis are passed over.
        case restart(GraphID)
    }
}

extension Order.Kind {
    var graphID: GraphID? {
        switch self {
        case .approve(let id), .reject(let id), .acknowledge(let id), .restart(let id): id
        case .pause(let scope, _), .resume(let scope): scope.graphID
        }
    }

    var verb: String {
        switch self {
        case .approve: "approve"
        case .reject: "reject"
        case .acknowledge: "acknowledge"
        case .pause: "pause"
        case .resume: "resume"
        case .restart: "restart"
        }
    }
}
