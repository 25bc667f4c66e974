import Cycle
import Diagnosis
import Remediation
import Time

/// What is supposed of a graph after a restart that nobody sent.
///
/// The recording shows the graph as it was without that restart. Seen on, it would hang as before,
/// and the policy would be judged by a failure that is not its own. So the graph is shown as restarted
/// and answering, until the recording shows it well by itself: one hang leads to one restart, and
/// places, budgets and cool-downs are used up as if it had been sent. Where the recording shows that
/// somebody, or the agent itself, restarted the graph at that moment, the recording is followed.
struct Supposition {
    let intent: Intent
    let since: Timestamp
    /// A graph that is stopped is shown so until it is started.
    var isStopped: Bool
    /// In how many polls in a row the recording has shown it well.
    private var wellPolls = 0

    /// How soon a recorded restart must show to be taken for the decided one: the request, and a
    /// listing that lags behind.
    static let coincidence = Duration.seconds(180)
    /// How long a supposed restart takes.
    static let duration = Duration.seconds(120)

    init(_ intent: Intent, at: Timestamp) {
        self.intent = intent
        since = at
        isStopped = intent.action == .stop
    }

    /// Whether the supposition has ended: the recorded graph is well again, or gone. A graph that
    /// hangs may answer once by luck. A listing that fails or lacks the graph ends nothing.
    ///
    /// - Parameter isGone: whether a complete listing lacks it.
    mutating func ends(with graph: RecordedGraph, isGone: Bool) -> Bool {
        guard let listed = graph.listed, !isGone else { return isGone }
        let isWell =
            listed.status.code == "200" && graph.isAnswering == true && !graph.isRestarting
        wellPolls = isWell ? wellPolls + 1 : 0
        return wellPolls >= Inventory.answersOfAWorkingGraph
    }

    /// The graph as it is supposed to be.
    func graph(_ recorded: RecordedGraph, _ status: (String) -> ListedGraph.Status) -> RecordedGraph
    {
        var graph = recorded
        graph.listed?.status = status(isStopped ? "900" : "200")
        graph.jobs = graph.jobs.map { _ in [] }
        var reading = GraphReading(graphID: recorded.id)
        reading.told = ToldProgress()
        reading.path = recorded.reading?.path
        reading.neighbourhood = recorded.reading?.neighbourhood
        if !isStopped {
            reading.probes = (recorded.reading?.probes ?? []).map {
                GraphReading.Probe(kind: $0.kind, answer: .alive, duration: $0.duration)
            }
            reading.tasks = []
        }
        graph.reading = reading
        return graph
    }

    /// The state of the job of the request.
    func job(at now: Timestamp) -> JobState {
        now - since >= Self.duration ? .succeeded : .running
    }
}
