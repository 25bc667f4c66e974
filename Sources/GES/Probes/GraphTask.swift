import HTTPClient
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
    /// Whether the graph says that it can be cancelled; nil if it does not say.
    package var canStop: Bool?
    /// The request that began it, which may contain keys of a user.
    package var rawRequest: Secret?

    package init(
        id: String,
        state: State,
        type: String? = nil,
        progressRatio: Double? = nil,
        startTime: Timestamp? = nil,
        canStop: Bool? = nil,
        rawRequest: Secret? = nil
    ) {
        self.id = id
        self.state = state
        self.type = type
        self.progressRatio = progressRatio
        self.startTime = startTime
        self.canStop = canStop
        self.rawRequest = rawRequest
    }

    /// Larger requests are queries with data in them.
    private static let quotedBytes = 64 << 10

    /// The request without what may be a secret, at most 64 KiB of it.
    package var quotableRequest: String? {
        rawRequest.map { request in
            let bytes = request.revealed.utf8
            let text = String(decoding: bytes.prefix(Self.quotedBytes), as: UTF8.self)
            return SecretFields.hidden(in: text)
        }
    }

    /// Whether `quotableRequest` lacks the end of the request.
    package var isRequestCut: Bool {
        rawRequest.map { $0.revealed.utf8.count > Self.quotedBytes } ?? false
    }

    /// How long the request is.
    package var requestBytes: Int {
        rawRequest.map { min($0.revealed.utf8.count, Self.quotedBytes) } ?? 0
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
            startTime: object.time("startTime", "start_time"),
            canStop: object.bool("canStop", "can_stop"),
            rawRequest: Self.request(value)
        )
    }

    /// `rawRequest` of the memory edition (page 0204), `request` of the database edition (page
    /// 0471).
    private static func request(_ value: JSONValue) -> Secret? {
        if let text = value["rawRequest"]?.stringValue, !text.isEmpty {
            return Secret(String(decoding: text.utf8.prefix(quotedBytes + 1), as: UTF8.self))
        }
        guard let request = value["request"] ?? value["rawRequest"], request.objectValue != nil,
            let bytes = try? request.serialized()
        else { return nil }
        return Secret(String(decoding: bytes.prefix(quotedBytes + 1), as: UTF8.self))
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
    /// time and come last. The service's list includes finished tasks with their requests and
    /// files, so its entries may be large: pages are as large as the limit on an answer allows. A
    /// list of more than 10,000 entries counts as too large.
    package func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] {
        var pages = TaskPages()
        while let request = try pages.next() {
            let page: (document: JSONValue, bytes: Int)
            do throws(GESError) {
                page = try await readDocument(
                    of: graph,
                    TaskPages.operation,
                    path: ["jobs", "status"],
                    query: [
                        .init("limit", String(request.limit)),
                        .init("offset", String(request.offset)),
                    ],
                    dataPlane: dataPlane
                )
            } catch {
                guard error.isTooLarge, pages.shrink() else { throw error }
                continue
            }
            guard let entries = page.document["jobs"]?.arrayValue else {
                throw .unexpected("the response contains no list \"jobs\"")
            }
            pages.add(
                entries,
                total: page.document["totalCount"].flatMap(WireScalar.integer),
                bytes: page.bytes
            )
        }
        return pages.tasks.values.sorted(by: GraphTask.isOlder)
    }
}

/// The task list of a graph, page by page.
private struct TaskPages {
    static let operation = "list_tasks"

    private(set) var tasks: [String: GraphTask] = [:]
    /// Entries of all pages, finished tasks included.
    private var received = 0
    private var pages = 0
    private var limit = Self.firstLimit
    private var isAtEnd = false

    private static let firstLimit = 100
    private static let largestLimit = 1_000
    private static let maximumEntries = 10_000
    /// Of a graph that sends fewer entries than requested.
    private static let maximumPages = 100

    /// Nil if there is no further page. What lies beyond the limits may advance too, so a list that
    /// exceeds them is not readable.
    func next() throws(GESError) -> (limit: Int, offset: Int)? {
        if isAtEnd { return nil }
        guard received < Self.maximumEntries, pages < Self.maximumPages else {
            throw .http(
                HTTPError(
                    .responseTooLarge,
                    requestMayHaveBeenSent: true,
                    message: "the graph lists more than \(received) tasks"
                )
            )
        }
        return (limit, received)
    }

    /// Makes the pages smaller; false if they cannot be.
    mutating func shrink() -> Bool {
        guard limit > 1 else { return false }
        limit = max(1, limit / 4)
        return true
    }

    /// A graph that sends another number of entries than requested knows no pages or is at its end,
    /// unless it states a higher total.
    mutating func add(_ entries: [JSONValue], total: Int64?, bytes: Int) {
        for task in entries.compactMap(GraphTask.init) { tasks[task.id] = task }
        received += entries.count
        pages += 1
        isAtEnd =
            entries.isEmpty || total.map { received >= $0 } ?? (entries.count != limit)
        // Twice the space that entries of this size need: later ones may be larger.
        let size = max(1, bytes / max(1, entries.count))
        let fitting = AnswerLimits.bytes(of: Self.operation) / 2 / size
        limit = min(max(1, fitting), limit * 10, Self.largestLimit)
    }
}
