import JSON
import Testing

@testable import GESSimulator
import Time

@Suite("A fault")
struct FaultTests {
    private static let list = "/v2/PID/graphs"
    private static let restart = "/v2/PID/graphs/GID/restart"
    private static let internalError = ServiceError(
        status: 500,
        code: "GES.7006",
        message: "internal"
    )

    private func fixture(_ faults: ScheduledFault...) -> CloudFixture {
        var fixture = CloudFixture()
        for fault in faults { fixture.cloud.faults.schedule(fault) }
        return fixture
    }

    @Test("applies only to matching requests")
    func matching() {
        var fixture = CloudFixture()
        let ids = fixture.cloud.graphIDs
        let match = FaultMatch(service: .ges, operation: .showGraph, graphID: ids[1])
        fixture.cloud.faults.schedule(ScheduledFault(.error(Self.internalError), on: match))
        #expect(fixture.ask("GET", Self.list).status == 200)
        #expect(fixture.ask("GET", "/v2/PID/graphs/\(ids[0])").status == 200)
        #expect(fixture.ask("GET", "/v2/PID/graphs/\(ids[1])").status == 500)
        #expect(fixture.cloud.log.records.map(\.faults) == [[], [], ["error"]])
    }

    @Test("applies to a graph's data plane by the graph's id")
    func matchingDataPlane() {
        var fixture = CloudFixture()
        let match = FaultMatch(service: .dataPlane, graphID: fixture.graphID)
        fixture.cloud.faults.schedule(ScheduledFault(.drop, on: match))
        #expect(fixture.send("GET", "/ges/v1.0/PID/graphs/NAME/version").isClose)
        #expect(fixture.ask("GET", "/v2/PID/graphs/GID").status == 200)
    }

    @Test("skips, counts and ends")
    func bounds() {
        var fixture = fixture(ScheduledFault(.error(Self.internalError), skip: 1, count: 2))
        let statuses = (0..<5).map { _ in fixture.ask("GET", Self.list).status }
        #expect(statuses == [200, 500, 500, 200, 200])
        #expect(fixture.cloud.faults.scheduled.isEmpty)
    }

    @Test("ends at its time")
    func until() {
        let end = CloudFixture.start + .seconds(10)
        var fixture = fixture(ScheduledFault(.drop, until: end))
        #expect(fixture.send("GET", Self.list, at: .seconds(9)).isClose)
        #expect(fixture.ask("GET", Self.list, at: .seconds(10)).status == 200)
    }

    @Test("with a probability is drawn from the seed")
    func probability() {
        func outcomes(seed: UInt64) -> [Bool] {
            var fixture = CloudFixture { $0.seed = seed }
            fixture.cloud.faults.schedule(ScheduledFault(.drop, probability: 0.3))
            return (0..<200).map { _ in fixture.send("GET", Self.list).isClose }
        }
        let first = outcomes(seed: 1)
        #expect(first == outcomes(seed: 1))
        #expect(first != outcomes(seed: 2))
        #expect((30...90).contains(first.count { $0 }))
    }

    @Test(
        "prevents a restart, or hides that it was carried out",
        arguments: [
            Fault.drop, .hang, .error(internalError), .html(status: 504), .emptyBody(status: 502),
            .garbage(status: 200), .errorInSuccess(internalError), .throttled(nil),
        ],
        [false, true]
    )
    func carriedOut(fault: Fault, carriedOut: Bool) {
        let match = FaultMatch(operation: .restartGraph)
        var fixture = fixture(ScheduledFault(fault, on: match, carriedOut: carriedOut))
        let reply = fixture.send("POST", Self.restart)
        #expect(reply.answer?.document?["job_id"] == nil)
        #expect(fixture.status(at: .seconds(1)) == (carriedOut ? "901" : "200"))
        let tally = fixture.cloud.log.restarts[fixture.graphID]
        #expect(
            tally
                == RestartTally(
                    received: 1,
                    accepted: carriedOut ? 1 : 0,
                    ofWorkingGraph: carriedOut ? 1 : 0
                )
        )
    }

    @Test("loses the job id of a restart that is carried out")
    func emptyObject() {
        var fixture = fixture(ScheduledFault(.emptyObject, count: 1))
        let answer = fixture.ask("POST", Self.restart)
        #expect(answer.status == 200)
        #expect(answer.document == [:])
        #expect(fixture.status(at: .seconds(1)) == "901")
    }

    @Test("hides an error in a success")
    func errorInSuccess() {
        var fixture = fixture(ScheduledFault(.errorInSuccess(Self.internalError)))
        let answer = fixture.ask("GET", "/v1.0/PID/graphs")
        #expect(answer.status == 200)
        #expect(answer.document["errorCode"] == "GES.7006")
    }

    @Test("throttles, with the time to wait as seconds or as a date")
    func throttled() {
        var fixture = fixture(
            ScheduledFault(.throttled(.seconds(7)), count: 1),
            ScheduledFault(.throttled(.date(after: .seconds(60))), count: 1),
            ScheduledFault(.throttled(nil), count: 1)
        )
        let replies = (0..<3).map { _ in fixture.send("GET", Self.list) }
        #expect(replies.map { $0.answer?.status } == [429, 429, 429])
        #expect(
            replies.map { $0.header("Retry-After") } == ["7", "Thu, 02 Jan 2025 03:05:05 GMT", nil]
        )
        #expect(replies[0].answer?.document?["error_code"] == "APIGW.0308")
    }

    @Test("alters a correct response")
    func alterations() throws {
        func answer(_ fault: Fault) -> CloudAnswer? {
            var fixture = fixture(ScheduledFault(fault))
            return fixture.send("GET", Self.list).answer
        }
        let right = try #require(CloudFixture.list)
        guard case .bytes(let half, _) = answer(.truncated)?.body else {
            Issue.record("not truncated")
            return
        }
        #expect(throws: JSONError.self) { try JSONValue.parse(half) }
        let loose = answer(.looseTypes)?.document
        #expect(loose?["graph_count"] == "5")
        #expect(loose?["graphs"]?[0]?["status"] == 200)
        #expect(answer(.wrongTypes)?.document?["graphs"]?.arrayValue == nil)
        let nulls = answer(.nulls)?.document
        #expect(nulls?["graph_count"] == .null)
        #expect(nulls?["graphs"]?.arrayValue?.count == 5)
        #expect(nulls?["graphs"]?[0]?["status"] == .null)
        guard case .bytes(let padded, _) = answer(.padded(bytes: 100_000))?.body else {
            Issue.record("not padded")
            return
        }
        let document = try JSONValue.parse(padded)
        #expect(document["padding"]?.stringValue?.utf8.count == 100_000)
        #expect(document["graphs"] == right["graphs"])
    }

    @Test("revokes every token before its request, and no later token")
    func tokensRevoked() {
        var fixture = fixture(
            ScheduledFault(.tokensRevoked, on: FaultMatch(operation: .showGraph), count: 1)
        )
        #expect(fixture.ask("GET", Self.list).status == 200)
        let refused = fixture.ask("GET", "/v2/PID/graphs/GID")
        #expect(refused.status == 401)
        #expect(refused.document["error_code"] == "APIGW.0301")
        let token = fixture.cloud.issueToken(at: CloudFixture.start)
        let headers = [(name: "X-Auth-Token", value: token)]
        let answer = fixture.send("GET", "/v2/PID/graphs/GID", headers: headers).answer
        #expect(answer?.status == 200)
    }

    @Test("shifts a page and reports a wrong total")
    func lists() {
        let match = FaultMatch(operation: .listGraphs)
        var fixture = fixture(
            ScheduledFault(.shiftedPage(by: 1), on: match, skip: 1),
            ScheduledFault(.wrongTotal(99), on: match, skip: 1)
        )
        let first = fixture.ask("GET", Self.list + "?limit=2").document
        let second = fixture.ask("GET", Self.list + "?offset=2&limit=2").document
        let ids = fixture.cloud.graphIDs
        #expect(first["graphs"]?[1]?["id"]?.stringValue == ids[1])
        #expect(second["graphs"]?[0]?["id"]?.stringValue == ids[1])
        #expect(first["graph_count"] == 5)
        #expect(second["graph_count"] == 99)
    }

    @Test("delays, cuts, drips or redirects a response")
    func delivery() {
        var fixture = fixture(
            ScheduledFault(.late(.seconds(3)), count: 1),
            ScheduledFault(.cut(afterBytes: 5), count: 1),
            ScheduledFault(.drip(bytesPerSecond: 9), count: 1),
            ScheduledFault(.redirect(to: "http://192.0.2.1/"), skip: 3, count: 1)
        )
        let replies = (0..<4).map { _ in fixture.send("GET", Self.list) }
        guard case .late(_, .seconds(3)) = replies[0], case .cut(_, 5) = replies[1],
            case .drip(_, 9) = replies[2]
        else {
            Issue.record("\(replies)")
            return
        }
        #expect(replies[3].answer?.status == 302)
        #expect(replies[3].header("Location") == "http://192.0.2.1/")
    }

    @Test(
        "of the whole cloud is an outage",
        arguments: Outage.Manner.allCases
    )
    func outage(manner: Outage.Manner) {
        var fixture = CloudFixture()
        fixture.cloud.outage = Outage(manner, services: [.ges], until: fixture.instant(.seconds(5)))
        let reply = fixture.send("GET", Self.list)
        switch manner {
        case .hang: #expect(reply.isNever)
        case .drop, .refuse: #expect(reply.isClose)
        case .unavailable: #expect(reply.answer?.status == 503)
        }
        #expect(fixture.ask("GET", "/ges/v1.0/PID/graphs/NAME/version").status == 200)
        #expect(fixture.ask("GET", Self.list, at: .seconds(5)).status == 200)
    }
}

extension CloudFixture {
    /// The list without faults.
    fileprivate static var list: JSONValue? {
        var fixture = CloudFixture()
        return fixture.send("GET", "/v2/PID/graphs").answer?.document
    }
}
