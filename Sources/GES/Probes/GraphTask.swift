import JSON
package import Time

/// An asynchronous task inside a graph, such as an algorithm, an import or a long query (GES API
/// page 0204). A restart kills it.
package struct GraphTask: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        case pending, running
    }

    package var id: String
    package var state: State
    /// Such as `Algorithm` or `ImportGraph`.
    package var type: String?
    /// 0 to 1.
    package var progressRatio: Double?
    package var startTime: Timestamp?

    package init(
        id: String,
        state: State,
        type: String? = nil,
        progressRatio: Double? = nil,
        startTime: Timestamp? = nil
    ) {
        self.id = id
        self.state = state
        self.type = type
        self.progressRatio = progressRatio
        self.startTime = startTime
    }

    /// Returns nil for a finished task and for an entry without ID or status.
    init?(_ value: JSONValue) {
        guard let object = WireObject(value), let id = object.text("jobId", "job_id"),
            let word = object.text("status"), let state = State(word: word)
        else { return nil }
        self.init(
            id: id,
            state: state,
            type: object.text("taskType", "task_type"),
            progressRatio: object.double("progress").map { min(max($0 / 100, 0), 1) },
            startTime: object.time("startTime", "start_time")
        )
    }

    fileprivate static func isOlder(_ left: GraphTask, _ right: GraphTask) -> Bool {
        let leftTime = left.startTime?.milliseconds ?? .max
        let rightTime = right.startTime?.milliseconds ?? .max
        return leftTime == rightTime ? left.id < right.id : leftTime < rightTime
    }
}

extension GraphTask.State {
    fileprivate init?(word: String) {
        switch word.lowercased() {
        case "pending", "waiting": self = .pending
        case "running": self = .running
        default: return nil
        }
    }
}

extension GESClient {
    /// Returns the pending and running tasks of a graph, oldest first; pending ones have no start
    /// time and come last. The service's list includes finished tasks. At most 10,000 entries are
    /// read.
    package func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] {
        let pageSize = 1_000
        var tasks: [String: GraphTask] = [:]
        for page in 0..<10 {
            let document = try await readDocument(
                of: graph,
                "list_tasks",
                path: ["jobs", "status"],
                query: [
                    .init("limit", String(pageSize)), .init("offset", String(page * pageSize)),
                ],
                dataPlane: dataPlane
            )
            guard let entries = document["jobs"]?.arrayValue else {
                throw .unexpected("the response contains no list \"jobs\"")
            }
            for task in entries.compactMap(GraphTask.init) { tasks[task.id] = task }
            if entries.count != pageSize { break }
        }
        return tasks.values.sorted(by: GraphTask.isOlder)
    }
}
