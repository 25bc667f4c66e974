package import Diagnosis
package import Time

/// The data-plane reading of one graph in one poll.
package struct GraphReading: Hashable, Sendable {
    package var graphID: String
    package var probes: [Probe]
    /// How the graph is reached; nil if it has no address that can be used.
    package var path: Path?
    /// The path by the network of the address; `path` itself where no subnet is known.
    package var neighbourhood: Path?
    /// The address that answered although the configured one did not.
    package var fallback: String?
    /// The canary in the graph's network that accepted a connection in this poll.
    package var canary: String?
    /// Pending and running tasks, oldest first; nil if they could not be listed.
    package var tasks: [DataPlaneTask]?
    package var queries: Queries?
    /// Why the tasks could not be read although the graph listed them.
    package var obscuredTasks: Observation.Obscurity?
    /// Why the queries could not be read although the graph listed them.
    package var obscuredQueries: Observation.Obscurity?
    /// What a recording says of the progress of its work; nil for a reading of the graph itself.
    package var told: ToldProgress?
    /// How large the graph is; nil if it did not tell.
    package var size: Size?
    /// Why nothing is sent to the addresses of the graph; nil if something is.
    package var refusal: String?

    package init(
        graphID: String,
        probes: [Probe] = [],
        tasks: [DataPlaneTask]? = nil,
        queries: Queries? = nil
    ) {
        self.graphID = graphID
        self.probes = probes
        self.tasks = tasks
        self.queries = queries
    }

    package struct Size: Hashable, Sendable {
        package var vertices: Int64?
        package var edges: Int64?

        package init(vertices: Int64?, edges: Int64?) {
            self.vertices = vertices
            self.edges = edges
        }
    }

    package struct Probe: Hashable, Sendable {
        /// The kind as in the configuration: `version`, `summary`, `gremlin`, `cypher`.
        package var kind: String
        package var answer: Answer
        /// What the configured address gave, if the answer is that of another address.
        package var configured: Answer?
        /// Time to the answer or the failure; nil if the probe was not sent.
        package var duration: Duration?
        /// The value of the metric label `reason`; nil for an answer of a working graph.
        package var reason: String?
        /// What came back, in one line.
        package var text: String

        package init(
            kind: String,
            answer: Answer,
            configured: Answer? = nil,
            duration: Duration? = nil,
            reason: String? = nil,
            text: String = ""
        ) {
            self.kind = kind
            self.answer = answer
            self.configured = configured
            self.duration = duration
            self.reason = reason
            self.text = text
        }
    }

    /// An asynchronous task inside the graph.
    package struct DataPlaneTask: Hashable, Sendable {
        package enum State: String, Hashable, Sendable, CaseIterable {
            case pending, running
        }

        package var id: String
        /// Such as `Algorithm` or `ImportGraph`; nil if the response omits it.
        package var type: String?
        package var state: State
        /// 0 to 1; nil if the response omits it.
        package var progressRatio: Double?
        /// Nil for a pending task, and if the response omits it.
        package var startedAt: Timestamp?
        /// Whether the graph says that it can be cancelled; nil if the response omits it.
        package var canStop: Bool?
        /// The request that began it, without secrets, for the record of incidents.
        package var request: String?
        /// Whether the end of the request, or all of it, was too long to be kept.
        package var isRequestCut = false

        package init(
            id: String,
            type: String? = nil,
            state: State,
            progressRatio: Double? = nil,
            startedAt: Timestamp? = nil,
            canStop: Bool? = nil
        ) {
            self.startedAt = startedAt
            self.canStop = canStop
            self.id = id
            self.type = type
            self.state = state
            self.progressRatio = progressRatio
            self.startedAt = startedAt
        }
    }

    /// The current queries of the graph. A queue length is nil if the response omits it.
    package struct Queries: Hashable, Sendable {
        /// The running queries.
        package var running: [Running] = []
        package var readRunning: Int64?
        package var readWaiting: Int64?
        package var writeRunning: Int64?
        package var writeWaiting: Int64?
        /// 0 if no query is running; nil if none of those that run reports a duration.
        package var longestRunningSeconds: Double?
        /// 0 if no query waits; nil if the response does not say how long they wait.
        package var longestPendingSeconds: Double?
        /// What the graph has room for, as far as the response says.
        package var capacity: Size?

        package struct Running: Hashable, Sendable {
            package var id: String
            /// 0 to 1; nil if the response omits it.
            package var progressRatio: Double?

            package init(id: String, progressRatio: Double?) {
                self.id = id
                self.progressRatio = progressRatio
            }
        }

        package init(
            readRunning: Int64? = nil,
            readWaiting: Int64? = nil,
            writeRunning: Int64? = nil,
            writeWaiting: Int64? = nil,
            longestRunningSeconds: Double? = nil
        ) {
            self.readRunning = readRunning
            self.readWaiting = readWaiting
            self.writeRunning = writeRunning
            self.writeWaiting = writeWaiting
            self.longestRunningSeconds = longestRunningSeconds
        }
    }
}

extension GraphReading.Probe {
    /// Whether the configured address accepted the connection; nil if the answer does not tell, or
    /// is that of a working graph at this address, which needs no words.
    var isConnected: Bool? {
        if configured == nil, answer == .alive { return nil }
        let onPath = configured ?? answer
        if onPath.provesPath { return true }
        if case .silent = onPath { return false }
        return nil
    }
}
