import HTTPClient
import Synchronization
import TestSupport
import Testing

@testable import GES
import Time

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
        #expect(cloud.received.count == 2)
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
        #expect(listing.shortfall == "3 of 4 entries cannot be read")
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

    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let pages: [HTTPResponse]
        let listed: [Int]
        let shortfall: String?

        init(
            _ description: String,
            _ pages: [HTTPResponse],
            listed: some Sequence<Int>,
            _ shortfall: String?
        ) {
            testDescription = description
            self.pages = pages
            self.listed = Array(listed)
            self.shortfall = shortfall
        }
    }

    /// Twelve graphs on pages of seven.
    private static let lies = [
        Lie("the truth", [page(0..<7, total: 12), page(7..<12, total: 12)], listed: 0..<12, nil),
        Lie(
            "a total of zero",
            [page(0..<7, total: 0), page(7..<12, total: 0), page([], total: 0)],
            listed: 0..<12,
            "it states 0 entries and has 12 different ones"
        ),
        Lie(
            "a total below the first page",
            [page(0..<7, total: 5), page(7..<12, total: 5), page([], total: 5)],
            listed: 0..<12,
            "it states 5 entries and has 12 different ones"
        ),
        Lie(
            "a total of the first page",
            [page(0..<7, total: 7), page(7..<12, total: 7)],
            listed: 0..<7,
            nil
        ),
        Lie(
            "a total too high",
            [page(0..<7, total: 13), page(7..<12, total: 13), page([], total: 13)],
            listed: 0..<12,
            "it states 13 entries and has 12 different ones"
        ),
        Lie(
            "a negative total",
            [page(0..<7, total: -1), page(7..<12, total: -1), page([], total: -1)],
            listed: 0..<12,
            "it states -1 entries and has 12 different ones"
        ),
        Lie(
            "a page that repeats the one before",
            [page(0..<7, total: 12), page(0..<7, total: 12)],
            listed: 0..<7,
            "it states 12 entries and has 7 different ones"
        ),
        Lie(
            "a page that repeats a part of the one before",
            [page(0..<7, total: 12), page(5..<10, total: 12)],
            listed: 0..<10,
            "it states 12 entries and has 10 different ones"
        ),
        Lie(
            "a graph twice on one page",
            [page([0, 1, 1], total: 3)],
            listed: 0..<2,
            "it states 3 entries and has 2 different ones"
        ),
        Lie(
            "a total that moves and comes back",
            [page(0..<4, total: 8), page(4..<6, total: 9), page(6..<8, total: 8)],
            listed: 0..<8,
            "its stated total changed from 8 to 9"
        ),
        Lie(
            "no total, and a page that repeats the one before",
            [page(0..<7, total: nil), page(0..<7, total: nil)],
            listed: 0..<7,
            "it repeats entries and states no total"
        ),
        Lie(
            "nothing at all",
            [page([], total: nil)],
            listed: [],
            "it is empty and states no total"
        ),
        Lie("an empty project", [page([], total: 0)], listed: [], nil),
    ]

    @Test("a listing that contradicts itself is not complete, and says why", arguments: lies)
    func contradiction(lie: Lie) async throws {
        let fixture = try ClientFixture(ScriptedCloud(answers: lie.pages))
        let listing = try await fixture.client.listGraphs()
        #expect(listing.graphs.map(\.id) == lie.listed.map { "g\($0)" })
        #expect(listing.shortfall == lie.shortfall)
        #expect(listing.isComplete == (lie.shortfall == nil))
        #expect(fixture.observer.record.unusable == (lie.shortfall == nil ? [] : ["incomplete"]))
    }

    @Test("the graphs of a page are passed on before the next page is requested")
    func pageByPage() async throws {
        let pages = Mutex<[Int]>([])
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            let offset = Int(request.query("offset") ?? "") ?? 0
            #expect(pages.withLock { $0.reduce(0, +) } == offset)
            return Self.page(offset..<min(offset + 100, 250), total: 250)
        }
        let listing = try await ClientFixture(cloud).client.listGraphs { graphs in
            pages.withLock { $0.append(graphs.count) }
        }
        #expect(pages.withLock { $0 } == [100, 100, 50])
        #expect(listing.isComplete)
    }
}

@Suite("The limits of a list as a whole")
struct ListLimitTests {
    /// A service that always has another page of new graphs.
    private static func endless(
        _ clock: ManualClock,
        pageTime: Duration,
        padding: Int = 0
    ) -> ScriptedCloud {
        ScriptedCloud { (request) async throws(HTTPError) in
            clock.advance(by: pageTime)
            let offset = request.query("offset") ?? ""
            let name = String(repeating: "n", count: padding + 1)
            return .json(#"{"graphs":[{"id":"g\#(offset)","name":"\#(name)","status":"200"}]}"#)
        }
    }

    @Test("the deadline holds for all pages together, and shortens the timeout of the last one")
    func deadline() async throws {
        let clock = ManualClock()
        let cloud = Self.endless(clock, pageTime: .seconds(7))
        let fixture = try ClientFixture(cloud, clock: clock)
        let listing = try await fixture.client.listGraphs()
        #expect(listing.shortfall == "its deadline passed after 9 pages")
        #expect(!listing.isComplete)
        #expect(listing.graphs.count == 9)
        #expect(cloud.received.count == 9)
        #expect(cloud.received.map(\.timeout).first == .seconds(10))
        #expect(cloud.received.map(\.timeout).last == .seconds(4))
    }

    @Test("a page that the deadline cuts off leaves the others, the first page an error")
    func cutOff() async throws {
        for (pages, isListed) in [(1, false), (2, true)] {
            let clock = ManualClock()
            let cloud = ScriptedCloud { (request) async throws(HTTPError) in
                let isLast = request.query("offset") == "\(pages - 1)"
                clock.advance(by: isLast ? .seconds(60) : .seconds(1))
                guard isLast else { return Self.page }
                throw HTTPError(.timeout, requestMayHaveBeenSent: true, message: "no answer")
            }
            let listing = try? await ClientFixture(cloud, clock: clock).client.listGraphs()
            #expect(listing?.graphs.count == (isListed ? 1 : nil))
            #expect(listing?.isComplete != true)
        }
    }

    @Test("a page that is too large ends the list, an error of the service loses it")
    func badPages() async throws {
        for (kind, graphs) in [(HTTPError.Kind.responseTooLarge, 1), (.cut, nil)] {
            let cloud = ScriptedCloud { (request) async throws(HTTPError) in
                if request.query("offset") == "0" { return Self.page }
                throw HTTPError(kind, requestMayHaveBeenSent: true, message: "no")
            }
            let listing = try? await ClientFixture(cloud).client.listGraphs()
            #expect(listing?.graphs.count == graphs)
            #expect(listing?.shortfall == graphs.map { _ in "page 2 is too large" })
        }
    }

    private static let page = HTTPResponse.json(
        #"{"graphs":[{"id":"g","name":"n","status":"200"}]}"#
    )

    @Test("the size holds for all pages together")
    func size() async throws {
        let clock = ManualClock()
        let cloud = Self.endless(clock, pageTime: .zero, padding: 4 << 20)
        let fixture = try ClientFixture(cloud, clock: clock)
        let listing = try await fixture.client.listGraphs()
        #expect(listing.shortfall == "its pages are larger than 33554432 bytes")
        #expect(listing.graphs.count == 7)
        #expect(cloud.received.count == 8)
    }

    @Test("the number of pages is bounded, and what was read is not complete")
    func pages() async throws {
        let clock = ManualClock()
        let cloud = Self.endless(clock, pageTime: .zero)
        let listing = try await ClientFixture(cloud, clock: clock).client.listGraphs()
        #expect(cloud.received.count == AnswerLimits.listPages)
        #expect(listing.graphs.count == AnswerLimits.listPages)
        #expect(listing.shortfall == "it has more than 1000 pages")
        #expect(!listing.isComplete)
    }

    @Test("every request states the largest answer that it takes")
    func answerSizes() async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let client = try ClientFixture(cloud).client
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = "192.168.0.4"
        let dataPlane = DataPlaneConfiguration()
        _ = await client.probe(.version, of: graph, dataPlane: dataPlane)
        _ = await client.probe(.summary, of: graph, dataPlane: dataPlane)
        _ = try? await client.runningTasks(of: graph, dataPlane: dataPlane)
        _ = try? await client.realTimeQueries(of: graph, dataPlane: dataPlane)
        _ = try? await client.listGraphs()
        _ = try? await client.graph("g")
        _ = await client.restart("g")
        let kibibytes = cloud.received.map { $0.maximumResponseBytes / 1024 }
        #expect(kibibytes == [16, 64, 512, 512, 8192, 256, 64])
    }
}
