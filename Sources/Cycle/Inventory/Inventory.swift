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
        if case .success(let jobs) = readings.jobs {
            merge(jobs)
        } else {
            forEachEntry { $0.jobs = nil }
        }
    }

    /// Changes entries where they are: a copy of one costs more than most changes.
    private mutating func forEachEntry(_ change: (inout Entry) -> Void) {
        for index in entries.values.indices { change(&entries.values[index]) }
    }

    private mutating func change(_ id: String, _ change: (inout Entry) -> Void) {
        guard let index = entries.index(forKey: id) else { return }
        change(&entries.values[index])
    }

    /// The wall clock was set by `jump`. The moments move along, and the time so far counts as
    /// unseen.
    package mutating func reset(after jump: Duration) {
        lastSuccess = nil
        lastCompleteListing = nil
        sightSince = nil
        forEachEntry { $0.move(by: jump) }
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
            let new = Entry(graph: graph, statusSince: at, observedAt: at)
            entries[graph.id, default: new].see(graph, at: at)
        }
        guard listing.isComplete else { return }
        lastCompleteListing = at
        let present = Set(listing.graphs.map(\.id))
        guard entries.count > present.count else { return }
        entries = entries.filter { present.contains($0.key) }
    }

    private mutating func merge(_ readings: [GraphReading], at: Timestamp) {
        forEachEntry { $0.reading = nil }
        for reading in readings {
            change(reading.graphID) { $0.take(reading, at: at) }
        }
    }

    /// Jobs name their graph only by its name. A name that two graphs bear says nothing.
    private mutating func merge(_ jobs: [RunningJob]) {
        forEachEntry { $0.jobs = [] }
        guard !jobs.isEmpty else { return }
        let ids = Dictionary(grouping: entries.values, by: \.graph.name)
            .compactMapValues { $0.count == 1 ? $0.first?.graph.id : nil }
        for job in jobs {
            guard let name = job.graphName, let id = ids[name] else { continue }
            change(id) { $0.jobs?.append(job) }
        }
    }
}

extension Inventory.Entry {
    /// A task that is new has come no further yet: only one that is seen again tells.
    fileprivate mutating func note(_ tasks: [GraphReading.DataPlaneTask], at: Timestamp) {
        guard !(tasks.isEmpty && progress.isEmpty) else { return }
        let before = progress
        progress = [:]
        for task in tasks where task.state == .running {
            guard let ratio = task.progressRatio else { continue }
            progress[task.id] = ratio
            if let earlier = before[task.id], ratio > earlier { progressedAt = at }
        }
    }

    fileprivate mutating func move(by jump: Duration) {
        statusSince = statusSince + jump
        observedAt = observedAt + jump
        progressedAt = progressedAt.map { $0 + jump }
        lastProbe = lastProbe.map {
            Inventory.LastProbe(isAnswered: $0.isAnswered, at: $0.at + jump)
        }
    }

    /// Takes in what a listing shows.
    fileprivate mutating func see(_ listed: ListedGraph, at: Timestamp) {
        if graph.status != listed.status { statusSince = at }
        graph = listed
        observedAt = at
    }

    /// Takes in what the data plane said.
    fileprivate mutating func take(_ new: GraphReading, at: Timestamp) {
        reading = new
        if let tasks = new.tasks { note(tasks, at: at) }
        if let answered { lastProbe = Inventory.LastProbe(isAnswered: answered, at: at) }
        if new.probes.contains(where: \.outcome.reachedGraph) { wasReached = true }
    }

    /// Whether the data plane answered any probe of the newest poll; nil when none was sent.
    package var answered: Bool? {
        guard let probes = reading?.probes else { return nil }
        if probes.contains(where: \.outcome.isAnswered) { return true }
        return probes.contains { $0.outcome.duration != nil } ? false : nil
    }

    /// Running and answering.
    package var isUp: Bool { graph.status.phase == .running && answered == true }
}
