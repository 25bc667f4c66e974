import Cycle
import Remediation
import Rules
import Series
import Time
import URI

/// The alerts that a status gives rise to: the firing alerts of the rules, and the life of each
/// remediation.
struct AlertDerivation {
    let status: Status
    /// Where users reach the agent, without a slash at the end; nil if it is not known.
    let externalURL: String?

    /// How long the end of a remediation is told.
    static let verifiedFor = Duration.seconds(15 * 60)

    var alerts: [OutgoingAlert] { remediations + status.alerts.compactMap(firing) }

    /// The worst first.
    private var remediations: [OutgoingAlert] {
        var alerts: [OutgoingAlert] = []
        for record in status.machine.recordsInUse { alerts += life(of: record) }
        for (id, decision) in status.machine.decisions {
            if let held = held(id, decision) { alerts.append(held) }
        }
        if !status.detectOnly.isEmpty {
            alerts.append(
                alert(
                    .detectOnly,
                    nil,
                    "graphwarden watches and does not act",
                    status.detectOnly.map(\.description).joined(separator: "; "),
                    since: nil
                )
            )
        }
        for pause in status.machine.pauses where pause.days(at: status.at) > 0 {
            alerts.append(paused(pause))
        }
        let ranks = ["critical", "warning", "info"]
        let ranked = alerts.map { alert in
            (alert, ranks.firstIndex(of: alert.labels["severity"]) ?? ranks.count)
        }
        return ranked.sorted { left, right in
            left.1 == right.1
                ? "\(left.0.identity)" < "\(right.0.identity)" : left.1 < right.1
        }
        .map(\.0)
    }

    private func firing(_ alert: ActiveAlert) -> OutgoingAlert? {
        guard let firedAt = alert.firedAt else { return nil }
        var outgoing = OutgoingAlert(
            labels: alert.labels,
            annotations: alert.annotations,
            startsAt: firedAt
        )
        outgoing.link = link(to: alert.labels["graph_id"])
        return outgoing
    }

    private func life(of record: GraphRecord) -> [OutgoingAlert] {
        let id = record.id
        var alerts: [OutgoingAlert] = []
        func tell(_ kind: RemediationAlert, _ what: String, since: Timestamp?) {
            alerts.append(alert(kind, id, what, "\(record.phase)", since: since))
        }
        switch record.phase {
        case .awaitingApproval(let since, _):
            let rung = record.askedRemedy.map { "The rung \($0) of the ladder waits" }
            tell(.approvalRequested, "\(rung ?? "A restart waits") for approval", since: since)
        case .countingDown(let since, _):
            tell(.restartAnnounced, "A restart is announced", since: since)
        case .restarting, .verifying, .unknownOutcome, .stopped:
            let what =
                switch record.phase.intent?.action {
                case .cancel: "A task of the graph was cancelled"
                case .stop, .start: "The graph is being stopped and started"
                case .restart, nil: "The graph is being restarted"
                }
            tell(.restarted, what, since: record.phase.intent?.createdAt)
        case .stalled(_, let since, _):
            tell(.stalled, "A restart has stalled; a person must look", since: since)
        case .exhausted(let since):
            tell(.exhausted, "Restarts do not help; a person must look", since: since)
        default: break
        }
        if let last = record.attempts.last, let ending = last.ending, ending.outcome == .verified,
            status.at - ending.at < Self.verifiedFor
        {
            alerts.append(
                alert(
                    .verified,
                    id,
                    last.action == .cancel
                        ? "The graph works again after a task was cancelled"
                        : "The graph works again after a restart",
                    "attempt \(last.number) was verified at \(ending.at)",
                    since: ending.at
                )
            )
        }
        return alerts
    }

    /// Graphs that wait for a person have an alert of their own.
    private func held(_ id: GraphID, _ decision: Decision) -> OutgoingAlert? {
        guard case .hold(let reasons) = decision, let since = status.machine.heldSince(id),
            status.at - since >= Machine.noticeableHold
        else { return nil }
        switch status.machine.record(of: id).phase {
        case .stalled, .exhausted, .awaitingApproval: return nil
        default: break
        }
        return alert(
            .heldFor30Minutes,
            id,
            "A restart has been held for 30 minutes",
            reasons.map(\.description).joined(separator: "; "),
            since: since + Machine.noticeableHold
        )
    }

    private func alert(
        _ kind: RemediationAlert,
        _ id: GraphID?,
        _ summary: String,
        _ description: String,
        since: Timestamp?,
        labels further: [Label] = []
    ) -> OutgoingAlert {
        var labels =
            [
                Label(name: "alertname", value: kind.alertname),
                Label(name: "severity", value: kind.severity),
            ] + further
        let name = id.map(name) ?? ""
        var subject = ""
        if let id {
            labels.append(Label(name: "graph_id", value: id.rawValue))
            subject = name.isEmpty ? "\(id): " : "\(name) (\(id)): "
        }
        var alert = OutgoingAlert(
            identity: Labels(labels),
            graphName: name,
            annotations: [
                Label(name: "description", value: description),
                Label(name: "summary", value: subject + summary),
            ],
            startsAt: since
        )
        alert.link = link(to: id?.rawValue ?? "")
        return alert
    }

    /// Only what stays the same while the pause lasts is a label.
    private func paused(_ pause: Pause) -> OutgoingAlert {
        let covered = status.machine.graphCount(pause.scope, in: status.view)
        var alert = alert(
            .paused,
            pause.scope.graphID,
            "\(pause.scope.graphID == nil ? "\(pause.scope)" : "The graph") has been paused for more"
                + " than a day",
            "\(pause.scope) is paused since \(pause.since) until \(pause.until) by \(pause.by):"
                + " \(pause.reason); \(covered) graph\(covered == 1 ? " is" : "s are") not restarted"
                + " meanwhile",
            since: pause.since + Pause.reminderInterval,
            labels: pause.scope.alertLabels
        )
        alert.annotations =
            (alert.annotations + [
                Label(name: "by", value: pause.by), Label(name: "graphs", value: "\(covered)"),
                Label(name: "reason", value: pause.reason),
                Label(name: "until", value: pause.until.rfc3339),
            ])
            .sorted { $0.name < $1.name }
        return alert
    }

    /// As listed, or as it was when its restart was decided if it is gone.
    private func name(of id: GraphID) -> String {
        status.inventory.entries[id.rawValue]?.graph.name
            ?? status.machine.record(of: id).phase.intent?.graphName ?? ""
    }

    private func link(to graph: String) -> String {
        guard let externalURL else { return "" }
        // One link that is no URL would make Alertmanager refuse the whole message.
        let id = PercentEncoding.encode(graph)
        return graph.isEmpty ? externalURL + "/" : "\(externalURL)/api/v1/graphs/\(id)/why"
    }
}

extension PauseScope {
    fileprivate var alertLabels: [Label] {
        var labels = [Label(name: "scope", value: label)]
        if case .entry(let name) = self { labels.append(Label(name: "entry", value: name)) }
        return labels
    }
}
