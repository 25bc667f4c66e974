import Cycle
import Listener

/// Type, help and unit of one metric.
package struct MetricDescription: Sendable, Hashable {
    package var name: String
    package var type: String
    package var help: String
    package var unit: String

    package init(name: String, type: String, help: String, unit: String) {
        self.name = name
        self.type = type
        self.help = help
        self.unit = unit
    }

    /// The metrics of graphs, which are the series that rules and queries can select.
    package static let graphs = GraphMetric.allCases.compactMap { metric in
        metric.isSummaryTotal
            ? nil
            : MetricDescription(
                name: metric.rawValue,
                type: metric.type,
                help: metric.help,
                unit: metric.unit ?? ""
            )
    }
}

/// `/api/v1/metadata`.
struct MetadataAPI: Sendable {
    let descriptions: [MetricDescription]

    var routes: [Route] {
        Route.query("/api/v1/metadata", methods: ["GET"]) { _, form throws(QueryFailure) in
            try answer(form)
        }
    }

    private func answer(_ form: RequestForm) throws(QueryFailure) -> Reply {
        let limit = try number("limit", form)
        // Each metric has one description, so this limit has no effect; it is only validated.
        _ = try number("limit_per_metric", form)
        let name = form.text("metric")
        let found = descriptions.filter { name.isEmpty || $0.name == name }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let shown = limit.map { $0 >= 0 ? Array(found.prefix($0)) : found } ?? found
        return QueryReply.success { json in
            json.object { json in
                for description in shown {
                    json.member(description.name) { $0.array([description]) { $0.write($1) } }
                }
            }
        }
    }

    private func number(_ name: String, _ form: RequestForm) throws(QueryFailure) -> Int? {
        let text = form.text(name)
        if text.isEmpty { return nil }
        guard let number = Int(text) else { throw .badData("\(name) must be a number") }
        return number
    }
}

extension PrometheusJSON {
    fileprivate mutating func write(_ description: MetricDescription) {
        object { json in
            json.member("type", description.type)
            json.member("help", description.help)
            json.member("unit", description.unit)
        }
    }
}
