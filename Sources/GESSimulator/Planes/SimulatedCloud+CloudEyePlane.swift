import JSON
import Time

/// Cloud Eye: the metrics of SYS.GES, delayed by minutes.
extension SimulatedCloud {
    private static let batchMaximum = 500
    private static let listMaximum = 1000
    /// Points in one answer (Cloud Eye API page 0034).
    private static let pointsMaximum: Int64 = 3000

    func performCloudEye(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        switch exchange.route.operation {
        case .listMetrics: return try listMetrics(exchange)
        case .showMetrics: return try showMetrics(exchange)
        case .queryMetrics: return try queryMetrics(exchange)
        default: throw .noSuchInterface
        }
    }

    private func points(
        _ name: String,
        _ graphID: String,
        _ query: CloudEyeQuery,
        _ exchange: CloudExchange
    ) -> [CloudEyeQuery.Point] {
        let lie = exchange.faults.metricLie
        guard let metric = SimulatedMetric.named(name), let graph = graph(graphID),
            !(lie?.lacks(name) ?? false)
        else { return [] }
        var delay = configuration.cloudEyeDelay
        if case .late(let lateness) = lie { delay = lateness }
        return query.points(of: metric, graph, newest: exchange.now - delay)
    }

    private func showMetrics(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        let request = exchange.request
        let query = try CloudEyeQuery(
            from: request.parameter("from").flatMap { Int64($0) },
            to: request.parameter("to").flatMap { Int64($0) },
            period: request.parameter("period"),
            filter: request.parameter("filter")
        )
        guard let name = request.parameter("metric_name"),
            let graphID = Self.instance(request.parameter("dim.0")),
            let namespace = request.parameter("namespace")
        else { throw CloudEyeQuery.invalid("[namespace, metric_name, dim.0]") }
        let unit = SimulatedMetric.named(name)?.unit ?? "unknown"
        let found =
            namespace == SimulatedMetric.namespace
            ? points(name, graphID, query, exchange) : []
        let documents = found.map { point -> JSONValue in
            [
                query.filter.rawValue: .double(point.value),
                "timestamp": .integer(point.time.milliseconds),
                "unit": .string(unit),
            ]
        }
        return CloudAnswer([
            "datapoints": .array(documents), "metric_name": .string(name),
        ])
    }

    /// `instance_id,f1529b88-...`
    private static func instance(_ dimension: String?) -> String? {
        let parts = (dimension ?? "").split(separator: ",", maxSplits: 1)
        return parts.count == 2 && parts[0] == "instance_id" ? String(parts[1]) : nil
    }

    private func queryMetrics(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        let body = try exchange.request.document()
        let query = try CloudEyeQuery(
            from: body["from"]?.integerValue,
            to: body["to"]?.integerValue,
            period: body["period"]?.stringValue,
            filter: body["filter"]?.stringValue
        )
        let wanted = body["metrics"]?.arrayValue ?? []
        guard (1...Self.batchMaximum).contains(wanted.count),
            Int64(wanted.count) * query.pointsMaximum <= Self.pointsMaximum
        else { throw CloudEyeQuery.invalid("[metrics]") }
        let lie = exchange.faults.metricLie
        var documents: [JSONValue] = []
        for metric in wanted {
            guard let name = metric["metric_name"]?.stringValue,
                let namespace = metric["namespace"]?.stringValue,
                let dimensions = metric["dimensions"],
                dimensions[0]?["name"]?.stringValue == "instance_id",
                let graphID = dimensions[0]?["value"]?.stringValue, lie != .refusing(name)
            else { throw CloudEyeQuery.invalid("[metrics]") }
            let found =
                namespace == SimulatedMetric.namespace
                ? points(name, graphID, query, exchange) : []
            var unit = SimulatedMetric.named(name)?.unit ?? "unknown"
            if case .unit(let wrong) = lie { unit = wrong }
            var told = dimensions
            if case .graph(let other) = lie { told = Self.dimensions(other) }
            documents.append([
                "namespace": .string(namespace), "metric_name": .string(name),
                "dimensions": told, "unit": .string(unit),
                "datapoints": .array(found.map { Self.document($0, query.filter, lie) }),
            ])
        }
        if case .partial(let entries) = lie { documents = Array(documents.prefix(entries)) }
        return CloudAnswer(["metrics": .array(documents)])
    }

    private static func dimensions(_ graphID: String) -> JSONValue {
        [["name": "instance_id", "value": .string(graphID)]]
    }

    /// In a batch the unit is next to the points, not in them.
    private static func document(
        _ point: CloudEyeQuery.Point,
        _ filter: CloudEyeQuery.Filter,
        _ lie: MetricLie?
    ) -> JSONValue {
        var (value, time) = (JSONValue.double(point.value), point.time)
        switch lie {
        case .value(let wrong): value = wrong
        case .times(let error): time = time + error
        default: break
        }
        return [filter.rawValue: value, "timestamp": .integer(time.milliseconds)]
    }

    /// One page, starting at `start` (the marker from the previous page).
    private func listMetrics(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        let (request, lie) = (exchange.request, exchange.faults.metricLie)
        let limit = request.parameter("limit").map { Int($0) ?? 0 } ?? Self.listMaximum
        guard (1...Self.listMaximum).contains(limit) else { throw CloudEyeQuery.invalid("[limit]") }
        if lie == .endless { return endlessPage(limit, exchange.requestID) }
        let namespace = request.parameter("namespace") ?? SimulatedMetric.namespace
        let wanted = Self.instance(request.parameter("dim.0"))
        let names = request.parameter("metric_name").map { [$0] }
        let metrics = SimulatedMetric.all.filter { metric in
            (names?.contains(metric.name) ?? true) && !(lie?.lacks(metric.name) ?? false)
        }
        let all = graphIDs.filter { wanted == nil || wanted == $0 }.flatMap { id in
            metrics.map { ($0, id) }
        }
        let entries = namespace == SimulatedMetric.namespace ? all : []
        let start = lie == .repeated ? "" : request.parameter("start") ?? ""
        let first =
            start.isEmpty
            ? 0
            : entries.firstIndex { Self.marker($0, $1) == start }
                .map { $0 + 1 } ?? entries.count
        var page = Array(entries.dropFirst(first).prefix(limit))
        if case .partial(let count) = lie { page = Array(page.prefix(count)) }
        return Self.page(page, total: lie == .repeated ? entries.count + 1 : entries.count)
    }

    private static func page(_ page: [(SimulatedMetric, String)], total: Int) -> CloudAnswer {
        CloudAnswer([
            "metrics": .array(
                page.map { metric, id in
                    [
                        "namespace": .string(SimulatedMetric.namespace),
                        "metric_name": .string(metric.name), "unit": .string(metric.unit),
                        "dimensions": dimensions(id),
                    ]
                }
            ),
            "meta_data": [
                "count": .integer(Int64(page.count)),
                "marker": .string(page.last.map { marker($0.0, $0.1) } ?? ""),
                "total": .integer(Int64(total)),
            ],
        ])
    }

    /// Metrics of graphs that do not exist; the page after it has others.
    private func endlessPage(_ limit: Int, _ requestID: String) -> CloudAnswer {
        let metric = SimulatedMetric.all[0]
        let page = (0..<limit).map { (metric, "\(requestID)-\($0)") }
        return Self.page(page, total: .max)
    }

    private static func marker(_ metric: SimulatedMetric, _ graphID: String) -> String {
        "\(SimulatedMetric.namespace).\(metric.name).instance_id:\(graphID)"
    }
}
