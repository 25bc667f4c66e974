/// The services behind the simulated cloud's addresses.
package enum CloudService: String, CaseIterable, Sendable {
    case ges
    case iam
    case metadata
    case cloudEye = "ces"
    case dataPlane = "data_plane"
}

/// The operation that a request names. The raw values appear in faults and in the request log.
package enum Operation: String, CaseIterable, Sendable {
    case listGraphs = "list_graphs"
    case showGraph = "show_graph"
    case restartGraph = "restart_graph"
    case stopGraph = "stop_graph"
    case startGraph = "start_graph"
    case listJobs = "list_jobs"
    case showJob = "show_job"
    case listBackups = "list_backups"
    case createBackup = "create_backup"
    case deleteBackup = "delete_backup"
    case listQuotas = "list_quotas"

    case createToken = "create_token"
    case listProjects = "list_projects"

    case createMetadataToken = "create_metadata_token"
    case showSecurityKey = "show_security_key"

    case listMetrics = "list_metrics"
    case showMetrics = "show_metrics"
    case queryMetrics = "query_metrics"

    case showVersion = "show_version"
    case showSummary = "show_summary"
    case listTasks = "list_tasks"
    case showTask = "show_task"
    case cancelTask = "cancel_task"
    case showQueries = "show_queries"
    case showInstanceMetrics = "show_instance_metrics"
    case executeGremlin = "execute_gremlin"
    case executeCypher = "execute_cypher"

    /// Not an operation of this service.
    case unknown
}

/// The two dialects of the management plane: camelCase and snake_case.
package enum APIDialect: String, Sendable {
    case v1, v2
}

/// The meaning of a request's method and path.
struct CloudRoute: Sendable, Equatable {
    var service: CloudService
    var operation: Operation
    var version: APIDialect = .v1
    var projectID: String?
    /// The graph's id on the management plane, its name on the data plane.
    var graph: String?
    /// The job's or backup's id.
    var item: String?

    init(
        _ service: CloudService,
        _ operation: Operation,
        _ version: APIDialect = .v1,
        project: String? = nil,
        graph: String? = nil,
        item: String? = nil
    ) {
        self.service = service
        self.operation = operation
        self.version = version
        projectID = project
        self.graph = graph
        self.item = item
    }
}

extension CloudRoute {
    static func of(_ request: CloudRequest) -> CloudRoute {
        let segments = request.path.split(separator: "/").map(CloudRequest.decoded)
        let action = request.parameter("action_id")
        switch request.entrance {
        case .management: return management(request.method, segments, action)
        case .dataPlane: return dataPlane(request.method, segments, action)
        }
    }

    private static func management(
        _ method: String,
        _ segments: [String],
        _ action: String?
    ) -> CloudRoute {
        switch (method, segments.first ?? "") {
        case ("POST", "v3") where segments == ["v3", "auth", "tokens"]:
            CloudRoute(.iam, .createToken)
        case ("GET", "v3") where segments == ["v3", "projects"]: CloudRoute(.iam, .listProjects)
        case (_, "v3"): CloudRoute(.iam, .unknown)
        case ("PUT", "meta-data") where segments == ["meta-data", "latest", "api", "token"]:
            CloudRoute(.metadata, .createMetadataToken)
        case ("GET", "openstack") where segments == ["openstack", "latest", "securitykey"]:
            CloudRoute(.metadata, .showSecurityKey)
        case (_, "meta-data"), (_, "openstack"): CloudRoute(.metadata, .unknown)
        case (_, "V1.0"): cloudEye(method, segments)
        case (_, "v1.0"), (_, "v2"): graphs(method, segments, action)
        default: CloudRoute(.ges, .unknown)
        }
    }

    private static func cloudEye(_ method: String, _ segments: [String]) -> CloudRoute {
        guard segments.count == 3 else { return CloudRoute(.cloudEye, .unknown) }
        let operation: Operation =
            switch (method, segments[2]) {
            case ("GET", "metrics"): .listMetrics
            case ("GET", "metric-data"): .showMetrics
            case ("POST", "batch-query-metric-data"): .queryMetrics
            default: .unknown
            }
        return CloudRoute(.cloudEye, operation, project: segments[1])
    }

    /// `/v1.0/{project}/graphs...` and `/v2/{project}/graphs...`.
    private static func graphs(
        _ method: String,
        _ segments: [String],
        _ action: String?
    ) -> CloudRoute {
        let version: APIDialect = segments[0] == "v2" ? .v2 : .v1
        guard segments.count >= 3, segments[2] == "graphs" else {
            return CloudRoute(.ges, .unknown, version)
        }
        let project = segments[1]
        let rest = Array(segments.dropFirst(3))
        func route(_ operation: Operation, item: String? = nil, graph: String? = nil) -> CloudRoute
        {
            CloudRoute(.ges, operation, version, project: project, graph: graph, item: item)
        }
        guard let first = rest.first else {
            return route(method == "GET" ? .listGraphs : .unknown)
        }
        if rest.count == 1, let literal = literalOperation(first) {
            return route(method == "GET" ? literal : .unknown)
        }
        let operation =
            version == .v1
            ? actionOfVersion1(method, rest, action) : actionOfVersion2(method, rest)
        if let operation { return route(operation, graph: first) }
        switch (method, rest.count, rest.dropFirst().first) {
        case ("GET", 1, _): return route(.showGraph, graph: first)
        case ("GET", 2, "backups"): return route(.listBackups, graph: first)
        case ("POST", 2, "backups"): return route(.createBackup, graph: first)
        case ("DELETE", 3, "backups"): return route(.deleteBackup, item: rest[2], graph: first)
        case ("GET", 4, "jobs") where rest[3] == "status":
            return route(.showJob, item: rest[2], graph: first)
        default: return route(.unknown, graph: first)
        }
    }

    /// The segments below `/graphs/` that are not graph ids, and what GET means for them.
    private static func literalOperation(_ segment: String) -> Operation? {
        switch segment {
        case "jobs": .listJobs
        case "backups": .listBackups
        case "quotas": .listQuotas
        case "metadatas", "metadata", "scenes": .unknown
        default: nil
        }
    }

    private static func actionOfVersion1(
        _ method: String,
        _ rest: [String],
        _ action: String?
    ) -> Operation? {
        guard method == "POST", rest.count == 2, rest[1] == "action" else { return nil }
        return action.flatMap(controlOperation)
    }

    private static func actionOfVersion2(_ method: String, _ rest: [String]) -> Operation? {
        guard method == "POST", rest.count == 2 else { return nil }
        return controlOperation(rest[1])
    }

    private static func controlOperation(_ word: String) -> Operation? {
        switch word {
        case "restart": .restartGraph
        case "stop": .stopGraph
        case "start": .startGraph
        default: nil
        }
    }

    /// `/ges/v1.0/{project}/graphs/{name}/...` on the graph's data plane.
    private static func dataPlane(
        _ method: String,
        _ segments: [String],
        _ action: String?
    ) -> CloudRoute {
        guard segments.count >= 5, segments[0] == "ges", segments[1] == "v1.0",
            segments[3] == "graphs"
        else { return CloudRoute(.dataPlane, .unknown) }
        let rest = Array(segments.dropFirst(5))
        var item: String?
        let operation: Operation
        switch (method, rest) {
        case ("GET", ["version"]): operation = .showVersion
        case ("GET", ["summary"]): operation = .showSummary
        case ("GET", ["jobs", "status"]): operation = .listTasks
        case ("GET", ["om", "real-time-queries"]): operation = .showQueries
        case ("GET", ["om", "metrics"]): operation = .showInstanceMetrics
        case ("POST", ["action"]) where action == "execute-gremlin-query":
            operation = .executeGremlin
        case ("POST", ["action"]) where action == "execute-cypher-query":
            operation = .executeCypher
        case ("GET", _) where rest.count == 3 && rest[0] == "jobs" && rest[2] == "status":
            (operation, item) = (.showTask, rest[1])
        case ("DELETE", _) where rest.count == 2 && rest[0] == "jobs":
            (operation, item) = (.cancelTask, rest[1])
        default: operation = .unknown
        }
        return CloudRoute(
            .dataPlane,
            operation,
            project: segments[2],
            graph: segments[4],
            item: item
        )
    }
}
