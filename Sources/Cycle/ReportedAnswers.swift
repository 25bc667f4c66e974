import Diagnosis

/// What a person can mend about the answers of graphs, logged when it begins, changes or ends.
struct ReportedAnswers: Sendable {
    /// The graphs that refuse the credential of the agent.
    private var refusing: Set<String> = []
    /// The address that answers in place of the configured one, by graph.
    private var fallbacks: [String: String] = [:]

    mutating func changes(
        to readings: [GraphReading],
        _ name: (String) -> String?
    ) -> [LogLine] {
        let isUsual =
            refusing.isEmpty && fallbacks.isEmpty
            && !readings.contains { $0.fallback != nil || $0.refusesCredential }
        if isUsual { return [] }
        // Those of deleted graphs.
        refusing = refusing.filter { name($0) != nil }
        fallbacks = fallbacks.filter { name($0.key) != nil }
        return refusals(readings, name) + fallbackChanges(readings, name)
    }

    private mutating func refusals(
        _ readings: [GraphReading],
        _ name: (String) -> String?
    ) -> [LogLine] {
        let before = refusing
        for reading in readings where !reading.probes.isEmpty {
            if reading.refusesCredential {
                refusing.insert(reading.graphID)
            } else {
                refusing.remove(reading.graphID)
            }
        }
        let new = readings.first { !before.contains($0.graphID) && $0.refusesCredential }
        guard let new else {
            return refusing.isEmpty && !before.isEmpty
                ? [LogLine(.info, "All graphs accept the credential again")] : []
        }
        // A fleet that refuses one after the other is one trouble.
        guard before.isEmpty else { return [] }
        return [
            LogLine(
                .error,
                "Graphs refuse the credential of the agent, so nothing can be said about them;"
                    + " the user needs a GES policy, and graphs that take no signatures need"
                    + " cloud.credentials.password; see check permissions",
                [
                    "graphs": "\(refusing.count)", "graph_id": new.graphID,
                    "graph_name": name(new.graphID) ?? "",
                    "err": new.probes.first { $0.answer == .credential }?.text ?? "",
                ]
            )
        ]
    }

    private mutating func fallbackChanges(
        _ readings: [GraphReading],
        _ name: (String) -> String?
    ) -> [LogLine] {
        let before = fallbacks
        for reading in readings where !reading.probes.isEmpty {
            fallbacks[reading.graphID] = reading.fallback
        }
        let new = readings.filter { reading in
            reading.fallback != nil && reading.fallback != before[reading.graphID]
        }
        guard let first = new.first, let address = first.fallback else {
            return fallbacks.isEmpty && !before.isEmpty
                ? [LogLine(.info, "All graphs answer at their configured address again")] : []
        }
        return [
            LogLine(
                .warning,
                "Graphs answer at another address than the configured one",
                [
                    "graphs": "\(fallbacks.count)", "new": "\(new.count)",
                    "graph_id": first.graphID, "graph_name": name(first.graphID) ?? "",
                    "address": address,
                ]
            )
        ]
    }
}

extension GraphReading {
    package var refusesCredential: Bool { probes.contains { $0.answer == .credential } }
}
