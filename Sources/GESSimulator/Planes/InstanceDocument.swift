import JSON
import Time

/// What a graph's primary node reports about itself (GES API pages 0518 and 0519).
struct InstanceDocument {
    private let graph: SimulatedGraph
    private let now: Timestamp

    init(_ graph: SimulatedGraph, at now: Timestamp) {
        self.graph = graph
        self.now = now
    }

    /// Number of edges for each size, by the index "0" to "6".
    private static let edgeCapacities: [Int64] = [
        10_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000,
    ]

    private var instanceName: String { "\(graph.name)-ges-dn-1-1" }

    private var runningTasks: [SimulatedTask] { graph.runningTasks(at: now) }

    /// The body of om/real-time-queries.
    var queries: JSONValue {
        let index = Int(graph.sizeTypeIndex) ?? 1
        let capacity = Self.edgeCapacities.indices.contains(index) ? Self.edgeCapacities[index] : 0
        let usage = capacity > 0 ? Double(graph.edgeCount) / Double(capacity) : 0
        let tasks = runningTasks
        let load = graph.queryLoad?.queries(at: now) ?? []
        return [
            "instance_name": .string(instanceName),
            "edge_capacity": .integer(capacity),
            "edge_number": .integer(graph.edgeCount),
            "edge_usage": .double(usage),
            "vertex_capacity": .string(String(capacity / 10)),
            "vertex_number": .integer(graph.vertexCount),
            "vertex_usage": 0,
            "read_waiting_queue_length": 0,
            "read_running_queue_length": .integer(Int64(load.count)),
            "write_waiting_queue_length": .integer(graph.waitingWrites(at: now)),
            "write_running_queue_length": .integer(Int64(tasks.count)),
            "current_queries": .array(tasks.map(query) + load.map(query)),
        ]
    }

    private func query(_ query: QueryLoad.Query) -> JSONValue {
        [
            "task_name": "GremlinQuery",
            "request_id": .string(query.id),
            "status": "RUNNING",
            "request": "{}",
            "running_duration": .double((now - query.begin).inSeconds),
            "pending_duration": 0,
            "begin_time": .string(query.begin.spaced),
            "progress": .double(query.progress),
        ]
    }

    private func query(_ task: SimulatedTask) -> JSONValue {
        [
            "task_name": .string(task.type),
            "request_id": .string(task.id),
            "status": "RUNNING",
            "request": "{}",
            "running_duration": .double((now - task.begin).inSeconds),
            "pending_duration": 0,
            "begin_time": .string(task.begin.spaced),
            "progress": .double(Double(task.progressPercent(at: now)) / 100),
        ]
    }

    /// The body of om/metrics: one node, without disks and networks.
    func metrics(projectID: String) -> JSONValue {
        let isBusy = !runningTasks.isEmpty
        return [
            "project_id": .string(projectID),
            "id": .string(graph.id),
            "name": .string(graph.name),
            "timestamp": .integer(now.milliseconds),
            "node_metrics": [
                [
                    "overview": [
                        "ges_instance_name": .string(graph.name),
                        "instance_id": .string(instanceName),
                        "work_ip": .string(graph.privateIP),
                        "role": "primary",
                        "cpu_usage": .double(isBusy ? 93.5 : 12.5),
                        "mem_total": 64.0,
                        "mem_usage": .double(isBusy ? 41.25 : 18.5),
                        "disk_total": 200.0,
                        "disk_usage_avg": 23.5,
                        "host_stat": 0,
                    ]
                ]
            ],
        ]
    }
}
