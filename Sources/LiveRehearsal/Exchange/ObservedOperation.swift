package import HTTPClient

/// What a request asks of the service.
package enum ObservedOperation: Hashable, Sendable {
    case listGraphs(offset: Int, limit: Int)
    case showGraph(id: String)
    case restart(id: String)
    /// Nil for the jobs of every graph.
    case listJobs(graphName: String?)
    case showJob(id: String)
    case listMetrics
    /// The path after the name of the graph, such as `om/metrics`.
    case dataPlane(graphName: String, path: String)
    case other

    /// Whether the management plane of GES answers it.
    var isManagement: Bool {
        switch self {
        case .listGraphs, .showGraph, .restart, .listJobs, .showJob: true
        case .listMetrics, .dataPlane, .other: false
        }
    }
}

extension ObservedOperation {
    package init(_ method: HTTPMethod, url: String) {
        let parts = url.split(separator: "?", maxSplits: 1)
        // Without the scheme and the host.
        let segments = (parts.first ?? "").split(separator: "/").dropFirst(2).map(String.init)
        let query = Self.query(parts.count > 1 ? String(parts[1]) : "")
        self = .other
        // An endpoint may have a path with "ges" too.
        if let restart = Self.restart(method, segments, query) {
            self = restart
        } else if let start = segments.firstIndex(of: "ges"), segments.count > start + 4,
            segments[start + 1] != "v2"
        {
            let rest = segments[(start + 4)...]
            self = .dataPlane(
                graphName: rest.first ?? "",
                path: rest.dropFirst().joined(separator: "/")
            )
        } else if segments.contains("V1.0") {
            if segments.last == "metrics" { self = .listMetrics }
        } else if let start = segments.firstIndex(where: { $0 == "v2" || $0 == "v1.0" }) {
            self = Self.management(method, Array(segments.dropFirst(start + 2)), query)
        }
    }

    /// - Parameter path: what follows the project.
    private static func management(
        _ method: HTTPMethod,
        _ path: [String],
        _ query: [String: String]
    ) -> ObservedOperation {
        guard path.first == "graphs" else { return .other }
        switch (method, path.count) {
        case (.get, 1):
            return .listGraphs(
                offset: query["offset"].flatMap { Int($0) } ?? 0,
                limit: query["limit"].flatMap { Int($0) } ?? 10
            )
        case (.get, 2) where path[1] == "jobs": return .listJobs(graphName: query["graph_name"])
        case (.get, 2): return .showGraph(id: path[1])
        case (.get, 5) where path[2] == "jobs": return .showJob(id: path[3])
        default: return .other
        }
    }

    /// Whatever the path begins with: no other request may be taken for a restart, and none
    /// overlooked.
    private static func restart(
        _ method: HTTPMethod,
        _ segments: [String],
        _ query: [String: String]
    ) -> ObservedOperation? {
        let path = Array(segments.suffix(3))
        guard method == .post, path.count == 3, path[0] == "graphs" else { return nil }
        let isRestart =
            path[2] == "restart" || path[2] == "action" && query["action_id"] == "restart"
        return isRestart ? .restart(id: path[1]) : nil
    }

    private static func query(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        return Dictionary(
            pairs.map { (String($0.first ?? ""), $0.count > 1 ? String($0[1]) : "") }
        ) { first, _ in first }
    }
}
