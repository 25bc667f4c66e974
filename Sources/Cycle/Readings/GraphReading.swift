/// The data-plane reading of one graph in one poll.
package struct GraphReading: Hashable, Sendable {
    package var graphID: String
    package var probes: [Probe]
    /// Pending and running tasks, oldest first; nil if they could not be listed.
    package var tasks: [DataPlaneTask]?
    package var queries: Queries?
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

    package struct Probe: Hashable, Sendable {
        /// The kind as in the configuration: `version`, `summary`.
        package var kind: String
        package var outcome: Outcome

        package init(kind: String, outcome: Outcome) {
            self.kind = kind
            self.outcome = outcome
        }

        package enum Outcome: Hashable, Sendable {
            /// The graph answered; an error is an answer too.
            case answered(Duration)
            /// The graph did not answer, or said that its engine does not work. `reachedGraph` is
            /// false when nothing at its address took the request.
            case failed(reason: String, reachedGraph: Bool, Duration)
            /// The probe could not be sent, which says nothing about the graph.
            case notProbed(reason: String)
        }
    }

    /// An asynchronous task inside the graph.
    package struct DataPlaneTask: Hashable, Sendable {
        package enum State: String, Hashable, Sendable, CaseIterable {
            case pending, running
        }

        package var id: String
        package var state: State
        /// 0 to 1; nil if the response omits it.
        package var progressRatio: Double?

        package init(id: String, state: State, progressRatio: Double? = nil) {
            self.id = id
            self.state = state
            self.progressRatio = progressRatio
        }
    }

    /// The current queries of the graph. A queue length is nil if the response omits it.
    package struct Queries: Hashable, Sendable {
        package var readRunning: Int64?
        package var readWaiting: Int64?
        package var writeRunning: Int64?
        package var writeWaiting: Int64?
        /// 0 if no query is running; nil if none of those that run reports a duration.
        package var longestRunningSeconds: Double?

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

extension GraphReading.Probe.Outcome {
    package var isAnswered: Bool {
        if case .answered = self { true } else { false }
    }

    /// Time to the answer or the failure; nil if the probe was not sent.
    package var duration: Duration? {
        switch self {
        case .answered(let duration), .failed(_, _, let duration): duration
        case .notProbed: nil
        }
    }

    package var failureReason: String? {
        switch self {
        case .answered: nil
        case .failed(let reason, _, _), .notProbed(let reason): reason
        }
    }

    /// Whether the address of the graph accepted the request, even if it never answered.
    package var reachedGraph: Bool {
        switch self {
        case .answered: true
        case .failed(_, let reachedGraph, _): reachedGraph
        case .notProbed: false
        }
    }
}
