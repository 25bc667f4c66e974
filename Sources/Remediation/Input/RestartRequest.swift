package import Diagnosis
package import Time

/// A firing alert that asks for a restart. Requests are levels, not edges: each step receives all
/// that are active, and one that is missing has ended. So none can be lost or received twice.
package struct RestartRequest: Hashable, Sendable, Codable {
    package var graphID: GraphID
    package var hangClass: HangClass
    package var alertname: String
    /// The alert's summary, for people.
    package var reason: String
    /// Since when the alert's condition holds. The graph that is sick longest comes first.
    package var activeAt: Timestamp
    /// When the alert began to fire; nil if that is not known.
    package var firedAt: Timestamp?
    /// For how long the condition had to hold before it fired; nil if that is not known.
    package var holdMilliseconds: Int64?
    package var source: Source

    package init(
        graphID: GraphID,
        hangClass: HangClass,
        alertname: String,
        reason: String,
        activeAt: Timestamp,
        firedAt: Timestamp? = nil,
        holdMilliseconds: Int64? = nil,
        source: Source = .rules
    ) {
        self.graphID = graphID
        self.hangClass = hangClass
        self.alertname = alertname
        self.reason = reason
        self.activeAt = activeAt
        self.firedAt = firedAt
        self.holdMilliseconds = holdMilliseconds
        self.source = source
    }

    /// Who evaluated the rule, or who gave the order.
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

extension RestartRequest {
    /// Chooses one request for each graph: one whose class fits the status before one that does
    /// not, then the oldest. The other fields only make the choice independent of the order of
    /// arrival.
    static func onePerGraph(
        _ requests: [RestartRequest],
        in view: FleetView
    ) -> [GraphID: RestartRequest] {
        func order(_ request: RestartRequest) -> (Int, Timestamp, String, String, String) {
            let code = view.graphs[request.graphID]?.statusCode
            let fits = code == request.hangClass.expectedStatusCode
            let source = String(describing: request.source)
            return (
                fits ? 0 : 1, request.activeAt, request.alertname,
                request.hangClass.rawValue + source, request.reason
            )
        }
        return Dictionary(requests.map { ($0.graphID, $0) }) { lhs, rhs in
            order(rhs) < order(lhs) ? rhs : lhs
        }
    }
}
