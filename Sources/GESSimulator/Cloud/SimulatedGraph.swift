package import Time

/// How the data plane of a graph behaves while the graph is up.
package enum DataPlaneManner: Hashable, Sendable {
    case answering
    /// Refuses connections.
    case refusing
    /// Does not answer connection attempts.
    case unreachable
    /// Answers after this delay.
    case slow(Duration)
    /// Accepts the connection and never answers.
    case silent
    /// Closes the connection without an answer.
    case dropping
    /// Answers every request with this error, such as 500 GES.8602.
    case failing(ServiceError)
}

/// One graph: its properties, and its state as a function of time.
package struct SimulatedGraph: Sendable {
    package let id: String
    package let name: String
    package let created: Timestamp
    package var tags: [(key: String, value: String)]
    package var version: String
    /// "0" ten thousand edges ... "6" a hundred billion.
    package var sizeTypeIndex: String
    /// `InMemory` or `Persistence`; the latter cannot be stopped.
    package var productType: String
    package var placement: Placement
    package var vertexCount: Int64
    package var edgeCount: Int64

    var timeline: StatusTimeline
    var hang: Hang?
    var manner: DataPlaneManner = .answering
    /// How single operations behave, whatever the others do.
    var manners: [Operation: DataPlaneManner] = [:]
    /// Who answers at its addresses in its place.
    var occupants: [AddressKind: Occupant] = [:]
    var queryLoad: QueryLoad?
    /// Its most recent tasks, including those that ended.
    private(set) var tasks: [SimulatedTask] = []
    /// The management plane reports the state of this long ago.
    var statusLag: Duration = .zero

    private static let tasksMaximum = 64
    private static let waitingWritesMaximum: Int64 = 100

    init(id: String, name: String, status: SimulatedGraph.Status, created: Timestamp) {
        self.id = id
        self.name = name
        self.created = created
        tags = []
        version = "2.4.6"
        sizeTypeIndex = "1"
        productType = "InMemory"
        placement = Placement(privateIP: "127.0.0.1")
        vertexCount = 146
        edgeCount = 1659
        timeline = StatusTimeline(status, from: created)
    }

    /// The true status, regardless of what the management plane reports.
    package func status(at instant: Timestamp) -> SimulatedGraph.Status {
        timeline.status(at: instant)
    }

    package func reportedStatus(at instant: Timestamp) -> SimulatedGraph.Status {
        timeline.status(at: instant - statusLag)
    }

    /// The class of the current hang; nil during a restart.
    package func hangClass(at instant: Timestamp) -> HangKind? {
        guard let hang, hang.since <= instant, status(at: instant) == hang.hangClass.status else {
            return nil
        }
        return hang.hangClass
    }

    /// When the reported status last changed; `updated` in the answers.
    package func reportedChange(before instant: Timestamp) -> Timestamp {
        timeline.lastChange(before: instant - statusLag)
    }

    /// When the status, or its reported value, changes next; nil if no change is scheduled.
    package func nextChange(after instant: Timestamp) -> Timestamp? {
        let reported = timeline.end(after: instant - statusLag).map { $0 + statusLag }
        return [reported, timeline.end(after: instant)].compactMap(\.self).min()
    }

    package func runningTasks(at instant: Timestamp) -> [SimulatedTask] {
        tasks.filter { $0.begin <= instant && $0.isRunning(at: instant) }
    }

    /// Writes queue up behind a stalled task: one more every ten seconds.
    package func waitingWrites(at instant: Timestamp) -> Int64 {
        let stalled = tasks.first { task in
            if case .stalled = task.course { task.begin <= instant } else { false }
        }
        guard let stalled else { return 0 }
        let milliseconds = (instant - stalled.begin).wholeMilliseconds
        return min(Self.waitingWritesMaximum, milliseconds / 10_000)
    }

    /// How an operation of the data plane behaves now: a graph that is not up drops every
    /// connection.
    func effectiveManner(of operation: Operation, at instant: Timestamp) -> DataPlaneManner {
        guard status(at: instant).isRestartable else { return .dropping }
        if let hang, hangClass(at: instant) == .unresponsive, !hang.answers.contains(operation) {
            return hang.manner
        }
        return manners[operation] ?? manner
    }

    func occupant(at address: String) -> Occupant? {
        placement.kind(of: address).flatMap { occupants[$0] }
    }

    /// Ends everything that keeps the data plane from answering.
    mutating func answerAgain() {
        manner = .answering
        manners = [:]
        queryLoad = nil
    }

    package var privateIP: String { placement.privateIP }
    package var publicIP: String? { placement.publicIP }

    mutating func add(_ task: SimulatedTask) {
        tasks.append(task)
        if tasks.count > Self.tasksMaximum {
            tasks.removeFirst(tasks.count - Self.tasksMaximum)
        }
    }

    mutating func failTasks(at instant: Timestamp, reason: String) {
        for index in tasks.indices {
            tasks[index].fail(at: instant, reason: reason)
        }
    }

    mutating func stallTasks(at instant: Timestamp) {
        for index in tasks.indices { tasks[index].stall(at: instant) }
    }

    /// Cancels a running task, and with it the hang that it causes; returns false if the id is
    /// unknown.
    mutating func cancelTask(_ id: String, at instant: Timestamp) -> Bool {
        guard let index = tasks.firstIndex(where: { $0.id == id && $0.isRunning(at: instant) })
        else { return false }
        tasks[index].fail(at: instant, reason: "The job was cancelled.")
        if hang?.causeID == id {
            hang = nil
            answerAgain()
        }
        return true
    }
}
