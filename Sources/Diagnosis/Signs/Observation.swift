package import Time

/// What one poll says about one graph.
package struct Observation: Sendable {
    package var graphID: String
    package var statusCode: String
    /// Nil for a graph whose addresses cannot be used, or that is not probed.
    package var path: Path?
    /// The path by the network of the address, which is `path` itself where no subnet is known; nil
    /// for a graph whose address is not known.
    package var neighbourhood: Path?
    package var probes: [Probe] = []
    /// The address of a canary in the graph's network that accepted a connection; nil if none did.
    package var canary: String?
    /// The pending and running tasks; nil if they could not be read.
    package var tasks: [Work]?
    /// The running queries; nil if they could not be read.
    package var queries: [Work]?
    /// Why `tasks` is nil although the graph listed them; else nil.
    package var obscuredTasks: Obscurity?
    /// Why `queries` is nil although the graph listed them; else nil.
    package var obscuredQueries: Obscurity?
    /// The newest that Cloud Eye has of its clients; nil if there is nothing.
    package var load: Load?
    /// What a recording says of the progress of tasks, queries and jobs, which it does not hold;
    /// nil for a reading of the graph itself.
    package var told: ToldProgress?
    /// The running management jobs; nil if they could not be read.
    package var jobs: [Job]?
    /// Whether another agent watches the graph instead of this one. Then a reading is only a glance.
    package var isWatchedElsewhere = false
    /// When the graph became unreachable, by the word of another agent; nil if none says so.
    package var reportedOnset: Onset?
    /// A restart of ours is in progress: what changes now is its doing.
    package var isUnderRepair = false

    package init(graphID: String, statusCode: String) {
        self.graphID = graphID
        self.statusCode = statusCode
    }

    package struct Probe: Hashable, Sendable {
        /// As in the configuration: `version`, `summary`, `gremlin`, `cypher`.
        package var kind: String
        package var answer: Answer
        /// What the configured address gave, if the answer is that of another address of the
        /// graph: that one says nothing about the path to the configured address.
        package var configured: Answer?

        package init(kind: String, answer: Answer, configured: Answer? = nil) {
            self.kind = kind
            self.answer = answer
            self.configured = configured
        }

        /// What the path to the configured address gave.
        var onPath: Answer { configured ?? answer }

        /// Whether the graph itself accepted the connection. An address is given to another host
        /// when the graph has lost it, so that only what GES says proves a further address.
        var isOfGraph: Bool {
            guard configured != nil else { return answer.provesPath }
            return switch answer {
            case .alive, .engineError, .throttled, .silent(.afterConnection): true
            default: onPath.provesPath
            }
        }

        /// Whether the probe exercises the engine. The others only reach the front end.
        package static func isEngine(_ kind: String) -> Bool { kind != "version" }
    }

    /// Why work that a graph lists cannot be read. It may advance unseen.
    package enum Obscurity: Hashable, Sendable {
        case tooLarge
        /// Not in the form that is expected. Only a graph that was readable before hides something.
        case unreadable
    }

    /// A task or query inside the graph.
    package struct Work: Hashable, Sendable {
        package var id: String
        /// Such as `Algorithm` or `ImportGraph`; nil if it is not reported.
        package var type: String?
        package var isRunning: Bool
        /// 0 to 1; nil if it is not reported.
        package var progress: Double?

        package init(id: String, type: String? = nil, isRunning: Bool, progress: Double?) {
            self.id = id
            self.type = type
            self.isRunning = isRunning
            self.progress = progress
        }
    }

    /// What clients ask of the graph.
    package struct Load: Hashable, Sendable {
        /// The start of the minute for which it holds.
        package var at: Timestamp
        /// Requests received.
        package var requests: Double
        /// The mean time to an answer, in seconds; nil if it is not known.
        package var responseTime: Double?
        /// Tasks waiting for the engine.
        package var waiting: Double

        package init(
            at: Timestamp,
            requests: Double,
            responseTime: Double?,
            waiting: Double
        ) {
            self.at = at
            self.requests = requests
            self.responseTime = responseTime
            self.waiting = waiting
        }
    }

    /// A running job of the management plane.
    package struct Job: Hashable, Sendable {
        package var id: String
        package var name: String
        package var beganAt: Timestamp?
        /// Progress and phase as reported; only compared. Nil if neither is reported.
        package var progress: String?
        /// Whether the progress counts something, so that an unchanged one means that the job
        /// stands still. Otherwise only a change of it tells something.
        package var isCounted: Bool

        package init(
            id: String,
            name: String,
            beganAt: Timestamp?,
            progress: String? = nil,
            isCounted: Bool = true
        ) {
            self.isCounted = isCounted
            self.id = id
            self.name = name
            self.beganAt = beganAt
            self.progress = progress
        }
    }
}
