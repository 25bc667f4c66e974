import JSON
import Testing

@testable import GESSimulator

@Suite("The management plane")
struct ManagementPlaneTests {
    private func ids(_ document: JSONValue) -> [String] {
        (document["graphs"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }

    @Test(
        "pages its list by items",
        arguments: [
            ("", 0..<10), ("?offset=0&limit=10", 0..<10), ("?limit=3", 0..<3),
            ("?offset=7", 7..<17), ("?offset=20&limit=10", 20..<23), ("?offset=23", 23..<23),
            ("?offset=500&limit=5", 23..<23), ("?limit=100", 0..<23), ("?limit=0", 0..<0),
        ]
    )
    func paging(query: String, expected: Range<Int>) {
        var fixture = CloudFixture { $0.graphCount = 23 }
        let all = fixture.cloud.graphIDs
        let newer = fixture.ask("GET", "/v2/PID/graphs" + query)
        #expect(ids(newer.document) == Array(all[expected]))
        #expect(newer.document["graph_count"] == 23)
        let older = fixture.ask("GET", "/v1.0/PID/graphs" + query)
        #expect(ids(older.document) == Array(all[expected]))
        #expect(older.document["graphCount"] == 23)
    }

    @Test("refuses an invalid page", arguments: ["offset=x", "limit=-1", "limit=1.5"])
    func badPage(query: String) {
        var fixture = CloudFixture()
        let answer = fixture.ask("GET", "/v2/PID/graphs?" + query)
        #expect(answer.status == 400)
        #expect(answer.document["error_code"] == "GES.0001")
    }

    @Test("reports the same graph in both dialects")
    func dialects() throws {
        var fixture = CloudFixture()
        let newer = try #require(
            fixture.ask("GET", "/v2/PID/graphs/GID").document["graph"]?.objectValue
        )
        let older = try #require(
            fixture.ask("GET", "/v1.0/PID/graphs/GID").document["graph"]?.objectValue
        )
        let newerNames = Set(newer.map(\.name))
        let olderNames = Set(older.map(\.name))
        #expect(
            newerNames.isSuperset(of: ["private_ip", "enable_rbac", "sys_tags", "is_multi_az"])
        )
        #expect(olderNames.isSuperset(of: ["privateIp", "enableRBAC", "sys_tags", "isMultiAz"]))
        #expect(newerNames.contains("product_type") && !olderNames.contains("productType"))
        #expect(
            newer.filter { $0.name != "product_type" && $0.name != "enable_lts" }.map(\.value)
                == older.map(\.value)
        )
        #expect(newer.first { $0.name == "status" }?.value == "200")
        #expect(newer.first { $0.name == "private_ip" }?.value == "127.0.0.1")
    }

    @Test("does not find a deleted graph")
    func removed() {
        var fixture = CloudFixture()
        let id = fixture.graphID
        fixture.cloud.removeGraph(id)
        let answer = fixture.ask("GET", "/v2/PID/graphs/\(id)")
        #expect(answer.status == 400)
        #expect(answer.document["error_code"] == "GES.7000")
        #expect(!ids(fixture.ask("GET", "/v2/PID/graphs").document).contains(id))
    }

    @Test("reports the progress of a preparation only")
    func actionProgress() {
        var fixture = CloudFixture()
        _ = fixture.send("POST", "/v2/PID/graphs/GID/stop")
        _ = fixture.send("POST", "/v2/PID/graphs/GID/start", at: .seconds(10))
        func progress(_ seconds: Int) -> JSONValue? {
            fixture.ask("GET", "/v2/PID/graphs/GID", at: .seconds(seconds))
                .document["graph"]?["action_progress"]
        }
        #expect(progress(5) == nil)
        #expect(progress(11) == "20")
        #expect(progress(14) == "80")
        #expect(progress(15) == nil)
        #expect(fixture.status(at: .seconds(14)) == "100")
        #expect(fixture.status(at: .seconds(15)) == "920")
        #expect(fixture.status(at: .seconds(35)) == "200")
    }

    @Test("stops only a running graph and starts only a stopped one")
    func stopAndStart() {
        var fixture = CloudFixture()
        func code(_ action: String, _ seconds: Int) -> String? {
            fixture.ask("POST", "/v2/PID/graphs/GID/\(action)", at: .seconds(seconds))
                .document["error_code"]?.stringValue
        }
        #expect(code("start", 0) == "GES.7037")
        #expect(code("stop", 0) == nil)
        #expect(code("stop", 1) == "GES.7003")
        #expect(code("start", 9) == "GES.7037")
        #expect(code("restart", 10) == "GES.7003")
        #expect(code("start", 10) == nil)
    }

    @Test("does not stop a graph of the database edition")
    func persistence() {
        var fixture = CloudFixture()
        fixture.cloud.update(fixture.graphID) { $0.productType = "Persistence" }
        #expect(fixture.ask("POST", "/v2/PID/graphs/GID/stop").status == 400)
        #expect(fixture.ask("POST", "/v2/PID/graphs/GID/restart").status == 200)
    }

    @Test("can report outdated statuses")
    func lag() {
        var fixture = CloudFixture()
        fixture.cloud.setStatusLag(fixture.graphID, .seconds(4))
        _ = fixture.send("POST", "/v2/PID/graphs/GID/restart")
        #expect(fixture.status(at: .seconds(3)) == "200")
        #expect(fixture.status(at: .seconds(4)) == "901")
        #expect(fixture.status(at: .seconds(33)) == "920")
        #expect(fixture.status(at: .seconds(34)) == "200")
    }

    @Test("lists no backups, and quotas")
    func backupsAndQuotas() {
        var fixture = CloudFixture()
        #expect(fixture.ask("GET", "/v2/PID/graphs/backups").document["backup_count"] == 0)
        #expect(fixture.ask("GET", "/v1.0/PID/graphs/GID/backups").document["backupList"] == [])
        #expect(fixture.ask("POST", "/v1.0/PID/graphs/GID/backups").status == 404)
        let quotas = fixture.ask("GET", "/v1.0/PID/graphs/quotas").document["quotas"]
        #expect(quotas?["resources"]?[0]?["edgeVolume"] != nil)
    }

    @Test("has no interface on other paths", arguments: ["/v2/PID/x", "/", "/v9/PID"])
    func unknownPath(path: String) {
        var fixture = CloudFixture()
        let answer = fixture.ask("GET", path)
        #expect(answer.status == 404)
        #expect(answer.document["error_code"] == "APIGW.0101")
        #expect(answer.document["request_id"]?.stringValue?.count == 32)
    }
}
