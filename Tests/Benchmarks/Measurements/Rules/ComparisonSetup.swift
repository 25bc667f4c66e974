package import Foundation
import PromQL
import Rules
import Series
import Time
import Workbench
package import Workload

/// graphwarden's evaluator and a server, with the same hour of samples, and the same new samples
/// from then on.
package struct ComparisonSetup {
    package typealias StartServer = (Fleet, URL) async throws -> any RuleServer

    private var ours: EvaluatedFleet
    private let theirs: any RuleServer
    private let folder: URL
    private let query: PromQL.Expression
    private var result = RuleMeasurements()

    private static let queryText = "graph_probe_success == 0"
    private static let holders = 3

    package static func start(
        graphs: Int,
        _ startServer: StartServer
    ) async throws -> ComparisonSetup {
        let now = Int64(Date.now.timeIntervalSince1970)
        let fleet = Fleet(
            graphs: graphs,
            origin: now - now % Fleet.intervalSeconds - Fleet.hourSeconds
        )
        let query = try PromQL.Expression.parse(queryText)
        var ours = try EvaluatedFleet(fleet)
        ours.append(through: fleet.origin + Fleet.hourSeconds)
        let folder = try Programs.folder("comparison")
        let memory = try await heldMegabytes(graphs: graphs, in: folder)
        say("\(fleet.seriesCount) series; writing the same hour to the server")
        let theirs = try await startServer(fleet, folder)
        try await theirs.append(through: ours.newest)
        // Until the server has evaluated the whole hour at least once.
        try await Task.sleep(for: .seconds(2 * PrometheusServer.evaluationSeconds))
        var setup = ComparisonSetup(ours: ours, theirs: theirs, folder: folder, query: query)
        setup.result.memory.ours = memory
        return setup
    }

    private init(
        ours: EvaluatedFleet,
        theirs: any RuleServer,
        folder: URL,
        query: PromQL.Expression
    ) {
        self.ours = ours
        self.theirs = theirs
        self.folder = folder
        self.query = query
    }

    /// Memory of processes that only hold the hour and evaluate its rules, because this process
    /// also holds what it needs to communicate with the server.
    private static func heldMegabytes(graphs: Int, in folder: URL) async throws -> [Double] {
        var megabytes: [Double] = []
        for _ in 0..<holders {
            let program = try RunningProgram(
                "holder",
                Programs.beside("holder"),
                ["\(graphs)"],
                in: folder
            )
            _ = try await program.waitForOutput("(ready)")
            megabytes.append(Double(try program.proportionalKilobytes()) / 1024)
            await program.end()
        }
        return megabytes
    }

    /// - Parameters:
    ///   - seconds: how long both evaluate the rules side by side.
    ///   - queries: how many each side then evaluates, while nobody evaluates rules.
    package mutating func measure(seconds: Double, queries: Int) async throws -> RuleMeasurements {
        say("evaluating side by side for \(Int(seconds)) s")
        let end = Date.now.addingTimeInterval(seconds)
        while Date.now < end {
            let round = Date.now
            try await advance()
            result.cycle.ours.append(elapsed { _ = ours.evaluate(at: Self.now) })
            result.cycle.theirs.append(try await theirs.cycleSeconds())
            result.memory.theirs.append(Double(try theirs.proportionalKilobytes()) / 1024)
            let rest = Double(PrometheusServer.evaluationSeconds) + round.timeIntervalSinceNow
            if rest > 0 { try await Task.sleep(for: .seconds(rest)) }
        }
        try await compareAlerts()
        try await theirs.stopEvaluating()
        try await Task.sleep(for: .seconds(PrometheusServer.evaluationSeconds))
        try await advance()
        for _ in 0..<queries { try await takeTurns() }
        return result
    }

    private static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
    }

    private mutating func advance() async throws {
        let now = Int64(Date.now.timeIntervalSince1970)
        ours.append(through: now)
        try await theirs.append(through: now)
    }

    private mutating func takeTurns() async throws {
        var own: PromQL.Value?
        result.query.ours.append(try elapsed { own = try ours.query(query, at: Self.now) })
        let other = try await theirs.evaluate(Self.queryText)
        result.query.theirs.append(other.seconds)
        guard case .vector(let series) = own, series.count == other.series else {
            throw WrongResult("\(Self.queryText) gives another number than \(other.series) here")
        }
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
            "\(raised.count) alerts here, \(expected.count) there; only here:"
            + " \(raised.subtracting(expected).prefix(3)), only there:"
            + " \(expected.subtracting(raised).prefix(3))"
    }

    package func end() async {
        await theirs.end()
        try? FileManager.default.removeItem(at: folder)
    }
}
