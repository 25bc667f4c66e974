package import Remediation

/// A log line as a value; the caller writes it.
package struct LogLine: Hashable, Sendable {
    package enum Level: Hashable, Sendable {
        case info, warning, error
    }

    package struct Field: Hashable, Sendable {
        package let key: String
        package let value: String
    }

    package let level: Level
    package let message: String
    package let fields: [Field]

    init(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        self.level = level
        self.message = message
        self.fields = fields.map { Field(key: $0.key, value: $0.value) }
    }

    /// The log line of an audit entry.
    ///
    /// - Parameter graphName: the name of the graph that the entry is about; nil if it is about the
    ///   whole fleet or if the name is not known.
    package init(_ entry: AuditEntry, graphName: String?) {
        var fields = [Field(key: "event", value: entry.kind.rawValue)]
        if let id = entry.graphID { fields.append(Field(key: "graph_id", value: id.rawValue)) }
        if let graphName { fields.append(Field(key: "graph_name", value: graphName)) }
        if !entry.reason.isEmpty { fields.append(Field(key: "reason", value: entry.reason)) }
        if let id = entry.intentID { fields.append(Field(key: "intent", value: id)) }
        level =
            switch entry.severity {
            case .info: .info
            case .warning: .warning
            case .critical: .error
            }
        message = entry.detail
        self.fields = fields
    }
}

/// The ongoing conditions that were logged. Each change is logged once, not with every step.
struct Reported: Sendable {
    private enum Listing: Hashable {
        case complete, incomplete, failed
    }

    private var listing = Listing.complete
    /// The graphs to which nothing is sent.
    private var refused: Set<String> = []
    private var reasons: [DetectOnlyReason] = []
    private var lacksReach = false
    var answers = ReportedAnswers()

    mutating func changes(to newest: Result<Readings.Listing, ReadingFailure>) -> [LogLine] {
        let before = listing
        switch newest {
        case .success(let found) where found.isComplete:
            listing = .complete
            guard before != .complete else { return [] }
            return [LogLine(.info, "The graphs can be listed again")]
        case .success(let found):
            listing = .incomplete
            guard before != .incomplete else { return [] }
            return [
                LogLine(
                    .warning,
                    "The list of graphs is not complete; known graphs that it lacks are kept",
                    ["err": found.shortfall ?? "unknown", "graphs": "\(found.graphs.count)"]
                )
            ]
        case .failure(let failure):
            listing = .failed
            guard before != .failed else { return [] }
            return [
                LogLine(
                    .warning,
                    "The graphs cannot be listed; no graph is restarted meanwhile",
                    ["err": failure.text]
                )
            ]
        }
    }

    mutating func changes(to reach: Inventory.Reach) -> [LogLine] {
        switch reach {
        case .none where !lacksReach:
            lacksReach = true
            return reach.caution.map { [LogLine(.warning, $0)] } ?? []
        case .proved where lacksReach:
            lacksReach = false
            return [LogLine(.info, "A probe has reached a graph")]
        default: return []
        }
    }

    /// Graphs to which nothing is sent because of their addresses. One line for all that are new.
    mutating func changes(to readings: [GraphReading], _ name: (String) -> String?) -> [LogLine] {
        let before = refused
        let now = readings.filter { $0.refusal != nil }
        refused = Set(now.map(\.graphID))
        let new = now.filter { !before.contains($0.graphID) }
        guard let first = new.first, let reason = first.refusal else {
            return refused.isEmpty && !before.isEmpty
                ? [LogLine(.info, "All graphs have usable addresses again")] : []
        }
        return [
            LogLine(
                .warning,
                "Graphs are not probed, because credentials must not be sent to their addresses",
                [
                    "graphs": "\(refused.count)", "new": "\(new.count)",
                    "graph_id": first.graphID, "graph_name": name(first.graphID) ?? "",
                    "err": reason,
                ]
            )
        ]
    }

    mutating func changes(to now: [DetectOnlyReason]) -> [LogLine] {
        let before = Set(reasons.map(\.label))
        let lines =
            now.filter { !before.contains($0.label) }.map { LogLine(.error, "Detect-only: \($0)") }
            + reasons.filter { reason in !now.contains { $0.label == reason.label } }
            .map { LogLine(.info, $0.endText, ["reason": $0.label]) }
        reasons = now
        return lines
    }
}

extension Inventory.Reach {
    /// What is wrong and what to check; nil if nothing is.
    package var caution: String? {
        guard case .none(let reason) = self else { return nil }
        return "No probe has reached any graph (\(reason)), so no hang can be detected; check"
            + " sampling.data_plane and the firewall between the agent and the graphs"
    }
}
