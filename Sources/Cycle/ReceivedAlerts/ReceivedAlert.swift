package import Remediation
package import Time

/// An alert that was received and is about a graph of ours: what of it asks for a restart, and what
/// became of it. Of its labels only those are kept that mean something here.
package struct ReceivedAlert: Hashable, Sendable, Codable {
    /// An alert that fires again has the same fingerprint and another start.
    package struct Key: Hashable, Comparable, Sendable, Codable {
        package var fingerprint: String
        package var startsAt: Timestamp

        package static func < (left: Key, right: Key) -> Bool {
            (left.fingerprint, left.startsAt) < (right.fingerprint, right.startsAt)
        }
    }

    package let key: Key
    package let alertname: String
    package let graphID: GraphID
    package let hangClass: HangClass
    /// One line.
    package let summary: String
    package internal(set) var receivedAt: Timestamp
    package internal(set) var lastReceivedAt: Timestamp
    /// When it ends unless it is received again; nil when it ends by message or by age only.
    package internal(set) var endsAt: Timestamp?
    /// Why it asks for nothing any more, for good.
    package internal(set) var ending: Ending?

    package enum Ending: Hashable, Sendable, Codable {
        case resolved(at: Timestamp)
        /// The graph was seen in another status than that of the hang class.
        case statusSeen(String, at: Timestamp)
        /// The graph answered its probe.
        case answered(at: Timestamp)
        /// A task inside the graph came further: it is not stuck.
        case progressed(at: Timestamp)
        /// The graph is gone.
        case graphGone(at: Timestamp)
    }

    /// Whether it asks for a restart at this moment.
    func asks(at now: Timestamp, expireAfter: Duration) -> Bool {
        ending == nil && now < lastReceivedAt + expireAfter && endsAt.map { now < $0 } ?? true
    }

    var request: RestartRequest {
        RestartRequest(
            graphID: graphID,
            hangClass: hangClass,
            alertname: alertname,
            reason: summary.isEmpty ? alertname : summary,
            // The sender's clock may be ahead of ours.
            activeAt: min(key.startsAt, receivedAt),
            source: .webhook(fingerprint: key.fingerprint)
        )
    }
}

extension ReceivedAlert.Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .resolved(let at): "resolved at \(at)"
        case .statusSeen(let code, let at): "contradicted: the graph had status \(code) at \(at)"
        case .answered(let at): "contradicted: the graph answered its probe at \(at)"
        case .progressed(let at): "contradicted: a task of the graph came further at \(at)"
        case .graphGone(let at): "the graph was gone at \(at)"
        }
    }
}
