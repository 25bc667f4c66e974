import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing
import URI

@Suite("Queries that compute for hours")
struct ExpensiveQueryTests {
    /// Six hundred thousand evaluations for each of 300 steps, and no samples.
    private static let path =
        "/api/v1/query_range?query="
        + PercentEncoding.encode("max_over_time(vector(1)[10m:1ms])")
        + "&start=1000000&end=1000300&step=1"
    private static let arguments = ["--query.timeout=4h", "--query.max-samples=1000000000"]

    private static func ask(_ agent: RunningAgent) throws -> Program {
        try Program(
            URL(filePath: "/usr/bin/curl"),
            [
                "--silent", "--show-error", "--write-out", "%{http_code} %{errormsg}",
                agent.process.url + path,
            ]
        )
    }

    @Test("keep the agent neither from polling nor from acting")
    func unnoticed() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: Self.arguments) { agent in
            try await agent.waitUntilReady()
            let clients = try (0..<6).map { _ in try Self.ask(agent) }
            defer { for client in clients { client.signal(SIGKILL) } }
            try await eventually("the queries run", every: .milliseconds(100)) {
                try await agent.process.metric("graphwarden_http_requests_in_flight") ?? 0 >= 6
            }
            try await agent.process.waitForPolls(20)
            try await agent.expectThatAHangIsStillNoticed()
            #expect(clients.allSatisfy { $0.isRunning }, "\(clients.map(\.text))")
        }
    }

    @Test("take turns with short ones, and end when their clients leave")
    func left() async throws {
        let arguments = Self.arguments + ["--query.max-concurrency=2"]
        try await RunningAgent.with(AgentSetup(), arguments: arguments) { agent in
            try await agent.waitUntilReady()
            let first = try Self.ask(agent)
            defer { first.signal(SIGKILL) }
            let inFlight = "graphwarden_http_requests_in_flight"
            try await eventually("the query runs", every: .milliseconds(100)) {
                try await agent.process.metric(inFlight) ?? 0 >= 1
            }
            let short = try await agent.process.json("/api/v1/query?query=1")
            #expect(short["status"] == "success")
            // Both places are taken until the clients leave.
            let second = try Self.ask(agent)
            defer { second.signal(SIGKILL) }
            try await eventually("both queries run", every: .milliseconds(100)) {
                try await agent.process.metric(inFlight) ?? 0 >= 2
            }
            for client in [first, second] { client.signal(SIGKILL) }
            let later = try await agent.process.json("/api/v1/query?query=1")
            #expect(later["status"] == "success")
            try await eventually("no query runs", every: .milliseconds(100)) {
                try await agent.process.metric(inFlight) ?? 2 <= 1
            }
        }
    }

    private struct Matrix: Decodable {
        struct Result: Decodable {
            let result: [Series]
        }

        struct Series: Decodable {
            let values: [Point]
        }

        /// A time and a value as text.
        struct Point: Decodable {}

        let data: Result
    }

    /// Above the size from which an answer is sent in parts.
    @Test("of which the answer is large get it whole")
    func largeAnswer() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let query = PercentEncoding.encode(
                #"vector(1) or label_replace(vector(2), "a", "b", "", "")"#
            )
            let answer = try await agent.process.get(
                "/api/v1/query_range?query=\(query)&start=0&end=11000&step=1"
            )
            #expect(answer.header("Transfer-Encoding") == "chunked")
            let whole = try JSONDecoder().decode(Matrix.self, from: Data(answer.body))
            #expect(whole.data.result.map(\.values.count) == [11_001, 11_001])
        }
    }
}
