import Diagnosis
import Remediation
import Rules
import Series
package import Time

/// The silences of all Alertmanagers, as they last answered.
package struct SilenceBook: Hashable, Sendable {
    private struct Source: Hashable {
        var silences: [Silence] = []
        var unreadable = 0
        var readAt: Timestamp?
        var failure: String?
        var failingSince: Timestamp?
    }

    private var sources: [String: Source] = [:]

    package init() {}

    /// Forgets Alertmanagers that the configuration no longer has.
    mutating func keep(_ alertmanagers: [String]) {
        sources = sources.filter { alertmanagers.contains($0.key) }
    }

    mutating func receive(_ report: SilenceReport) {
        var source = sources[report.alertmanager] ?? Source()
        switch report.answer {
        case .silences(let silences, let unreadable):
            source = Source(silences: silences, unreadable: unreadable, readAt: report.at)
        case .failure(let reason):
            source.failure = reason
            source.failingSince = source.failingSince ?? report.at
        }
        sources[report.alertmanager] = source
    }

    /// Forgets what an Alertmanager said that has not answered for `memory`: one that cannot be
    /// asked holds nothing. A single lost answer lifts no silence.
    mutating func expire(after memory: Duration, at now: Timestamp) {
        for (url, source) in sources {
            guard let readAt = source.readAt, source.failure != nil, now - readAt > memory else {
                continue
            }
            sources[url]?.silences = []
        }
    }

    package func active(at now: Timestamp) -> Int {
        sources.values.reduce(0) { count, source in
            count + source.silences.count { $0.startsAt <= now && now < $0.endsAt }
        }
    }

    /// The graphs all of whose alerts are silenced, each with a silence. An alert that is not
    /// silenced asks as ever.
    func holds(
        on alerts: [ActiveAlert],
        _ received: [ReceivedAlert],
        at now: Timestamp
    ) -> [String: ExternalHold] {
        let silences = sources.sorted { $0.key < $1.key }.flatMap(\.value.silences)
        guard !silences.isEmpty else { return [:] }
        var found: [String: Silence?] = [:]
        func note(_ graph: String, _ labels: Labels) {
            if case .some(nil) = found[graph] { return }
            found.updateValue(silences.first { $0.covers(labels, at: now) }, forKey: graph)
        }
        for alert in alerts where alert.firedAt != nil && RemediationRequests.asksForRestart(alert)
        {
            note(alert.labels["graph_id"], alert.labels)
        }
        for alert in received { note(alert.graphID.rawValue, alert.labels) }
        return found.compactMapValues { silence in
            silence.map { .silenced(by: "\($0)", ends: $0.endsAt) }
        }
    }

    /// Alertmanagers that cannot be asked, and silences that cannot be read, as lines for people.
    package var troubles: [String] {
        sources.sorted { $0.key < $1.key }.flatMap { url, source in
            var lines: [String] = []
            if let failure = source.failure, let since = source.failingSince {
                lines.append(
                    "Alertmanager \(url) cannot be asked for silences since \(since): \(failure);"
                        + " its silences hold nothing"
                )
            }
            if source.unreadable > 0 {
                lines.append(
                    "\(source.unreadable) silences of Alertmanager \(url) cannot be read and hold"
                        + " nothing"
                )
            }
            return lines
        }
    }

    /// Whether each Alertmanager answered when it was last asked, by URL.
    package var answers: [String: Bool] { sources.mapValues { $0.failure == nil } }
}

extension ReceivedAlert {
    /// The labels that are kept of it.
    var labels: Labels {
        Labels([
            Label(name: "alertname", value: alertname),
            Label(name: "graph_id", value: graphID.rawValue),
            Label(name: "hang", value: hangClass.rawValue),
            Label(name: "remediate", value: "restart"),
        ])
    }
}
