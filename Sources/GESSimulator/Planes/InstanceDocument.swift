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

    private var instanceName: String { "\(graph.name)-ges-dn-1-1" }

    private var runningTasks: [SimulatedTask] { graph.runningTasks(at: now) }

    /// The body of om/real-time-queries. That of the database edition has no size.
    var queries: JSONValue {
        let tasks = runningTasks
        let load = graph.queryLoad?.queries(at: now) ?? []
        let lengths: [JSONMember] = [
            JSONMember("read_waiting_queue_length", 0),
            JSONMember("read_running_queue_length", .integer(Int64(load.count))),
            JSONMember("write_waiting_queue_length", .integer(graph.waitingWrites(at: now))),
            JSONMember("write_running_queue_length", .integer(Int64(tasks.count))),
            JSONMember("current_queries", .array(tasks.map(query) + load.map(query))),
        ]
        return .object(
            [JSONMember("instance_name", .string(instanceName))]
                + (graph.tellsSize ? sizes : []) + lengths
        )
    }

    private var sizes: [JSONMember] {
        let capacity = Double(graph.edgeCapacity)
        let usage = capacity > 0 ? Double(graph.edgeCount) / capacity : 0
        return [
            JSONMember("edge_capacity", .integer(graph.edgeCapacity)),
            JSONMember("edge_number", .integer(graph.edgeCount)),
            JSONMember("edge_usage", .double(usage)),
            JSONMember("vertex_capacity", .string(String(graph.vertexCapacity))),
            JSONMember("vertex_number", .integer(graph.vertexCount)),
            JSONMember("vertex_usage", 0),
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

    /// The body of om/metrics: a primary and a standby node, with a disk each.
    func metrics(projectID: String, _ lie: MetricLie?) -> JSONValue {
        var (id, time, nodes) = (graph.id, now, (0..<2).map { node($0, lie) })
        switch lie {
        case .late(let lateness): time = now - lateness
        case .times(let error): time = now + error
        case .partial(let entries): nodes = Array(nodes.prefix(entries))
        case .graph(let other): id = other
        case .endless: nodes = (0..<Self.endlessNodes).map { node($0, lie) }
        case .repeated: nodes = [nodes[0], nodes[0]]
        case .lacking, .unit, .value, .refusing, nil: break
        }
        return [
            "project_id": .string(projectID),
            "id": .string(id),
            "name": .string(id == graph.id ? graph.name : id),
            "timestamp": .integer(time.milliseconds),
            "node_metrics": .array(nodes),
        ]
    }

    private static let endlessNodes = 200

    private func node(_ number: Int, _ lie: MetricLie?) -> JSONValue {
        let isBusy = number == 0 && !runningTasks.isEmpty
        let used = isBusy ? 41.25 : 18.5
        var numbers: [(name: String, value: Double)] = [
            ("cpu_usage", isBusy ? 93.5 : 12.5), ("cpu_usage_usr", isBusy ? 80 : 8),
            ("cpu_usage_sys", 4), ("cpu_iowait", 0.5), ("cpu_idle", isBusy ? 6.5 : 87.5),
            ("mem_total", 64), ("mem_usage", used), ("mem_free", 64 - used), ("mem_cached", 6),
            ("mem_buffer", 1), ("disk_total", 200), ("disk_used", 47), ("disk_available", 153),
            ("disk_usage_avg", 23.5), ("disk_io_read", 12), ("disk_io_write", isBusy ? 2048 : 20),
            ("swap_total", 8), ("swap_free", 8), ("network_io_rate", 64),
        ]
        if case .lacking(let names) = lie { numbers.removeAll { names.contains($0.name) } }
        let words = [
            ("ges_instance_name", graph.name),
            ("instance_id", "\(graph.name)-ges-dn-\(number + 1)-1"),
            ("work_ip", number == 0 ? graph.privateIP : "192.168.255.\(number % 250)"),
            ("role", number == 0 ? "primary" : "standby"), ("host_name", "host-\(number + 1)"),
        ]
        var overview = words.map { JSONMember($0.0, .string($0.1)) }
        overview += numbers.map { name, value in
            guard case .value(let wrong) = lie else { return JSONMember(name, .double(value)) }
            return JSONMember(name, wrong)
        }
        overview.append(JSONMember("host_stat", 0))
        return [
            "overview": .object(overview),
            "disk_details": [["disk_name": "vda", "disk_type": "SSD", "disk_usage_avg": 23.5]],
            "network_details": [],
        ]
    }
}
