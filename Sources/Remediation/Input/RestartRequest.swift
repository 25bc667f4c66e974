package import Time

/// A firing alert that asks for a restart. Requests are levels, not edges: every step receives all
/// that are active, and one that is missing has ended.
package struct RestartRequest: Hashable, Sendable, Codable {
    package var graphID: GraphID
    package var hangClass: HangClass
    package var alertname: String
    /// The summary of the alert, for people.
    package var reason: String
    /// Since when the condition holds; the graph that is sick longest comes first.
    package var activeAt: Timestamp
    package var source: Source

    package init(
        graphID: GraphID,
        hangClass: HangClass,
        alertname: String,
        reason: String,
        activeAt: Timestamp,
        source: Source = .rules
    ) {
        self.graphID = graphID
        self.hangClass = hangClass
        self.alertname = alertname
        self.reason = reason
        self.activeAt = activeAt
        self.source = source
    }

    /// Who evaluated the rule, or who asked.
    package enum Source: Hashable, Sendable, Codable {
        case rules
        case webhook(fingerprint: String)
        case person(String)
    }
}

extension RestartRequest: CustomStringConvertible {
    package var description: String {
        switch source {
        case .person(let name): "ordered by \(name): \(reason)"
        case .webhook: "\(alertname) by webhook, since \(activeAt): \(reason)"
        case .rules: "\(alertname) since \(activeAt): \(reason)"
        }
    }
}
