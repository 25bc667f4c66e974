import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// Waiting for the agent. The absence of an event is shown by polls: the agent has observed and
/// decided so many times meanwhile, however long that took.
extension RunningAgent {
    /// Waits until the agent is ready and the one-second grace period after a start has passed: a
    /// poll takes at least a quarter of a second.
    func waitUntilReady() async throws {
        try await eventually("the agent is ready") {
            try await process.get("/-/ready").status == 200
        } lastSeen: {
            "\(log.suffix(4_000))"
        }
        try await process.waitForPolls(5)
    }

    /// Waits until the remediation of the graph has this state.
    func waitForState(_ state: String, of graph: String) async throws {
        try await eventually("\(graph) is \(state)", every: .milliseconds(100)) {
            try await self.state(of: graph) == state
        } lastSeen: {
            try await account(of: graph)
        }
    }

    func waitUntilVerified(_ graph: String) async throws {
        try await eventually("the restart of \(graph) is verified", every: .milliseconds(100)) {
            try await isVerified(graph)
        } lastSeen: {
            try await account(of: graph)
        }
    }

    func waitForRestart(of graph: String) async throws {
        try await eventually("\(graph) is restarted", every: .milliseconds(10)) {
            restarts[graph] != nil
        } lastSeen: {
            try await account(of: graph)
        }
    }

    /// Expects `count` polls and decisions without another restart.
    func expectNoFurtherRestart(
        inPolls count: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = restarts
        try await process.waitForPolls(count)
        #expect(restarts == before, sourceLocation: sourceLocation)
    }

    /// The control of every test in which nothing happens: another graph hangs, and is restarted.
    func expectThatAHangIsStillNoticed(
        _ hangClass: HangKind = .unresponsive,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let victim = try hangGraph(3, hangClass)
        try await waitForRestart(of: victim)
        #expect(restarts == [victim: 1], sourceLocation: sourceLocation)
    }

    /// A restart that may have been sent but left no trace remains unresolved for as long as it
    /// could still take effect, which is longer than a test can wait. Meanwhile it is held, shown
    /// and counted; its resolution is tested in virtual time.
    func expectOpenQuestion(about graph: String) async throws {
        let why = try await why(graph)
        #expect(why["state"] == "unknown_outcome")
        #expect(why["summary"]?.stringValue?.contains("searching for it until") == true)
        #expect(why["attempts"]?.arrayValue?.count == 1)
        let metrics = try await process.metrics()
        #expect(metrics["graphwarden_remediations_in_progress{action=\"restart\"}"] == 1)
        let page = String(decoding: try await process.get("/").body, as: UTF8.self)
        #expect(page.contains("searching for it until"))
    }
}
