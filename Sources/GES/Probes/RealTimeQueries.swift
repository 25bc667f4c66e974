import JSON

/// The queues and running queries of a graph's primary node (GES API pages 0519 and 0561).
///
/// The database edition reports only running queries; its queue lengths are nil.
package struct RealTimeQueries: Hashable, Sendable {
    package struct Query: Hashable, Sendable {
        package var taskName: String?
        package var requestID: String?
        package var status: String?
        package var runningSeconds: Double?
        package var pendingSeconds: Double?
        /// 0 to 1.
        package var progressRatio: Double?

        package init(
            taskName: String?,
            requestID: String?,
            status: String?,
            runningSeconds: Double?,
            pendingSeconds: Double?
        ) {
            self.taskName = taskName
            self.requestID = requestID
            self.status = status
            self.runningSeconds = runningSeconds
            self.pendingSeconds = pendingSeconds
        }
    }

    package var readRunning: Int64?
    package var readWaiting: Int64?
    package var writeRunning: Int64?
    package var writeWaiting: Int64?
    package var queries: [Query]
    package var size: GraphSize?
    /// How many vertices and edges it may have.
    package var capacity: GraphSize?

    package init(
        readRunning: Int64?,
        readWaiting: Int64?,
        writeRunning: Int64?,
        writeWaiting: Int64?,
        queries: [Query]
    ) {
        self.readRunning = readRunning
        self.readWaiting = readWaiting
        self.writeRunning = writeRunning
        self.writeWaiting = writeWaiting
        self.queries = queries
    }

    /// 0 if no query is running; nil if none of those that run has a duration.
    package var longestRunningSeconds: Double? {
        let isIdle = queries.isEmpty && (readRunning ?? 0) == 0 && (writeRunning ?? 0) == 0
        return isIdle ? 0 : queries.compactMap(\.runningSeconds).max()
    }

    /// 0 if no query waits; nil if the graph does not say how long they wait.
    package var longestPendingSeconds: Double? {
        let longest = queries.compactMap(\.pendingSeconds).filter { $0 >= 0 }.max()
        let waiting = [readWaiting, writeWaiting].compactMap(\.self)
        let isIdle = queries.isEmpty && !waiting.isEmpty && waiting.allSatisfy { $0 == 0 }
        return longest ?? (isIdle ? 0 : nil)
    }
}

extension RealTimeQueries {
    /// Far more than an engine runs at once; bounds the memory of a response.
    private static let maximumQueries = 10_000

    init?(_ value: JSONValue) {
        guard let object = WireObject(value) else { return nil }
        readRunning = object.integer("read_running_queue_length")
        readWaiting = object.integer("read_waiting_queue_length")
        writeRunning = object.integer("write_running_queue_length")
        writeWaiting = object.integer("write_waiting_queue_length")
        let entries = object.array("current_queries")
        guard entries != nil || readRunning != nil || writeRunning != nil else { return nil }
        size = GraphSize(
            vertices: object.integer("vertex_number"),
            edges: object.integer("edge_number")
        )
        capacity = GraphSize(
            vertices: object.integer("vertex_capacity").flatMap(Self.positive),
            edges: object.integer("edge_capacity").flatMap(Self.positive)
        )
        queries = (entries ?? []).prefix(Self.maximumQueries).compactMap(Query.init)
    }

    /// A graph has room for something: 0 is a number that is not known.
    private static func positive(_ capacity: Int64) -> Int64? { capacity > 0 ? capacity : nil }
}

extension RealTimeQueries.Query {
    fileprivate init?(_ value: JSONValue) {
        guard let object = WireObject(value) else { return nil }
        taskName = object.text("task_name")
        requestID = object.text("request_id")
        status = object.text("status")
        runningSeconds = object.double("running_duration")
        pendingSeconds = object.double("pending_duration")
        progressRatio = object.double("progress").map { min(max($0 > 1 ? $0 / 100 : $0, 0), 1) }
    }
}

extension RealTimeQueries.Query {
    /// A query without a status runs: the database edition lists only those.
    package var isRunning: Bool {
        status.map { $0.lowercased() == "running" } ?? ((runningSeconds ?? 1) > 0)
    }
}

extension GESClient {
    package func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        let (document, _) = try await readDocument(
            of: graph,
            "real_time_queries",
            path: ["om", "real-time-queries"],
            query: [.init("summary", "false")],
            dataPlane: dataPlane
        )
        guard let queries = RealTimeQueries(document) else {
            throw .unexpected("the response contains neither queues nor queries")
        }
        return queries
    }
}
