package import Time

/// What the agent knows about one graph.
package struct GraphView: Hashable, Sendable {
    package var id: GraphID
    package var name: String
    /// As GES writes it ("200"); see GES API, status codes.
    package var statusCode: String
    /// When the agent first saw the present status or, after a start, the graph itself.
    package var statusSince: Timestamp
    /// When the newest successful management reading was taken; nil if there never was one.
    package var observedAt: Timestamp?
    /// The newest data-plane probe; nil if this graph is not probed.
    package var probe: ProbeView?
    /// nil if no entry of `graphs` in the configuration matches: the graph is never acted upon.
    package var policy: Policy?
    package var externalHolds: [ExternalHold]

    package init(
        id: GraphID,
        name: String,
        statusCode: String,
        statusSince: Timestamp,
        observedAt: Timestamp?,
        probe: ProbeView? = nil,
        policy: Policy?,
        externalHolds: [ExternalHold] = []
    ) {
        self.id = id
        self.name = name
        self.statusCode = statusCode
        self.statusSince = statusSince
        self.observedAt = observedAt
        self.probe = probe
        self.policy = policy
        self.externalHolds = externalHolds
    }
}

package struct ProbeView: Hashable, Sendable {
    /// An error answer is an answer.
    package var answered: Bool
    package var at: Timestamp

    package init(answered: Bool, at: Timestamp) {
        self.answered = answered
        self.at = at
    }
}
