import Foundation
import JSON
import Testing

@testable import GESSimulator

@Suite("The control interface")
struct ControlTests {
    private func perform(
        _ fixture: inout CloudFixture,
        _ method: String,
        _ pattern: String,
        _ body: String = "",
        parameters: [String: String] = [:],
        at offset: Duration = .zero
    ) throws -> JSONValue {
        let action = try #require(
            ControlAction.all.first { $0.method == method && $0.pattern == pattern }
        )
        let call = ControlCall(
            parameters: parameters,
            query: [],
            body: try ControlBody(Array(body.utf8)),
            now: fixture.instant(offset)
        )
        return try action(&fixture.cloud, call)
    }

    private func change(_ fixture: inout CloudFixture, _ verb: String, _ body: String) throws
        -> JSONValue
    {
        try perform(
            &fixture,
            "POST",
            "/control/graphs/{id}/\(verb)",
            body,
            parameters: ["id": fixture.graph.name]
        )
    }

    @Test(
        "changes graphs",
        arguments: [
            ("hang", "{}", "200", "silent"),
            ("hang", #"{"class":"export","restarts_to_heal":0}"#, "204", "answering"),
            ("slow", #"{"milliseconds":5}"#, "200", "slow"),
            ("manner", #"{"manner":"failing","status":503}"#, "200", "failing"),
            ("manner", #"{"manner":"dropping"}"#, "200", "dropping"),
            ("status", #"{"status":"303"}"#, "303", "dropping"),
            ("work", #"{"kind":"clear","seconds":5}"#, "205", "answering"),
            ("task", #"{"type":"Algorithm"}"#, "200", "answering"),
            ("lag", #"{"seconds":5}"#, "200", "answering"),
        ]
    )
    func changes(verb: String, body: String, status: String, manner: String) throws {
        var fixture = CloudFixture()
        let answer = try change(&fixture, verb, body)
        #expect(answer["status"]?.stringValue == status)
        #expect(answer["manner"]?.stringValue == manner)
        let healed = try change(&fixture, "heal", "{}")
        #expect(healed["status"] == "200")
        #expect(healed["manner"] == "answering")
    }

    @Test(
        "refuses an invalid request, and changes nothing",
        arguments: [
            ("hang", #"{"class":"sleep"}"#), ("hang", #"{"clas":"import"}"#), ("status", "{}"),
            ("status", #"{"status":303}"#), ("slow", #"{"milliseconds":-1}"#), ("hang", "[]"),
            ("work", #"{"seconds":"5"}"#), ("manner", #"{"manner":"odd"}"#), ("hang", "{"),
        ]
    )
    func refusals(verb: String, body: String) {
        var fixture = CloudFixture()
        #expect(throws: ControlError.self) { try change(&fixture, verb, body) }
        #expect(fixture.graph.hang == nil)
        #expect(fixture.graph.status(at: CloudFixture.start) == .running)
    }

    @Test("reports a missing graph")
    func unknownGraph() {
        var fixture = CloudFixture()
        #expect(throws: ControlError("there is no graph \"x\"", status: 404)) {
            try perform(
                &fixture,
                "POST",
                "/control/graphs/{id}/hang",
                parameters: ["id": "x"]
            )
        }
    }

    private static let faults: [(body: String, fault: Fault)] = [
        (#"{"kind":"late","milliseconds":500}"#, .late(.milliseconds(500))),
        (#"{"kind":"hang"}"#, .hang), (#"{"kind":"drop"}"#, .drop),
        (#"{"kind":"cut","bytes":3}"#, .cut(afterBytes: 3)),
        (#"{"kind":"drip","bytes_per_second":3}"#, .drip(bytesPerSecond: 3)),
        (
            #"{"kind":"error","status":403,"code":"GES.7041","message":"m"}"#,
            .error(ServiceError(status: 403, code: "GES.7041", message: "m"))
        ),
        (#"{"kind":"throttled","retry_after_seconds":3}"#, .throttled(.seconds(3))),
        (#"{"kind":"throttled","retry_after_date":3}"#, .throttled(.date(after: .seconds(3)))),
        (#"{"kind":"throttled"}"#, .throttled(nil)),
        (#"{"kind":"html","status":503}"#, .html(status: 503)),
        (#"{"kind":"empty_body"}"#, .emptyBody(status: 503)),
        (#"{"kind":"garbage"}"#, .garbage(status: 200)),
        (#"{"kind":"redirect","location":"http://x/"}"#, .redirect(to: "http://x/")),
        (#"{"kind":"quoting"}"#, .quoting(status: 401)),
        (#"{"kind":"empty_object"}"#, .emptyObject), (#"{"kind":"truncated"}"#, .truncated),
        (#"{"kind":"loose_types"}"#, .looseTypes), (#"{"kind":"wrong_types"}"#, .wrongTypes),
        (#"{"kind":"nulls"}"#, .nulls), (#"{"kind":"tokens_revoked"}"#, .tokensRevoked),
        (
            #"{"kind":"error_in_success","code":"GES.7006","message":"m"}"#,
            .errorInSuccess(ServiceError(status: 200, code: "GES.7006", message: "m"))
        ),
        (#"{"kind":"padded","bytes":9}"#, .padded(bytes: 9)),
        (#"{"kind":"gzip_bomb","bytes":9}"#, .gzipBomb(bytes: 9)),
        (#"{"kind":"wrong_clock","error_seconds":-60}"#, .wrongClock(by: .seconds(-60))),
        (#"{"kind":"shifted_page","items":-2}"#, .shiftedPage(by: -2)),
        (#"{"kind":"wrong_total","total":7}"#, .wrongTotal(7)),
        (#"{"kind":"token_dies_after","life_seconds":7}"#, .tokenDiesAfter(.seconds(7))),
        (#"{"kind":"empty_list"}"#, .list(.empty)),
        (#"{"kind":"partial_list","items":2}"#, .list(.partial(items: 2))),
        (#"{"kind":"stale_list","age_seconds":60}"#, .list(.stale(age: .seconds(60)))),
        (#"{"kind":"unfiltered"}"#, .list(.unfiltered)),
        (#"{"kind":"lacking"}"#, .list(.lacking([]))),
        (#"{"kind":"late_metrics"}"#, .metrics(.late(by: .seconds(900)))),
        (#"{"kind":"lacking_metrics","metrics":["m"]}"#, .metrics(.lacking(["m"]))),
        (#"{"kind":"partial_metrics","entries":3}"#, .metrics(.partial(entries: 3))),
        (#"{"kind":"metric_unit","unit":"MB"}"#, .metrics(.unit("MB"))),
        (#"{"kind":"metric_value","value":"NaN"}"#, .metrics(.value("NaN"))),
        (#"{"kind":"metric_graph","graph_id":"x"}"#, .metrics(.graph("x"))),
        (#"{"kind":"metric_times","error_seconds":-60}"#, .metrics(.times(off: .seconds(-60)))),
        (#"{"kind":"refused_metric","metric":"m"}"#, .metrics(.refusing("m"))),
        (#"{"kind":"endless_metrics"}"#, .metrics(.endless)),
        (#"{"kind":"repeated_metrics"}"#, .metrics(.repeated)),
        (#"{"kind":"restart","course":"job_runs_on"}"#, .restart(.jobRunsOn)),
        (#"{"kind":"restart","course":"job_lost"}"#, .restart(.jobLost)),
        (#"{"kind":"restart","course":"stays_in"}"#, .restart(.staysIn(.stopping))),
        (
            #"{"kind":"restart","course":"ends_in","status":"900","reason":"r"}"#,
            .restart(.endsIn(.stopped, reason: "r"))
        ),
    ]

    @Test("schedules every fault", arguments: faults)
    func schedules(body: String, fault: Fault) throws {
        var fixture = CloudFixture()
        let answer = try perform(&fixture, "POST", "/control/faults", body)
        #expect(answer["number"] == 1)
        #expect(fixture.cloud.faults.scheduled.first?.fault == ScheduledFault(fault))
        #expect(body.contains("\"kind\":\"\(fault.name)\""))
        let numbered = "/control/faults/{number}"
        _ = try perform(&fixture, "DELETE", numbered, parameters: ["number": "1"])
        #expect(fixture.cloud.faults.scheduled.isEmpty)
        #expect(throws: ControlError.self) {
            try perform(&fixture, "DELETE", numbered, parameters: ["number": "1"])
        }
    }

    @Test("is documented with every kind of fault and every path")
    func description() throws {
        let article = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/graphwarden/Documentation.docc/SimulatedCloud.md")
        let text = try String(contentsOf: article, encoding: .utf8)
        for (_, fault) in Self.faults { #expect(text.contains("`\(fault.name)`")) }
        for action in ControlAction.all {
            let path = action.pattern.replacing("{id}", with: "ID").replacing(
                "{number}",
                with: "NUMBER"
            )
            #expect(text.contains(path), "\(action.method) \(path)")
        }
    }

    @Test("schedules a fault with its conditions")
    func reach() throws {
        var fixture = CloudFixture()
        let body = """
            {"kind":"drop","carried_out":true,"skip":1,"count":2,"seconds":3,"probability":0.5,
            "match":{"service":"ges","operation":"restart_graph","graph":"\(fixture.graph.name)"}}
            """
        _ = try perform(&fixture, "POST", "/control/faults", body)
        let expected = ScheduledFault(
            .drop,
            on: FaultMatch(
                service: .ges,
                operation: .restartGraph,
                graphID: fixture.graphID
            ),
            carriedOut: true,
            skip: 1,
            count: 2,
            until: fixture.instant(.seconds(3)),
            probability: 0.5
        )
        #expect(fixture.cloud.faults.scheduled.first?.fault == expected)
        for wrong in [
            #"{"kind":"drop","match":{"operation":"restart"}}"#,
            #"{"kind":"drop","match":{"graph":"absent"}}"#, #"{"kind":"drop","counts":2}"#,
            #"{"kind":"drop","match":{"grph":"x"}}"#, #"{"kind":"odd"}"#, "{}",
        ] {
            #expect(throws: ControlError.self) {
                try perform(&fixture, "POST", "/control/faults", wrong)
            }
        }
    }

    @Test("lists the requests and counts the restarts")
    func records() throws {
        var fixture = CloudFixture()
        let id = fixture.graphID
        _ = fixture.send("POST", "/v2/PID/graphs/GID/restart")
        _ = fixture.send("POST", "/v2/PID/graphs/GID/restart", at: .seconds(1))
        let summary = try perform(&fixture, "GET", "/control/summary")
        #expect(summary["restarts"]?[id]?["received"] == 2)
        #expect(summary["restarts"]?[id]?["accepted"] == 1)
        let records = try perform(&fixture, "GET", "/control/requests")["requests"]
        #expect(records?.arrayValue?.count == 2)
        #expect(records?[1]?["operation"] == "restart_graph")
        #expect(records?[1]?["authentication"] == "token")
        #expect(records?[1]?["code"] == "GES.7003")
        #expect(records?[1]?["graph"]?.stringValue == id)
    }

    @Test("starts and ends an outage")
    func outage() throws {
        var fixture = CloudFixture()
        let body = #"{"manner":"drop","services":["iam"],"seconds":2}"#
        _ = try perform(&fixture, "POST", "/control/outage", body)
        let expected = Outage(.drop, services: [.iam], until: fixture.instant(.seconds(2)))
        #expect(fixture.cloud.outage == expected)
        _ = try perform(&fixture, "DELETE", "/control/outage")
        #expect(fixture.cloud.outage == nil)
        #expect(throws: ControlError.self) {
            try perform(
                &fixture,
                "POST",
                "/control/outage",
                #"{"manner":"refuse","services":["ges"]}"#
            )
        }
    }
}
