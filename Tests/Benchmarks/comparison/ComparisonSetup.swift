import Foundation
import PromQL
import Rules
import Series
import Workbench
import Workload
import Time

/// Both sides with the same hour of samples, and the same new samples from then on.
struct ComparisonSetup {
    private var ours: EvaluatedFleet
    private let theirs: PrometheusServer
    private let query: PromQL.Expression
    private var result = Measurements()

    private static let queryText = "graph_probe_success == 0"
    private static let queriesPerRound = 5

    static func start(graphs: Int) async throws -> ComparisonSetup {
        let now = Int64(Date.now.timeIntervalSince1970)
        let fleet = Fleet(
            graphs: graphs,
            origin: now - now % Fleet.intervalSeconds - Fleet.hourSeconds
        )
        let query = try PromQL.Expression.parse(queryText)
        var ours = try EvaluatedFleet(fleet)
        ours.append(through: fleet.origin + Fleet.hourSeconds)
        let folder = try Programs.folder("comparison")
        let megabytes = try await residentMegabytes(graphs: graphs, in: folder)
        say("\(fleet.seriesCount) series; writing the same hour to Prometheus")
        let theirs = try await PrometheusServer.start(fleet, in: folder)
        try await theirs.append(through: ours.newest)
        var setup = ComparisonSetup(ours: ours, theirs: theirs, query: query)
        setup.result.memory.ours = [megabytes]
        return setup
    }

    private init(ours: EvaluatedFleet, theirs: PrometheusServer, query: PromQL.Expression) {
        self.ours = ours
        self.theirs = theirs
        self.query = query
    }

    /// Memory of a process that only holds the hour and evaluates its rules, because this process
    /// also holds what it needs to communicate with Prometheus.
    private static func residentMegabytes(graphs: Int, in folder: URL) async throws -> Double {
        let program = try RunningProgram(
            "holder",
            Programs.beside("holder"),
            ["\(graphs)"],
            in: folder
        )
        _ = try await program.waitForOutput("(ready)")
        let megabytes = try program.reading().residentMegabytes
        await program.end()
        return megabytes
    }

    mutating func measure(seconds: Double) async throws -> Measurements {
        say("evaluating side by side for \(Int(seconds)) s")
        let end = Date.now.addingTimeInterval(seconds)
        while Date.now < end {
            let round = Date.now
            try await advance()
            try await takeTurns()
            let rest = Double(PrometheusServer.evaluationSeconds) + round.timeIntervalSinceNow
            if rest > 0 { try await Task.sleep(for: .seconds(rest)) }
        }
        try await compareAlerts()
        return result
    }

    private mutating func advance() async throws {
        let now = Int64(Date.now.timeIntervalSince1970)
        ours.append(through: now)
        try await theirs.append(through: now)
    }

    private mutating func takeTurns() async throws {
        let now = Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
        result.cycle.ours.append(elapsed { _ = ours.evaluate(at: now) })
        result.cycle.theirs.append(try await theirs.cycleSeconds())
        for _ in 0..<Self.queriesPerRound {
            result.query.ours.append(
                try elapsed { _ = try ours.query(query, at: now) }
            )
            result.query.theirs.append(try await theirs.evaluationSeconds(of: Self.queryText))
        }
        result.memory.theirs.append(try theirs.program.reading().residentMegabytes)
    }

    private mutating func compareAlerts() async throws {
        let raised = Set(
            ours.rules.activeAlerts.map { alert in
                RaisedAlert(
                    labels: Dictionary(
                        alert.labels.map { ($0.name, $0.value) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    state: alert.state.name
                )
            }
        )
        let expected = try await theirs.alerts()
        result.alerts = raised.count
        guard raised.isEmpty || raised != expected else { return }
        result.disagreement =
            "FAIL: \(raised.count) alerts here, \(expected.count) there; only here:"
            + " \(raised.subtracting(expected).prefix(3)), only there:"
            + " \(expected.subtracting(raised).prefix(3))"
    }

    func end() async {
        await theirs.program.end()
    }
}
