import Diagnosis
import Logging
import Remediation
import Series
import Synchronization
import Testing

@testable import Agent
@testable import GES
import Time

/// A cloud with scripted answers that counts restarts.
private final class ScriptedCloud: GraphOperations {
    let gatewayClockOffset: Duration? = nil
    let status: String
    let probe: ProbeResult
    let listing: Result<JobListing, GESError>
    let restarts = Mutex(0)

    init(
        status: String = "200",
        probe: ProbeResult,
        listing: Result<JobListing, GESError> = .success(JobListing(isComplete: true))
    ) {
        self.status = status
        self.probe = probe
        self.listing = listing
    }

    func graph(_ id: String) async throws(GESError) -> Graph {
        Graph(id: id, name: "orders", status: GraphStatus(code: status))
    }

    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        restarts.withLock { $0 += 1 }
        return (.accepted(jobID: "j"), nil)
    }

    func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        throw .notJSON(status: 500)
    }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        try listing.get()
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult { probe }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] { [] }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        throw .notJSON(status: 500)
    }
}

@Suite("The performer")
struct PerformerTests {
    private let silent = ProbeResult.silent(.timeout, duration: .seconds(1))
    private let now = Timestamp(milliseconds: 1_000_000)

    private func intent(_ hangClass: HangClass = .unresponsive) -> Intent {
        let request = RestartRequest(
            graphID: GraphID("g"),
            hangClass: hangClass,
            alertname: "A",
            reason: "r",
            activeAt: now
        )
        return Intent(request: request, graphName: "orders", attempt: 1, createdAt: now)
    }

    private func outcome(
        _ cloud: ScriptedCloud,
        _ intent: Intent,
        stopped: Bool = false,
        objection: String? = nil
    ) async -> String {
        let report = await report(
            of: .restart(intent),
            cloud,
            stopped: stopped,
            objection: objection
        )
        guard case .outcome(_, let outcome, _)? = report else { return "none" }
        return "\(outcome.label) \(cloud.restarts.withLock { $0 })"
    }

    /// The first report of an effect.
    private func report(
        of effect: Effect,
        _ cloud: ScriptedCloud,
        stopped: Bool = false,
        objection: String? = nil
    ) async -> Report? {
        let inbox = Inbox()
        let stop = StopSignal()
        if stopped { stop.request() }
        let performer = Performer(
            cloud: cloud,
            dataPlane: DataPlaneConfiguration(),
            policy: { _ in Policy() },
            inbox: inbox,
            stop: stop,
            now: { [now] in now },
            objection: { _ in objection },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await performer.perform(effect)
        return inbox.take().reports.first
    }

    @Test("sends one restart for a graph that is unchanged since the decision")
    func sends() async {
        #expect(await outcome(ScriptedCloud(probe: silent), intent()) == "accepted 1")
    }

    @Test("sends nothing if the graph answers, cannot be read, or has changed")
    func sendsNothing() async {
        let answer = ProbeAnswer(duration: .zero, text: "200")
        let notProbed = ProbeResult.cannotTell(.path, ProbeAnswer(duration: nil, text: "tls"))
        #expect(await outcome(ScriptedCloud(probe: .alive(answer)), intent()) == "not_sent 0")
        #expect(await outcome(ScriptedCloud(probe: notProbed), intent()) == "not_sent 0")
        let changed = ScriptedCloud(status: "901", probe: silent)
        #expect(await outcome(changed, intent()) == "not_sent 0")
        #expect(await outcome(ScriptedCloud(probe: silent), intent(.importing)) == "not_sent 0")
    }

    @Test("sends nothing to which its agent objects")
    func objects() async {
        let cloud = ScriptedCloud(probe: silent)
        #expect(await outcome(cloud, intent(), objection: "it no longer leads") == "not_sent 0")
    }

    @Test("sends nothing once the agent is stopping")
    func stopping() async {
        let cloud = ScriptedCloud(probe: silent)
        #expect(await outcome(cloud, intent(), stopped: true) == "not_sent 0")
    }

    @Test(
        "takes the job list for read only if it is complete",
        arguments: [
            (.success(JobListing(isComplete: true)), .jobList([])),
            (.success(JobListing()), .partialJobList([], "it is incomplete")),
            (
                .failure(.notJSON(status: 502)),
                .jobListFailed("\(GESError.notJSON(status: 502))", isRefusal: false)
            ),
            (.failure(refused(401)), .jobListFailed("\(refused(401))", isRefusal: false)),
            (.failure(refused(403)), .jobListFailed("\(refused(403))", isRefusal: true)),
        ] as [(Result<JobListing, GESError>, Report)]
    )
    func jobList(listing: Result<JobListing, GESError>, expected: Report) async {
        let cloud = ScriptedCloud(probe: silent, listing: listing)
        #expect(await report(of: .readJobList(since: now), cloud) == expected)
    }

    private static func refused(_ status: Int) -> GESError {
        .unauthorised(ServiceFailure(status: status, code: "APIGW.0302", message: "not allowed"))
    }
}
