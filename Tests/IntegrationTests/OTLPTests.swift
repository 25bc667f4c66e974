import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

/// A receiver that decodes requests with the protocol's own classes.
private struct OTLPReceiver {
    let program: Program
    let url: String
    private let file: URL
    private let scratch: Scratch

    static func start() async throws -> OTLPReceiver {
        let scratch = try Scratch()
        let file = scratch.folder.appending(path: "requests")
        let program = try Program(
            Program.root.appending(path: ".build/python/bin/python3"),
            [
                Program.root.appending(path: "Tests/IntegrationTests/Scripts/otlp.py").path,
                file.path,
            ],
            in: scratch.folder
        )
        var port: Int?
        try await eventually("the receiver listens", every: .milliseconds(50)) {
            port = program.text.split(separator: "\n").first.flatMap { Int($0) }
            return port != nil
        } lastSeen: {
            program.text
        }
        let url = "http://127.0.0.1:\(try #require(port))"
        return OTLPReceiver(program: program, url: url, file: file, scratch: scratch)
    }

    /// Oldest first. The last line may still be written.
    func requests() throws -> [JSONValue] {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { try JSONValue.parse(Array($0.utf8)) }
    }

    func stop() {
        // It inherits the signals that are blocked here, which SIGTERM may be.
        program.signal(SIGKILL)
        scratch.remove()
    }
}

extension JSONValue {
    fileprivate var metrics: [JSONValue] {
        let scopes = self["request"]?["resourceMetrics"]?[0]?["scopeMetrics"]
        return scopes?[0]?["metrics"]?.arrayValue ?? []
    }

    fileprivate func metric(_ name: String) -> JSONValue? {
        metrics.first { $0["name"]?.stringValue == name }
    }

    fileprivate var attributes: [String: String] {
        let pairs = (self["attributes"]?.arrayValue ?? []).map { pair in
            (pair["key"]?.stringValue ?? "", pair["value"]?["stringValue"]?.stringValue ?? "")
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

@Suite("The protocol of OpenTelemetry")
struct OTLPTests {
    private static func setup(_ url: String, _ keys: String = "") -> AgentSetup {
        var setup = AgentSetup(mode: "shadow")
        setup.files["otlp_token"] = "a-token\n"
        setup.sections = ["otlp: {url: \"\(url)\", interval: 1s, token_file: otlp_token\(keys)}"]
        return setup
    }

    @Test("carries what a scrape shows, in the words of OpenTelemetry")
    func metrics() async throws {
        let receiver = try await OTLPReceiver.start()
        defer { receiver.stop() }
        let setup = Self.setup(
            receiver.url,
            ", resource_attributes: {deployment.environment: test}"
        )
        var fleet = AgentSetup.fleet
        fleet.pastJobs = 6
        try await RunningAgent.with(setup, fleet: fleet) { agent in
            try await agent.waitUntilReady()
            try await eventually("durations of jobs are sent") {
                try receiver.requests().last?.metric("ges_graph_job_duration_seconds") != nil
            }
            let request = try #require(try receiver.requests().last)
            #expect(request["path"] == "/v1/metrics")
            #expect(request["type"] == "application/x-protobuf")
            #expect(request["authorization"] == "Bearer a-token")
            #expect(request["encoding"] == "gzip")
            #expect(request["bytes"] == request["known"])
            let resource = request["request"]?["resourceMetrics"]?[0]?["resource"]
            #expect(resource?.attributes["service.name"] == "graphwarden")
            #expect(resource?.attributes["deployment.environment"] == "test")

            let status = try #require(request.metric("ges_graph_status_code"))
            let points = status["gauge"]?["dataPoints"]?.arrayValue ?? []
            let ids = agent.cloud.withCloud { cloud, _ in cloud.graphIDs }
            #expect(Set(points.compactMap { $0.attributes["graph_id"] }) == Set(ids))
            #expect(points.allSatisfy { $0["asDouble"]?.doubleValue == 200 })

            let cycles = try #require(request.metric("graphwarden_sampling_cycles"))
            #expect(cycles["sum"]?["isMonotonic"] == true)
            #expect(
                cycles["sum"]?["aggregationTemporality"] == "AGGREGATION_TEMPORALITY_CUMULATIVE"
            )
            #expect(cycles["sum"]?["dataPoints"]?[0]?["startTimeUnixNano"] != nil)

            let jobs = try #require(request.metric("ges_graph_job_duration_seconds"))
            #expect(jobs["unit"] == "s")
            let job = try #require(jobs["summary"]?["dataPoints"]?[0])
            #expect(job["count"] == "6")
            #expect(job["quantileValues"]?.arrayValue?.count == 3)

            for histogram in request.metrics.compactMap({ $0["histogram"] }) {
                for point in histogram["dataPoints"]?.arrayValue ?? [] {
                    let counts = (point["bucketCounts"]?.arrayValue ?? [])
                        .compactMap { $0.stringValue.flatMap { Int($0) } }
                    let bounds = point["explicitBounds"]?.arrayValue ?? []
                    #expect(counts.count == bounds.count + 1)
                    let total = point["count"]?.stringValue.flatMap { Int($0) } ?? 0
                    #expect(counts.reduce(0, +) == total)
                }
            }
        }
    }

    @Test("goes on in spite of a receiver that refuses, and says so once")
    func refused() async throws {
        let receiver = try await OTLPReceiver.start()
        defer { receiver.stop() }
        try await RunningAgent.with(Self.setup(receiver.url + "/refused")) { agent in
            try await agent.waitUntilReady()
            try await eventually("three requests are refused") {
                try await agent.process.metric("graphwarden_otlp_request_failures_total") ?? 0 >= 3
            }
            let lines = agent.log.split(separator: "\n")
                .filter { $0.contains("Metrics could not be sent") }
            #expect(lines.count == 1)
            #expect(lines.first?.contains("status 503") ?? false)
            #expect(try receiver.requests().allSatisfy { $0["path"] == "/refused" })
        }
    }

    @Test("sends a request again when the receiver was busy, and loses no point")
    func busy() async throws {
        let receiver = try await OTLPReceiver.start()
        defer { receiver.stop() }
        var setup = Self.setup(receiver.url + "/busy")
        setup.sections = setup.sections.map {
            $0.replacing("interval: 1s", with: "interval: 1h, compression: none")
        }
        try await RunningAgent.with(setup) { agent in
            try await eventually("it is sent again") {
                try await agent.process.metric("graphwarden_otlp_requests_total") ?? 0 >= 2
            }
            #expect(try await agent.process.metric("graphwarden_otlp_request_failures_total") == 1)
            try await eventually("it is taken") { agent.log.contains("Metrics are sent again") }
            let requests = try receiver.requests()
            #expect(requests.count == 2)
            #expect(requests.first?["request"] == requests.last?["request"])
            #expect(requests.allSatisfy { $0["encoding"] == .null })
        }
    }

    @Test("leaves a receiver alone that asks for it, and repeats nothing that is refused for good")
    func closed() async throws {
        let receiver = try await OTLPReceiver.start()
        defer { receiver.stop() }
        try await RunningAgent.with(Self.setup(receiver.url + "/closed")) { agent in
            try await agent.waitUntilReady()
            try await eventually("a request is refused") {
                try await agent.process.metric("graphwarden_otlp_request_failures_total") == 1
            }
            try await agent.process.waitForPolls(8)
            #expect(try await agent.process.metric("graphwarden_otlp_requests_total") == 1)
        }
        var setup = Self.setup(receiver.url + "/invalid")
        setup.sections = setup.sections.map { $0.replacing("interval: 1s", with: "interval: 1h") }
        try await RunningAgent.with(setup) { agent in
            try await eventually("it is said") { agent.log.contains("status 400") }
            try await agent.process.waitForPolls(8)
            #expect(try await agent.process.metric("graphwarden_otlp_requests_total") == 1)
        }
    }

    @Test("counts the points that a receiver does not take, and says so once")
    func partial() async throws {
        let receiver = try await OTLPReceiver.start()
        defer { receiver.stop() }
        try await RunningAgent.with(Self.setup(receiver.url + "/partial")) { agent in
            try await agent.waitUntilReady()
            try await eventually("three requests are taken in part") {
                try await agent.process.metric("graphwarden_otlp_rejected_points_total") ?? 0 >= 21
            }
            let lines = agent.log.split(separator: "\n")
                .filter { $0.contains("Metrics were not taken whole") }
            #expect(lines.count == 1)
            #expect(lines.first?.contains("too old by an hour") ?? false)
        }
    }

    @Test("needs nobody who listens")
    func nobody() async throws {
        try await RunningAgent.with(Self.setup("http://127.0.0.1:9")) { agent in
            try await agent.waitUntilReady()
            try await eventually("a request fails") {
                try await agent.process.metric("graphwarden_otlp_request_failures_total") ?? 0 >= 1
            }
        }
    }
}
