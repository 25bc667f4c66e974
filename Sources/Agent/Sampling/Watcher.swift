package import Configuration
import Coordination
import Cycle
package import Diagnosis
package import GES
import Series
import Time

/// What the watcher needs of the cloud.
package protocol GraphSource: Sendable {
    var gatewayClockOffset: Duration? { get }
    func listGraphs() async throws(GESError) -> GraphListing
    /// - Parameter onPage: receives the graphs of each page while the others are read.
    func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing
    func graph(_ id: String) async throws(GESError) -> Graph
    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing
    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult
    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask]
    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries
    /// Whether a host that is not a graph accepts connections.
    func acceptsConnections(_ address: String, timeout: Duration) async -> Bool
}

extension GraphSource {
    package func acceptsConnections(_ address: String, timeout: Duration) async -> Bool { false }

    /// Lists all graphs as one page.
    package func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing {
        let listing = try await listGraphs()
        onPage(listing.graphs)
        return listing
    }
}

/// What a poll knows before it begins.
struct KnownGraphs: Sendable {
    /// The graphs of the last successful listing.
    var graphs: [Graph] = []
    /// The graphs that did not answer when they were last read, and in which poll that was.
    var silent: [String: Int] = [:]
    /// The graphs whose details were read, with the address for which they hold.
    var detailed: [String: String] = [:]
    /// How often the details of a graph could not be read for its subnet.
    var unread: [String: Int] = [:]
    /// The graphs that ever answered.
    var reached: Set<String> = []
    /// What the last listing said and could not be confirmed.
    var doubts: [String: ListingDoubt] = [:]
    /// The tasks that the graphs listed last, with their requests.
    var tasks: [String: [GraphReading.DataPlaneTask]] = [:]
    var poll = 0
}

/// Polls the cloud. It never decides anything: a failed request is a reading too.
package struct Watcher: Sendable {
    private let source: any GraphSource
    private let sampling: SamplingConfiguration
    private let places: ReadingPlaces
    private let canaries: [DiagnosisPolicy.Canary]

    package init(
        source: any GraphSource,
        sampling: SamplingConfiguration,
        canaries: [DiagnosisPolicy.Canary] = []
    ) {
        self.source = source
        self.sampling = sampling
        self.canaries = canaries
        places = ReadingPlaces(requestsPerGraph: sampling.probes.count + 2)
    }

    /// Performs one poll. The known graphs are read while they are listed, and those that the
    /// listing adds or changes as soon as their page arrives. So neither a slow listing nor a
    /// failure of the management plane leaves a gap in the series of the data plane.
    ///
    /// - Parameters:
    ///   - share: which graphs to read; nil for all. All are listed in any case.
    ///   - began: `at` in elapsed time.
    func poll(
        _ share: WatchShare? = nil,
        known: KnownGraphs,
        at: Timestamp,
        began: Duration,
        _ clock: AgentClock
    ) async -> Poll {
        let (pages, feed) = AsyncStream.makeStream(of: [Graph].self)
        let isRead: @Sendable (Graph) -> Bool = { graph in
            share?.reads(graph.id, inPoll: known.poll) ?? true
        }
        async let listing = list(known, feed, isRead)
        async let jobs = runningJobs()
        async let answering = answeringCanaries()
        var toRead = known
        if share != nil { toRead.graphs.removeAll { !isRead($0) } }
        let read = await readGraphs(toRead, pages, began, clock)
        var readings = read.readings
        let listed = await listing
        if case .success(let listing) = listed, listing.graphs.isComplete {
            let present = Set(listing.graphs.graphs.map(\.id))
            readings.removeAll { !present.contains($0.graphID) }
        }
        let proofs = await CanaryProofs(answering, sampling.dataPlane.address)
        var next = known
        next.poll += 1
        next.learn(from: read)
        if case .success(let listing) = listed {
            let rest = known.graphs.filter { !listing.gone.contains($0.id) }
            next.graphs = Self.graphs(of: listing.graphs, known: rest)
            next.doubts = listing.doubts
            next.detailed.merge(listing.detailed) { _, new in new }
            for id in listing.unread { next.unread[id, default: 0] += 1 }
            next.keepOnlyGraphs()
        }
        proofs.fill(&readings, next.graphs)
        let running = await jobs
        var result = Readings(
            at: at,
            began: began,
            listing: listed.map { Readings.Listing($0.graphs) }.mapError(ReadingFailure.init),
            jobs: running.map { $0.compactMap(RunningJob.init) }.mapError(ReadingFailure.init),
            graphs: readings,
            gatewayClockOffset: source.gatewayClockOffset
        )
        result.share = share
        result.answers = [
            ManagementAnswers("list_graphs", listed), ManagementAnswers("list_jobs", running),
        ]
        if case .success(let listing) = listed { result.answers.append(listing.answers) }
        return Poll(readings: result, known: next, ended: read.ended)
    }

    /// The graphs that exist now, as far as is known: a listing that is not complete ends none.
    private static func graphs(of listing: GraphListing, known: [Graph]) -> [Graph] {
        guard !listing.isComplete else { return listing.graphs }
        let present = Set(listing.graphs.map(\.id))
        let missing = known.filter { !present.contains($0.id) }
        return listing.graphs + missing.prefix(max(0, Inventory.maximumGraphs - present.count))
    }

    private func list(
        _ known: KnownGraphs,
        _ feed: AsyncStream<[Graph]>.Continuation,
        _ isRead: @escaping @Sendable (Graph) -> Bool
    ) async -> Result<ListedGraphs, GESError> {
        do throws(GESError) {
            let listing = try await source.listGraphs { feed.yield($0.filter(isRead)) }
            feed.finish()
            return .success(await ListedGraphs(listing, known, source))
        } catch {
            feed.finish()
            return .failure(error)
        }
    }

    private func answeringCanaries() async -> [DiagnosisPolicy.Canary] {
        await withTaskGroup(of: DiagnosisPolicy.Canary?.self) { group in
            for canary in canaries {
                group.addTask { [source, sampling] in
                    let timeout = sampling.dataPlane.timeout
                    return await source.acceptsConnections(canary.address, timeout: timeout)
                        ? canary : nil
                }
            }
            var answering: [DiagnosisPolicy.Canary] = []
            for await canary in group { if let canary { answering.append(canary) } }
            return answering.sorted { $0.address < $1.address }
        }
    }

    private func runningJobs() async -> Result<[Job], GESError> {
        do {
            let listing = try await source.jobs(JobFilter(status: .running))
            guard listing.isComplete else {
                return .failure(.unexpected("the list of running jobs is not complete"))
            }
            return .success(listing.jobs)
        } catch {
            return .failure(error)
        }
    }

    /// Reads the known graphs and those of the pages concurrently, within the places. If a page
    /// describes a known graph differently, the reading of the newer description counts.
    ///
    /// - Returns: the readings, sorted by id.
    private func readGraphs(
        _ known: KnownGraphs,
        _ pages: AsyncStream<[Graph]>,
        _ began: Duration,
        _ clock: AgentClock
    ) async -> LaneReadings {
        let (silent, others) = places.divide(known)
        // A fleet that has a place for every graph waits for none.
        let isSmall = !known.graphs.isEmpty && known.graphs.count <= places.answering
        let spare = isSmall ? nil : max(0, places.silent - silent.count)
        let silentEnd = began + max(.zero, sampling.interval - sampling.timeout * 2)
        return await withTaskGroup(of: LaneReadings.self) { group in
            group.addTask {
                var lane = ReadingLane(
                    { [tasks = known.tasks] in await read($0, tasks[$0.id] ?? []) },
                    clock,
                    places: places.silent,
                    opensUntil: silentEnd,
                    began: began
                )
                return await lane.run(silent, nil)
            }
            group.addTask { [known] in
                var lane = ReadingLane(
                    { [tasks = known.tasks] in await read($0, tasks[$0.id] ?? []) },
                    clock,
                    places: places.answering,
                    spare: spare,
                    began: began
                )
                return await lane.run(others, pages, except: known.silent)
            }
            var all = LaneReadings(ended: ReadingEnds(began: began))
            for await lane in group {
                all.readings += lane.readings
                all.abandoned += lane.abandoned
                all.ended.take(lane.ended)
            }
            all.readings.sort { $0.graphID < $1.graphID }
            return all
        }
    }

    /// Asks for every sign at once. Tasks and queries matter most when the probes are silent.
    ///
    /// - Parameter known: the tasks that it listed last.
    private func read(
        _ graph: Graph,
        _ known: [GraphReading.DataPlaneTask]
    ) async -> GraphReading {
        async let tasks = source.runningTasks(of: graph, dataPlane: sampling.dataPlane)
        async let queries = source.realTimeQueries(of: graph, dataPlane: sampling.dataPlane)
        var reading = GraphReading(graphID: graph.id)
        let route = sampling.dataPlane.route(to: graph)
        reading.path = route.map(Path.init)
        reading.neighbourhood = route.flatMap(Path.init(neighbourhoodOf:))
        let results = await withTaskGroup(of: (ProbeKind, ProbeResult).self) { group in
            for kind in sampling.probes {
                group.addTask { [source, sampling] in
                    (kind, await source.probe(kind, of: graph, dataPlane: sampling.dataPlane))
                }
            }
            var results: [(ProbeKind, ProbeResult)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0.rawValue < $1.0.rawValue }
        }
        reading.probes = results.map { GraphReading.Probe($0.0, $0.1) }
        reading.fallback = results.lazy.compactMap(\.1.fallback).first
        reading.size = results.lazy.compactMap(\.1.size).first.map(GraphReading.Size.init)
        if reading.path == nil { reading.refusal = sampling.dataPlane.refusal(of: graph) }
        do {
            reading.tasks = GraphReading.DataPlaneTask.quoted(try await tasks, known: known)
        } catch {
            reading.obscuredTasks = (error as? GESError).flatMap(Observation.Obscurity.init)
        }
        do {
            let answered = try await queries
            reading.queries = GraphReading.Queries(answered)
            if let size = answered.size { reading.size = GraphReading.Size(size) }
        } catch {
            reading.obscuredQueries = (error as? GESError).flatMap(Observation.Obscurity.init)
        }
        return reading
    }
}

extension KnownGraphs {
    /// Notes which graphs did not answer. Those whose reading was abandoned come first next time.
    mutating func learn(from lanes: LaneReadings) {
        for reading in lanes.readings {
            if let listed = reading.tasks { tasks[reading.graphID] = listed.isEmpty ? nil : listed }
            silent[reading.graphID] = reading.isSilent ? poll : nil
            if reading.probes.contains(where: { $0.answer == .alive }) {
                reached.insert(reading.graphID)
            }
        }
        for id in lanes.abandoned { silent[id] = 0 }
    }

    mutating func keepOnlyGraphs() {
        let present = Set(graphs.map(\.id))
        silent = silent.filter { present.contains($0.key) }
        detailed = detailed.filter { present.contains($0.key) }
        unread = unread.filter { present.contains($0.key) && detailed[$0.key] == nil }
        reached.formIntersection(present)
        tasks = tasks.filter { present.contains($0.key) }
    }
}

extension Graph {
    /// Whether requests to the graph are the same for both descriptions.
    func isReadAs(_ other: Graph) -> Bool {
        name == other.name && status.isRestartable == other.status.isRestartable
            && privateIP == other.privateIP && publicIP == other.publicIP
            && trafficIPs == other.trafficIPs && enableHTTPS == other.enableHTTPS
    }

    /// Every address, for comparison.
    var addresses: String {
        ([privateIP, publicIP].compactMap(\.self) + trafficIPs).joined(separator: " ")
    }
}
