import JSON
import Time

/// A graph's data plane, as far as it shows whether the graph is alive.
extension SimulatedCloud {
    mutating func performDataPlane(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        guard let id = exchange.graphID, let graph = graph(id) else {
            throw .graphNotFound(exchange.route.graph ?? "")
        }
        let now = exchange.now
        switch exchange.route.operation {
        case .showVersion: return CloudAnswer(["version": .string(graph.version)])
        case .showSummary: return summary(graph, exchange.request)
        case .listTasks: return listTasks(graph, at: now)
        case .showTask: return try showTask(graph, exchange.route.item ?? "", at: now)
        case .cancelTask: return try cancelTask(id, exchange.route.item ?? "", at: now)
        case .showQueries: return CloudAnswer(InstanceDocument(graph, at: now).queries)
        case .showInstanceMetrics:
            guard graph.hasInstanceMetrics else { throw .unsupportedByVersion }
            let document = InstanceDocument(graph, at: now)
            let lie = exchange.faults.metricLie
            return CloudAnswer(document.metrics(projectID: configuration.projectID, lie))
        case .executeGremlin: return try executeGremlin(exchange.request)
        case .executeCypher: return try executeCypher(exchange.request)
        default: throw .bodyIncorrect
        }
    }

    private func summary(_ graph: SimulatedGraph, _ request: CloudRequest) -> CloudAnswer {
        var counts: [JSONMember] = [
            JSONMember("vertexNum", .integer(graph.vertexCount)),
            JSONMember("edgeNum", .integer(graph.edgeCount)),
        ]
        if request.parameter("label_details") == "true" {
            counts.append(
                JSONMember(
                    "labelDetails",
                    [
                        "labelInVertex": ["__DEFAULT__": .integer(graph.vertexCount)],
                        "labelInEdge": ["__DEFAULT__": .integer(graph.edgeCount)],
                    ]
                )
            )
        }
        return CloudAnswer(["data": .object(counts)])
    }

    private func listTasks(_ graph: SimulatedGraph, at now: Timestamp) -> CloudAnswer {
        let tasks = graph.tasks.filter { $0.begin <= now }.map { task -> JSONValue in
            var members: [JSONMember] = [
                JSONMember("jobId", .string(task.id)),
                JSONMember("rawRequest", .string(task.rawRequest)),
                JSONMember("taskType", .string(task.type)),
                JSONMember("canStop", .bool(task.canBeCancelled)),
                // A string, as in the examples of the API page.
                JSONMember("progress", .string(String(task.progressPercent(at: now)))),
                JSONMember("startTime", .string(task.begin.spaced)),
                JSONMember("endTime", .string(task.end(at: now)?.spaced ?? "")),
                JSONMember("status", .string(task.status(at: now))),
            ]
            if case .failed(_, _, let reason) = task.course {
                members.append(JSONMember("failReason", .string(reason)))
            }
            return .object(members)
        }
        return CloudAnswer(["result": "success", "jobs": .array(tasks)])
    }

    private func showTask(
        _ graph: SimulatedGraph,
        _ id: String,
        at now: Timestamp
    ) throws(ServiceError) -> CloudAnswer {
        guard let task = graph.tasks.first(where: { $0.id == id && $0.begin <= now }) else {
            throw .jobMissing(id)
        }
        return CloudAnswer([
            "data": [
                "outputs": ["data_return_size": 0, "data_offset": 0, "data_total_size": 0]
            ],
            "status": .string(task.status(at: now)),
        ])
    }

    private mutating func cancelTask(
        _ id: String,
        _ taskID: String,
        at now: Timestamp
    ) throws(ServiceError) -> CloudAnswer {
        guard let task = graph(id)?.runningTasks(at: now).first(where: { $0.id == taskID }) else {
            throw .nothingToCancel(taskID)
        }
        guard task.canBeCancelled else { throw .cancelUnsupported }
        update(id) { _ = $0.cancelTask(taskID, at: now) }
        return CloudAnswer([:])
    }

    private func executeGremlin(_ request: CloudRequest) throws(ServiceError) -> CloudAnswer {
        guard try request.document()["command"]?.stringValue != nil else {
            throw .gremlinWithoutCommand
        }
        return CloudAnswer([
            "data": [
                "runtime": 0.775425022,
                "vertices": [["id": "46", "label": "user", "properties": ["Name": ["Eloise"]]]],
            ]
        ])
    }

    private func executeCypher(_ request: CloudRequest) throws(ServiceError) -> CloudAnswer {
        let statements = try request.document()["statements"]?.arrayValue ?? []
        guard !statements.isEmpty else { throw .bodyIncorrect }
        let results = statements.map { _ -> JSONValue in
            ["columns": ["n"], "data": [["row": [["Name": "Eloise"]], "meta": [.null]]]]
        }
        return CloudAnswer(["results": .array(results), "errors": []])
    }
}
