// Diagnosis answers one question for each graph: is a hang proved, by what, and seen from where?
//
// It is pure: readings in, a verdict for each graph out, with its signs, the path, and what would
// change it. It always runs, also while nothing may be restarted. It says *hung* only with proof;
// without it, it says *unknown* and names what is missing. How long is too long is not its
// question: rules say that, and it judges the time for which an alert has been active.
//
//   Signs     independent observations, each with a time: probes, tasks, queries, jobs
//   Paths     how graphs are reached; graphs on one path are lost together
//   Verdicts  what follows from the signs, for each class of hang
//   Memory    what must survive a start of the agent

package import Time

/// The state of the diagnosis of all graphs.
package struct Diagnosis: Sendable {
    var graphs: [String: GraphCase] = [:]
    var paths = PathWatch()
    /// The paths of all graphs; nil if they have changed since they were collected.
    private var knownPaths: Set<Path>?
    /// What follows from the newest poll for each graph without a claim, until something changes on
    /// which it rests. Everyone who asks after a poll gets the same answer.
    private(set) var summaries: [String: Summary] = [:]
    /// Graphs of the previous run that were not observed yet.
    private var remembered: [String: GraphMemory]
    /// Graphs whose memory differs from the one on disk.
    private var unsaved: Set<String> = []
    /// The time of the newest poll.
    private(set) var at = Timestamp.distantPast
    /// Between two polls.
    package var interval: Duration {
        didSet { forgetVerdicts() }
    }
    /// Rules that are left out, to show that a scenario notices. Only tests set them.
    package var omitted: Set<Omission> = [] {
        didSet { forgetVerdicts() }
    }

    package init(remembered: [GraphMemory] = [], interval: Duration) {
        self.remembered = Dictionary(
            remembered.map { ($0.graphID, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.interval = interval
    }

    /// Merges one poll.
    ///
    /// - Parameter observations: one for each known graph.
    package mutating func take(
        _ observations: [Observation],
        policy: (String) -> DiagnosisPolicy,
        at: Timestamp
    ) {
        self.at = at
        forgetVerdicts()
        let observations =
            omitted.isEmpty ? observations : observations.map { $0.without(omitted) }
        for observation in observations {
            take(observation, policy(observation.graphID), at: at)
        }
        for observation in observations {
            noteChange(observation.graphID, policy(observation.graphID))
        }
    }

    private mutating func take(
        _ new: Observation,
        _ policy: DiagnosisPolicy,
        at: Timestamp
    ) {
        let id = new.graphID
        var isUnsaved = false
        if graphs.index(forKey: id) == nil {
            let memory = remembered.removeValue(forKey: id)
            graphs[id] = GraphCase(memory ?? GraphMemory(graphID: id), at: at)
            isUnsaved = memory == nil
        }
        // In place: copying what is known of a graph costs more than most polls change.
        guard let index = graphs.index(forKey: id) else { return }
        let change = Self.take(
            new,
            policy,
            omitted,
            into: &graphs.values[index],
            &paths,
            at: at
        )
        if change.isOfPath { knownPaths = nil }
        if isUnsaved || change.isOfMemory { unsaved.insert(id) }
    }

    private static func take(
        _ new: Observation,
        _ policy: DiagnosisPolicy,
        _ omitted: Set<Omission>,
        into graph: inout GraphCase,
        _ paths: inout PathWatch,
        at: Timestamp
    ) -> (isOfMemory: Bool, isOfPath: Bool) {
        let (memory, path) = (graph.memory, graph.path)
        graph.take(new, policy, omitted, at: at)
        if let path = new.path, let canary = new.canary {
            paths.prove(path, by: "canary \(canary)", at: at)
        }
        if let path = new.path, !new.probes.isEmpty {
            notePath(path, new, omitted, &graph.memory, &paths, at: at)
        }
        return (graph.memory != memory, graph.path != path)
    }

    private static func notePath(
        _ path: Path,
        _ new: Observation,
        _ omitted: Set<Omission>,
        _ memory: inout GraphMemory,
        _ paths: inout PathWatch,
        at: Timestamp
    ) {
        let isReached =
            new.otherAddressAnswered || new.probes.contains(where: \.answer.provesPath)
        // Answers of something else are neither.
        let isUnreachable = !isReached && new.probes.contains(where: \.answer.isUnreachable)
        guard isReached || isUnreachable else { return }
        if isReached, !omitted.contains(.witness) {
            paths.prove(path, by: new.graphID, at: at)
        }
        paths.note(
            new.graphID,
            on: path,
            isReached: isReached,
            since: memory.unreachableSince,
            at: at
        )
        memory.unreachableSince =
            isReached ? nil : paths.unreachableSince(new.graphID, on: path)
    }

    /// Notes that a graph became sick or well without a restart of ours.
    private mutating func noteChange(_ id: String, _ policy: DiagnosisPolicy) {
        guard let index = graphs.index(forKey: id) else { return }
        var graph = graphs.values[index]
        let verdict = judgeSigns(graph, nil, policy)
        let isSick = verdict.isSick
        if isSick != graph.wasSick, verdict.tellsHealth {
            graph.wasSick = isSick
            graph.memory.changes = graph.memory.changes.suffix(Self.maximumChanges - 1) + [at]
            graphs.values[index] = graph
            unsaved.insert(id)
        }
        summaries[id] = Summary(graph, verdict, policy, in: self)
    }

    private mutating func forgetVerdicts() {
        summaries.removeAll(keepingCapacity: true)
    }

    private static let maximumChanges = 8

    /// Drops graphs that are gone.
    package mutating func keep(_ isKnown: (String) -> Bool) {
        for id in graphs.keys where !isKnown(id) {
            graphs[id] = nil
            unsaved.insert(id)
            knownPaths = nil
            // Verdicts on the others may rest on it.
            forgetVerdicts()
        }
        let known = knownPaths ?? Set(graphs.values.lazy.compactMap { $0.path })
        knownPaths = known
        paths.keep(graphs: isKnown, paths: known)
    }

    /// Forgets everything that was observed; the memory on disk goes too.
    package mutating func startOver() {
        unsaved.formUnion(graphs.keys)
        unsaved.formUnion(remembered.keys)
        graphs = [:]
        forgetVerdicts()
        knownPaths = nil
        remembered = [:]
        paths = PathWatch()
    }

    /// Shifts all moments after the wall clock was set.
    package mutating func shift(by jump: Duration) {
        forgetVerdicts()
        for id in graphs.keys { graphs[id]?.shift(by: jump) }
        for id in remembered.keys { remembered[id]?.shift(by: jump) }
        paths.shift(by: jump)
        at = at + jump
        unsaved.formUnion(graphs.keys)
    }
}

extension Diagnosis {
    /// What differs from the memory on disk.
    package var memoryChanges: (saved: [GraphMemory], removed: [String]) {
        var saved: [GraphMemory] = []
        var removed: [String] = []
        for id in unsaved.sorted() {
            if let graph = graphs[id] { saved.append(graph.memory) } else { removed.append(id) }
        }
        return (saved, removed)
    }

    /// Call it when the changes of the last step are on disk.
    package mutating func memoryWasWritten() { unsaved = [] }

    /// Whether the graph has ever answered a probe.
    package func wasReached(_ id: String) -> Bool {
        summaries[id]?.wasReached ?? graphs[id]?.memory.wasReached ?? false
    }

    /// Since when the graph has refused or not accepted connections; nil while it accepts them.
    package func unreachableSince(_ id: String) -> Timestamp? {
        graphs[id]?.memory.unreachableSince
    }

    /// When a running or waiting job of a graph was first seen; nil for one that was not.
    package func firstSight(ofJob jobID: String, of id: String) -> Timestamp? {
        graphs[id]?.jobs.firstSight(of: jobID)
    }

    /// The way to a graph; nil while it is not known.
    package func path(of id: String) -> Path? {
        if let known = summaries[id] { return known.path }
        return graphs[id]?.path
    }

    /// The paths of all graphs, and whether each is proved now.
    package var pathStates: [(path: Path, isProved: Bool)] {
        let known = knownPaths ?? Set(graphs.values.lazy.compactMap { $0.path })
        return known.map { ($0.description, $0) }.sorted { $0.0 < $1.0 }
            .map { ($1, paths.proof(of: $1, since: at - proofWindow) != nil) }
    }

    /// A path that was proved in one of the newest three polls is proved now: a witness may miss a
    /// poll.
    var proofWindow: Duration { interval * 2 + interval / 2 }
}

extension Answer {
    /// Whether the connection failed in a way that a lost path, or a dead host, may have caused.
    fileprivate var isUnreachable: Bool {
        switch self {
        case .silent(.refused), .silent(.notConnected): true
        default: false
        }
    }
}

extension Verdict {
    /// Whether the verdict says that the graph is well or sick; the others say neither.
    fileprivate var tellsHealth: Bool {
        switch self {
        case .healthy, .busy, .suspect, .hung: true
        default: false
        }
    }
}
