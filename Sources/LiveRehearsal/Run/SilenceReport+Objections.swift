package import Cycle
import Series
package import Time

extension SilenceReport {
    /// Whether the Alertmanager said what is silenced.
    var isAnswered: Bool {
        if case .silences = answer { true } else { false }
    }

    /// What speaks against the restart of a graph. The agent compares silences with alerts; an order
    /// has none, so here a silence counts that names the graph, whatever alerts it is about.
    package func objections(
        toRestarting id: String,
        named name: String,
        at instant: Timestamp
    ) -> [RehearsalObjection] {
        switch answer {
        case .failure(let reason):
            return [
                RehearsalObjection(
                    "Alertmanager \(alertmanager) cannot be asked for silences: \(reason)",
                    remedy: "check the Alertmanager, and its url and credentials in alertmanagers"
                )
            ]
        case .silences(let silences, let unreadable):
            var objections = silences.filter { $0.startsAt <= instant && instant < $0.endsAt }
                .filter { $0.names(id, name) }.prefix(3)
                .map { silence in
                    RehearsalObjection(
                        "silenced by \(silence)",
                        remedy: "wait for its end, or expire it"
                    )
                }
            if unreadable > 0 {
                objections.append(
                    RehearsalObjection(
                        "\(unreadable) silences of Alertmanager \(alertmanager) cannot be read",
                        remedy: "expire them: one may be about the graph"
                    )
                )
            }
            return objections
        }
    }
}

extension Silence {
    /// Whether a matcher asks for the graph, and none excludes it.
    fileprivate func names(_ id: String, _ name: String) -> Bool {
        let labels = ["graph_id": id, "graph_name": name]
        let about = matchers.filter { labels[$0.name] != nil }
        guard about.allSatisfy({ $0.matches(labels[$0.name] ?? "") }) else { return false }
        // One that an alert without the label satisfies too asks for no graph.
        return about.contains { !$0.matches("") }
    }
}
