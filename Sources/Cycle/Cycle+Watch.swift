import Coordination
import Remediation
import Rules
import Series
import Time

/// What moves with a graph that another agent watches from now on, or watched until now: the state of
/// its alerts. Without it a rule with a long `for` would begin anew.
extension Cycle {
    /// Alerts beyond are left out of what an agent publishes: etcd limits the size of a request.
    static let maximumPublishedAlerts = 200
    static let maximumPublishedRequests = 500

    /// Notes what others ask for and what this agent publishes of its alerts. The own alerts of a
    /// graph come first: two agents may watch it while it moves.
    mutating func noteDividedWatch(_ turn: Turn) {
        guard share != nil, let cluster else {
            (requestsOfOthers, publishedAlerts) = ([], [])
            return
        }
        var known = Set(ownRequests.map { [$0.graphID.rawValue, $0.alertname] })
        requestsOfOthers = cluster.requestsOfOthers.filter {
            known.insert([$0.graphID.rawValue, $0.alertname]).inserted
        }
        // Alerts and their graphs change with evaluations and polls alone.
        guard turn.readings != nil || turn.evaluation?.groups.isEmpty == false else { return }
        publishedAlerts = watchedAlerts
    }

    /// Keeps what others say of their alerts. An agent that dies leaves its state behind.
    mutating func rememberAlerts(of others: [MemberReport], at now: Timestamp) {
        for other in others {
            guard let alerts = other.alerts else { continue }
            alertsOfOthers[other.id] = PublishedAlerts(alerts: alerts, at: now)
        }
        alertsOfOthers = alertsOfOthers.filter { now - $0.value.at <= RuleEngine.outageTolerance }
    }

    /// Takes over the alerts of graphs that this agent watches from now on, and drops those of
    /// graphs that another one watches: they have not ended, so nobody is told that they have.
    mutating func moveAlerts(at now: Timestamp) {
        let (gained, lost) = (inventory.gained, inventory.lost)
        if !lost.isEmpty {
            rules.forget { lost.contains($0.labels["graph_id"]) }
            areAlertsUnsaved = true
        }
        guard !gained.isEmpty, !alertsOfOthers.isEmpty else { return }
        var lastSeen: [Labels: Int64] = [:]
        for alert in rules.activeAlerts {
            lastSeen[alert.labels] = alert.lastSeenAt.milliseconds
        }
        let newer = alertsOfOthers.values.flatMap(\.alerts)
            .filter { gained.contains($0.labels["graph_id"] ?? "") }
            .filter { $0.lastSeenAtMilliseconds > lastSeen[Labels($0)] ?? .min }
            // The newest comes last and stays.
            .sorted { $0.lastSeenAtMilliseconds < $1.lastSeenAtMilliseconds }
        guard !newer.isEmpty else { return }
        rules.restore(newer, at: now)
        areAlertsUnsaved = true
    }

    /// The alerts of the graphs that this agent watches, those that ask for a restart first.
    private var watchedAlerts: [AlertSnapshot] {
        let own = rules.snapshot().filter { alert in
            inventory.entries[alert.labels["graph_id"] ?? ""]
                .map { $0.otherWatcher == nil } ?? false
        }
        let asking = own.filter { $0.labels["remediate"] != nil }
        let others = own.filter { $0.labels["remediate"] == nil }
        return (asking + others).prefix(Self.maximumPublishedAlerts).map { alert in
            // The next evaluation writes them anew.
            var alert = alert
            alert.annotations = [:]
            return alert
        }
    }
}

/// The alerts of another agent when they were last heard of.
struct PublishedAlerts: Sendable {
    let alerts: [AlertSnapshot]
    let at: Timestamp
}

extension Labels {
    fileprivate init(_ alert: AlertSnapshot) {
        self.init(alert.labels.map { ($0.key, $0.value) })
    }
}
