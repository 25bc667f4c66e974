import HTTPClient
import JSON
import Synchronization
import TestSupport
import Testing

@testable import GES
import Time

@Suite("Cloud Eye")
struct CloudEyeTests {
    private static let now = Timestamp(milliseconds: 1_735_787_100_000)
    private static let memory = CloudEyeSeries(graphID: "g", metric: .memoryUsed)

    private static func entry(
        _ metric: String,
        unit: String = "%",
        graph: String = "g",
        _ points: String = ""
    ) -> String {
        #"{"namespace":"SYS.GES","metric_name":"\#(metric)","unit":"\#(unit)","#
            + #""dimensions":[{"name":"instance_id","value":"\#(graph)"}],"datapoints":[\#(points)]}"#
    }

    private static func point(_ value: String, secondsAgo: Int64 = 60) -> String {
        #"{"average":\#(value),"timestamp":\#(now.milliseconds - secondsAgo * 1000)}"#
    }

    private func ask(
        _ response: HTTPResponse,
        _ series: [CloudEyeSeries] = [memory]
    ) async throws -> (CloudEyeAnswer, ReceivedRequest) {
        let fixture = try ClientFixture(ScriptedCloud(answers: [response]))
        let answer = try await fixture.client.cloudEyeSamples(
            of: series,
            from: Self.now - .seconds(900),
            to: Self.now
        )
        return (answer, try #require(fixture.cloud.received.first))
    }

    // MARK: - Values

    @Test("queries raw values in one request, over a connection that is used again")
    func query() async throws {
        let text = #"{"metrics":[\#(Self.entry("ges021_memory_usage", Self.point("69")))]}"#
        let (answer, request) = try await ask(.json(text))
        #expect(answer.faults.isEmpty)
        #expect(
            answer.samples == [
                CloudEyeSample(series: Self.memory, time: Self.now - .seconds(60), value: 0.69)
            ]
        )
        let host = "https://ces.cn-north-4.myhuaweicloud.com"
        let path = "/V1.0/\(ClientFixture.project)/batch-query-metric-data"
        #expect(request.url == host + path)
        #expect(!request.usesFreshConnection)
        let body = try JSONValue.parse(Array(request.body.utf8))
        #expect(body["period"] == "1")
        #expect(body["from"]?.integerValue == Self.now.milliseconds - 900_000)
        #expect(body["metrics"]?[0]?["dimensions"]?[0]?["value"] == "g")
    }

    @Test(
        "converts every unit to its base unit",
        arguments: [
            (.memoryUsed, "%", 69.0, 0.69), (.responseTimeMax, "ms", 250, 0.25),
            (.diskSize, "GB", 2, 2_147_483_648), (.networkReceived, "Byte/s", 40, 40),
            (.requests, "Count", 12, 12), (.importRate, "count/s", 5.5, 5.5),
            (.diskReadTime, "s", 0.002, 0.002), (.cpuUsed, "%", 100.4, 1),
        ] as [(CloudEyeMetric, String, Double, Double)]
    )
    func units(metric: CloudEyeMetric, unit: String, value: Double, expected: Double) async throws {
        let text = Self.entry(metric.rawValue, unit: unit, Self.point("\(value)"))
        let series = CloudEyeSeries(graphID: "g", metric: metric)
        let (answer, _) = try await ask(.json(#"{"metrics":[\#(text)]}"#), [series])
        let found = try #require(answer.samples.first?.value)
        #expect(abs(found - expected) < 1e-9 * max(1, expected))
    }

    @Test(
        "drops and counts what is no value",
        arguments: [
            ("-1", .value), ("102", .value), (#""NaN""#, .value), ("null", .value),
            (#""1e999""#, .value), ("{}", .value), ("1e300", .value),
        ] as [(String, CloudEyeFault)]
    )
    func values(text: String, fault: CloudEyeFault) async throws {
        let points = Self.point(text) + "," + Self.point("50", secondsAgo: 120)
        let entry = Self.entry("ges021_memory_usage", points)
        let (answer, _) = try await ask(.json(#"{"metrics":[\#(entry)]}"#))
        #expect(answer.faults == [fault: 1])
        #expect(answer.samples.map(\.value) == [0.5], "the others stay")
    }

    @Test("leaves out a metric in another unit, and an empty one says nothing")
    func otherUnits() async throws {
        let cpu = CloudEyeSeries(graphID: "g", metric: .cpuUsed)
        let wrong = Self.entry("ges021_memory_usage", unit: "MB", Self.point("50"))
        let empty = Self.entry("ges020_computer_resource_usage", unit: "unknown")
        let (answer, _) = try await ask(
            .json(#"{"metrics":[\#(wrong),\#(empty)]}"#),
            [Self.memory, cpu]
        )
        #expect(answer.samples.isEmpty)
        #expect(answer.faults == [.unit: 1])
    }

    @Test("uses nothing that it did not ask for")
    func unasked() async throws {
        let entries = [
            Self.entry("ges021_memory_usage", graph: "other", Self.point("1")),
            Self.entry("ges020_computer_resource_usage", Self.point("2")),
            Self.entry("ges999_unknown", Self.point("3")), "7", "null",
            Self.entry("ges021_memory_usage", Self.point("4")),
            Self.entry("ges021_memory_usage", Self.point("5")),
        ].joined(separator: ",")
        let (answer, _) = try await ask(.json(#"{"metrics":[\#(entries)]}"#))
        #expect(answer.samples.map(\.value) == [0.04])
        #expect(answer.faults == [.unasked: 6])
    }

    @Test("uses no value of another time, and no more values than there are minutes")
    func times() async throws {
        let outside = [-60, 1_000, 100_000].map { Self.point("1", secondsAgo: $0) }
        let points = (outside + [#"{"average":1}"#]).joined(separator: ",")
        let (answer, _) = try await ask(
            .json(#"{"metrics":[\#(Self.entry("ges021_memory_usage", points))]}"#)
        )
        #expect(answer.samples.isEmpty)
        #expect(answer.faults == [.time: 4])
        let many = (0..<500).map { _ in Self.point("1") }.joined(separator: ",")
        let (flood, _) = try await ask(
            .json(#"{"metrics":[\#(Self.entry("ges021_memory_usage", many))]}"#)
        )
        #expect(flood.samples.count == 1)
        #expect(flood.faults == [.unasked: 499])
        let dense = (0..<17).map { Self.point("1", secondsAgo: 300 - $0 * 10) }
        let (some, _) = try await ask(
            .json(
                #"{"metrics":[\#(Self.entry("ges021_memory_usage", dense.joined(separator: ",")))]}"#
            )
        )
        #expect(some.samples.count == 6)
        #expect(some.faults == [.unasked: 11])
    }

    // MARK: - Failures

    @Test(
        "tells a request to slow down, with its pause",
        arguments: [(429, "7", 7), (503, "7", 7), (503, nil, nil)] as [(Int, String?, Int?)]
    )
    func throttling(status: Int, header: String?, seconds: Int?) async throws {
        let body = #"{"http_code":429,"message":{"code":"ces.0429","details":"Too Many Requests"}}"#
        let headers = header.map { [HTTPHeader("Retry-After", $0)] } ?? []
        let fixture = try ClientFixture(
            ScriptedCloud(answers: [.json(body, status: status, headers: headers)])
        )
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.cloudEyeSamples(
                of: [Self.memory],
                from: Self.now - .seconds(60),
                to: Self.now
            )
        }
        guard case .throttled(let failure, let retryAfter)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure?.code == "ces.0429")
        #expect(retryAfter == seconds.map { .seconds($0) })
    }

    @Test("a refusal does not cost the token that GES accepts")
    func refusal() async throws {
        let clock = ManualClock()
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.path.hasSuffix("/auth/tokens")
                ? .token("t", issuedAt: clock.wall)
                : .json(#"{"error_code":"APIGW.0301"}"#, status: 401)
        }
        let fixture = try ClientFixture(
            cloud,
            credentials: .password(.constant(Secret("p"))),
            clock: clock
        )
        for _ in 0..<3 {
            await #expect(throws: GESError.self) {
                try await fixture.client.cloudEyeSamples(
                    of: [Self.memory],
                    from: Self.now - .seconds(60),
                    to: Self.now
                )
            }
        }
        #expect(cloud.received.count { $0.path.hasSuffix("/auth/tokens") } == 1)
    }

    // MARK: - The list

    private static func page(_ entries: [String], marker: String?, total: Int?) -> HTTPResponse {
        let marker = marker.map { #","marker":"\#($0)""# } ?? ""
        let total = total.map { #","total":\#($0)"# } ?? ""
        return .json(
            #"{"metrics":[\#(entries.joined(separator: ","))],"meta_data":{"count":1\#(marker)\#(total)}}"#
        )
    }

    private func list(_ cloud: ScriptedCloud, graphs: Set<String> = ["g"]) async throws
        -> CloudEyeListing
    {
        let fixture = try ClientFixture(cloud)
        return try await fixture.client.cloudEyeMetrics(of: graphs, within: .seconds(60))
    }

    @Test("lists page by page, and keeps only the graphs that are watched")
    func pages() async throws {
        let cloud = ScriptedCloud(answers: [
            Self.page(
                [
                    Self.entry("ges021_memory_usage"),
                    Self.entry("ges021_memory_usage", graph: "other"),
                ],
                marker: "a",
                total: 4
            ),
            Self.page(
                [
                    Self.entry("ges020_computer_resource_usage"),
                    Self.entry("ges010_pending_max_time_read_task_type"),
                ],
                marker: "b",
                total: 4
            ),
        ])
        let listing = try await list(cloud)
        #expect(listing.shortfall == nil)
        let cpu = CloudEyeSeries(graphID: "g", metric: .cpuUsed)
        #expect(listing.series == [Self.memory, cpu])
        #expect(cloud.received.map { $0.query("start") } == [nil, "a"])
        #expect(cloud.received.first?.query("limit") == "1000")
    }

    @Test("a list of graphs that do not exist ends, and is not complete")
    func endless() async throws {
        let counter = Mutex(0)
        let cloud = ScriptedCloud { (_) async throws(HTTPError) in
            let number = counter.withLock { count in
                count += 1
                return count
            }
            return Self.page(
                [Self.entry("ges021_memory_usage", graph: "\(number)")],
                marker: "m\(number)",
                total: Int.max
            )
        }
        let listing = try await list(cloud)
        #expect(listing.shortfall?.contains("pages") == true)
        #expect(listing.series.isEmpty)
        #expect(cloud.received.count == 10)
    }

    @Test(
        "a list that repeats itself, or that has too large pages, ends",
        arguments: [
            page([entry("ges021_memory_usage")], marker: "m", total: 9),
            page([entry("ges021_memory_usage")], marker: nil, total: nil),
            page([String](repeating: "0", count: 1_001), marker: "m", total: nil),
        ]
    )
    func repeated(response: HTTPResponse) async throws {
        let cloud = ScriptedCloud(answers: [response])
        let listing = try await list(cloud)
        #expect(listing.shortfall != nil)
        #expect(cloud.received.count <= 2)
    }
}
