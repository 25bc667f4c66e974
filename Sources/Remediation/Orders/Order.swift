package import Time

/// What a person wants, and why. The machine carries it out or refuses it; either way it answers
/// and writes it down.
package struct Order: Hashable, Sendable {
    /// Chosen by the caller, who finds the answer by it. Unique.
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
        /// Agrees to the restart that was asked for.
        case approve(GraphID)
        /// Refuses the approval that was asked for, or vetoes an announced restart.
        case reject(GraphID)
        /// Releases an exhausted, stalled or suspended graph. Its attempts so far no longer count
        /// against it.
        case acknowledge(GraphID)
        /// No restart starts while it lasts. A restart in progress is tracked to completion.
        case pause(PauseScope, until: Timestamp?)
        case resume(PauseScope)
        /// Restarts now. Passes over the gates that guard against a wrong diagnosis, and no
        /// others.
        case restart(GraphID)
    }
}

extension Order.Kind {
    /// nil for the whole fleet.
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
