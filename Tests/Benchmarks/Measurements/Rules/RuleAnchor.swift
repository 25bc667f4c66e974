import Workbench

/// The servers that evaluate the fleet's rules beside graphwarden.
package enum RuleAnchor: String, CaseIterable, Sendable {
    case prometheus
    case victoriaMetrics = "victoria-metrics"

    private var bounds: RuleMeasurements.Bounds {
        switch self {
        case .prometheus: RuleMeasurements.Bounds(cycle: 25, query: 40, memory: 5)
        case .victoriaMetrics: RuleMeasurements.Bounds(cycle: nil, query: 40, memory: 2)
        }
    }

    private func checkPrograms() throws {
        switch self {
        case .prometheus: _ = try Programs.debian("prometheus")
        case .victoriaMetrics:
            for name in ["victoria-metrics", "vmalert"] { _ = try Programs.benchmarked(name) }
        }
    }

    /// Fails if the two sides do not raise the same alerts.
    package func measure(
        graphs: Int,
        seconds: Double,
        queries: Int = 50
    ) async throws -> (rows: [Row], alerts: Int) {
        try checkPrograms()
        var setup = try await ComparisonSetup.start(graphs: graphs) { fleet, folder in
            switch self {
            case .prometheus: try await PrometheusServer.start(fleet, in: folder)
            case .victoriaMetrics: try await VictoriaMetricsServer.start(fleet, in: folder)
            }
        }
        let result: RuleMeasurements
        do {
            result = try await setup.measure(seconds: seconds, queries: queries)
        } catch {
            await setup.end()
            throw error
        }
        await setup.end()
        if let disagreement = result.disagreement {
            throw WrongResult("not the same alerts as \(rawValue): \(disagreement)")
        }
        return (result.rows(anchor: rawValue, bounds), result.alerts)
    }
}
