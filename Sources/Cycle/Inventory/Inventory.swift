package import Time

/// What the agent knows of every graph, merged from one poll after another. A graph that a failed
/// poll did not show keeps its last facts and grows older; only a complete listing removes one.
package struct Inventory: Sendable {
    package struct Entry: Sendable {
        package var graph: ListedGraph
        /// When this agent first saw the present status or, after a start, the graph itself.
        package var statusSince: Timestamp
        /// When the newest management reading was taken.
        package var observedAt: Timestamp
        /// What the data plane said in the newest poll; nil when it was not asked.
        package var reading: GraphReading?
        /// The newest poll in which the graph could be asked.
        package var lastProbe: LastProbe?
        /// Whether its data plane ever took a probe, answering or not.
        package var wasReached = false
        /// The newest poll in which a task inside the graph had come further than before.
        package fileprivate(set) var progressedAt: Timestamp?
        /// How far each running task was when the tasks were last listed, 0 to 1, by id.
        fileprivate var progress: [String: Double] = [:]
        /// Its running jobs; nil when they could not be listed.
        package var jobs: [RunningJob]?
    }

    package struct LastProbe: Sendable, Hashable {
        package var isAnswered: Bool
        package var at: Timestamp
    }

    package private(set) var entries: [String: Entry] = [:]
    /// Since when polls succeed without a gap; nil while blind.
    package private(set) var sightSince: Timestamp?
    /// The listing that the newest poll brought, or its failure.
    package private(set) var lastFailure: ReadingFailure?
    package private(set) var lastSuccess: Timestamp?
    /// The newest listing that named every graph.
    package private(set) var lastCompleteListing: Timestamp?

    package init() {}

    /// Known graphs in the order of their ids.
    package var graphs: [ListedGraph] { sorted.map(\.graph) }

    package var sorted: [Entry] {
        entries.values.sorted { $0.graph.id < $1.graph.id }
    }

    /// Merges one poll. `freshness` is how old the last success may be before a gap counts as
    /// having been blind.
    package mutating func merge(_ readings: Readings, freshness: Duration) {
        switch readings.listing {
        case .success(let listing): merge(listing, at: readings.at, freshness: freshness)
        case .failure(let failure): lastFailure = failure
        }
        if let lastSuccess, readings.at - lastSuccess > freshness { sightSince = nil }
        merge(readings.graphs, at: readings.at)
        for id in entries.keys { entries[id]?.jobs = nil }
        if case .success(let jobs) = readings.jobs { merge(jobs) }
    }

    /// The wall clock was set by `jump`. The moments move along, and the time so far counts as
    /// unseen.
    package mutating func reset(after jump: Duration) {
        lastSuccess = nil
        lastCompleteListing = nil
        sightSince = nil
        for id in entries.keys {
            guard var entry = entries[id] else { continue }
            entry.statusSince = entry.statusSince + jump
            entry.moveProgress(by: jump)
            entry.observedAt = entry.observedAt + jump
            if let last = entry.lastProbe {
                entry.lastProbe = LastProbe(isAnswered: last.isAnswered, at: last.at + jump)
            }
            entries[id] = entry
        }
    }

    private mutating func merge(
        _ listing: Readings.Listing,
        at: Timestamp,
        freshness: Duration
    ) {
        lastFailure = nil
        let wasBlind = lastSuccess.map { at - $0 > freshness } ?? true
        if wasBlind { sightSince = at }
        lastSuccess = at
        for graph in listing.graphs {
            var entry =
                entries[graph.id] ?? Entry(graph: graph, statusSince: at, observedAt: at)
            if entry.graph.status != graph.status { entry.statusSince = at }
            entry.graph = graph
            entry.observedAt = at
            entries[graph.id] = entry
        }
        guard listing.isComplete else { return }
        lastCompleteListing = at
        let present = Set(listing.graphs.map(\.id))
        for id in Array(entries.keys) where !present.contains(id) { entries[id] = nil }
    }

    private mutating func merge(_ readings: [GraphReading], at: Timestamp) {
        for id in entries.keys { entries[id]?.reading = nil }
        for reading in readings {
            guard var entry = entries[reading.graphID] else { continue }
            entry.reading = reading
            if let tasks = reading.tasks { entry.note(tasks, at: at) }
            if let isAnswered = entry.answered {
                entry.lastProbe = LastProbe(isAnswered: isAnswered, at: at)
            }
            if reading.probes.contains(where: \.outcome.reachedGraph) {
                entry.wasReached = true
            }
            entries[reading.graphID] = entry
        }
    }

    /// Jobs name their graph only by its name. A name that two graphs bear says nothing.
    private mutating func merge(_ jobs: [RunningJob]) {
        let ids = Dictionary(grouping: entries.values, by: \.graph.name)
            .compactMapValues { $0.count == 1 ? $0.first?.graph.id : nil }
        for id in entries.keys { entries[id]?.jobs = [] }
        for job in jobs {
            guard let name = job.graphName, let id = ids[name] else { continue }
            entries[id]?.jobs?.append(job)
        }
    }
}

extension Inventory.Entry {
    /// A task that is new has come no further yet: only one that is seen again tells.
    fileprivate mutating func note(_ tasks: [GraphReading.DataPlaneTask], at: Timestamp) {
        let before = progress
        progress = [:]
        for task in tasks where task.state == .running {
            guard let ratio = task.progressRatio else { continue }
            progress[task.id] = ratio
            if let earlier = before[task.id], ratio > earlier { progressedAt = at }
        }
    }

    fileprivate mutating func moveProgress(by jump: Duration) {
        progressedAt = progressedAt.map { $0 + jump }
    }

    /// Whether the data plane answered any probe of the newest poll; nil when none was sent.
    package var answered: Bool? {
        let asked = (reading?.probes ?? []).filter { $0.outcome.duration != nil }
        return asked.isEmpty ? nil : asked.contains { $0.outcome.isAnswered }
    }

    /// Running and answering.
    package var isUp: Bool { graph.status.phase == .running && answered == true }
}
