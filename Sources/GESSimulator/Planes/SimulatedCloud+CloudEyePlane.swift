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
        case .listMetrics: return try listMetrics(exchange.request)
        case .showMetrics: return try showMetrics(exchange)
        case .queryMetrics: return try queryMetrics(exchange)
        default: throw .noSuchInterface
        }
    }

    private func points(
        _ name: String,
        _ graphID: String,
        _ query: CloudEyeQuery,
        at now: Timestamp
    ) -> [CloudEyeQuery.Point] {
        guard let metric = CloudEyeMetric.named(name), let graph = graph(graphID) else { return [] }
        return query.points(of: metric, graph, newest: now - configuration.cloudEyeDelay)
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
        let unit = CloudEyeMetric.named(name)?.unit ?? "unknown"
        let found =
            namespace == CloudEyeMetric.namespace
            ? points(name, graphID, query, at: exchange.now) : []
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
        var documents: [JSONValue] = []
        for metric in wanted {
            guard let name = metric["metric_name"]?.stringValue,
                let namespace = metric["namespace"]?.stringValue,
                let dimensions = metric["dimensions"],
                dimensions[0]?["name"]?.stringValue == "instance_id",
                let graphID = dimensions[0]?["value"]?.stringValue
            else { throw CloudEyeQuery.invalid("[metrics]") }
            let found =
                namespace == CloudEyeMetric.namespace
                ? points(name, graphID, query, at: exchange.now) : []
            documents.append([
                "namespace": .string(namespace), "metric_name": .string(name),
                "dimensions": dimensions,
                "unit": .string(CloudEyeMetric.named(name)?.unit ?? "unknown"),
                "datapoints": .array(found.map { Self.document($0, query.filter) }),
            ])
        }
        return CloudAnswer(["metrics": .array(documents)])
    }

    /// In a batch the unit is next to the points, not in them.
    private static func document(
        _ point: CloudEyeQuery.Point,
        _ filter: CloudEyeQuery.Filter
    ) -> JSONValue {
        [filter.rawValue: .double(point.value), "timestamp": .integer(point.time.milliseconds)]
    }

    /// One page, starting at `start` (the marker from the previous page).
    private func listMetrics(_ request: CloudRequest) throws(ServiceError) -> CloudAnswer {
        let limit = request.parameter("limit").map { Int($0) ?? 0 } ?? Self.listMaximum
        guard (1...Self.listMaximum).contains(limit) else { throw CloudEyeQuery.invalid("[limit]") }
        let namespace = request.parameter("namespace") ?? CloudEyeMetric.namespace
        let wanted = Self.instance(request.parameter("dim.0"))
        let names = request.parameter("metric_name").map { [$0] }
        let all = graphIDs.filter { wanted == nil || wanted == $0 }.flatMap { id in
            CloudEyeMetric.all.filter { names?.contains($0.name) ?? true }.map { ($0, id) }
        }
        let entries = namespace == CloudEyeMetric.namespace ? all : []
        let start = request.parameter("start") ?? ""
        let first =
            start.isEmpty
            ? 0
            : entries.firstIndex { Self.marker($0, $1) == start }
                .map { $0 + 1 } ?? entries.count
        let page = entries.dropFirst(first).prefix(limit)
        return CloudAnswer([
            "metrics": .array(
                page.map { metric, id in
                    [
                        "namespace": .string(CloudEyeMetric.namespace),
                        "metric_name": .string(metric.name), "unit": .string(metric.unit),
                        "dimensions": [["name": "instance_id", "value": .string(id)]],
                    ]
                }
            ),
            "meta_data": [
                "count": .integer(Int64(page.count)),
                "marker": .string(page.last.map { Self.marker($0.0, $0.1) } ?? ""),
                "total": .integer(Int64(entries.count)),
            ],
        ])
    }

    private static func marker(_ metric: CloudEyeMetric, _ graphID: String) -> String {
        "\(CloudEyeMetric.namespace).\(metric.name).instance_id:\(graphID)"
    }
}
