package import Diagnosis
package import Time

/// What happened to one graph from the alert that asked for a restart until nothing asked any more
/// and nothing was in progress. What shadow mode would have restarted is an incident too.
///
/// Times are those of the wall clock when they were noted. When it is set, only the milestones of
/// an open incident move with it, so that the durations between them stay right.
package struct IncidentRecord: Hashable, Sendable, Codable {
    /// Killed tasks that are kept; further ones are counted.
    package static let maximumTasks = 200

    /// The graph's id and the time of opening in milliseconds; with a number if another one of the
    /// graph was opened at that time.
    package let id: String
    package let graphID: GraphID
    package let graphName: String
    package let hangClass: HangClass
    /// Empty for a restart that a person ordered.
    package let alertname: String
    package let openedAt: Timestamp
    /// nil while it is open.
    package var endedAt: Timestamp?
    /// How it ended; nil while that is open. An `AttemptOutcome` if an attempt was made, else the
    /// kind of the line that ended it (`recoveredAlone`, `released`), `alertEnded`, or `unfinished`
    /// if the agent lost sight of it.
    package var outcome: String?
    /// Whether only the mode kept the graph from being restarted.
    package var isShadow = false
    package var milestones = Milestones()
    /// The intents of its attempts, oldest first; at most 32.
    package var intentIDs: [String] = []
    /// The job that GES named for the newest attempt.
    package var jobID: String?
    /// What was decided, and whether that was right. What is known of it later, such as the label of
    /// a person, is in the record of the graph.
    package var decision: DecisionRecord?
    /// The newest verdict about the graph, with its signs.
    package var diagnosis: Diagnosis?
    /// Every gate as it was when the reasons for holding last changed.
    package var gates: [GateState] = []
    /// How large the graph was when it last told before the first restart.
    package var sizeBefore: GraphSize?
    /// How large it was when it first told after the newest restart had brought it back.
    package var sizeAfter: GraphSize?
    /// How many tasks it was working on before its restarts, those that were omitted left out.
    package var taskCount = 0
    /// How many more tasks it had.
    package var omittedTasks = 0
    /// How much text the requests of the tasks have.
    package var requestBytes = 0
    /// How many events it has, those that were omitted left out.
    package var eventCount = 0
    /// Events beyond the limit.
    package var omittedEvents = 0

    package init(
        graphID: GraphID,
        graphName: String,
        hangClass: HangClass,
        alertname: String,
        openedAt: Timestamp,
        number: Int = 0
    ) {
        id = "\(graphID)-\(openedAt.milliseconds)" + (number > 0 ? "-\(number)" : "")
        self.graphID = graphID
        self.graphName = graphName
        self.hangClass = hangClass
        self.alertname = alertname
        self.openedAt = openedAt
        milestones.openedAt = openedAt
    }

    package static let alertEnded = "alertEnded"
    package static let unfinished = "unfinished"

    /// What `outcome` may be.
    package static let outcomes =
        AttemptOutcome.allCases.map(\.rawValue)
        + [AuditEntry.Kind.recoveredAlone.rawValue, AuditEntry.Kind.released.rawValue]
        + [alertEnded, unfinished]
}

extension IncidentRecord {
    /// The moments between which the time to repair is split. Each is nil until it is reached.
    package struct Milestones: Hashable, Sendable, Codable {
        package var openedAt: Timestamp?
        /// Since when the first of the signs has spoken of a hang.
        package var firstSignAt: Timestamp?
        package var alertActiveAt: Timestamp?
        package var alertFiredAt: Timestamp?
        /// When the hang was proved.
        package var provedAt: Timestamp?
        /// The first intent.
        package var decidedAt: Timestamp?
        /// When GES accepted the restart, or a trace of it was found.
        package var acceptedAt: Timestamp?
        /// When the graph ran again.
        package var restartedAt: Timestamp?
        /// When the restart was verified.
        package var verifiedAt: Timestamp?
        /// When the graph was first seen to be well again.
        package var recoveredAt: Timestamp?

        package init() {}

        package mutating func shift(by jump: Duration) {
            let all: [WritableKeyPath<Self, Timestamp?>] = [
                \.openedAt, \.firstSignAt, \.alertActiveAt, \.alertFiredAt, \.provedAt, \.decidedAt,
                \.acceptedAt, \.restartedAt, \.verifiedAt, \.recoveredAt,
            ]
            for path in all { self[keyPath: path] = self[keyPath: path].map { $0 + jump } }
        }
    }

    package struct Diagnosis: Hashable, Sendable, Codable {
        package var verdict: String
        package var text: String
        package var path: String?
        package var signs: [Sign]

        package init(verdict: String, text: String, path: String?, signs: [Sign]) {
            self.verdict = verdict
            self.text = text
            self.path = path
            self.signs = signs
        }
    }

    package struct Sign: Hashable, Sendable, Codable {
        package var sign: String
        package var says: String
        package var answer: String
        package var at: Timestamp
        package var since: Timestamp

        package init(_ report: Assessment.SignReport) {
            sign = report.sign
            says = report.word.rawValue
            answer = report.answer
            at = report.at
            since = report.since
        }
    }

    package struct GateState: Hashable, Sendable, Codable {
        package var gate: String
        package var isOpen: Bool
        package var text: String

        package init(_ finding: GateFinding) {
            gate = finding.gate.rawValue
            isOpen = finding.isOpen
            text = finding.sentence
        }
    }

    package struct GraphSize: Hashable, Sendable, Codable {
        package var vertices: Int64?
        package var edges: Int64?
        /// When the graph told.
        package var at: Timestamp

        package init(vertices: Int64?, edges: Int64?, at: Timestamp) {
            self.vertices = vertices
            self.edges = edges
            self.at = at
        }
    }

    /// A task that was in the graph before the restart, which kills it.
    package struct InterruptedTask: Hashable, Sendable, Codable {
        package var id: String
        package var type: String?
        package var state: String
        package var progressRatio: Double?
        package var startedAt: Timestamp?
        /// The request that began it, without its secrets, to submit it again.
        package var request: String?
        /// Whether the request is longer than what is kept of it.
        package var isRequestCut = false
        /// When the graph told of it.
        package var notedAt: Timestamp

        package init(
            id: String,
            type: String?,
            state: String,
            progressRatio: Double?,
            startedAt: Timestamp?,
            request: String?,
            notedAt: Timestamp
        ) {
            self.id = id
            self.type = type
            self.state = state
            self.progressRatio = progressRatio
            self.startedAt = startedAt
            self.request = request
            self.notedAt = notedAt
        }
    }
}

extension IncidentRecord {
    /// A part of the time to repair.
    package struct Part: Hashable, Sendable {
        /// `seen`, `decided`, `restarted` or `verified`.
        package let name: String
        package let duration: Duration
    }

    /// The time to repair in its parts, as far as it has come: from the first sign to the alert, to
    /// the intent, until the graph ran again, until that was verified.
    package var parts: [Part] {
        let opened = milestones.openedAt ?? openedAt
        let begin = milestones.firstSignAt ?? milestones.alertActiveAt ?? opened
        let ends = [
            ("seen", milestones.alertFiredAt ?? opened), ("decided", milestones.decidedAt),
            ("restarted", milestones.restartedAt), ("verified", milestones.verifiedAt),
        ]
        var parts: [Part] = []
        var last = begin
        for (name, end) in ends {
            guard let end else { break }
            parts.append(Part(name: name, duration: max(.zero, end - last)))
            last = end
        }
        return parts
    }

    /// From the first sign to the verified end; nil without one.
    package var timeToRepair: Duration? {
        guard milestones.verifiedAt != nil else { return nil }
        return parts.map(\.duration).reduce(.zero, +)
    }
}

extension IncidentRecord.GraphSize: CustomStringConvertible {
    package var description: String {
        [vertices.map { "\($0) vertices" }, edges.map { "\($0) edges" }].compactMap(\.self)
            .joined(separator: ", ")
    }
}
