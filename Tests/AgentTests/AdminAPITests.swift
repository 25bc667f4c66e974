import API
import Configuration
import Cycle
import JSON
import Remediation
import Testing
import Time
import VirtualTime

@testable import Agent

/// The admin API with the real loop behind it: every status that it can answer with.
@Suite("The admin API")
struct AdminAPITests {
    private static func body(_ members: String, id: String = "i-1") -> String {
        #"{"id":"\#(id)","by":"alice","reason":"on call",\#(members)}"#
    }

    private static let fleetPause = body(#""scope":"fleet","for":"2h""#)

    @Test("answers a pause with its end and what is in flight")
    func paused() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            let (status, answer) = try await fixture.post("pause", Self.fleetPause)
            #expect(status == 200 && answer["status"] == "success")
            #expect(answer["data"]?["id"] == "i-1")
            #expect(answer["data"]?["order"] == "pause")
            #expect(answer["data"]?["outcome"] == "done")
            #expect(answer["data"]?["until"]?.stringValue != nil)
            let flying = answer["data"]?["inFlight"]?[0]
            #expect(flying?["graphId"] == "g")
            #expect(flying?["attempt"] == 1)
            #expect(flying?["phase"]?.stringValue != nil)
            #expect(try await fixture.post("pause", Self.fleetPause).body == answer)
        }
    }

    @Test("answers a held restart with every gate, and what an order may name to pass")
    func held() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let (status, answer) = try await fixture.post("restart", Self.body(#""graph_id":"g""#))
            #expect(status == 409 && answer["errorType"] == "held")
            let reasons = answer["data"]?["reasons"]?.arrayValue ?? []
            #expect(reasons.map { $0["gate"] } == ["diagnosis"])
            #expect(reasons.map { $0["reason"] } == ["healthy"])
            #expect(reasons.map { $0["override"] } == ["diagnosis"])
            #expect(reasons.first?["text"] == answer["error"])
        }
    }

    private static let refusals: [(verb: String, body: String, status: Int, type: String)] = [
        ("resume", body(#""scope":"fleet""#), 409, "refused"),
        ("approve", body(#""graph_id":"g""#), 409, "refused"),
        ("reject", body(#""graph_id":"g""#), 409, "refused"),
        ("acknowledge", body(#""graph_id":"g""#), 409, "refused"),
        ("restart", body(#""graph_id":"g""#), 409, "held"),
        ("restart", body(#""graph_id":"none""#), 404, "not_found"),
        ("approve", body(#""graph_id":"none""#), 404, "not_found"),
        ("pause", body(#""scope":"graph","graph_id":"none","for":"1h""#), 404, "not_found"),
        ("pause", body(#""scope":"entry","entry":"none","for":"1h""#), 404, "not_found"),
        ("pause", body(#""scope":"fleet""#), 400, "bad_data"),
        ("approve", "", 400, "bad_data"),
    ]

    @Test("refuses with a status and a type of its own", arguments: refusals)
    func refused(verb: String, body: String, status: Int, type: String) throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let answer = try await fixture.post(verb, body)
            #expect(answer.status == status)
            #expect(answer.body["status"] == "error")
            #expect(answer.body["errorType"]?.stringValue == type)
            #expect(answer.body["error"]?.stringValue?.isEmpty == false)
            let outcome = type == "bad_data" ? "invalid" : type
            #expect(fixture.metric(MetricCatalog.orders, verb, outcome) == 1)
        }
    }

    @Test(
        "is closed without its flag, and to whoever is not authenticated",
        arguments: [true, false]
    )
    func closed(isEnabled: Bool) throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            for verb in Order.Kind.verbs {
                let answer = try await fixture.post(
                    verb,
                    Self.fleetPause,
                    user: isEnabled ? nil : "ops",
                    isEnabled: isEnabled
                )
                #expect(answer.status == 403)
                #expect(answer.body["errorType"] == "unavailable")
                let text = answer.body["error"]?.stringValue ?? ""
                #expect(text.contains("--web.enable-admin-api") != isEnabled)
            }
            #expect(fixture.board.current.machine.pauses.isEmpty)
        }
    }

    @Test("says that the ledger refuses, and that an answer is late")
    func troubles() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            let early = try await fixture.post("pause", Self.fleetPause)
            #expect(early.status == 503 && early.body["errorType"] == "unavailable")
            try await fixture.begin()
            fixture.ledger.with { $0.refuses = { _ in true } }
            let refused = try await fixture.post("pause", Self.fleetPause)
            #expect(refused.status == 503 && refused.body["errorType"] == "unavailable")
            fixture.ledger.with { $0.refuses = { _ in false } }
            fixture.ledger.with { $0.before = fixture.delay(.seconds(20)) }
            let late = try await fixture.post("pause", Self.fleetPause)
            #expect(late.status == 504 && late.body["errorType"] == "timeout")
            fixture.ledger.with { $0.before = { _ in } }
            #expect(try await fixture.post("pause", Self.fleetPause).status == 200)
        }
    }
}
