package import Foundation
import Workbench

/// What each graph costs a whole agent that polls a large fleet, beside a small one.
package struct AgentGrowth: Sendable {
    private static let small = 100
    private static let readings = 6

    private let graphs: Int
    private let polls: Int

    package init(graphs: Int, polls: Int) {
        self.graphs = graphs
        self.polls = polls
    }

    private struct Cost {
        /// CPU in microseconds for a graph in a poll.
        var processor: [Double] = []
        /// In kilobytes for a graph, of the whole process.
        var memory: [Double] = []
    }

    package func rows(_ binary: URL) async throws -> [Row] {
        let theirs = try await cost(binary, Self.small)
        let ours = try await cost(binary, graphs)
        return [
            row("poll of \(graphs) graphs, CPU", "µs/graph", ours.processor, theirs.processor),
            row(
                "memory of \(graphs) graphs, \(polls) samples",
                "kB/graph",
                ours.memory,
                theirs.memory
            ),
        ]
    }

    private func row(_ name: String, _ unit: String, _ ours: [Double], _ theirs: [Double]) -> Row {
        Row(
            name,
            unit: unit,
            anchor: "itself with \(Self.small) graphs",
            atLeast: GrowthRows.bound,
            ours: Distribution(ours),
            theirs: Distribution(theirs)
        )
    }

    /// The polls follow one another faster than in production, because only their number counts.
    private func cost(_ binary: URL, _ graphs: Int) async throws -> Cost {
        let interval = max(1, graphs / 1000)
        let setup = try await SamplingSetup.start(
            binary,
            graphs: graphs,
            interval: "\(interval)s",
            rules: Programs.root.appending(path: "rules/*.yml").path
        )
        do {
            let readings = try await setup.readings(
                ofLast: Self.readings,
                of: polls,
                every: .seconds(interval)
            )
            await setup.end()
            var cost = Cost()
            for (before, after) in zip(readings, readings.dropFirst()) {
                let polls = after.polls - before.polls
                // Another poll may have ended before the reading.
                guard polls > 0 else { continue }
                let seconds = after.reading.cpuSeconds - before.reading.cpuSeconds
                cost.processor.append(seconds * 1e6 / polls / Double(graphs))
            }
            cost.memory = readings.map { Double($0.reading.residentKilobytes) / Double(graphs) }
            return cost
        } catch {
            await setup.end()
            throw error
        }
    }
}
