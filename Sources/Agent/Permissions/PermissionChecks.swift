import API
package import Configuration
import Diagnosis
import GES
import HTTPClient
import Time

/// Tries what the agent needs, one read-only request for each API and path.
///
/// Nothing is changed in the cloud. A path is what graphs share on the way to them; for each, the
/// first running graph that accepts a connection is asked.
package struct PermissionChecks {
    /// A restart cannot be tried without restarting a graph.
    package static let notTried =
        "restart-graph (ges:graph:operate) is not tried: it cannot be tried without a restart"

    /// Further graphs of a path are tried if the first ones are hung.
    private static let graphsPerPath = 3
    /// Paths beyond these are named, not tried.
    private static let maximumPaths = 64
    /// No job has it. The service says so only to those who may read jobs.
    private static let unknownJob = "00000000-0000-0000-0000-000000000000"

    private let client: GESClient
    private let configuration: Configuration
    private let clock = BootClock.elapsed
    private var checks: [PermissionCheck] = []

    /// Throws if a CA file cannot be read.
    package static func run(
        _ configuration: Configuration
    ) async throws(StartError) -> [PermissionCheck] {
        let clients = ClientsInFlight()
        defer { clients.shutdown() }
        var session = CloudSession(metrics: MetricRegistry(), clients: clients)
        let client = try session.gesClient(for: configuration)
        var checks = PermissionChecks(client: client, configuration: configuration)
        await checks.checkManagement()
        return checks.checks
    }

    private init(client: GESClient, configuration: Configuration) {
        self.client = client
        self.configuration = configuration
    }

    // MARK: - Management plane

    private mutating func checkManagement() async {
        let cloud = configuration.cloud
        let ges = "\(cloud.endpoints.ges)"
        let hasCredential =
            await check(cloud.credentials.request, cloud.credentials.target(cloud.endpoints), "") {
                client throws(GESError) in
                try await client.obtainCredential()
                return ((), "obtained")
            } != nil
        // Without a credential every further request would fail for the same reason.
        guard hasCredential else { return }
        let listing = await check("list graphs", ges, "ges:graph:list") {
            client throws(GESError) in
            let listing = try await client.listGraphs()
            return (listing, "\(listing.graphs.count) graphs")
        }
        if let listing, !listing.isComplete {
            doubt("the listing lacks graphs: \(listing.shortfall ?? "it is incomplete")")
        }
        let jobs = await check("list jobs", ges, "ges:jobs:list") { client throws(GESError) in
            let jobs = try await client.jobs(JobFilter(status: .running))
            return (jobs, "\(jobs.jobs.count) running jobs")
        }
        if let jobs, !jobs.isComplete { doubt("the list is incomplete, so jobs may be missed") }
        guard let graph = listing?.graphs.first else {
            for request in ["show graph", "show job"] {
                note(request, of: ges, "the listing names no graph to ask about")
            }
            return
        }
        await check("show graph", ges, "ges:graph:getDetail") { client throws(GESError) in
            (try await client.graph(graph.id), graph.name)
        }
        await checkJob(of: graph, ges, jobs)
        await checkCloudEye([graph.id])
        await checkPaths(listing?.graphs ?? [])
        await checkCanaries()
    }

    private mutating func checkCloudEye(_ graphs: Set<String>) async {
        guard configuration.sampling.cloudEye != nil else { return }
        let ces = "\(configuration.cloud.endpoints.ces)"
        await check("list metrics", ces, "ces:metrics:list") { client throws(GESError) in
            let listing = try await client.cloudEyeMetrics(of: graphs, within: .seconds(60))
            return ((), "\(listing.series.count) metrics of one graph")
        }
        let series = graphs.map { CloudEyeSeries(graphID: $0, metric: .memoryUsed) }
        await check("query metrics", ces, "ces:metricData:list") { client throws(GESError) in
            let now = WallClock.now()
            let answer = try await client.cloudEyeSamples(
                of: series,
                from: now - .seconds(900),
                to: now
            )
            return ((), "\(answer.samples.count) values")
        }
    }

    private mutating func checkJob(of graph: Graph, _ target: String, _ jobs: JobListing?) async {
        let job = jobs?.jobs.first { $0.relatedGraph == graph.name }?.id ?? Self.unknownJob
        await check("show job", target, "ges:jobs:getDetail") { client throws(GESError) in
            do throws(GESError) {
                return (try await client.job(graphID: graph.id, jobID: job).id, "found")
            } catch {
                guard error.saysJobIsUnknown else { throw error }
                return (job, "no such job, as expected")
            }
        }
    }

    /// Sends a request to the management plane or to IAM and notes what came of it.
    @discardableResult
    private mutating func check<Value>(
        _ request: String,
        _ target: String,
        _ action: String,
        _ send: (GESClient) async throws(GESError) -> (Value, String)
    ) async -> Value? {
        let start = clock()
        do throws(GESError) {
            let (value, answer) = try await send(client)
            checks.append(PermissionCheck(request, of: target, .ok, clock() - start, answer))
            return value
        } catch {
            checks.append(
                PermissionCheck(request, of: target, failure: error, action, clock() - start)
            )
            return nil
        }
    }

    /// The last request succeeded, and what came back is not enough.
    private mutating func doubt(_ cause: String) {
        guard let last = checks.indices.last else { return }
        checks[last].verdict = .unknown
        checks[last].answer += "; \(cause)"
        checks[last].remedy = "a restart needs a complete list: try again"
    }

    private mutating func note(_ request: String, of target: String, _ answer: String) {
        checks.append(PermissionCheck(request, of: target, .unknown, nil, answer))
    }

    // MARK: - Paths

    private mutating func checkPaths(_ graphs: [Graph]) async {
        let dataPlane = configuration.sampling.dataPlane
        var paths: [DataPlaneRoute: [Graph]] = [:]
        var order: [DataPlaneRoute] = []
        for graph in graphs where graph.status.isRunning {
            guard let route = dataPlane.route(to: graph) else { continue }
            if paths[route] == nil { order.append(route) }
            if paths[route, default: []].count < Self.graphsPerPath {
                paths[route, default: []].append(graph)
            }
        }
        if order.isEmpty {
            note(
                "data plane",
                of: dataPlane.address.rawValue,
                graphs.contains { $0.status.isRunning }
                    ? "no running graph has a usable \(dataPlane.address.rawValue) address"
                    : "no graph runs"
            )
        }
        for route in order.prefix(Self.maximumPaths) {
            await checkPath(route, paths[route] ?? [])
        }
        for route in order.dropFirst(Self.maximumPaths) {
            note("data plane", of: route.text, "not tried: too many paths")
        }
    }

    private mutating func checkPath(_ route: DataPlaneRoute, _ graphs: [Graph]) async {
        let dataPlane = configuration.sampling.dataPlane
        let probes = configuration.sampling.probes
        guard let first = probes.first else { return }
        var asked: (graph: Graph, result: ProbeResult)?
        for graph in graphs {
            let result = await client.probe(first, of: graph, dataPlane: dataPlane)
            if asked == nil || result.isConnected { asked = (graph, result) }
            if result.isConnected { break }
        }
        guard let (graph, result) = asked else { return }
        let target = "\(route.text) (graph \(graph.name))"
        add(first, target, route, result)
        for probe in probes.dropFirst() {
            let result = await client.probe(probe, of: graph, dataPlane: dataPlane)
            add(probe, target, route, result)
        }
        await checkData("running tasks", target, route) { client throws(GESError) in
            "\(try await client.runningTasks(of: graph, dataPlane: dataPlane).count) tasks"
        }
        await checkData("real-time queries", target, route) { client throws(GESError) in
            _ = try await client.realTimeQueries(of: graph, dataPlane: dataPlane)
            return "read"
        }
        await checkNodes(of: graph, target, route)
        await checkFallbacks(of: graph, target, route)
    }

    private mutating func checkNodes(
        of graph: Graph,
        _ target: String,
        _ route: DataPlaneRoute
    ) async {
        guard let dataPlane = configuration.sampling.nodeDataPlane else { return }
        await checkData("metrics of nodes", target, route) { client throws(GESError) in
            do throws(GESError) {
                let nodes = try await client.nodeMetrics(of: graph, dataPlane: dataPlane).nodes
                return "\(nodes.count) nodes"
            } catch {
                guard error.lacksOperation else { throw error }
                return "the version of the graph has none"
            }
        }
    }

    /// Each further address that the agent asks when the configured one fails. One that cannot be
    /// reached leaves a failover of the floating address looking like a hang.
    private mutating func checkFallbacks(
        of graph: Graph,
        _ target: String,
        _ route: DataPlaneRoute
    ) async {
        guard let first = configuration.sampling.probes.first else { return }
        for address in configuration.sampling.dataPlane.fallbacks(of: graph) {
            var dataPlane = configuration.sampling.dataPlane
            dataPlane.address = .physical
            var alone = graph
            alone.trafficIPs = [address]
            let result = await client.probe(first, of: alone, dataPlane: dataPlane)
            add(first, "\(target) at \(address)", route, result)
        }
    }

    // MARK: - Canaries

    private mutating func checkCanaries() async {
        for canary in configuration.canaries {
            let start = clock()
            let accepts = await client.acceptsConnections(
                canary.address,
                timeout: configuration.sampling.dataPlane.timeout
            )
            checks.append(
                PermissionCheck(
                    "connect to canary",
                    of: "\(canary.address) (network \(canary.network))",
                    accepts ? .ok : .unreachable,
                    clock() - start,
                    accepts ? "it accepts connections" : "it accepts no connection",
                    remedy: accepts
                        ? "" : "start it, or allow this host to reach it: it proves no path"
                )
            )
        }
    }

    private mutating func add(
        _ probe: ProbeKind,
        _ target: String,
        _ route: DataPlaneRoute,
        _ result: ProbeResult
    ) {
        checks.append(
            PermissionCheck(
                "probe \(probe.rawValue)",
                of: target,
                result,
                Remedies(configuration.cloud.credentials, route)
            )
        )
    }

    private mutating func checkData(
        _ request: String,
        _ target: String,
        _ route: DataPlaneRoute,
        _ send: (GESClient) async throws(GESError) -> String
    ) async {
        let start = clock()
        do throws(GESError) {
            let answer = try await send(client)
            checks.append(PermissionCheck(request, of: target, .ok, clock() - start, answer))
        } catch {
            checks.append(
                PermissionCheck(
                    request,
                    of: target,
                    dataPlaneFailure: error,
                    clock() - start,
                    Remedies(configuration.cloud.credentials, route)
                )
            )
        }
    }
}
