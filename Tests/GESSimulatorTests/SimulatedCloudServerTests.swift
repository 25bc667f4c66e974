import Foundation
import JSON
import TestSupport
import Testing

@testable import GESSimulator

#if canImport(FoundationNetworking)
import FoundationNetworking
import Time
#endif

/// The system's HTTP client, so that the two sides do not share code.
private struct WebClient {
    /// nil for a connection that failed: refused, dropped, cut or timed out.
    static func send(
        _ method: String,
        _ url: String,
        headers: [String: String] = [:],
        body: String? = nil,
        timeoutSeconds: Double = Double(waitLimit.components.seconds)
    ) async throws -> (status: Int, headers: [AnyHashable: Any], body: Data)? {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeoutSeconds
        let session = URLSession(configuration: configuration)
        defer { session.invalidateAndCancel() }
        guard let (data, response) = try? await session.data(for: request),
            let answer = response as? HTTPURLResponse
        else { return nil }
        return (answer.statusCode, answer.allHeaderFields, data)
    }
}

@Suite("The simulated cloud's ports")
struct SimulatedCloudServerTests {
    private static func serving(
        _ body: @Sendable (SimulatedCloudServer) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.timeScale = 0.001
        try await SimulatedCloudServer.serving(configuration, body)
    }

    private static func token(_ server: SimulatedCloudServer) -> [String: String] {
        ["X-Auth-Token": server.withCloud { cloud, now in cloud.issueToken(at: now) }]
    }

    private static func graphs(_ server: SimulatedCloudServer) -> String {
        "\(server.endpoints.management)/v2/\(server.configuration.projectID)/graphs"
    }

    @Test("serve management, data plane and control")
    func threePorts() async throws {
        try await Self.serving { server in
            let headers = Self.token(server)
            let list = try await WebClient.send("GET", Self.graphs(server), headers: headers)
            #expect(list?.status == 200)
            #expect((list?.headers["X-Request-Id"] as? String)?.count == 32)
            let name = try #require(server.withCloud { cloud, _ in cloud.graphs.first?.name })
            let graph =
                "http://\(server.endpoints.dataPlaneHost):\(server.endpoints.dataPlanePort)"
                + "/ges/v1.0/\(server.configuration.projectID)/graphs/\(name)/version"
            #expect(try await WebClient.send("GET", graph, headers: headers)?.status == 200)
            let summary = try await WebClient.send(
                "GET",
                server.endpoints.control + "/control/summary"
            )
            let document = try JSONValue.parse([UInt8](summary?.body ?? Data()))
            #expect(document["requests"] == 2)
        }
    }

    @Test("count one restart per request, whatever the control interface did to the graph")
    func restart() async throws {
        try await Self.serving { server in
            let id = try #require(server.withCloud { cloud, _ in cloud.graphIDs.first })
            let control = server.endpoints.control + "/control/graphs/\(id)"
            let hang = try await WebClient.send("POST", control + "/hang", body: "{}")
            #expect(hang?.status == 200)
            let path = Self.graphs(server) + "/\(id)/restart"
            let headers = Self.token(server)
            let answer = try await WebClient.send("POST", path, headers: headers, body: "{}")
            #expect(answer?.status == 200)
            #expect(server.withCloud { cloud, _ in cloud.restartCounts } == [id: 1])
        }
    }

    @Test(
        "fail as real networks do",
        arguments: [Fault.drop, .cut(afterBytes: 3), .hang]
    )
    func failures(fault: Fault) async throws {
        try await Self.serving { server in
            let headers = Self.token(server)
            server.withCloud { cloud, _ in
                _ = cloud.faults.schedule(ScheduledFault(fault, carriedOut: true))
            }
            let answer = try await WebClient.send(
                "GET",
                Self.graphs(server),
                headers: headers,
                timeoutSeconds: fault == .hang ? 2 : Double(waitLimit.components.seconds)
            )
            #expect(answer == nil)
            #expect(server.withCloud { cloud, _ in cloud.log.total } >= 1)
        }
    }

    @Test("show a wrong time when the cloud's clock is wrong")
    func date() async throws {
        try await Self.serving { server in
            server.withCloud { cloud, _ in cloud.clockError = .seconds(-86_400) }
            let before = Timestamp.systemTime() - .seconds(86_400)
            let answer = try await WebClient.send("GET", Self.graphs(server))
            let after = Timestamp.systemTime() - .seconds(86_400)
            let dates = sequence(first: before) { $0 < after ? $0 + .seconds(1) : nil }
                .map(\.httpDate)
            #expect(dates.contains(answer?.headers["Date"] as? String ?? ""))
        }
    }

    @Test("send a gzip bomb")
    func gzipBomb() async throws {
        try await Self.serving { server in
            server.withCloud { cloud, _ in
                _ = cloud.faults.schedule(ScheduledFault(.gzipBomb(bytes: 100_000)))
            }
            let answer = try await WebClient.send("GET", Self.graphs(server))
            #expect(answer?.body.count == 100_000)
        }
    }

    @Test("are closed while an outage refuses connections, and have the same numbers afterwards")
    func refused() async throws {
        try await Self.serving { server in
            let headers = Self.token(server)
            func status() async throws -> Int? {
                try await WebClient.send("GET", Self.graphs(server), headers: headers)?.status
            }
            #expect(try await status() == 200)
            try await server.setOutage(.refusing)
            #expect(try await status() == nil)
            #expect(server.withCloud { cloud, _ in cloud.log.total } == 1)
            let control = server.endpoints.control + "/control/outage"
            #expect(try await WebClient.send("DELETE", control)?.status == 200)
            #expect(try await status() == 200)
        }
    }

    @Test("stay closed if the outage was declared before the server ran")
    func refusedFromTheBeginning() async throws {
        let server = try await SimulatedCloudServer.bind()
        try await server.setOutage(.refusing)
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await server.run() }
            let closed: Void? = try? await eventually("the port is closed") {
                (try? await WebClient.send("GET", Self.graphs(server))) == nil
            }
            #expect(closed != nil)
            await server.stop()
        }
    }

    @Test("are closed when the server has stopped")
    func stopped() async throws {
        let server = try await SimulatedCloudServer.bind()
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await server.run() }
            await server.stop()
        }
        let control = server.endpoints.control + "/control/summary"
        #expect(try await WebClient.send("GET", control) == nil)
        #expect(try await WebClient.send("GET", Self.graphs(server)) == nil)
    }

    @Test("open again by themselves when the outage ends")
    func refusedForAWhile() async throws {
        try await Self.serving { server in
            let control = server.endpoints.control + "/control/outage"
            let body = #"{"manner":"refuse","seconds":0.2}"#
            #expect(try await WebClient.send("POST", control, body: body)?.status == 200)
            try await eventually("the port is open again") {
                try await WebClient.send("GET", Self.graphs(server)) != nil
            }
        }
    }

    @Test("refuse invalid control requests")
    func controlErrors() async throws {
        try await Self.serving { server in
            let control = server.endpoints.control + "/control/"
            let statuses = try await [
                WebClient.send("POST", control + "faults", body: "{")?.status,
                WebClient.send("POST", control + "faults", body: #"{"kind":"odd"}"#)?.status,
                WebClient.send("POST", control + "graphs/none/hang", body: "{}")?.status,
                WebClient.send("PUT", control + "summary")?.status,
                WebClient.send("GET", control + "nonsense")?.status,
            ]
            #expect(statuses == [400, 400, 404, 405, 404])
        }
    }

    @Test("are not opened for invalid settings, nor if one of them is in use")
    func bindErrors() async throws {
        var configuration = SimulatorConfiguration()
        configuration.timeScale = -1
        await #expect(throws: SimulatorError.self) {
            try await SimulatedCloudServer.bind(configuration)
        }
        try await Self.serving { server in
            var taken = SimulatorConfiguration()
            taken.dataPlanePort = server.endpoints.dataPlanePort
            await #expect(throws: SimulatorError.self) {
                try await SimulatedCloudServer.bind(taken)
            }
            taken.dataPlanePort = 0
            taken.controlPort = Int(server.endpoints.control.split(separator: ":").last ?? "") ?? 0
            await #expect(throws: SimulatorError.self) {
                try await SimulatedCloudServer.bind(taken)
            }
        }
    }
}
