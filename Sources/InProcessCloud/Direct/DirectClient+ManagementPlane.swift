import Time
package import GES
import GESSimulator

extension DirectClient {
    package func listGraphs() async throws(GESError) -> GraphListing {
        // The job list is requested as often and renews the proof at a fraction of the cost.
        let found = read(age: Self.proofAgeMaximum * 2) { simulated, now, state in
            simulated.isUndisturbed(.ges, .listGraphs, graphID: nil, at: now)
                && !simulated.listingOmitsNetwork
                ? (graphs(&simulated, now, &state), simulated.gatewayDate(at: now)) : nil
        }
        guard let (listing, date) = found else {
            return try await send { (client) throws(GESError) in try await client.listGraphs() }
        }
        try await receive(date: date)
        return listing
    }

    package func graph(_ id: String) async throws(GESError) -> Graph {
        let found = read { simulated, now, state -> (Graph, Timestamp)? in
            guard simulated.isUndisturbed(.ges, .showGraph, graphID: id, at: now),
                let graph = simulated.graph(id)
            else { return nil }
            return (
                Graph(graph, &simulated, at: now, apiVersion), simulated.gatewayDate(at: now)
            )
        }
        guard let (graph, date) = found else {
            return try await send { (client) throws(GESError) in try await client.graph(id) }
        }
        try await receive(date: date)
        return graph
    }

    package func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        let found = read { simulated, now, state -> (Job, Timestamp)? in
            guard simulated.isUndisturbed(.ges, .showJob, graphID: graphID, at: now),
                let job = simulated.knownJob(jobID, ofGraph: graphID, at: now)
            else { return nil }
            return (Job(job, at: now), simulated.gatewayDate(at: now))
        }
        guard let (job, date) = found else {
            return try await send { (client) throws(GESError) in
                try await client.job(graphID: graphID, jobID: jobID)
            }
        }
        try await receive(date: date)
        return job
    }

    /// Every poll requests the running jobs of all graphs; requests with any other filter are sent.
    package func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        guard filter == JobFilter(status: .running),
            let (listing, date) = read({ simulated, now, state in
                simulated.isUndisturbed(.ges, .listJobs, graphID: nil, at: now)
                    ? (runningJobs(&simulated, now, &state), simulated.gatewayDate(at: now)) : nil
            })
        else {
            return try await send { (client) throws(GESError) in try await client.jobs(filter) }
        }
        try await receive(date: date)
        return listing
    }

    /// Always sent: simulations test the outcome of actions.
    package func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        await act { await client.restart(id) }
    }

    package func stop(_ id: String) async -> (ActionAnswer, quote: String?) {
        await act { await client.stop(id) }
    }

    package func start(_ id: String) async -> (ActionAnswer, quote: String?) {
        await act { await client.start(id) }
    }

    private func act(
        _ send: () async -> (ActionAnswer, quote: String?)
    ) async -> (ActionAnswer, quote: String?) {
        let (number, circumstances) = begin()
        let answer = await send()
        if case .accepted = answer.0 {
            end(number, circumstances)
        } else {
            end(number, nil)
        }
        return answer
    }

    // MARK: Values

    private func graphs(
        _ simulated: inout SimulatedCloud,
        _ now: Timestamp,
        _ state: inout State
    ) -> GraphListing {
        if let known = state.graphs?.value(simulated.graphRevision, at: now) { return known }
        var until: Timestamp?
        var graphs: [Graph] = []
        for graph in simulated.graphs {
            let value = Graph(graph, &simulated, at: now, apiVersion)
            // Progress changes continuously.
            let change = value.actionProgressPercent == nil ? graph.nextChange(after: now) : now
            until = [until, change].compactMap(\.self).min()
            graphs.append(value)
        }
        let listing = GraphListing(graphs: graphs, isComplete: true)
        state.graphs = Cached(revision: simulated.graphRevision, until: until, listing: listing)
        return listing
    }

    private func runningJobs(
        _ simulated: inout SimulatedCloud,
        _ now: Timestamp,
        _ state: inout State
    ) -> JobListing {
        if let known = state.jobs?.value(simulated.jobRevision, at: now) { return known }
        let (running, until) = simulated.runningJobs(at: now)
        let jobs = running.map { Job($0, at: now) }.sorted(by: Job.isNewer)
        let listing = JobListing(jobs: jobs, isComplete: true)
        state.jobs = Cached(revision: simulated.jobRevision, until: until, listing: listing)
        return listing
    }
}

extension Graph {
    fileprivate init(
        _ graph: SimulatedGraph,
        _ cloud: inout SimulatedCloud,
        at now: Timestamp,
        _ version: GES.APIVersion
    ) {
        let status = graph.reportedStatus(at: now).rawValue
        self.init(id: graph.id, name: graph.name, status: GES.GraphStatus(code: status))
        privateIP = graph.privateIP
        vpcID = graph.placement.vpcID
        subnetID = graph.placement.subnetID
        publicIP = graph.publicIP
        trafficIPs = graph.placement.trafficIPs
        dataStoreVersion = graph.version
        graphSizeTypeIndex = graph.sizeTypeIndex
        createdAt = Timestamp(wholeSecondsOf: graph.created)
        updatedAt = Timestamp(wholeSecondsOf: graph.reportedChange(before: now))
        actionProgressPercent = cloud.preparationPercent(of: graph, at: now).map(Double.init)
        productType = version == .v2 ? graph.productType : nil
        enableHTTPS = false
        tags = Dictionary(graph.tags.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }
}

extension Job {
    fileprivate static func isNewer(_ left: Job, _ right: Job) -> Bool {
        guard let leftTime = left.beginTime, let rightTime = right.beginTime, leftTime != rightTime
        else { return left.id < right.id }
        return leftTime > rightTime
    }

    fileprivate init(_ job: SimulatedJob, at now: Timestamp) {
        let status: Status =
            switch job.status(at: now) {
            case .pending: .pending
            case .running: .running
            case .success: .success
            case .failed: .failed
            }
        self.init(id: job.id, status: status)
        type = "GraphManagement"
        name = job.name
        relatedGraph = job.graphName
        beginTime = Timestamp(wholeSecondsOf: job.begin)
        if let end = job.end, end <= now { endTime = Timestamp(wholeSecondsOf: end) }
        if status == .failed, case .failed(let reason) = job.outcome { failReason = reason }
    }
}

extension Timestamp {
    /// Timestamps in the answers of GES have no fraction.
    init(wholeSecondsOf instant: Timestamp) {
        self.init(milliseconds: instant.milliseconds.flooredDivision(by: 1000).quotient * 1000)
    }
}
