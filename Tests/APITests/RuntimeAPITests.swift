import Files
import JSON
import Listener
import Testing
import Time

@testable import API
@testable import Cycle

private let source = ConfigurationInForce.Source(
    url: "https://ges.example.com",
    interval: .seconds(30),
    timeout: .seconds(10)
)

private func runtimeData(_ routes: [Route], _ path: String, query: [String: String] = [:])
    async throws
    -> JSONValue
{
    let route = try #require(routes.first { $0.pattern == path })
    let items = query.map { ServerRequest.QueryItem(name: $0.key, value: $0.value) }
    let request = ServerRequest(target: path, path: path, query: items)
    guard case .response(let response) = await route.handler.reply(to: request) else {
        return .null
    }
    let body = try JSONValue.parse(response.body)
    return try #require(response.status == 200 ? body["data"] : body)
}

@Suite("What the agent runs with")
struct RuntimeAPITests {
    private let board = StatusBoard()

    private func data(_ path: String) async throws -> JSONValue {
        let api = RuntimeAPI(
            board: board,
            flags: ["web.external-url": "https://u:p@a/", "log.level": "info"],
            retention: .seconds(90 * 86_400),
            started: Timestamp(milliseconds: 0),
            now: { Timestamp(milliseconds: 2_000) }
        )
        return try await runtimeData(api.routes, path)
    }

    private func load(_ text: String, at second: Int64) {
        board.loaded(
            ConfigurationInForce(
                path: "/no/such/file",
                text: text,
                loadedAt: Timestamp(milliseconds: second * 1_000),
                source: source
            )
        )
    }

    @Test("is the configuration that was last accepted, not a rejected one")
    func configuration() async throws {
        #expect(try await data("/api/v1/status/config") == ["yaml": ""])
        load("a: 1\n", at: 1)
        #expect(try await data("/api/v1/status/config") == ["yaml": "a: 1\n"])
        board.loaded(nil)
        #expect(try await data("/api/v1/status/config") == ["yaml": "a: 1\n"])
        let failed = try await data("/api/v1/status/runtimeinfo")
        #expect(failed["reloadConfigSuccess"] == false)
        #expect(failed["lastConfigTime"] == "1970-01-01T00:00:01Z")
        load("a: 2\n", at: 2)
        let loaded = try await data("/api/v1/status/runtimeinfo")
        #expect(loaded["reloadConfigSuccess"] == true)
        #expect(loaded["lastConfigTime"] == "1970-01-01T00:00:02Z")
    }

    @Test("has every member that Prometheus' clients expect")
    func runtime() async throws {
        let runtime = try await data("/api/v1/status/runtimeinfo")
        #expect(
            Set((runtime.objectValue ?? []).map(\.name)) == [
                "startTime", "CWD", "hostname", "serverTime", "reloadConfigSuccess",
                "lastConfigTime", "timeSeriesCount", "corruptionCount", "goroutineCount",
                "GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GODEBUG", "storageRetention",
            ]
        )
        #expect(runtime["startTime"] == "1970-01-01T00:00:00Z")
        #expect(runtime["serverTime"] == "1970-01-01T00:00:02Z")
        #expect(runtime["storageRetention"] == "90d")
        #expect(runtime["CWD"]?.stringValue?.hasPrefix("/") == true)
        #expect(runtime["goroutineCount"]?.integerValue ?? 0 > 0)
    }

    @Test("is every flag with its value, without passwords")
    func flags() async throws {
        #expect(
            try await data("/api/v1/status/flags") == [
                "log.level": "info", "web.external-url": "https://<secret>@a/",
            ]
        )
    }

    @Test("is compared with the file as it is now")
    func onDisk() throws {
        let folder = try TemporaryFolder(prefix: "runtime-")
        defer { folder.remove() }
        let path = folder.path + "/graphwarden.yml"
        let text = "# token: abc\n"
        try TextFile.write(text, to: path)
        let inForce = ConfigurationInForce(
            path: path,
            text: text,
            loadedAt: Timestamp(milliseconds: 0),
            source: source
        )
        #expect(inForce.text == "# token: <secret>\n")
        #expect(inForce.onDisk() == .same)
        // Masked alike, and yet not the same.
        try TextFile.write("# token: def\n", to: path)
        #expect(inForce.onDisk() == .differs("# token: <secret>\n"))
        try TextFile.write("a: 1\n", to: path)
        #expect(inForce.onDisk() == .differs("a: 1\n"))
        folder.remove()
        guard case .unreadable(let reason) = inForce.onDisk() else {
            Issue.record("the file is gone")
            return
        }
        #expect(reason.contains("No such file"))
    }
}

@Suite("The mask of secrets")
struct SecretMaskTests {
    @Test(
        "hides values and users, and leaves names of files",
        arguments: [
            ("  # password: hunter2, or so", "  # password: <secret>"),
            ("secret = \"x\"", "secret = <secret>"), ("'token': 'x'", "'token': <secret>"),
            ("X-Auth-Token: x", "X-Auth-Token: <secret>"),
            ("url: http://u:p@host/x", "url: http://<secret>@host/x"),
            ("url: http://host/x@y", "url: http://host/x@y"),
            ("password_file: password", "password_file: password"),
            ("credentials: {token: {file: token}}", "credentials: {token: {file: token}}"),
            (
                "access_key: {id_file: a, secret_file: b}",
                "access_key: {id_file: a, secret_file: b}"
            ),
            ("credentials:", "credentials:"), ("credentials:  # one of", "credentials:  # one of"),
            ("", ""),
        ]
    )
    func lines(text: String, expected: String) {
        #expect(SecretMask.masked(text) == expected)
        #expect(SecretMask.masked("a\n\(text)\n") == "a\n\(expected)\n")
    }
}

@Suite("/api/v1/targets")
struct TargetsAPITests {
    private let board = StatusBoard()

    private func targets(_ query: [String: String] = [:]) async throws -> JSONValue {
        try await runtimeData(TargetsAPI(board: board).routes, "/api/v1/targets", query: query)
    }

    @Test("are the listing of graphs and the paths to them")
    func all() async throws {
        let before = try await targets()["activeTargets"]
        #expect(before?.arrayValue?.count == 1)
        #expect(before?[0]?["health"] == "unknown")
        board.loaded(
            ConfigurationInForce(
                path: "",
                text: "",
                loadedAt: Timestamp(milliseconds: 0),
                source: source
            )
        )
        var status = Status.starting
        status.at = Timestamp(milliseconds: 9_000)
        status.inventory.merge(
            Readings(
                at: status.at,
                listing: .failure(ReadingFailure(reason: "timeout", text: "no response")),
                jobs: .success([]),
                graphs: []
            ),
            freshness: .seconds(100)
        )
        status.samples = [("a", 1.0), ("b", 0)].map { path, value in
            GraphSample(metric: .pathUp, labelValues: [path], value: value)
        }
        board.publish(status)
        let active = try #require(try await targets()["activeTargets"])
        #expect(active[0]?["scrapePool"] == "ges_api")
        #expect(active[0]?["health"] == "down" && active[0]?["lastError"] == "no response")
        #expect(active[0]?["scrapeUrl"] == "https://ges.example.com")
        #expect(active[0]?["lastScrape"] == "1970-01-01T00:00:09Z")
        #expect(active[0]?["scrapeInterval"] == "30s" && active[0]?["scrapeTimeout"] == "10s")
        #expect(active[1]?["labels"]?["path"] == "a" && active[1]?["health"] == "up")
        #expect(active[2]?["health"] == "down" && active[2]?["lastError"] != "")
        let paths = try await targets(["scrapePool": "paths", "state": "active"])
        #expect(paths["activeTargets"]?.arrayValue?.count == 2)
        let dropped = try await targets(["state": "dropped"])
        #expect(dropped["activeTargets"] == [] && dropped["droppedTargets"] == [])
        #expect(try await targets(["state": "x"])["errorType"] == "bad_data")
    }
}
