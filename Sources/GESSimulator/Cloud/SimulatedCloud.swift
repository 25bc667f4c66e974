package import Time

/// A Huawei Cloud account with GES graphs, IAM, metadata and Cloud Eye, as a value.
///
/// It owns every fact of the simulation: graphs, jobs, tokens, keys, faults, the request record. Time
/// is an argument of everything; nothing here waits, reads a clock or touches a socket. All changes
/// that take time are planned when they are caused, and read off the plan afterwards.
package struct SimulatedCloud: Sendable {
    package let configuration: SimulatorConfiguration
    let phases: PhaseDurations

    /// In the order of the list answers.
    package private(set) var graphIDs: [String] = []
    private var graphsByID: [String: SimulatedGraph] = [:]
    private var idsByName: [String: String] = [:]

    /// By time of creation.
    private(set) var jobs: [SimulatedJob] = []

    package var faults = FaultBook()
    package var outage: Outage?
    /// Shown where the cloud speaks TLS.
    package var certificate = CertificateKind.good
    package internal(set) var log = RequestLog()
    /// How wrong the whole cloud's clock is; checks of signatures and the header Date follow it.
    package var clockError: Duration = .zero

    var identity: IdentityService
    var keys: AccessKeys
    var random: RandomStreams
    var metadataTokens: [String: Timestamp] = [:]

    private static let jobsMaximum = 5000
    package static let graphsMaximum = 20_000

    package init(_ configuration: SimulatorConfiguration, at now: Timestamp) {
        self.configuration = configuration
        phases = configuration.phases.scaled(by: configuration.timeScale)
        identity = IdentityService(
            domain: configuration.domain,
            user: configuration.user,
            password: configuration.password,
            life: configuration.tokenLife,
            tokenBytes: configuration.tokenBytes
        )
        keys = AccessKeys(
            accessKey: configuration.accessKey,
            secretKey: configuration.secretKey
        )
        random = RandomStreams(seed: configuration.seed)
        var fleet = FleetBuilder(seed: configuration.seed)
        for graph in fleet.graphs(configuration.graphCount, host: configuration.host, at: now) {
            insert(graph)
        }
    }

    package var graphs: [SimulatedGraph] {
        graphIDs.compactMap { graphsByID[$0] }
    }

    package func graph(_ id: String) -> SimulatedGraph? {
        graphsByID[id]
    }

    func graphID(named name: String) -> String? {
        idsByName[name]
    }

    /// False, and nothing done, when the id or the name is taken or the cloud is full.
    @discardableResult
    mutating func insert(_ graph: SimulatedGraph) -> Bool {
        guard graphsByID[graph.id] == nil, idsByName[graph.name] == nil,
            graphIDs.count < Self.graphsMaximum
        else { return false }
        graphIDs.append(graph.id)
        graphsByID[graph.id] = graph
        idsByName[graph.name] = graph.id
        return true
    }

    /// As after a deletion: the id is unknown from now on.
    @discardableResult
    package mutating func removeGraph(_ id: String) -> Bool {
        guard let graph = graphsByID.removeValue(forKey: id) else { return false }
        idsByName[graph.name] = nil
        graphIDs.removeAll { $0 == id }
        return true
    }

    /// Changes a graph in place; false when there is none of that id.
    @discardableResult
    mutating func update(_ id: String, _ change: (inout SimulatedGraph) -> Void) -> Bool {
        guard var graph = graphsByID[id] else { return false }
        change(&graph)
        graphsByID[id] = graph
        return true
    }

    mutating func insert(_ job: SimulatedJob) {
        jobs.append(job)
        if jobs.count > Self.jobsMaximum {
            jobs.removeFirst(Self.jobsMaximum / 8)
        }
    }

    mutating func failOpenJobs(ofGraph id: String, at now: Timestamp, reason: String) {
        for index in jobs.indices where jobs[index].graphID == id {
            jobs[index].fail(at: now, reason: reason)
        }
    }

    func job(_ id: String, ofGraph graphID: String) -> SimulatedJob? {
        jobs.last { $0.id == id && $0.graphID == graphID && !$0.isLost }
    }

    mutating func newJobID() -> String {
        random.ids.uuid() + String(100_000_000 + random.ids.next() % 900_000_000)
    }
}
