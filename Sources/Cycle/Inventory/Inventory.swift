import Coordination
import Diagnosis
package import Time

/// What is known of every graph, merged from all polls. A failed or partial listing leaves the
/// other graphs as they were, with growing age; only a complete listing removes a graph.
package struct Inventory: Sendable {
    package struct Entry: Sendable {
        package var graph: ListedGraph
        /// When the status was first seen. It counts as unchanged while nobody looked, for at most
        /// `longestBlindness`.
        package var statusSince: Timestamp
        /// Since when the graph has been listed without a gap longer than the freshness.
        package fileprivate(set) var seenSince: Timestamp
        /// When the graph was last listed.
        package var observedAt: Timestamp
        /// The data-plane reading of the newest poll; nil if the graph was not probed.
        package var reading: GraphReading?
        /// The name of the agent that watches the graph instead of this one: that one has its
        /// series and alerts. Nil if this one does.
        package fileprivate(set) var otherWatcher: String?
        /// Whether this agent reads the graph in every poll, whoever watches it.
        package fileprivate(set) var isRead = true
        /// Whether a divided poll has told who watches it.
        fileprivate var isAssigned = false
        /// The newest poll in which the graph could be probed.
        package var lastProbe: LastProbe?
        /// Whether a poll has probed it.
        package fileprivate(set) var isProbed = false
        /// The newest polls in a row in which every probe was answered, oldest first, at most
        /// `answersOfAWorkingGraph`.
        package fileprivate(set) var answeredAt: [Timestamp] = []
        /// The first poll since the last answer in which a probe was silent; nil while it answers.
        package fileprivate(set) var silentSince: Timestamp?
        /// Its tasks when it last listed them.
        package fileprivate(set) var lastTasks: LastTasks?
        /// Its running jobs; nil if the jobs could not be listed.
        package var jobs: [RunningJob]?
        /// How large it was when it last told.
        package fileprivate(set) var lastSize: (size: GraphReading.Size, at: Timestamp)?

    }

    package struct LastTasks: Sendable {
        package var tasks: [GraphReading.DataPlaneTask]
        package var at: Timestamp

        /// How long the tasks had run stays the same.
        func moved(by jump: Duration) -> LastTasks {
            var moved = self
            moved.at = at + jump
            for index in tasks.indices {
                moved.tasks[index].startedAt = tasks[index].startedAt.map { $0 + jump }
            }
            return moved
        }
    }

    /// How much text the requests of all tasks may have.
    private static let maximumRequestBytes = 64 << 20

    package struct LastProbe: Sendable, Hashable {
        package var isAnswered: Bool
        package var at: Timestamp
    }

    /// A service that names other graphs with every listing must not fill the memory. Further
    /// graphs are ignored.
    package static let maximumGraphs = 50_000

    /// For how long nobody may have looked for a status to count as unchanged: the time of an
    /// upgrade, a reboot or a short outage. Within hours a graph can leave a status and come back.
    package static let longestBlindness = Duration.seconds(10 * 60)

    /// A hung graph may answer once by luck.
    package static let answersOfAWorkingGraph = 5

    package private(set) var entries = Entries()
    /// The ids of all entries, sorted.
    private(set) var ids: [String] = []
    /// The statuses that the previous run knew, of graphs that this one has not listed yet.
    var remembered: [String: StatusMoment] = [:]
    /// When the previous run was last known to look.
    var rememberedAt: Timestamp
    /// The graphs whose status on disk is not the one known here.
    var unwritten: Set<String> = []
    /// Since when listings succeed without a gap; nil while blind.
    package private(set) var sightSince: Timestamp?
    /// The failure of the newest listing; nil if it succeeded.
    package private(set) var lastFailure: ReadingFailure?
    package private(set) var lastSuccess: Timestamp?
    /// The time of the newest complete listing.
    package private(set) var lastCompleteListing: Timestamp?
    /// Whether the newest listing succeeded without being complete. The graphs that it lacks may
    /// exist as before.
    package private(set) var isPartial = false

    /// Whether the newest listing succeeded and holds every graph.
    package var isWhole: Bool { lastFailure == nil && lastSuccess != nil && !isPartial }

    /// Whether the newest poll was divided among agents.
    private var isDivided = false
    /// The graphs that this agent watches since the newest poll, and those that it has left to
    /// another one.
    private(set) var gained: Set<String> = []
    private(set) var lost: Set<String> = []

    /// Whether probes get through to any graph.
    package private(set) var reach = Reach.untried

    /// Without reach no hang can be detected: the agent sees what the management plane says and
    /// nothing else.
    package enum Reach: Sendable, Hashable {
        /// No poll has probed a graph yet.
        case untried
        /// No probe has reached a graph since the start; with the most frequent failure of the
        /// newest poll that probed any.
        case none(reason: String)
        /// At least one probe has reached a graph, answered or not.
        case proved
    }

    /// - Parameters:
    ///   - remembered: the statuses that the previous run left on disk. A graph that still has that
    ///     status has had it since then.
    ///   - rememberedAt: when the previous run was last known to look; nil if that is unknown.
    package init(remembered: [StatusMoment] = [], at rememberedAt: Timestamp? = nil) {
        self.rememberedAt = rememberedAt ?? .distantPast
        self.remembered = Dictionary(
            remembered.map { ($0.graphID, $0) },
            uniquingKeysWith: { $0.since < $1.since ? $0 : $1 }
        )
    }

    /// The known graphs, sorted by id.
    package var graphs: [ListedGraph] { sorted.map(\.graph) }

    package var sorted: [Entry] { ids.compactMap { entries[$0] } }

    /// Calls the body with each entry, sorted by id, without copying it.
    func forEachSorted(_ body: (Entry) -> Void) {
        let values = entries.values.span
        for id in ids {
            if let place = entries.place(of: id) { body(values[place]) }
        }
    }

    /// Merges one poll. A gap between successful listings longer than `freshness` counts as
    /// blindness.
    package mutating func merge(_ readings: Readings, freshness: Duration) {
        switch readings.listing {
        case .success(let listing): merge(listing, at: readings.at, freshness: freshness)
        case .failure(let failure):
            lastFailure = failure
            isPartial = false
        }
        if let lastSuccess, readings.at - lastSuccess > freshness { sightSince = nil }
        merge(readings.graphs, at: readings.at)
        merge(readings.share)
        if case .success(let jobs) = readings.jobs {
            merge(jobs)
        } else {
            entries.changeEach { $0.jobs = nil }
        }
    }

    private mutating func merge(_ share: WatchShare?) {
        (gained, lost) = ([], [])
        guard share != nil || isDivided else { return }
        var (gained, lost): (Set<String>, Set<String>) = ([], [])
        entries.changeEach { entry in
            let id = entry.graph.id
            let (old, new) = (entry.otherWatcher, share?.otherWatcher(of: id)?.name)
            entry.isRead = share?.isRead(id) ?? true
            if new == nil, old != nil || !entry.isAssigned { gained.insert(id) }
            if new != nil, old == nil { lost.insert(id) }
            entry.otherWatcher = new
            entry.isAssigned = true
        }
        (self.gained, self.lost) = (gained, lost)
        isDivided = share != nil
    }

    /// Shifts all moments by `jump` after the wall clock was set. The time before counts as
    /// blindness.
    package mutating func reset(after jump: Duration) {
        lastSuccess = nil
        lastCompleteListing = nil
        sightSince = nil
        entries.changeEach { $0.move(by: jump) }
        shiftRemembered(by: jump)
        unwritten.formUnion(entries.keys)
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
        isPartial = !listing.isComplete
        if at - rememberedAt > Self.longestBlindness { forgetRemembered() }
        let knownCount = ids.count
        for graph in listing.graphs
        where entries.count < Self.maximumGraphs || entries.contains(graph.id) {
            see(graph, at: at, freshness: freshness)
        }
        if ids.count > knownCount { ids.sort() }
        guard listing.isComplete else { return }
        lastCompleteListing = at
        // Graphs of the previous run that are not listed any more are gone.
        forgetRemembered()
        let present = Set(listing.graphs.map(\.id))
        guard entries.count > present.count else { return }
        unwritten.formUnion(entries.keys.filter { !present.contains($0) })
        entries.keep(where: present.contains)
        ids = ids.filter(present.contains)
    }

    private mutating func forgetRemembered() {
        unwritten.formUnion(remembered.keys)
        remembered = [:]
    }

    /// Forgets everything, on disk too.
    package mutating func startOver() {
        let written = unwritten.union(remembered.keys).union(entries.keys)
        self = Inventory()
        unwritten = written
    }

    private mutating func see(_ graph: ListedGraph, at: Timestamp, freshness: Duration) {
        let known = entries.place(of: graph.id)
        let keepsStatus =
            known.map { place in
                entries.change(at: place) { $0.see(graph, at: at, freshness: freshness) }
            } ?? false
        var since = at
        if let earlier = remembered.isEmpty ? nil : remembered.removeValue(forKey: graph.id),
            earlier.code == graph.status.code, earlier.since <= at
        {
            since = earlier.since
        } else if !keepsStatus {
            unwritten.insert(graph.id)
        }
        guard known == nil else { return }
        entries.add(Entry(graph: graph, statusSince: since, seenSince: at, observedAt: at))
        ids.append(graph.id)
    }

    private mutating func merge(_ readings: [GraphReading], at: Timestamp) {
        var requestBytes = 0
        entries.changeEach { entry in
            entry.reading = nil
            requestBytes += entry.lastTasks?.requestBytes ?? 0
        }
        for reading in readings {
            let keepsRequests = requestBytes < Self.maximumRequestBytes
            entries.change(reading.graphID) { entry in
                requestBytes -= entry.lastTasks?.requestBytes ?? 0
                entry.take(reading, at: at)
                if !keepsRequests { entry.lastTasks?.dropRequests() }
                requestBytes += entry.lastTasks?.requestBytes ?? 0
            }
        }
        if reach != .proved { learnReach(from: readings) }
    }

    private mutating func learnReach(from readings: [GraphReading]) {
        let probes = readings.flatMap(\.probes)
        if probes.contains(where: \.answer.provesPath) {
            reach = .proved
            return
        }
        var counts: [String: Int] = [:]
        for reason in probes.compactMap(\.reason) { counts[reason, default: 0] += 1 }
        // The reason that comes first in the alphabet among equals, so that the text is stable.
        let most = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }
        if let most { reach = .none(reason: most.key) }
    }

    /// Jobs refer to their graph by name only. A name shared by two graphs is ambiguous and
    /// ignored.
    private mutating func merge(_ jobs: [RunningJob]) {
        entries.changeEach { $0.jobs = [] }
        guard !jobs.isEmpty else { return }
        let ids = Dictionary(grouping: entries.values, by: \.graph.name)
            .compactMapValues { $0.count == 1 ? $0.first?.graph.id : nil }
        for job in jobs {
            guard let name = job.graphName, let id = ids[name] else { continue }
            entries.change(id) { $0.jobs?.append(job) }
        }
    }
}

extension Inventory.Entry {
    /// The tasks of the newest poll. A graph that hangs lists them now and then only, so older ones
    /// count for a while.
    func recentTasks(at now: Timestamp) -> [GraphReading.DataPlaneTask]? {
        if let tasks = reading?.tasks { return tasks }
        guard let lastTasks, now - lastTasks.at <= Self.taskMemory else { return nil }
        return lastTasks.tasks
    }

    private static let taskMemory = Duration.seconds(10 * 60)

    fileprivate mutating func move(by jump: Duration) {
        statusSince = statusSince + jump
        seenSince = seenSince + jump
        observedAt = observedAt + jump
        answeredAt = answeredAt.map { $0 + jump }
        silentSince = silentSince.map { $0 + jump }
        lastTasks = lastTasks?.moved(by: jump)
        lastSize = lastSize.map { ($0.size, $0.at + jump) }
        lastProbe = lastProbe.map {
            Inventory.LastProbe(isAnswered: $0.isAnswered, at: $0.at + jump)
        }
    }

    fileprivate func keepsStatus(as listed: ListedGraph, at: Timestamp) -> Bool {
        graph.status == listed.status && at - observedAt <= Inventory.longestBlindness
    }

    /// Merges one entry of a listing. Returns whether the status is the same as before.
    fileprivate mutating func see(
        _ listed: ListedGraph,
        at: Timestamp,
        freshness: Duration
    ) -> Bool {
        let isSame = keepsStatus(as: listed, at: at)
        if !isSame { statusSince = at }
        if at - observedAt > freshness { seenSince = at }
        graph = listed
        observedAt = at
        return isSame
    }

    /// Merges one data-plane reading.
    fileprivate mutating func take(_ new: GraphReading, at: Timestamp) {
        reading = new
        if let tasks = new.tasks { lastTasks = Inventory.LastTasks(tasks: tasks, at: at) }
        if let size = new.size { lastSize = (size, at) }
        if let answered {
            lastProbe = Inventory.LastProbe(isAnswered: answered, at: at)
            answeredAt =
                answered ? answeredAt.suffix(Inventory.answersOfAWorkingGraph - 1) + [at] : []
            silentSince = answered ? nil : silentSince ?? at
        }
        if !new.probes.isEmpty { isProbed = true }
    }

    /// Whether every probe of the newest poll was answered by a working graph; nil if none tells.
    package var answered: Bool? {
        let words = (reading?.probes ?? []).map(\.answer).filter(\.isTelling)
        return words.isEmpty ? nil : words.allSatisfy { $0 == .alive }
    }
}

extension Inventory.LastTasks {
    fileprivate var requestBytes: Int { tasks.reduce(0) { $0 + ($1.request?.utf8.count ?? 0) } }

    fileprivate mutating func dropRequests() {
        for index in tasks.indices where tasks[index].request != nil {
            tasks[index].request = nil
            tasks[index].isRequestCut = true
        }
    }
}
