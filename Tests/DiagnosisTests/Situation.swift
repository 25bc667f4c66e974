import Diagnosis
import Time

/// A fleet that is observed every 30 seconds.
struct Situation {
    var diagnosis: Diagnosis
    private(set) var now = Timestamp(milliseconds: 1_800_000_000_000)
    var policy = DiagnosisPolicy()
    /// What each graph shows, by id.
    var graphs: [String: Observation] = [:]

    /// Between two polls.
    var interval = Duration.seconds(30)
    static let path = Path(addressKind: "private", network: "subnet-1", scheme: "http", port: 80)

    /// Graphs that answer `version` and `summary`, observed for ten polls.
    init(
        _ ids: [String] = ["g", "h"],
        remembered: [GraphMemory] = [],
        interval: Duration = .seconds(30)
    ) {
        self.interval = interval
        diagnosis = Diagnosis(remembered: remembered, interval: interval)
        for id in ids { graphs[id] = Self.answering(id) }
        if remembered.isEmpty { pass(10) }
    }

    static func answering(_ id: String) -> Observation {
        var observation = Observation(graphID: id, statusCode: "200")
        observation.path = path
        observation.probes = [
            Observation.Probe(kind: "summary", answer: .alive),
            Observation.Probe(kind: "version", answer: .alive),
        ]
        observation.tasks = []
        observation.queries = []
        observation.jobs = []
        return observation
    }

    /// The same answer to every probe of a graph from now on; without a kind to all.
    mutating func answer(_ answer: Answer, to kind: String? = nil, of id: String = "g") {
        let before = graphs[id]?.probes ?? []
        graphs[id]?.probes = before.map { probe in
            kind.map { $0 != probe.kind } ?? false
                ? probe : Observation.Probe(kind: probe.kind, answer: answer)
        }
        if answer != .alive, kind == nil {
            graphs[id]?.tasks = nil
            graphs[id]?.queries = nil
        }
    }

    /// The same answer at another address of the graph to every probe from now on.
    mutating func answer(_ answer: Answer, inPlaceOf configured: Answer, of id: String = "g") {
        self.answer(answer, of: id)
        for index in graphs[id]?.probes.indices ?? 0..<0 {
            graphs[id]?.probes[index].configured = configured
        }
    }

    mutating func change(_ id: String = "g", _ change: (inout Observation) -> Void) {
        if let before = graphs[id] {
            var observation = before
            change(&observation)
            graphs[id] = observation
        }
    }

    /// Observes that many times, with a change before each.
    mutating func pass(_ polls: Int, _ change: (inout Situation, Int) -> Void = { _, _ in }) {
        for poll in 0..<polls {
            change(&self, poll)
            now = now + interval
            let all = graphs.keys.sorted().compactMap { graphs[$0] }
            diagnosis.take(all, policy: { [policy] _ in policy }, at: now)
        }
    }

    mutating func pass(blind duration: Duration) { now = now + duration }

    /// Judges an alert that has been active for this many polls.
    func verdict(_ id: String = "g", after polls: Int? = nil) -> Verdict {
        let claims = [polls].compactMap(\.self).map { polls in
            Claim(
                hangClass: HangClass(statusCode: graphs[id]?.statusCode ?? "") ?? .unresponsive,
                activeAt: now - interval * (polls - 1),
                hold: .zero
            )
        }
        return diagnosis.assess(id, claims, policy).verdict
    }

    func label(_ id: String = "g", after polls: Int? = nil) -> String {
        let verdict = verdict(id, after: polls)
        if case .unknown(let reason, _) = verdict { return "unknown: \(reason.rawValue)" }
        return verdict.label
    }
}
