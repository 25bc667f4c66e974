import CycleFixtures
import Diagnosis
import PromQL
import Rules
import Series
import Time
import TimeIntervals

@testable import Cycle
@testable import Remediation

/// An agent with something to show on every page. What comes from outside contains `word`.
struct BusyAgent {
    static let start = AlertFixture.start

    /// What somebody may have named a graph, to change a page that shows it.
    static let hostile =
        "<script>alert(1)</script>\"' onload='x' &amp; \u{202E}\u{1B} {{ .Value }} ../%2e%2e/"

    let word: String
    private(set) var status = Status.starting
    private(set) var series: SeriesStore
    /// The incidents of the steps, as they were written.
    private(set) var timeLines: [IncidentTimeLine] = []
    private(set) var lines: [AuditRecord] = []

    var restarting: String { "auto \(word)" }
    var asking: String { "ask \(word)" }

    private static let ids = ["auto", "auto2", "ask", "shadow", "well"]

    init(_ word: String = "plain") throws {
        self.word = word
        var cycle = Cycle(
            try Self.settings(word),
            from: Self.memory(word),
            language: RuleLanguage(),
            at: ClockReading(bootID: "a", elapsed: .zero, wall: Self.start),
            stopwatch: { .zero }
        )
        cycle.acceptsOrders = true
        series = cycle.series
        var intent: Intent?
        var changes = IncidentChanges()
        var hasReported = false
        for poll in 1...9 {
            var input = Self.input(poll, word)
            if let intent, !hasReported {
                hasReported = true
                let at = input.clock.wall
                input.reports = [.outcome(intentID: intent.id, .accepted(jobID: word), at: at)]
                input.notes = [.answer(intent.graphID, "HTTP 200\n\(word)", at: at)]
            }
            let ready = cycle.step(input)
            for case .restart(let sent) in ready.afterDisk { intent = intent ?? sent }
            status = ready.status
            changes.records += ready.toDisk.incidents.records
            changes.events += ready.toDisk.incidents.events
            changes.tasks += ready.toDisk.incidents.tasks
            for entry in ready.toDisk.changes.audit {
                let sequence = Int64(lines.count + 1)
                lines.insert(AuditRecord(sequence: sequence, entry: entry, hash: "abc"), at: 0)
            }
        }
        series = cycle.series
        timeLines = Self.timeLines(changes)
    }

    // MARK: Settings

    private static func memory(_ word: String) -> CycleMemory {
        CycleMemory(
            memories: ids.map { id in
                var memory = GraphMemory(graphID: "\(id) \(word)")
                memory.answered = ["summary", "version"]
                return memory
            }
        )
    }

    private static func entry(_ mode: Mode, _ id: String, _ word: String) throws -> GraphEntry {
        var policy = HangFixture.policy
        policy.mode = mode
        policy.breaker = Breaker(soft: .init(graphs: 30), hard: .init(graphs: 50))
        if mode == .approve { policy.cooldown = .seconds(7_200) }
        var entry = try HangFixture.entry(policy, matching: "(?s)\(id).*")
        entry.name = "\(mode.rawValue) \(word)"
        entry.match.tags["env"] = try LabelValuePattern(".*")
        return entry
    }

    private static func settings(_ word: String) throws -> CycleSettings {
        let rules = """
            groups:
              - name: hang
                rules:
                  - alert: GraphHung
                    expr: max by (graph_id) (ges_graph_probe_success) == 0
                    for: 1m
                    labels: {remediate: restart, hang: unresponsive}
                    annotations: {summary: "no answer from {{ $labels.graph_id }}"}
                  - record: graphs:silent
                    expr: count(ges_graph_probe_success == 0)
                  - alert: Fails
                    expr: ges_graph_probe_success * on () ges_graph_probe_success
            """
        var settings = ReadingsFixture.settings(
            ruleFiles: [try HangFixture.ruleFile(rules)],
            graphs: [
                try entry(.auto, "auto", word), try entry(.approve, "ask", word),
                try entry(.shadow, "shadow", word),
            ],
            policy: HangFixture.policy,
            webhook: AlertFixture.terms
        )
        settings.vantage = Vantage(region: word, projectID: word, way: [word])
        settings.alertmanagers = [SilenceSource(url: "http://\(word)", timeout: .seconds(1))]
        var scope = GraphMatch()
        scope.name = try LabelValuePattern("none")
        settings.maintenance = [
            MaintenanceWindow(name: word, scope: scope, calendar: CalendarIntervals([]))
        ]
        return settings
    }

    // MARK: Steps

    private static func input(_ poll: Int, _ word: String) -> CycleInput {
        let elapsed = Duration.seconds(60 * poll)
        let now = start + elapsed
        var input = CycleInput(clock: ClockReading(bootID: "a", elapsed: elapsed, wall: now))
        input.readings = readings(now, word, silent: poll > 2)
        input.readings?.began = elapsed
        input.disk = poll > 1 ? .written : nil
        if poll == 2 {
            let labels = ["graph_id": "well \(word)", "extra": word]
            input.messages = [
                AlertMessage(
                    id: 1,
                    alerts: [AlertFixture.alert(labels, fingerprint: word, startsAt: now)]
                )
            ]
            let scope = PauseScope.entry("shadow \(word)")
            let graph = PauseScope.graph(GraphID("well \(word)"))
            input.orders = [scope, graph].enumerated().map { number, scope in
                Order(
                    id: "\(number)",
                    .pause(scope, until: now + .seconds(7_200)),
                    by: word,
                    reason: word
                )
            }
        }
        return input
    }

    /// A fleet in which nothing has answered yet would count as a storm.
    private static func readings(
        _ now: Timestamp,
        _ word: String,
        silent isSilent: Bool
    ) -> Readings {
        let graphs = ids.map { ReadingsFixture.graph("\($0) \(word)", name: "\($0)_\(word)") }
        let probed = ids.map { id -> GraphReading in
            let isAnswering = id == "well" || id == "auto2" || !isSilent
            let outcome = isAnswering ? ReadingsFixture.answered : ReadingsFixture.silent
            var reading = GraphReading(
                graphID: "\(id) \(word)",
                probes: ["summary", "version"].map { .init(kind: $0, outcome: outcome) }
            )
            reading.path = ReadingsFixture.path
            return reading
        }
        return Readings(
            at: now,
            listing: .success(Readings.Listing(graphs: graphs, isComplete: true)),
            jobs: .success([]),
            graphs: probed
        )
    }

    private static func timeLines(_ changes: IncidentChanges) -> [IncidentTimeLine] {
        let newest = Dictionary(changes.records.map { ($0.id, $0) }) { $1 }
        return newest.values.sorted { ($0.openedAt, $0.id) > ($1.openedAt, $1.id) }.map { record in
            IncidentTimeLine(
                record: record,
                events: changes.events.filter { $0.incidentID == record.id }
            )
        }
    }
}
