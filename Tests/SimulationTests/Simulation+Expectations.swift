import Remediation
import Rehearsal
import Testing
import VirtualTime

extension Simulation {
    /// Advances past the time in which an agent only observes after its start.
    func passStartupGrace() async throws {
        try await pass(Policy().startupGrace + .seconds(60))
    }

    /// The control of every test in which nothing happens: another graph hangs, and is restarted.
    func expectThatAHangIsStillNoticed(
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        hang(3)
        try await expectRestart(of: 3, sourceLocation: sourceLocation)
    }

    func expectRestart(
        of graph: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let isRestarted = try await pass(atMost: .seconds(2 * 3600), every: .seconds(10)) {
            !restarts.isEmpty
        }
        #expect(isRestarted, "\(account(of: graph))", sourceLocation: sourceLocation)
        #expect(restarts == [id(graph): 1], sourceLocation: sourceLocation)
    }

    /// Advances time until the graph's remediation is in this state.
    func expectState(
        _ state: String,
        of graph: Int,
        within limit: Duration = .seconds(3 * 3600),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let isReached = try await pass(atMost: limit, every: .seconds(10)) {
            self.state(graph) == state
        }
        #expect(
            isReached,
            "not \(state): \(account(of: graph))",
            sourceLocation: sourceLocation
        )
    }

    /// Diagnostic details for the message of a failure.
    func account(of graph: Int) -> String {
        let lines = ["\(state(graph)): \(decision(graph))"] + time.trace.newest(40)
        return lines.joined(separator: "\n")
    }
}
