package import Foundation
import Workbench

/// How fast the agent samples a fleet, beside wrk with the same requests to the same server.
package struct SamplingRows: Sendable {
    /// Requests to one graph in one poll: two probes, its tasks, its queries.
    private static let requestsPerGraph = 4.0

    private let graphs: Int
    private let polls: Int
    /// Of the agent. wrk runs between two polls.
    private let intervalSeconds: Int
    private let wrkSeconds: Int

    package init(graphs: Int, polls: Int, intervalSeconds: Int, wrkSeconds: Int) {
        self.graphs = graphs
        self.polls = polls
        self.intervalSeconds = intervalSeconds
        self.wrkSeconds = wrkSeconds
    }

    package func measure(_ binary: URL) async throws -> [Row] {
        _ = try Programs.debian("wrk")
        let setup = try await SamplingSetup.start(
            binary,
            graphs: graphs,
            interval: "\(intervalSeconds)s"
        )
        do {
            let row = try await takeTurns(setup)
            await setup.end()
            return [row]
        } catch {
            await setup.end()
            throw error
        }
    }

    private func takeTurns(_ setup: SamplingSetup) async throws -> Row {
        var (ours, theirs): ([Double], [Double]) = ([], [])
        // The graphs of the first poll are not known yet.
        _ = try await setup.poll(1, after: 1)
        // wrk runs directly after a poll; then the agent is left alone until it should have polled.
        let pause = Double(intervalSeconds - wrkSeconds - 1)
        for number in 2...(polls + 1) {
            theirs.append(try await setup.wrk(seconds: wrkSeconds))
            let poll = try await setup.poll(number, after: pause)
            ours.append(Double(graphs) * Self.requestsPerGraph / poll.probeSeconds)
        }
        return Row(
            "sampling \(graphs) graphs",
            unit: "req/s",
            anchor: "wrk, the same requests",
            better: .higher,
            atLeast: 0.5,
            ours: Distribution(ours),
            theirs: Distribution(theirs)
        )
    }
}
