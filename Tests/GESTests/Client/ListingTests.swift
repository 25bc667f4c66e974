import HTTPClient
import Synchronization
import Testing

@testable import GES

@Suite("Listing graphs")
struct ListingTests {
    private static func graph(_ number: Int) -> String {
        #"{"id":"g\#(number)","name":"n\#(number)","status":"200"}"#
    }

    private static func page(_ numbers: some Sequence<Int>, total: Int?) -> HTTPResponse {
        let graphs = numbers.map(graph).joined(separator: ",")
        let count = total.map { #""graph_count":\#($0),"# } ?? ""
        return .json("{\(count)\"graphs\":[\(graphs)]}")
    }

    /// A service of `count` graphs that returns at most `pageLimit` of them per page.
    private static func service(count: Int, pageLimit: Int) -> ScriptedCloud {
        ScriptedCloud { (request) async throws(HTTPError) in
            let offset = Int(request.query("offset") ?? "") ?? 0
            let limit = min(Int(request.query("limit") ?? "") ?? 10, pageLimit)
            return page(min(offset, count)..<min(offset + limit, count), total: count)
        }
    }

    @Test(
        "every graph is listed once, whatever the page size of the service",
        arguments: [(0, 100), (1, 100), (100, 100), (101, 100), (250, 100), (35, 10), (7, 1)]
    )
    func pages(count: Int, pageLimit: Int) async throws {
        let fixture = try ClientFixture(Self.service(count: count, pageLimit: pageLimit))
        let listing = try await fixture.client.listGraphs()
        #expect(listing.graphs.map(\.id) == (0..<count).map { "g\($0)" })
        #expect(listing.isComplete)
        #expect(listing.skipped == 0)
        let first = try #require(fixture.cloud.received.first)
        #expect(
            first.url
                == "https://ges.cn-north-4.myhuaweicloud.com/v2/\(ClientFixture.project)/graphs"
                + "?limit=100&offset=0"
        )
        #expect(fixture.cloud.received.count == max(1, (count + pageLimit - 1) / pageLimit))
    }

    @Test("v1 has another path and other names")
    func version1() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                #"{"graphCount":1,"graphs":[{"id":"g","name":"n","status":202,"privateIp":"10.0.0.1"}],"#
                    + #""errorCode":"","errorMessage":""}"#
            )
        ])
        let fixture = try ClientFixture(cloud, version: .v1)
        let listing = try await fixture.client.listGraphs()
        #expect(listing.graphs.map(\.privateIP) == ["10.0.0.1"])
        #expect(listing.isComplete)
        #expect(cloud.received[0].path == "/v1.0/\(ClientFixture.project)/graphs")
    }

    @Test("graphs that move to another page are listed once, and the listing is not complete")
    func movingTotal() async throws {
        // A graph is created before the others after the first page was read.
        let cloud = ScriptedCloud(answers: [
            Self.page(0..<100, total: 150), Self.page(99..<150, total: 151),
        ])
        let listing = try await ClientFixture(cloud).client.listGraphs()
        #expect(listing.graphs.map(\.id) == (0..<150).map { "g\($0)" })
        #expect(!listing.isComplete)
    }

    @Test("a graph deleted meanwhile hides another: the listing is not complete")
    func shrinkingTotal() async throws {
        let cloud = ScriptedCloud(answers: [
            Self.page(0..<100, total: 150), Self.page(101..<150, total: 149),
        ])
        let listing = try await ClientFixture(cloud).client.listGraphs()
        #expect(listing.graphs.count == 149)
        #expect(!listing.isComplete)
    }

    @Test("a service that always sends the first page does not loop, and nothing is complete")
    func stuckPage() async throws {
        let cloud = ScriptedCloud(answers: [Self.page(0..<100, total: 250)])
        let listing = try await ClientFixture(cloud).client.listGraphs()
        #expect(cloud.received.count == 3)
        #expect(listing.graphs.count == 100)
        #expect(!listing.isComplete)
    }

    @Test("a service that counts pages instead of items ends early, and nothing is complete")
    func emptyPage() async throws {
        let cloud = ScriptedCloud(answers: [
            Self.page(0..<100, total: 250), Self.page([], total: 250),
        ])
        let listing = try await ClientFixture(cloud).client.listGraphs()
        #expect(listing.graphs.count == 100)
        #expect(!listing.isComplete)
    }

    @Test("without a total, an empty page is the end")
    func withoutTotal() async throws {
        let cloud = ScriptedCloud(answers: [
            Self.page(0..<100, total: nil), Self.page(100..<120, total: nil),
            .json(#"{"graphs":[]}"#),
        ])
        let listing = try await ClientFixture(cloud).client.listGraphs()
        #expect(listing.graphs.count == 120)
        #expect(listing.isComplete)
    }

    @Test("invalid entries are skipped and counted, and leave the listing incomplete")
    func skipped() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(#"{"graph_count":4,"graphs":[{"id":"g"},null,17,\#(Self.graph(1))]}"#)
        ])
        let listing = try await ClientFixture(cloud).client.listGraphs()
        #expect(listing.graphs.map(\.id) == ["g1"])
        #expect(listing.skipped == 3)
        #expect(!listing.isComplete)
    }

    @Test(
        "a response without a list is not an empty fleet",
        arguments: ["{}", #"{"graphs":null}"#, #"{"graph_count":3}"#, #"{"graphs":{}}"#, "[]", "7"]
    )
    func noList(body: String) async throws {
        let fixture = try ClientFixture(ScriptedCloud(answers: [.json(body)]))
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.listGraphs()
        }
        #expect(error?.reason == "parse")
    }

    @Test("a failure in the middle fails the listing")
    func failureInTheMiddle() async throws {
        let cloud = ScriptedCloud(answers: [
            Self.page(0..<100, total: 150), .json(#"{"error_code":"GES.7006"}"#, status: 400),
        ])
        let fixture = try ClientFixture(cloud)
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.listGraphs()
        }
        #expect(error?.code == "GES.7006")
    }
}
