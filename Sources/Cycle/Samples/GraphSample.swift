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
    case graphUp = "ges_graph_up"
    case statusCode = "ges_graph_status_code"
    case statusChange = "ges_graph_status_change_timestamp_seconds"
    case lastSample = "ges_graph_last_sample_timestamp_seconds"
    case probeSuccess = "ges_graph_probe_success"
    case probeOutcome = "ges_graph_probe_outcome"
    case probeDuration = "ges_graph_probe_duration_seconds"
    case verdict = "ges_graph_verdict"
    case pathUp = "ges_path_up"
    case lastProgress = "ges_graph_last_progress_timestamp_seconds"
    case jobsRunning = "ges_graph_jobs_running"
    case oldestJobStart = "ges_graph_oldest_running_job_start_timestamp_seconds"
    case jobDuration = "ges_graph_job_duration_seconds"
    case jobDurationSum = "ges_graph_job_duration_seconds_sum"
    case jobDurationCount = "ges_graph_job_duration_seconds_count"
    case tasks = "ges_graph_tasks"
    case taskProgress = "ges_graph_task_progress_ratio"
    case queriesRunning = "ges_graph_queries_running"
    case queriesWaiting = "ges_graph_queries_waiting"
    case queryRunningMax = "ges_graph_query_running_max_seconds"

    package var labelNames: [String] {
        switch self {
        case .up: ["project_id"]
        case .graphs: ["project_id", "phase"]
        case .info: ["graph_id", "graph_name", "project_id", "graph_version", "graph_size"]
        case .probeSuccess, .probeDuration: ["graph_id", "probe"]
        case .probeOutcome: ["graph_id", "probe", "outcome"]
        case .verdict: ["graph_id", "verdict"]
        case .pathUp: ["path"]
        case .lastProgress: ["graph_id", "source"]
        case .tasks: ["graph_id", "state"]
        case .jobDuration: ["graph_id", "operation", "quantile"]
        case .jobDurationSum, .jobDurationCount: ["graph_id", "operation"]
        case .queriesRunning, .queriesWaiting: ["graph_id", "kind"]
        case .graphUp, .statusCode, .statusChange, .lastSample, .jobsRunning, .oldestJobStart,
            .taskProgress, .queryRunningMax:
            ["graph_id"]
        }
    }

    package var help: String {
        switch self {
        case .up: "Whether the last listing of graphs in this project succeeded and was complete."
        case .graphs: "Number of graphs by phase; absent unless the last listing was complete."
        case .info: "Description of a graph."
        case .graphUp:
            "Whether the graph works: 1 if it is healthy or busy, 0 if it may hang or does not run."
        case .statusCode:
            "Status code of the graph as reported by the GES API (200 is running)."
        case .statusChange:
            "Time at which the agent last saw the status of the graph change."
        case .lastSample: "Time at which the graph was last listed; it stays during an outage."
        case .probeSuccess:
            "Whether a working graph answered the probe; absent if the answer does not tell."
        case .probeOutcome: "Outcome of the last probe; 1 for the one that it had."
        case .verdict: "What the agent believes of the graph; 1 for the verdict that holds."
        case .pathUp:
            "Whether a graph or a canary on this path accepted a connection lately. Absent while no"
                + " graph on it is probed, and while nothing is known either way."
        case .lastProgress:
            "Time at which a task, query or job of the graph was last seen to advance."
        case .probeDuration: "Time from sending the probe to its answer or its failure."
        case .jobsRunning: "Number of management-plane jobs in state running."
        case .oldestJobStart: "Begin time of the oldest management-plane job that is running."
        case .jobDuration, .jobDurationSum, .jobDurationCount:
            "Duration of the jobs of the graph that ended well within the last month, by operation."
        case .tasks: "Number of asynchronous tasks inside the graph by state."
        case .taskProgress: "Progress of the oldest running task inside the graph, 0 to 1."
        case .queriesRunning: "Number of queries that run now, by kind."
        case .queriesWaiting: "Number of queries that wait now, by kind."
        case .queryRunningMax: "Time that the longest running query has taken so far."
        }
    }

    package var unit: String? {
        if rawValue.hasSuffix("_seconds") { return "seconds" }
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
        return self == .info ? "info" : "gauge"
    }
}
