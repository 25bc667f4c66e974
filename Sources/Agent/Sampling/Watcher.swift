import Cycle
package import Configuration
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
}

extension GraphSource {
    /// Lists all graphs as one page.
    package func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing {
        let listing = try await listGraphs()
        onPage(listing.graphs)
        return listing
    }
}

/// Polls the cloud. It never decides anything: a failed request is a reading too.
package struct Watcher: Sendable {
    /// How many graphs are read concurrently. A hung graph occupies a slot for the whole time-out,
    /// so 500 hung graphs take four time-outs. Lower if the limit on open files is low: a probe
    /// that gets no socket would make a healthy graph look sick.
    private static let graphsInFlightMaximum = OpenFiles.room(
        for: 128,
        eachWith: ProbeKind.allCases.count
    )

    private let source: any GraphSource
    private let sampling: SamplingConfiguration

    package init(source: any GraphSource, sampling: SamplingConfiguration) {
        self.source = source
        self.sampling = sampling
    }

    /// Performs one poll. The graphs in `known` are probed while the listing is read, and those
    /// that it adds or changes as soon as their page arrives. So neither a slow listing nor a
    /// failure of the management plane leaves a gap in the series of the data plane.
    ///
    /// - Parameter began: `at` in elapsed time.
    func poll(
        known: [Graph],
        at: Timestamp,
        began: Duration,
        _ elapsed: @escaping @Sendable () -> Duration
    ) async -> Poll {
        let (pages, feed) = AsyncStream.makeStream(of: [Graph].self)
        async let listing = list(feed)
        async let jobs = runningJobs()
        var (readings, probesEnded) = await readGraphs(known, pages, began, elapsed)
        let listed = await listing
        if case .success(let listing) = listed, listing.isComplete {
            let present = Set(listing.graphs.map(\.id))
            readings.removeAll { !present.contains($0.graphID) }
        }
        return await Poll(
            readings: Readings(
                at: at,
                began: began,
                listing: listed.map(Readings.Listing.init).mapError(ReadingFailure.init),
                jobs: jobs.map { $0.map(RunningJob.init) }.mapError(ReadingFailure.init),
                graphs: readings,
                gatewayClockOffset: source.gatewayClockOffset
            ),
            graphs: (try? listed.get()).map { Self.graphs(of: $0, known: known) },
            probesEnded: probesEnded
        )
    }

    /// The graphs that exist now, as far as is known: a listing that is not complete ends none.
    private static func graphs(of listing: GraphListing, known: [Graph]) -> [Graph] {
        guard !listing.isComplete else { return listing.graphs }
        let present = Set(listing.graphs.map(\.id))
        let missing = known.filter { !present.contains($0.id) }
        return listing.graphs + missing.prefix(max(0, Inventory.maximumGraphs - present.count))
    }

    private func list(
        _ feed: AsyncStream<[Graph]>.Continuation
    ) async -> Result<GraphListing, GESError> {
        defer { feed.finish() }
        do {
            return .success(try await source.listGraphs { feed.yield($0) })
        } catch {
            return .failure(error)
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

    /// Reads the known graphs and those of the pages concurrently, within the limit. If a page
    /// describes a known graph differently, the reading of the newer description counts.
    ///
    /// - Returns: the readings, sorted by id, and when the last of them ended.
    private func readGraphs(
        _ known: [Graph],
        _ pages: AsyncStream<[Graph]>,
        _ began: Duration,
        _ elapsed: @escaping @Sendable () -> Duration
    ) async -> ([GraphReading], Duration) {
        typealias Result = (graph: Graph, reading: GraphReading, endedAt: Duration)
        return await withTaskGroup(of: Result.self) { group in
            var newest: [String: Graph] = [:]
            var readings: [String: GraphReading] = [:]
            var inFlight = 0
            var ended = began
            func take(_ result: Result) {
                inFlight -= 1
                ended = max(ended, result.endedAt)
                guard newest[result.graph.id]?.isReadAs(result.graph) ?? false else { return }
                readings[result.graph.id] = result.reading
            }
            func begin(_ graph: Graph) async {
                if let newer = newest[graph.id], newer.isReadAs(graph) { return }
                newest[graph.id] = graph
                readings[graph.id] = nil
                guard graph.status.isRestartable else { return }
                if inFlight >= Self.graphsInFlightMaximum, let result = await group.next() {
                    take(result)
                }
                inFlight += 1
                group.addTask {
                    let reading = await read(graph)
                    return (graph, reading, elapsed())
                }
            }
            for graph in known { await begin(graph) }
            for await page in pages {
                for graph in page { await begin(graph) }
            }
            while let result = await group.next() { take(result) }
            return (readings.values.sorted { $0.graphID < $1.graphID }, ended)
        }
    }

    /// Sends the probes concurrently. Tasks and queries are read only from a graph that answers.
    private func read(_ graph: Graph) async -> GraphReading {
        var reading = GraphReading(graphID: graph.id)
        reading.probes = await withTaskGroup(of: GraphReading.Probe.self) { group in
            for kind in sampling.probes {
                group.addTask { [source, sampling] in
                    let result = await source.probe(
                        kind,
                        of: graph,
                        dataPlane: sampling.dataPlane
                    )
                    return GraphReading.Probe(
                        kind: kind.rawValue,
                        outcome: GraphReading.Probe.Outcome(result)
                    )
                }
            }
            var probes: [GraphReading.Probe] = []
            for await probe in group { probes.append(probe) }
            return probes.sorted { $0.kind < $1.kind }
        }
        guard reading.probes.contains(where: \.outcome.isAnswered) else {
            reading.refusal = sampling.dataPlane.refusal(of: graph)
            return reading
        }
        async let tasks = source.runningTasks(of: graph, dataPlane: sampling.dataPlane)
        async let queries = source.realTimeQueries(of: graph, dataPlane: sampling.dataPlane)
        reading.tasks = try? await tasks.map(GraphReading.DataPlaneTask.init)
        reading.queries = try? await GraphReading.Queries(queries)
        return reading
    }
}

extension Graph {
    /// Whether requests to the graph are the same for both descriptions.
    fileprivate func isReadAs(_ other: Graph) -> Bool {
        name == other.name && status.isRestartable == other.status.isRestartable
            && privateIP == other.privateIP && publicIP == other.publicIP
            && trafficIPs == other.trafficIPs && enableHTTPS == other.enableHTTPS
    }
}
