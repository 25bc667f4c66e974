package import Time

/// A Huawei Cloud account with GES graphs, IAM, metadata and Cloud Eye, as a value.
///
/// It owns the whole state of the simulation: graphs, jobs, tokens, keys, faults and the request
/// log. Time is an argument of every operation; nothing here waits, reads a clock or uses a socket.
/// A change that takes time is scheduled when it is caused, and later reads evaluate the schedule.
package struct SimulatedCloud: Sendable {
    package let configuration: SimulatorConfiguration
    let phases: PhaseDurations

    /// In the order of list answers.
    package private(set) var graphs: [SimulatedGraph] = []
    private var indexByID: [String: Int] = [:]
    private var indexByName: [String: Int] = [:]
    /// Incremented by every change of a graph, so that clients can cache reads until then.
    package private(set) var graphRevision = 0

    /// Ordered by creation time.
    private(set) var jobs: [SimulatedJob] = []
    /// Jobs that ended before their graph was added. They are only listed.
    private(set) var pastJobs: [SimulatedJob] = []
    /// Incremented by every change of a job.
    package private(set) var jobRevision = 0
    /// Incremented whenever valid credentials are revoked.
    package private(set) var credentialEpoch = 0

    package var faults = FaultBook()
    package var outage: Outage?
    package internal(set) var networkFaults: [NetworkFault] = []
    /// Hosts that are not graphs.
    package var hosts: [NetworkHost] = []
    /// The kinds of credential that no data plane accepts.
    package var dataPlaneRefuses: Set<AuthenticationKind> = []
    /// Whether the list of graphs lacks their subnets and VPCs; the detail always has them.
    package var listingOmitsNetwork = false
    /// Presented where the cloud uses TLS.
    package var certificate = CertificateKind.good
    package internal(set) var log = RequestLog()
    /// Requests that are carried out later, each with its time.
    var delayed: [CloudExchange] = []
    /// The error of the cloud's clock; it affects signature checks and the Date header.
    package var clockError: Duration = .zero

    var identity: IdentityService
    var keys: AccessKeys
    var random: RandomStreams
    var metadataTokens: [String: Timestamp] = [:]

    private static let jobsMaximum = 5000
    private static let pastJobsMaximum = 12_000
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
        pastJobs = graphs.prefix(Self.pastJobsMaximum / 24)
            .flatMap { $0.pastJobs(configuration.pastJobs, before: now) }
            .sorted { ($0.begin, $0.id) < ($1.begin, $1.id) }
    }

    package var graphIDs: [String] { graphs.map(\.id) }

    package func graph(_ id: String) -> SimulatedGraph? {
        indexByID[id].map { graphs[$0] }
    }

    func graphID(named name: String) -> String? {
        indexByName[name].map { graphs[$0].id }
    }

    func graphIndex(named name: String) -> Int? {
        indexByName[name]
    }

    /// Returns false, and changes nothing, if the id or the name is taken or the cloud is full.
    @discardableResult
    mutating func insert(_ graph: SimulatedGraph) -> Bool {
        guard indexByID[graph.id] == nil, indexByName[graph.name] == nil,
            graphs.count < Self.graphsMaximum
        else { return false }
        indexByID[graph.id] = graphs.count
        indexByName[graph.name] = graphs.count
        graphs.append(graph)
        graphRevision += 1
        return true
    }

    /// As after a deletion: the id is unknown from now on.
    @discardableResult
    package mutating func removeGraph(_ id: String) -> Bool {
        guard let removed = indexByID[id] else { return false }
        graphs.remove(at: removed)
        indexByID = [:]
        indexByName = [:]
        for (index, graph) in graphs.enumerated() {
            indexByID[graph.id] = index
            indexByName[graph.name] = index
        }
        graphRevision += 1
        return true
    }

    /// Changes a graph in place; returns false if the id is unknown.
    @discardableResult
    mutating func update(_ id: String, _ change: (inout SimulatedGraph) -> Void) -> Bool {
        guard let index = indexByID[id] else { return false }
        change(&graphs[index])
        graphRevision += 1
        return true
    }

    /// Adds jobs of each kind that ended before now.
    mutating func addPastJobs(_ count: Int, to graph: SimulatedGraph, at now: Timestamp) {
        guard pastJobs.count < Self.pastJobsMaximum else { return }
        pastJobs += graph.pastJobs(count, before: now)
        pastJobs.sort { ($0.begin, $0.id) < ($1.begin, $1.id) }
    }

    mutating func insert(_ job: SimulatedJob) {
        jobs.append(job)
        jobRevision += 1
        if jobs.count > Self.jobsMaximum {
            jobs.removeFirst(Self.jobsMaximum / 8)
        }
    }

    mutating func failOpenJobs(ofGraph id: String, at now: Timestamp, reason: String) {
        jobRevision += 1
        for index in jobs.indices where jobs[index].graphID == id {
            jobs[index].fail(at: now, reason: reason)
        }
    }

    mutating func runOpenJobsForever(ofGraph id: String, at now: Timestamp) {
        jobRevision += 1
        for index in jobs.indices where jobs[index].graphID == id && jobs[index].isOpen(at: now) {
            jobs[index].end = nil
        }
    }

    /// Cancels every fault of the network.
    package mutating func restoreNetwork() {
        networkFaults = []
    }

    func job(_ id: String, ofGraph graphID: String) -> SimulatedJob? {
        jobs.last { $0.id == id && $0.graphID == graphID && !$0.isLost }
    }

    mutating func credentialsChanged() {
        credentialEpoch += 1
    }

    mutating func newJobID() -> String {
        random.ids.uuid() + String(100_000_000 + random.ids.next() % 900_000_000)
    }
}
