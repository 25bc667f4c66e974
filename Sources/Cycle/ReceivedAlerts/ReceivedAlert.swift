package import Diagnosis
package import Remediation
import Series
package import Time

/// A received alert about a watched graph, and its state.
package struct ReceivedAlert: Hashable, Sendable, Codable {
    /// An alert that fires again has the same fingerprint and a new start time.
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
    /// When it ends unless it is received again; nil if only a message or its age ends it.
    package internal(set) var endsAt: Timestamp?
    /// Why it does not ask for a restart now; nil while it may.
    package internal(set) var ending: Ending?
    /// When it was repeated after the agent's own readings had contradicted it for a while; nil if
    /// they never did. It counts from then.
    package internal(set) var resumedAt: Timestamp?
    /// As last received. Nil if the ledger has them from a version that kept none.
    package internal(set) var labels: AlertLabels?

    package enum Ending: Hashable, Sendable, Codable {
        case resolved(at: Timestamp)
        /// The graph had a status other than that of the hang class.
        case statusSeen(String, at: Timestamp)
        /// The graph answered its probe.
        case answered(at: Timestamp)
        /// A task inside the graph advanced, so it is not stuck.
        case progressed(at: Timestamp)
        /// The graph was deleted.
        case graphGone(at: Timestamp)

        var isOfSender: Bool {
            if case .resolved = self { true } else { false }
        }

        /// Since when the agent's own readings contradict the alert; nil if its sender ended it.
        var contradictedAt: Timestamp? {
            switch self {
            case .resolved: nil
            case .statusSeen(_, let at), .answered(let at), .progressed(let at), .graphGone(let at):
                at
            }
        }
    }

    /// Whether it fires now, and so asks for a restart or blocks them.
    func asks(at now: Timestamp, expireAfter: Duration) -> Bool {
        ending == nil && now < lastReceivedAt + expireAfter && endsAt.map { now < $0 } ?? true
    }

    /// Whether it blocks restarts and asks for none. The agent's own readings say nothing about
    /// such an alert, so only its sender or its age ends it.
    package var blocks: Bool {
        labels?.labels[BlockingAlerts.label.name] == BlockingAlerts.label.value
    }

    /// The graph that it is about, for people.
    package var subject: String { graphID.rawValue.isEmpty ? "every graph" : graphID.rawValue }

    /// What silences are matched with.
    var knownLabels: AlertLabels {
        if let labels { return labels }
        let labels: Labels = [
            "alertname": alertname, "graph_id": graphID.rawValue, "hang": hangClass.rawValue,
            "remediate": "restart",
        ]
        return AlertLabels(labels, isWhole: false)
    }

    var request: RestartRequest {
        RestartRequest(
            graphID: graphID,
            hangClass: hangClass,
            alertname: alertname,
            reason: summary.isEmpty ? alertname : summary,
            // The sender's clock may be ahead of ours, so the start is bounded by the time of
            // receipt.
            activeAt: resumedAt ?? min(key.startsAt, receivedAt),
            firedAt: resumedAt ?? receivedAt,
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
