package import Foundation
import TestSupport
package import Workbench

/// The agent and the server that it samples.
package struct SamplingSetup {
    package struct Poll: Sendable {
        package let seconds: Double
        /// Until the last graph that answered in the poll before was read.
        package let probeSeconds: Double
        /// Until the last of the others was read.
        package let silentSeconds: Double
        package let cpuSeconds: Double
    }

    private let agent: AgentProcess
    private let server: SampledServer
    private let folder: URL
    private let graphs: Int

    package static func start(
        _ binary: URL,
        graphs: Int,
        server kind: SampledServer.Kind = .simulator,
        interval: String = "20s",
        rules: String? = nil,
        cloudEye tier: String? = nil
    ) async throws -> SamplingSetup {
        let folder = try Programs.folder("sampling")
        let server =
            switch kind {
            case .nginx: try await SampledServer.nginx(graphs, in: folder)
            case .simulator: try await SampledServer.simulator(binary, graphs, in: folder)
            }
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(server, interval, rules, tier),
            password: server.password,
            in: folder
        )
        return SamplingSetup(agent: agent, server: server, folder: folder, graphs: graphs)
    }

    private static func configuration(
        _ server: SampledServer,
        _ interval: String,
        _ rules: String?,
        _ tier: String?
    ) -> String {
        """
        cloud:
          region: cn-north-4
          project_id: \(server.projectID)
        \(server.access)
        sampling:
          interval: \(interval)
          data_plane: {scheme: http, port: \(server.port), allow: [127.0.0.0/8]}
          \(tier.map { "cloud_eye: {tier: \($0)}" } ?? "")
        rule_files: [\(rules ?? "")]

        """
    }

    /// What the kernel says of the agent after each of the last polls.
    package func readings(
        ofLast count: Int,
        of polls: Int,
        every interval: Duration
    ) async throws -> [(polls: Double, reading: ProcessReading)] {
        var readings: [(Double, ProcessReading)] = []
        for number in 1...polls {
            var ended = 0.0
            try await eventually("poll \(number) ends", every: interval) {
                ended = (try? await agent.metric(Self.cycles)) ?? 0
                return ended >= Double(number)
            }
            if number > polls - count { readings.append((ended, try agent.program.reading())) }
        }
        return readings
    }

    /// A metric of the agent now; nil if it is absent.
    package func metric(_ series: String) async throws -> Double? {
        try await agent.metric(series)
    }

    private static let cycles = #"graphwarden_sampling_cycles_total{source="ges_api"}"#

    /// Waits for the end of a poll, by its number from 1.
    ///
    /// - Parameter pause: for how long the agent is left alone before.
    package func poll(_ number: Int, after pause: Double) async throws -> Poll {
        let before = try agent.program.reading().cpuSeconds
        // The page of the metrics is large: reading it while the graphs are probed would take the
        // processor from both sides.
        try await Task.sleep(for: .seconds(pause))
        try await eventually(
            "poll \(number) ends",
            every: .seconds(1)
        ) {
            (try? await agent.metric(Self.cycles)) ?? 0 >= Double(number)
        }
        func duration(_ source: String) async throws -> Double {
            let series = "graphwarden_sampling_last_cycle_duration_seconds{source=\"\(source)\"}"
            guard let seconds = try await agent.metric(series) else {
                throw BenchError("\(series) is missing")
            }
            return seconds
        }
        let running = "ges_graphs{project_id=\"\(server.projectID)\",phase=\"running\"}"
        try await eventually("\(graphs) graphs run", every: .seconds(1)) {
            (try? await agent.metric(running)) == Double(graphs)
        } lastSeen: {
            "\(agent.program.output.suffix(2000))"
        }
        return Poll(
            seconds: try await duration("ges_api"),
            probeSeconds: try await duration("probe"),
            silentSeconds: try await duration("probe_silent"),
            cpuSeconds: try agent.program.reading().cpuSeconds - before
        )
    }

    /// Lets graphs hang that are spread over the fleet.
    package func hang(_ count: Int) async throws {
        guard let cloud = server.cloud else { throw BenchError("only the simulator can hang") }
        // wrk asks the graphs of the first page.
        let ids = try await cloud.graphIDs().dropFirst(server.graphNames.count).map(\.self)
        for id in stride(from: 0, to: ids.count, by: max(1, ids.count / count)).prefix(count) {
            guard await cloud.control("POST", "/graphs/\(ids[id])/hang") else {
                throw BenchError("\(ids[id]) does not hang")
            }
        }
    }

    /// The rate of wrk over as many connections as the agent has.
    package func wrk(seconds: Int) async throws -> Double {
        let script = """
            local names = {\(server.graphNames.map { "\"\($0)\"" }.joined(separator: ","))}
            local paths = {"version", "summary?label_details=false",
              "jobs/status?limit=1000&offset=0", "om/real-time-queries?summary=false"}
            local n = 0
            wrk.headers["X-Auth-Token"] = "\(server.token)"
            wrk.headers["X-Language"] = "en-us"
            function request()
              n = n + 1
              return wrk.format("GET", "/ges/v1.0/\(server.projectID)/graphs/"
                .. names[math.floor(n / 4) % #names + 1] .. "/" .. paths[n % 4 + 1])
            end
            """
        try Data(script.utf8).write(to: folder.appending(path: "requests.lua"))
        let debian = Programs.root.appending(path: ".build/debian").path
        let program = try RunningProgram(
            "wrk",
            URL(filePath: "/usr/bin/env"),
            [
                "LD_LIBRARY_PATH=\(debian)/usr/lib/x86_64-linux-gnu",
                "\(try Programs.debian("wrk").path)",
                "-t1",
                "-c256", "-d\(seconds)s", "-s", "requests.lua", "http://127.0.0.1:\(server.port)",
            ],
            in: folder
        )
        let rate = try await program.waitForOutput(#"Requests/sec:\s+([0-9.]+)"#)
        return Double(rate) ?? 0
    }

    package func stopAgent() async {
        await agent.program.end()
    }

    package func end() async {
        await agent.program.end()
        await server.program.end()
        try? FileManager.default.removeItem(at: folder)
    }
}
