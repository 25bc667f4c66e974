import JSON
package import Time

/// GES' management plane: graphs, jobs, control actions, in both dialects.
extension SimulatedCloud {
    mutating func performManagement(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        switch exchange.route.operation {
        case .listGraphs: return try listGraphs(exchange)
        case .showGraph: return try showGraph(exchange)
        case .restartGraph, .stopGraph, .startGraph: return try control(exchange)
        case .listJobs: return try listJobs(exchange)
        case .showJob: return try showJob(exchange)
        case .listBackups: return try listBackups(exchange)
        // Backups are not simulated; the manual promises none for the smallest graphs either.
        case .createBackup, .deleteBackup: throw .backupMissing
        case .listQuotas: return quotas(exchange.route.version)
        default: throw .noSuchInterface
        }
    }

    private func listGraphs(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        let page = try Page(exchange)
        let lie = exchange.faults.listLie
        let listed = graphs.filter { !lie.lacks($0.id) }
        let documents = page.items(of: listed).prefix(lie.maximumItems).map {
            document($0, exchange, hasNetwork: !listingOmitsNetwork, at: exchange.now - lie.age)
        }
        let counter = exchange.route.version == .v2 ? "graph_count" : "graphCount"
        return CloudAnswer([
            counter: .integer(Int64(page.total ?? listed.count)),
            "graphs": .array(documents),
        ])
    }

    private func showGraph(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        guard let graph = exchange.graphID.flatMap({ graph($0) }) else { throw .graphMissing }
        return CloudAnswer(["graph": document(graph, exchange, at: exchange.now)])
    }

    private func document(
        _ graph: SimulatedGraph,
        _ exchange: CloudExchange,
        hasNetwork: Bool = true,
        at instant: Timestamp
    ) -> JSONValue {
        GraphDocument(
            graph: graph,
            region: configuration.region,
            user: configuration.user,
            progressPercent: preparationPercent(of: graph, at: exchange.now),
            hasNetwork: hasNetwork
        ).document(exchange.route.version, at: instant)
    }

    /// The `action_progress`, which only a graph with status 100 has.
    package func preparationPercent(of graph: SimulatedGraph, at now: Timestamp) -> Int? {
        let phase = graph.timeline.phase(at: now)
        guard phase.status == .preparing else { return nil }
        guard let end = graph.timeline.end(after: now) else { return Self.stalledPercent }
        let whole = max(1, end.milliseconds - phase.begin.milliseconds)
        return Int(min(99, (now.milliseconds - phase.begin.milliseconds) * 100 / whole))
    }

    private mutating func control(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        guard let id = exchange.graphID else { throw .graphMissing }
        let jobID: String
        switch exchange.route.operation {
        case .stopGraph: jobID = try stop(id, at: exchange.now)
        case .startGraph:
            // The body may name a backup, but the simulated graphs have none.
            let backup = try exchange.request.document()["graph_backup_id"]?.stringValue ?? ""
            guard backup.isEmpty else { throw .backupMissing }
            jobID = try start(id, at: exchange.now)
        default:
            _ = try exchange.request.document()
            let isHung = graphs.first { $0.id == id }?.hangClass(at: exchange.now) != nil
            jobID = try restart(id, course: exchange.faults.course, at: exchange.now)
            log.countAcceptedRestart(of: id, isHung: isHung)
        }
        let name = exchange.route.version == .v2 ? "job_id" : "jobId"
        return CloudAnswer([name: .string(jobID)])
    }

    private func listJobs(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        let version = exchange.route.version
        let page = try Page(exchange)
        let filter = try JobQuery(exchange.request, version)
        let lie = exchange.faults.listLie
        let found = (jobs.reversed() + pastJobs.reversed()).filter { job in
            lie == .unfiltered
                ? !job.isLost && job.begin <= exchange.now : filter.admits(job, at: exchange.now)
        }.filter { !lie.lacks($0.graphID) }
        let documents = page.items(of: found).prefix(lie.maximumItems).map {
            JobDocument.document($0, version, exchange.now)
        }
        let (counter, list) =
            version == .v2 ? ("job_count", "job_list") : ("jobCount", "jobList")
        return CloudAnswer(
            .object([
                JSONMember(counter, .integer(Int64(page.total ?? found.count))),
                JSONMember(list, .array(documents)),
            ])
        )
    }

    private func showJob(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        guard let graphID = exchange.graphID else { throw .graphMissing }
        let id = exchange.route.item ?? ""
        guard let job = job(id, ofGraph: graphID), job.begin <= exchange.now else {
            throw .jobMissing(id)
        }
        return CloudAnswer(JobDocument.document(job, exchange.route.version, exchange.now))
    }

    private func listBackups(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        if exchange.route.graph != nil, exchange.graphID == nil { throw .graphMissing }
        _ = try Page(exchange)
        return exchange.route.version == .v2
            ? CloudAnswer(["backup_count": 0, "backup_list": []])
            : CloudAnswer(["backupCount": 0, "backupList": []])
    }

    private func quotas(_ version: APIDialect) -> CloudAnswer {
        let edgeVolume = version == .v2 ? "edge_volume" : "edgeVolume"
        let room = Int64(max(0, Self.graphsMaximum - graphs.count))
        return CloudAnswer([
            "quotas": [
                "resources": [
                    ["type": "graph", "available": .integer(room), edgeVolume: 178_800],
                    ["type": "backup", "available": 7],
                    ["type": "metadata", "available": 13],
                ]
            ]
        ])
    }
}

/// The `offset` (counted in items) and `limit` of a list request.
private struct Page {
    let offset: Int
    let limit: Int
    /// The total that a fault makes the answer report.
    let total: Int?

    private static let defaultLimit = 10

    init(_ exchange: CloudExchange) throws(ServiceError) {
        offset =
            try Self.number("offset", exchange.request, otherwise: 0) - exchange.faults.pageShift
        limit = try Self.number("limit", exchange.request, otherwise: Self.defaultLimit)
        total = exchange.faults.total
    }

    private static func number(
        _ name: String,
        _ request: CloudRequest,
        otherwise: Int
    ) throws(ServiceError) -> Int {
        guard let text = request.parameter(name), !text.isEmpty else { return otherwise }
        guard let number = Int(text), (0...1_000_000).contains(number) else {
            throw .parameterIncorrect
        }
        return number
    }

    func items<Item>(of all: [Item]) -> ArraySlice<Item> {
        all.dropFirst(max(0, offset)).prefix(limit)
    }
}
