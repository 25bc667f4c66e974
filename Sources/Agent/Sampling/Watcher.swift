import Cycle
package import Configuration
package import GES
import Series
import Time

/// What the watcher needs of the cloud.
package protocol GraphSource: Sendable {
    var gatewayClockOffset: Duration? { get }
    func listGraphs() async throws(GESError) -> GraphListing
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

    /// Performs one poll. The graphs in `known` are probed if the listing fails, so that a failure
    /// of the management plane leaves no gap in the series of the data plane.
    ///
    /// - Parameter began: `at` in elapsed time.
    func poll(known: [Graph], at: Timestamp, began: Duration) async -> Poll {
        async let listing = list()
        async let jobs = runningJobs()
        let listed = await listing
        let graphs = try? listed.get().graphs
        let readings = await readGraphs(graphs ?? known)
        return await Poll(
            readings: Readings(
                at: at,
                began: began,
                listing: listed.map(Readings.Listing.init).mapError(ReadingFailure.init),
                jobs: jobs.map { $0.map(RunningJob.init) }.mapError(ReadingFailure.init),
                graphs: readings,
                gatewayClockOffset: source.gatewayClockOffset
            ),
            graphs: graphs
        )
    }

    private func list() async -> Result<GraphListing, GESError> {
        do {
            return .success(try await source.listGraphs())
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

    /// Reads the graphs concurrently, within the limit.
    private func readGraphs(_ graphs: [Graph]) async -> [GraphReading] {
        await withTaskGroup(of: GraphReading.self) { group in
            var waiting = graphs.filter { $0.status.isRestartable }.makeIterator()
            var readings: [GraphReading] = []
            for _ in 0..<Self.graphsInFlightMaximum {
                guard let graph = waiting.next() else { break }
                group.addTask { await read(graph) }
            }
            while let reading = await group.next() {
                readings.append(reading)
                if let graph = waiting.next() { group.addTask { await read(graph) } }
            }
            return readings.sorted { $0.graphID < $1.graphID }
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
        guard reading.probes.contains(where: \.outcome.isAnswered) else { return reading }
        async let tasks = source.runningTasks(of: graph, dataPlane: sampling.dataPlane)
        async let queries = source.realTimeQueries(of: graph, dataPlane: sampling.dataPlane)
        reading.tasks = try? await tasks.map(GraphReading.DataPlaneTask.init)
        reading.queries = try? await GraphReading.Queries(queries)
        return reading
    }
}
