import Configuration
package import Cycle
import Diagnosis
package import GES
import Time

/// Translates GES answers into readings. Fields that neither decisions nor metrics need are dropped
/// here.
extension Readings.Listing {
    init(_ listing: GraphListing) {
        self.init(
            graphs: listing.graphs.map(ListedGraph.init),
            isComplete: listing.isComplete,
            shortfall: listing.shortfall
        )
    }
}

extension ListedGraph {
    package init(_ graph: Graph) {
        self.init(
            id: graph.id,
            name: graph.name,
            status: Status(graph.status),
            tags: graph.tags,
            version: graph.dataStoreVersion ?? "",
            size: graph.graphSizeTypeIndex ?? "",
            edition: graph.productType ?? ""
        )
    }
}

extension ReadingFailure {
    init(_ error: GESError) {
        self.init(reason: error.reason, text: "\(error)")
    }
}

extension ManagementAnswers {
    init<Value>(_ operation: String, _ result: Result<Value, GESError>) {
        self.init(operation)
        if case .failure(let error) = result { count(error) } else { count(nil) }
    }

    /// Counts a request that ended with this error; nil if it succeeded.
    mutating func count(_ error: GESError?) {
        switch error {
        case .throttled(nil, _): break
        case .throttled: (requests, throttled) = (requests + 1, throttled + 1)
        case .api(let failure) where failure.status >= 500:
            (requests, failed) = (requests + 1, failed + 1)
        case nil, .api, .unauthorised, .malformed, .notJSON, .unexpected: requests += 1
        case .http, .credentials, .invalidArgument, .withdrawn, .noAddress, .refusedAddress: break
        }
    }
}

extension RunningJob {
    /// Nil for a job that is over, although the list was asked for running ones.
    init?(_ job: Job) {
        guard job.status == .running || job.status == .pending else { return nil }
        self.init(
            id: job.id,
            name: job.name ?? "",
            graphName: job.relatedGraph,
            beganAt: job.beginTime,
            progress: job.progressText,
            isCounted: job.isProgressCounted
        )
        isWaiting = job.status == .pending
    }
}

extension Observation.Obscurity {
    /// Nil for an error that says nothing about what the graph does.
    init?(_ error: GESError) {
        guard error.hidesAnswer else { return nil }
        self = error.isTooLarge ? .tooLarge : .unreadable
    }
}

extension GraphReading.Probe {
    init(_ kind: ProbeKind, _ result: ProbeResult) {
        self.init(
            kind: kind.rawValue,
            answer: Answer(result),
            configured: result.configuredFailure.map(Answer.init),
            duration: result.duration,
            reason: result.reason,
            text: result.text
        )
    }
}

extension Answer {
    init(_ result: ProbeResult) {
        self =
            switch result {
            case .alive: .alive
            case .engineError: .engineError
            case .silent(.timeout, _), .silent(.cut, _): .silent(.afterConnection)
            case .silent(.refused, _): .silent(.refused)
            case .silent(.notConnected, _): .silent(.notConnected)
            case .cannotTell(.misdirected, _): .misdirected
            case .cannotTell(.credential, _): .credential
            case .cannotTell(.throttled, _): .throttled
            case .cannotTell(.foreignAnswer, _): .foreignAnswer
            case .cannotTell(.unclear, _): .unclear
            case .cannotTell(.path, _): .path
            }
    }
}

extension Answer {
    init(_ failure: ProbeResult.Failure) {
        self =
            switch failure {
            case .engineError: .engineError
            case .silent(let silence): Answer(.silent(silence, duration: .zero))
            case .cannotTell(let obstacle):
                Answer(.cannotTell(obstacle, ProbeAnswer(duration: nil, text: "")))
            }
    }
}

extension Path {
    init(_ route: DataPlaneRoute) {
        self.init(
            addressKind: route.addressKind,
            network: route.network,
            scheme: route.scheme,
            port: route.port
        )
    }

    /// The path by the network of the address.
    init?(neighbourhoodOf route: DataPlaneRoute) {
        guard let network = route.neighbourhood else { return nil }
        self.init(
            addressKind: route.addressKind,
            network: network,
            scheme: route.scheme,
            port: route.port
        )
    }
}

extension GraphReading.DataPlaneTask {
    init(_ task: GraphTask) {
        self.init(
            id: task.id,
            type: task.type,
            state: task.state == .running ? .running : .pending,
            progressRatio: task.progressRatio,
            startedAt: task.startTime,
            canStop: task.canStop
        )
    }

    /// How much text the requests of one graph may have.
    private static let maximumRequestBytes = 32 << 10

    /// With the requests, as long as there is room: a graph that hangs does not tell them any more.
    ///
    /// - Parameter known: the tasks of the last poll. The request of a task stays the same, and
    ///   searching it for secrets takes long.
    static func quoted(_ tasks: [GraphTask], known: [Self] = []) -> [Self] {
        let known = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        var room = maximumRequestBytes
        return tasks.map { task in
            var noted = Self(task)
            guard task.requestBytes <= room else {
                noted.isRequestCut = true
                return noted
            }
            room -= task.requestBytes
            noted.request = known[task.id]?.request ?? task.quotableRequest
            noted.isRequestCut = task.isRequestCut
            return noted
        }
    }
}

extension GraphReading.Size {
    init(_ size: GraphSize) {
        self.init(vertices: size.vertices, edges: size.edges)
    }
}

extension GraphReading.Queries {
    init(_ queries: RealTimeQueries) {
        self.init(
            readRunning: queries.readRunning,
            readWaiting: queries.readWaiting,
            writeRunning: queries.writeRunning,
            writeWaiting: queries.writeWaiting,
            longestRunningSeconds: queries.longestRunningSeconds
        )
        longestPendingSeconds = queries.longestPendingSeconds
        capacity = queries.capacity.map(GraphReading.Size.init)
        running = queries.queries.compactMap { query in
            guard let id = query.requestID, query.isRunning else { return nil }
            return Running(id: id, progressRatio: query.progressRatio)
        }
    }
}
