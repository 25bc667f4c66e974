package import Series

/// One sample of a graph or of the fleet. Rules and `/metrics` see the same value.
package struct GraphSample: Sendable, Hashable {
    package let metric: GraphMetric
    /// In the order of `GraphMetric.labelNames`.
    package let labelValues: [String]
    package let value: Double

    /// The labels of the series that rules read.
    package var labels: Labels {
        Labels([("__name__", metric.rawValue)] + zip(metric.labelNames, labelValues))
    }
}

/// The metrics of the graphs.
package enum GraphMetric: String, CaseIterable, Sendable {
    case up = "ges_up"
    case graphs = "ges_graphs"
    case info = "ges_graph_info"
    case tagInfo = "ges_graph_tag_info"
    case graphUp = "ges_graph_up"
    case statusCode = "ges_graph_status_code"
    case statusChange = "ges_graph_status_change_timestamp_seconds"
    case lastSample = "ges_graph_last_sample_timestamp_seconds"
    case probeSuccess = "ges_graph_probe_success"
    case probeOutcome = "ges_graph_probe_outcome"
    case probeConnected = "ges_graph_probe_connected"
    case probeDuration = "ges_graph_probe_duration_seconds"
    case verdict = "ges_graph_verdict"
    case pathInfo = "ges_graph_path_info"
    case pathUp = "ges_path_up"
    case progress = "ges_graph_progress"
    case unreadable = "ges_graph_unreadable"
    case lastProgress = "ges_graph_last_progress_timestamp_seconds"
    case jobsRunning = "ges_graph_jobs_running"
    case jobStart = "ges_graph_running_job_start_timestamp_seconds"
    case oldestJobStart = "ges_graph_oldest_running_job_start_timestamp_seconds"
    case jobDuration = "ges_graph_job_duration_seconds"
    case jobDurationSum = "ges_graph_job_duration_seconds_sum"
    case jobDurationCount = "ges_graph_job_duration_seconds_count"
    case tasks = "ges_graph_tasks"
    case taskProgress = "ges_graph_task_progress_ratio"
    case queriesRunning = "ges_graph_queries_running"
    case queriesWaiting = "ges_graph_queries_waiting"
    case queryRunningMax = "ges_graph_query_running_max_seconds"

    // Of om/real-time-queries, beside the queries.
    case vertices = "ges_graph_vertices"
    case edges = "ges_graph_edges"
    case vertexCapacity = "ges_graph_vertex_capacity"
    case edgeCapacity = "ges_graph_edge_capacity"
    case vertexUsed = "ges_graph_vertex_used_ratio"
    case edgeUsed = "ges_graph_edge_used_ratio"
    case queryPendingMax = "ges_graph_query_pending_max_seconds"

    // Of Cloud Eye.
    case vertexCapacityUsed = "ges_graph_vertex_capacity_used_ratio"
    case edgeCapacityUsed = "ges_graph_edge_capacity_used_ratio"
    case cpuUsed = "ges_graph_cpu_used_ratio"
    case memoryUsed = "ges_graph_memory_used_ratio"
    case diskUsed = "ges_graph_disk_used_ratio"
    case requests = "ges_graph_requests_in_period"
    case responseTimeAverage = "ges_graph_response_time_average_seconds"
    case readTasksPending = "ges_graph_read_tasks_pending"
    case writeTasksPending = "ges_graph_write_tasks_pending"
    case importRate = "ges_graph_import_elements_per_second"
    case responseTimeMin = "ges_graph_response_time_min_seconds"
    case responseTimeMax = "ges_graph_response_time_max_seconds"
    case readTaskPendingMax = "ges_graph_read_task_pending_max_seconds"
    case readTasksRunning = "ges_graph_read_tasks_running"
    case readTaskRunningMax = "ges_graph_read_task_running_max_seconds"
    case writeTaskPendingMax = "ges_graph_write_task_pending_max_seconds"
    case writeTasksRunning = "ges_graph_write_tasks_running"
    case writeTaskRunningMax = "ges_graph_write_task_running_max_seconds"
    case diskOperations = "ges_graph_disk_operations_per_second"
    case networkReceived = "ges_graph_network_receive_bytes_per_second"
    case networkTransmitted = "ges_graph_network_transmit_bytes_per_second"
    case diskSize = "ges_graph_disk_size_bytes"
    case diskUsedSize = "ges_graph_disk_used_bytes"
    case diskRead = "ges_graph_disk_read_bytes_per_second"
    case diskWritten = "ges_graph_disk_write_bytes_per_second"
    case diskReadTime = "ges_graph_disk_read_time_average_seconds"
    case diskWriteTime = "ges_graph_disk_write_time_average_seconds"
    case diskQueueLength = "ges_graph_disk_queue_length_average"

    // Of om/metrics.
    case nodeInfo = "ges_graph_node_info"
    case nodeHostState = "ges_graph_node_host_state"
    case nodeCPUUsed = "ges_graph_node_cpu_used_ratio"
    case nodeCPUMode = "ges_graph_node_cpu_mode_ratio"
    case nodeMemorySize = "ges_graph_node_memory_size_bytes"
    case nodeMemoryUsed = "ges_graph_node_memory_used_bytes"
    case nodeMemoryFree = "ges_graph_node_memory_free_bytes"
    case nodeDiskSize = "ges_graph_node_disk_size_bytes"
    case nodeDiskUsedSize = "ges_graph_node_disk_used_bytes"
    case nodeDiskUsed = "ges_graph_node_disk_used_ratio"
    case nodeDiskRead = "ges_graph_node_disk_read_bytes_per_second"
    case nodeDiskWritten = "ges_graph_node_disk_write_bytes_per_second"
    case nodeNetwork = "ges_graph_node_network_bytes_per_second"
    case nodeSwapSize = "ges_graph_node_swap_size_bytes"
    case nodeSwapFree = "ges_graph_node_swap_free_bytes"
    case diskDeviceSize = "ges_graph_node_disk_device_size_bytes"
    case diskDeviceUsedSize = "ges_graph_node_disk_device_used_bytes"
    case diskDeviceUsed = "ges_graph_node_disk_device_used_ratio"
    case diskDeviceRead = "ges_graph_node_disk_device_read_bytes_per_second"
    case diskDeviceWritten = "ges_graph_node_disk_device_write_bytes_per_second"

    package var labelNames: [String] {
        switch self {
        case .up: ["project_id"]
        case .graphs: ["project_id", "phase"]
        case .info: ["graph_id", "graph_name", "project_id", "graph_version", "graph_size"]
        case .tagInfo: ["graph_id", "tag", "value"]
        case .pathInfo: ["graph_id", "path", "network_path"]
        case .progress: ["graph_id", "source", "scope"]
        case .unreadable: ["graph_id", "source"]
        case .jobStart: ["graph_id", "job_name"]
        case .probeSuccess, .probeConnected, .probeDuration: ["graph_id", "probe"]
        case .probeOutcome: ["graph_id", "probe", "outcome"]
        case .verdict: ["graph_id", "verdict"]
        case .pathUp: ["path"]
        case .lastProgress: ["graph_id", "source"]
        case .tasks: ["graph_id", "state"]
        case .jobDuration: ["graph_id", "operation", "quantile"]
        case .jobDurationSum, .jobDurationCount: ["graph_id", "operation"]
        case .queriesRunning, .queriesWaiting: ["graph_id", "kind"]
        case .nodeInfo: ["graph_id", "node", "role", "host"]
        case .nodeCPUMode: ["graph_id", "node", "mode"]
        case .diskDeviceSize, .diskDeviceUsedSize, .diskDeviceUsed, .diskDeviceRead,
            .diskDeviceWritten:
            ["graph_id", "node", "disk"]
        default: Self.ofNodes.contains(self) ? ["graph_id", "node"] : ["graph_id"]
        }
    }

    package var unit: String? {
        if rawValue.hasSuffix("_seconds") { return "seconds" }
        if rawValue.hasSuffix("_bytes") { return "bytes" }
        return rawValue.hasSuffix("_ratio") ? "ratio" : nil
    }
}

extension GraphMetric {
    /// Whether it is one of the series of a summary, whose name is that of `jobDuration`.
    package var isPartOfSummary: Bool { self == .jobDuration || isSummaryTotal }

    /// Whether it has the suffix of a part of a summary, which is no family of its own.
    package var isSummaryTotal: Bool { self == .jobDurationSum || self == .jobDurationCount }

    /// As in `# TYPE` of OpenMetrics.
    package var type: String {
        if isPartOfSummary { return "summary" }
        return isInfo ? "info" : "gauge"
    }

    package var isInfo: Bool {
        switch self {
        case .info, .tagInfo, .pathInfo, .nodeInfo: true
        default: false
        }
    }
}
