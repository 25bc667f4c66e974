import GESSimulator
import JSON
import TestSupport
import Testing

/// What a source that is read beside the polls may say wrongly.
struct SourceLie: Sendable, CustomTestStringConvertible {
    let fault: Fault
    /// Nil for the requests for values.
    var match: FaultMatch?
    /// The series that grows because of it.
    let counter: String?
    /// How many values there are meanwhile.
    var values = 0

    var testDescription: String { "\(fault)" }
}

/// The sources that are read beside the polls, and what rules and scrapers see of them.
extension RunningAgent {
    /// The values of an instant query.
    func query(_ text: String) async throws -> [Double] {
        let answer = try await process.post("/api/v1/query", [("query", text)])
        return (answer["data"]?["result"]?.arrayValue ?? []).compactMap {
            $0["value"]?[1]?.stringValue.flatMap { Double($0) }
        }
    }

    func waitForValues(_ count: Int, of metric: String) async throws {
        try await eventually("\(metric) has \(count) values", every: .milliseconds(200)) {
            try await process.metrics().values(of: metric).count == count
        } lastSeen: {
            "\(log.suffix(3_000))"
        }
    }

    func waitForMetric(_ series: String) async throws {
        try await eventually("\(series) is above 0", every: .milliseconds(200)) {
            try await process.metric(series) ?? 0 > 0
        } lastSeen: {
            "\(log.suffix(3_000))"
        }
    }

    func waitForQuery(_ text: String, results count: Int) async throws {
        try await eventually("\(text) has \(count) results", every: .milliseconds(200)) {
            try await query(text).count == count
        } lastSeen: {
            "\(log.suffix(3_000))"
        }
    }

    /// Expects that polls go on at their pace, that no value of the metric is wrong, and that a hang
    /// is noticed as ever.
    static func expectNoHarm(
        by lie: SourceLie,
        on operation: GESSimulator.Operation,
        _ setup: AgentSetup,
        valuesOf metric: String,
        in range: ClosedRange<Double>
    ) async throws {
        try await RunningAgent.with(setup, through: { _ in .shell("ulimit -v 4000000") }) { agent in
            let match = lie.match ?? FaultMatch(operation: operation)
            agent.schedule(ScheduledFault(lie.fault, on: match))
            try await agent.waitUntilReady()
            if let counter = lie.counter { try await agent.waitForMetric(counter) }
            try await agent.process.waitForPolls(8)
            if lie.values > 0 { try await agent.waitForValues(lie.values, of: metric) }
            let metrics = try await agent.process.metrics()
            let values = metrics.values(of: metric)
            #expect(values.count <= lie.values)
            #expect(values.allSatisfy(range.contains), "\(values)")
            #expect(metrics.values(of: "ges_graph_up").allSatisfy { $0 == 1 })
            try await agent.expectThatAHangIsStillNoticed()
        }
    }
}

extension [String: Double] {
    /// The values of all series of a metric.
    func values(of metric: String) -> [Double] {
        filter { $0.key.hasPrefix(metric + "{") }.values.sorted()
    }
}
