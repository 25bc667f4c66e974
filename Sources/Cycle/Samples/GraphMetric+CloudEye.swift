/// How much is told of each graph. A larger set includes the smaller ones. The raw value is the
/// label `set` and the value of flags and keys.
package enum MetricTier: String, CaseIterable, Hashable, Sendable, Comparable {
    /// What the agent itself sees of the graph.
    case core
    /// How much of the graph's resources is in use, of Cloud Eye.
    case capacity
    /// Everything else that Cloud Eye has, the size of the graph, and its nodes.
    case full

    package static func < (left: MetricTier, right: MetricTier) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .core: 0
        case .capacity: 1
        case .full: 2
        }
    }
}

extension GraphMetric {
    /// Where a metric comes from that the agent does not measure itself.
    package struct CloudEyeOrigin: Sendable {
        /// The name in Cloud Eye.
        package let id: String
        package let tier: MetricTier
        let meaning: String
    }

    /// Nil for what the agent sees itself. The values of Cloud Eye are five to ten minutes old.
    package var cloudEye: CloudEyeOrigin? { Self.origins[self] }

    /// The metrics of Cloud Eye, in the order of their declaration.
    package static let ofCloudEye = allCases.filter { origins[$0] != nil }

    private static func capacity(_ id: String, _ meaning: String) -> CloudEyeOrigin {
        CloudEyeOrigin(id: id, tier: .capacity, meaning: meaning)
    }

    private static func full(_ id: String, _ meaning: String) -> CloudEyeOrigin {
        CloudEyeOrigin(id: id, tier: .full, meaning: meaning)
    }

    private static let origins: [GraphMetric: CloudEyeOrigin] = [
        .vertexCapacityUsed: capacity(
            "ges001_vertex_util",
            "Used vertices by licensed vertices, 0 to 1."
        ),
        .edgeCapacityUsed: capacity("ges002_edge_util", "Used edges by licensed edges, 0 to 1."),
        .cpuUsed: capacity("ges020_computer_resource_usage", "CPU in use, 0 to 1."),
        .memoryUsed: capacity("ges021_memory_usage", "Memory in use, 0 to 1."),
        .diskUsed: capacity("ges025_disk_usage", "Disk in use, 0 to 1."),
        .requests: capacity(
            "ges004_request_count",
            "Requests received in the newest one minute period."
        ),
        .responseTimeAverage: capacity(
            "ges005_average_response_time",
            "Mean response time in the newest one minute period."
        ),
        .readTasksPending: capacity("ges008_read_task_pending_queue_size", "Read tasks waiting."),
        .writeTasksPending: capacity(
            "ges014_write_task_pending_queue_size",
            "Write tasks waiting."
        ),
        .importRate: full(
            "ges003_average_import_rate",
            "Mean rate of vertices and edges imported."
        ),
        .responseTimeMin: full(
            "ges006_min_response_time",
            "Least response time in the newest period."
        ),
        .responseTimeMax: full(
            "ges007_max_response_time",
            "Greatest response time in the newest period."
        ),
        .readTaskPendingMax: full(
            "ges009_read_task_pending_max_time",
            "Longest wait of a pending read task."
        ),
        .readTasksRunning: full("ges011_read_task_running_queue_size", "Read tasks running."),
        .readTaskRunningMax: full(
            "ges012_read_task_running_max_time",
            "Longest running read task."
        ),
        .writeTaskPendingMax: full(
            "ges015_write_task_pending_max_time",
            "Longest wait of a pending write task."
        ),
        .writeTasksRunning: full("ges017_write_task_running_queue_size", "Write tasks running."),
        .writeTaskRunningMax: full(
            "ges018_write_task_running_max_time",
            "Longest running write task."
        ),
        .diskOperations: full("ges022_iops", "Disk operations per second."),
        .networkReceived: full("ges023_bytes_in", "Bytes received per second."),
        .networkTransmitted: full("ges024_bytes_out", "Bytes sent per second."),
        .diskSize: full("ges026_disk_total_size", "Size of the data disk."),
        .diskUsedSize: full("ges027_disk_used_size", "Used part of the data disk."),
        .diskRead: full("ges028_disk_read_throughput", "Bytes read from disk per second."),
        .diskWritten: full("ges029_disk_write_throughput", "Bytes written to disk per second."),
        .diskReadTime: full("ges030_avg_disk_sec_per_read", "Mean time per disk read."),
        .diskWriteTime: full("ges031_avg_disk_sec_per_write", "Mean time per disk write."),
        .diskQueueLength: full("ges032_avg_disk_queue_length", "Mean length of the disk queue."),
    ]
}
