package import Foundation
import Workbench

/// CPU and memory of an agent that watches 500 graphs, beside well-known programs at the same time.
package enum FootprintRows {
    private static let graphs = 500
    /// One poll of the agent, one scrape and evaluation of Prometheus, one cycle of monit.
    private static let windowSeconds = 30.0

    private struct Cost {
        /// As a percentage of one core.
        var processor: [Double] = []
        /// In megabytes, shared pages counted proportionally.
        var memory: [Double] = []

        static func + (one: Cost, other: Cost) -> Cost {
            Cost(
                processor: zip(one.processor, other.processor).map { $0 + $1 },
                memory: zip(one.memory, other.memory).map { $0 + $1 }
            )
        }
    }

    package static func measure(_ binary: URL, warmUp: Int, windows: Int) async throws -> [Row] {
        _ = try Programs.benchmarked("monit")
        let setup = try await FootprintSetup.start(binary, graphs: graphs, monit: true)
        do {
            try await setup.scrapeNodeExporter(forSeconds: Double(warmUp) * windowSeconds)
            let costs = try await measure(setup, windows)
            await setup.end()
            return rows(costs)
        } catch {
            await setup.end()
            throw error
        }
    }

    private static func measure(
        _ setup: FootprintSetup,
        _ windows: Int
    ) async throws -> [String: Cost] {
        var costs: [String: Cost] = [:]
        for _ in 0..<windows {
            let started = Date.now
            let before = try setup.measured.map { try $0.reading().cpuSeconds }
            try await setup.scrapeNodeExporter(forSeconds: windowSeconds)
            let seconds = -started.timeIntervalSinceNow
            for (program, before) in zip(setup.measured, before) {
                let used = try program.reading().cpuSeconds - before
                costs[program.name, default: Cost()].processor.append(100 * used / seconds)
                let megabytes = Double(try program.proportionalKilobytes()) / 1024
                costs[program.name, default: Cost()].memory.append(megabytes)
            }
        }
        return costs
    }

    private static func rows(_ costs: [String: Cost]) -> [Row] {
        let agent = costs["graphwarden"] ?? Cost()
        let prometheus = costs["prometheus"] ?? Cost()
        let anchors = [
            (
                "Prometheus + Alertmanager",
                prometheus + (costs["prometheus-alertmanager"] ?? Cost())
            ),
            ("node_exporter", costs["prometheus-node-exporter"] ?? Cost()),
            ("monit, 500 HTTP checks", costs["monit"] ?? Cost()),
        ]
        return anchors.map { name, cost in
            row("CPU", "% core", name, agent.processor, cost.processor)
        }
            + anchors.map { name, cost in
                row("memory (PSS)", "MB", name, agent.memory, cost.memory)
            }
    }

    private static func row(
        _ name: String,
        _ unit: String,
        _ anchor: String,
        _ ours: [Double],
        _ theirs: [Double]
    ) -> Row {
        Row(
            "\(graphs) graphs every 30 s, \(name)",
            unit: unit,
            anchor: anchor,
            atLeast: nil,
            ours: Distribution(ours),
            theirs: Distribution(theirs)
        )
    }
}
