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
    var graphs = KeyedArray<String, GraphCase>()
    var paths = PathWatch()
    /// Whether graphs have gone or are reached on another way since `paths` was told.
    private var waysChanged = false
    /// What follows from the newest poll for each graph without a claim, until something changes on
    /// which it rests. Everyone who asks after a poll gets the same answer.
    var summaries: [String: Summary] = [:]
    /// Graphs of the previous run that were not observed yet.
    private var remembered: [String: GraphMemory]
    /// Graphs whose memory differs from the one on disk.
    var unsaved: Set<String> = []
    /// The time of the newest poll.
    private(set) var at = Timestamp.distantPast
    /// Between two polls.
    package var interval: Duration {
        didSet {
            spans = Spans(interval)
            forgetVerdicts()
        }
    }
    private(set) var spans: Spans
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
        spans = Spans(interval)
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
        // By their places: a loop over the elements would copy each of them.
        for index in observations.indices {
            take(observations[index], policy(observations[index].graphID), at: at)
        }
        paths.settle(at: at)
        for index in observations.indices {
            let id = observations[index].graphID
            noteChange(id, policy(id))
        }
    }

    private mutating func take(
        _ new: Observation,
        _ policy: DiagnosisPolicy,
        at: Timestamp
    ) {
        let id = new.graphID
        var isUnsaved = false
        var place = graphs.place(of: id)
        if place == nil {
            let memory = remembered.removeValue(forKey: id)
            place = graphs.set(id, to: GraphCase(memory ?? GraphMemory(graphID: id), at: at))
            isUnsaved = memory == nil
        }
        guard let place else { return }
        let heardAt = at - spans.word
        let change = graphs.change(at: place) { graph in
            Self.take(new, policy, omitted, into: &graph, &paths, heardAt: heardAt, at: at)
        }
        if change.isOfPath { waysChanged = true }
        if isUnsaved || change.isOfMemory { unsaved.insert(id) }
    }

    private static func take(
        _ new: Observation,
        _ policy: DiagnosisPolicy,
        _ omitted: Set<Omission>,
        into graph: inout GraphCase,
        _ paths: inout PathWatch,
        heardAt: Timestamp,
        at: Timestamp
    ) -> (isOfMemory: Bool, isOfPath: Bool) {
        let (memory, way) = (graph.memory, graph.way)
        graph.take(new, policy, omitted, at: at)
        if let path = new.path {
            // Compared before: most polls change nothing.
            if graph.way?.path != path || graph.way?.neighbourhood != new.neighbourhood {
                graph.way = Way(path: path, neighbourhood: new.neighbourhood)
            }
            if let way = graph.way {
                if let canary = new.canary { paths.prove(way, by: "canary \(canary)", at: at) }
                if !new.probes.isEmpty { notePath(way, new, omitted, &graph, &paths, at: at) }
            }
        }
        if new.isWatchedElsewhere, new.probes.isEmpty {
            believeWatcher(new, &graph, &paths, heardAt: heardAt)
        }
        return (graph.memory != memory, graph.way != way)
    }

    private static func notePath(
        _ way: Way,
        _ new: Observation,
        _ omitted: Set<Omission>,
        _ graph: inout GraphCase,
        _ paths: inout PathWatch,
        at: Timestamp
    ) {
        // An answer at another address of the graph proves nothing to its neighbours.
        let isReached = new.probes.contains(where: \.onPath.provesPath)
        // Answers of something else are neither.
        let isUnreachable = !isReached && new.probes.contains(where: \.onPath.isUnreachable)
        if isReached {
            if !omitted.contains(.witness) { paths.prove(way, by: new.graphID, at: at) }
            if graph.memory.onset != nil { graph.memory.onset = nil }
        } else if isUnreachable, graph.memory.onset == nil {
            graph.memory.onset = Onset(after: graph.notUnreachableAt ?? at, until: at)
                .narrowed(by: new.reportedOnset)
        }
        if !isUnreachable { graph.notUnreachableAt = at }
        guard isReached || isUnreachable else { return }
        paths.note(new.graphID, on: way, graph.memory.onset)
    }

    /// Notes that a graph became sick or well without a restart of ours.
    private mutating func noteChange(_ id: String, _ policy: DiagnosisPolicy) {
        guard let place = graphs.place(of: id) else { return }
        let graph = graphs.values[place]
        let verdict = judgeSigns(graph, nil, policy)
        let isSick = verdict.isSick
        if isSick != graph.memory.wasSick ?? false, verdict.tellsHealth,
            !isHeldByJob(graph, policy), !graph.isWatchedElsewhere
        {
            let old = hasCalmed(graph.memory.changes) ? [] : graph.memory.changes
            graphs.change(at: place) { graph in
                graph.memory.wasSick = isSick
                graph.memory.changes = old.suffix(Self.maximumChanges - 1) + [at]
            }
            unsaved.insert(id)
        }
        summaries[id] = Summary(graphs.values[place], verdict, policy, in: self)
    }

    /// Whether a graph that was flapping has been quiet since. Its old changes must not make the
    /// first one of a hang flapping again.
    private func hasCalmed(_ changes: [Timestamp]) -> Bool {
        changes.count >= Self.changesOfFlapping
            && changes.last.map { at - $0 >= Self.calm } ?? false
    }

    /// Changes of the verdict within `flappingSpan`, until there is none for `calm`.
    static let changesOfFlapping = 4
    static let flappingSpan = Duration.seconds(6 * 3600)
    static let calm = Duration.seconds(3600)

    /// A management job explains silence; it says nothing about health.
    private func isHeldByJob(_ graph: GraphCase, _ policy: DiagnosisPolicy) -> Bool {
        let hangClass = HangClass(statusCode: graph.statusCode) ?? .unresponsive
        return graph.jobs.hold(for: hangClass, limit: policy.jobLimit, at: at) != nil
    }

    private mutating func forgetVerdicts() {
        summaries.removeAll(keepingCapacity: true)
    }

    private static let maximumChanges = 8

    /// Drops graphs that are gone.
    ///
    /// - Parameter isWhole: whether every graph that exists is known: what is remembered of others is
    ///   of graphs that were deleted while nobody looked.
    package mutating func keep(isWhole: Bool, _ isKnown: (String) -> Bool) {
        if isWhole {
            for id in remembered.keys where !isKnown(id) {
                remembered[id] = nil
                unsaved.insert(id)
            }
        }
        let gone = graphs.keys.filter { !isKnown($0) }
        if !gone.isEmpty {
            graphs.keep(where: isKnown)
            unsaved.formUnion(gone)
            waysChanged = true
            // Verdicts on the others may rest on them.
            forgetVerdicts()
        }
        if waysChanged {
            paths.keep(ways)
            waysChanged = false
        }
    }

    private var ways: [String: Way] {
        var ways: [String: Way] = [:]
        for (id, graph) in zip(graphs.keys, graphs.values) { ways[id] = graph.way }
        return ways
    }

    /// Forgets everything that was observed; the memory on disk goes too.
    package mutating func startOver() {
        unsaved.formUnion(graphs.keys)
        unsaved.formUnion(remembered.keys)
        graphs = KeyedArray()
        forgetVerdicts()
        waysChanged = false
        remembered = [:]
        paths = PathWatch()
    }

    /// Shifts all moments after the wall clock was set.
    package mutating func shift(by jump: Duration) {
        forgetVerdicts()
        graphs.changeEach { $0.shift(by: jump) }
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

    /// Whether the graph has ever answered, by its engine if that is probed.
    package func wasReached(_ id: String) -> Bool {
        summaries[id]?.wasReached ?? graphs[id]?.wasReached ?? false
    }

    /// Whether a probe of the graph was alive in this poll.
    package func answersInPart(_ id: String) -> Bool {
        guard let place = graphs.place(of: id), graphs.values[place].probedAt == at else {
            return false
        }
        return graphs.values[place].probes.isAnyAlive
    }

    /// Since when the graph has refused or not accepted connections; nil while it accepts them.
    package func unreachableSince(_ id: String) -> Timestamp? {
        graphs.place(of: id).flatMap { graphs.values[$0].memory.unreachableSince }
    }

    /// When a running or waiting job of a graph was first seen; nil for one that was not.
    package func firstSight(ofJob jobID: String, of id: String) -> Timestamp? {
        graphs.place(of: id).flatMap { graphs.values[$0].jobs.firstSight(of: jobID) }
    }

    /// The way to a graph; nil while it is not known.
    package func path(of id: String) -> Path? {
        if let known = summaries[id] { return known.path }
        return graphs[id]?.way?.path
    }

    /// The paths over which a graph was probed in this poll, and whether each is proved now. A path
    /// is not proved if a graph on it could not be reached at any address; one about which nothing
    /// is known either way is left out.
    package var pathStates: [(path: Path, isProved: Bool)] {
        var isProved: [Path: Bool] = [:]
        let start = at - proofWindow
        let graphs = graphs.values.span
        // By their places: a loop over the values would copy each of them.
        for place in graphs.indices
        where graphs[place].probedAt == at && !graphs[place].isWatchedElsewhere {
            guard let way = graphs[place].way, isProved[way.path] != true else { continue }
            if paths.proof(of: way, since: start) != nil {
                isProved[way.path] = true
            } else if graphs[place].isOutOfReach {
                isProved[way.path] = false
            }
        }
        return isProved.map { ($0.key, $0.value) }
            .sorted { $0.0.description < $1.0.description }
    }

    /// A path that was proved in one of the newest three polls is proved now: a witness may miss a
    /// poll.
    var proofWindow: Duration { spans.proof }

    /// What follows from the interval. Computed once: multiplying a `Duration` takes longer than
    /// most judgements.
    struct Spans: Sendable {
        /// Over which signs are judged without a claim, and in which nothing may have advanced.
        let judged: Duration
        let proof: Duration
        /// How old the word of another agent may be: one that is silent for longer counts no more.
        let word: Duration

        init(_ interval: Duration) {
            judged = interval * 10
            proof = interval * 2 + interval / 2
            word = interval * 4
        }
    }
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
