extension GraphMetric {
    package var help: String {
        switch self {
        case .up: "Whether the last listing of graphs in this project succeeded and was complete."
        case .graphs: "Number of graphs by phase; absent unless the last listing was complete."
        case .info: "Description of a graph."
        case .tagInfo:
            "A tag of a graph, of those by which the configuration selects graphs."
        case .pathInfo:
            "The way on which a graph is reached, and the network of its address as a path."
        case .progress:
            "Whether work of the graph advanced between the last two polls: 1 if any did, 0 if"
                + " none did; absent if that cannot be seen."
        case .unreadable:
            "1 if the graph lists work that cannot be read: it may advance without being seen."
        case .jobStart:
            "Begin time of the oldest running management-plane job of this name, or when it was"
                + " first seen."
        case .probeConnected:
            "Whether the configured address accepted the connection of a probe that no working graph"
                + " answered there; absent if one did, or if the answer does not tell."
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
        case .vertices: "Number of vertices."
        case .edges: "Number of edges."
        case .vertexCapacity: "Number of vertices that the graph has room for."
        case .edgeCapacity: "Number of edges that the graph has room for."
        case .vertexUsed: "Vertices by those that the graph has room for."
        case .edgeUsed: "Edges by those that the graph has room for."
        case .queryPendingMax: "Time that the longest waiting query has waited so far."
        default: cloudEye.map { "\($0.meaning) Of Cloud Eye: \($0.id)." } ?? nodeHelp ?? ""
        }
    }
}
