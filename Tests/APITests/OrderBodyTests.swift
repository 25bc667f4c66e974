import JSON
import Remediation
import Testing
import Time

@testable import API

/// The body of an order: what it may say, and the mistakes that are refused.
@Suite struct OrderBodyTests {
    private static let now = Timestamp(milliseconds: 1_795_428_000_000)  // 2026-11-23T10:00:00Z

    private func order(_ verb: String, _ body: String) throws(JSONError) -> Order {
        try OrderBody.order(verb, Array(body.utf8), user: "ops", at: Self.now)
    }

    /// The body of an order with these further members.
    private static func body(_ members: String) -> String {
        #"{"id":"i-1","by":"alice","reason":"upgrade"\#(members.isEmpty ? "" : ",")\#(members)}"#
    }

    private static let orders: [(verb: String, members: String, kind: Order.Kind)] = [
        ("approve", #""graph_id":"g""#, .approve(GraphID("g"))),
        ("reject", #""graph_id":"g""#, .reject(GraphID("g"))),
        (
            "approve", #""graph_id":"g","remedy":"restart","asked_at":"2026-11-23T10:00:00Z""#,
            .approve(GraphID("g"), Question(remedy: "restart", since: now))
        ),
        (
            "reject", #""graph_id":"g","remedy":"cancel/7","asked_at":"2026-11-23T10:00:00.5Z""#,
            .reject(
                GraphID("g"),
                Question(remedy: "cancel/7", since: now + .milliseconds(500))
            )
        ),
        ("acknowledge", #""graph_id":"g""#, .acknowledge(GraphID("g"))),
        (
            "acknowledge", #""graph_id":"g","clear_attempts":false"#, .acknowledge(GraphID("g"))
        ),
        (
            "acknowledge", #""graph_id":"g","clear_attempts":true"#,
            .acknowledge(GraphID("g"), clearsAttempts: true)
        ),
        ("restart", #""graph_id":"g""#, .restart(GraphID("g"))),
        (
            "restart", #""graph_id":"g","overrides":["cooldown","startup_grace"]"#,
            .restart(GraphID("g"), RestartTerms(overrides: [.cooldown, .startupGrace]))
        ),
        (
            "restart",
            #""graph_id":"g","force_risk_double_restart":true,"graph_name":"orders""#,
            .restart(GraphID("g"), RestartTerms(typedName: "orders"))
        ),
        ("pause", #""scope":"fleet","for":"2h""#, .pause(.fleet, until: now + .seconds(7200))),
        ("pause", #""scope":"fleet","for":"14d""#, .pause(.fleet, until: now + Pause.longest)),
        (
            "pause", ##""scope":"entry","entry":"#2","until":"2026-11-23T12:00:00+01:00""##,
            .pause(.entry("#2"), until: now + .seconds(3600))
        ),
        (
            "pause", #""scope":"graph","graph_id":"g","for":"90s""#,
            .pause(.graph(GraphID("g")), until: now + .seconds(90))
        ),
        (
            "label", #""incident":"g-1","label":"right""#,
            .label(incidentID: "g-1", isRight: true)
        ),
        (
            "label", #""incident":"g-1","label":"wrong""#,
            .label(incidentID: "g-1", isRight: false)
        ),
        ("resume", #""scope":"fleet""#, .resume(.fleet)),
        ("resume", #""scope":"entry","entry":"prod""#, .resume(.entry("prod"))),
        ("resume", #""scope":"graph","graph_id":"g""#, .resume(.graph(GraphID("g")))),
    ]

    @Test("every order can be written", arguments: orders)
    func kinds(verb: String, members: String, kind: Order.Kind) throws {
        let order = try order(verb, Self.body(members))
        #expect(order == Order(id: "i-1", kind, by: "alice as ops", reason: "upgrade"))
    }

    @Test("every order has a row above")
    func coverage() {
        #expect(Set(Self.orders.map(\.verb)) == Set(Order.Kind.verbs))
    }

    private static let refusals: [(verb: String, body: String, error: String)] = [
        ("approve", "", "the document is empty"),
        ("approve", "[]", "expected an object, found an array"),
        ("approve", #"{"id":"a","id":"b"}"#, "duplicate"),
        ("approve", #"{"by":"a","reason":"r","graph_id":"g"}"#, #""id" is missing"#),
        ("approve", #"{"id":"a","reason":"r","graph_id":"g"}"#, #""by" is missing"#),
        ("approve", #"{"id":"a","by":"a","graph_id":"g"}"#, #""reason" is missing"#),
        ("approve", body(""), #""graph_id" is missing"#),
        ("approve", body(#""graph_id":7"#), "$.graph_id: expected a string, found a number"),
        ("approve", body(#""graph_id":" ""#), "$.graph_id: must not be blank"),
        ("approve", body(#""graph":"g""#), #"unknown key "graph"; an order approve has id, by"#),
        ("approve", body(#""graph_id":"g","scope":"fleet""#), #"unknown key "scope""#),
        ("label", body(#""incident":"g-1","label":"good""#), "$.label: expected right or wrong"),
        ("label", body(#""incident":"g-1""#), #""label" is missing"#),
        ("label", body(#""label":"right""#), #""incident" is missing"#),
        ("label", body(#""graph_id":"g","label":"right""#), #"unknown key "graph_id""#),
        (
            "approve", body(#""graph_id":"g","remedy":"restart""#), #""asked_at" is missing"#
        ),
        (
            "approve", body(#""graph_id":"g","asked_at":"2026-11-23T10:00:00Z""#),
            #""remedy" is missing"#
        ),
        (
            "reject", body(#""graph_id":"g","remedy":"restart","asked_at":"now""#),
            "$.asked_at: expected a time"
        ),
        (
            "approve", #"{"id":"a","by":" ","reason":"r","graph_id":"g"}"#,
            "$.by: must not be blank"
        ),
        (
            "approve", #"{"id":"a","by":"b","reason":"\t \n","graph_id":"g"}"#,
            "$.reason: must not be blank"
        ),
        (
            "approve", #"{"id":"a","by":"b","reason":"a\nb","graph_id":"g"}"#,
            "$.reason: must be one line without control characters"
        ),
        (
            "approve", #"{"id":"a","by":"b","reason":"\#(long(1_001))","graph_id":"g"}"#,
            "$.reason: longer than 1000 bytes"
        ),
        (
            "approve", #"{"id":"a b","by":"b","reason":"r","graph_id":"g"}"#,
            "$.id: expected letters, digits and -._: only, such as a UUID"
        ),
        (
            "approve", #"{"id":"\#(long(129))","by":"b","reason":"r","graph_id":"g"}"#,
            "$.id: longer than 128 bytes"
        ),
        (
            "acknowledge", body(#""graph_id":"g","clear_attempts":"yes""#),
            "$.clear_attempts: expected true or false, found a string"
        ),
        (
            "restart", body(#""graph_id":"g","overrides":"all""#),
            "$.overrides: expected an array, found a string"
        ),
        (
            "restart", body(#""graph_id":"g","overrides":["cooldown","budget"]"#),
            "$.overrides[1]: expected one of attempts, blocking_alert"
        ),
        (
            "restart", body(#""graph_id":"g","overrides":["unknown_outcome"]"#),
            "$.overrides[0]: expected one of"
        ),
        (
            "restart", body(#""graph_id":"g","overrides":["cooldown","cooldown"]"#),
            "$.overrides[1]: named twice"
        ),
        (
            "restart", body(#""graph_id":"g","force_risk_double_restart":true"#),
            "force_risk_double_restart and graph_name go together"
        ),
        (
            "restart", body(#""graph_id":"g","graph_name":"orders""#),
            "$.graph_name: force_risk_double_restart and graph_name go together"
        ),
        ("pause", body(#""for":"2h""#), #""scope" is missing"#),
        (
            "pause", body(#""scope":"all","for":"2h""#), "$.scope: expected fleet, entry or graph"
        ),
        ("pause", body(#""scope":"graph","for":"2h""#), #""graph_id" is missing"#),
        ("pause", body(#""scope":"entry","for":"2h""#), #""entry" is missing"#),
        (
            "pause", body(#""scope":"fleet","graph_id":"g","for":"2h""#),
            "$.graph_id: does not go with the scope fleet"
        ),
        (
            "pause", body(#""scope":"graph","graph_id":"g","entry":"a","for":"2h""#),
            "$.entry: does not go with the scope graph"
        ),
        ("pause", body(#""scope":"fleet""#), #"a pause needs either "for" or "until""#),
        (
            "pause", body(#""scope":"fleet","for":"2h","until":"2026-11-23T12:00:00Z""#),
            #"a pause needs either "for" or "until""#
        ),
        (
            "pause", body(#""scope":"fleet","for":"2 hours""#),
            "$.for: expected a duration such as 2h"
        ),
        ("pause", body(#""scope":"fleet","for":"0s""#), "$.for: the pause would have ended"),
        ("pause", body(#""scope":"fleet","for":"15d""#), "$.for: a pause lasts 14d at most"),
        (
            "pause", body(#""scope":"fleet","until":"tomorrow""#),
            "$.until: expected a time such as 2026-11-23T18:00:00Z"
        ),
        (
            "pause", body(#""scope":"fleet","until":"2026-11-23T10:00:00Z""#),
            "$.until: the pause would have ended"
        ),
        (
            "pause", body(#""scope":"fleet","until":"2026-12-07T10:00:01Z""#),
            "$.until: a pause lasts 14d at most"
        ),
        ("resume", body(#""scope":"fleet","for":"2h""#), #"unknown key "for""#),
    ]

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test("mistakes are refused with their place", arguments: refusals)
    func mistakes(verb: String, body: String, error: String) {
        #expect {
            _ = try order(verb, body)
        } throws: { thrown in
            "\(thrown)".contains(error)
        }
    }

    @Test("every member of every order is refused with another type")
    func types() throws {
        for (verb, members, _) in Self.orders {
            let value = try JSONValue.parse(Array(Self.body(members).utf8))
            for (index, member) in (value.objectValue ?? []).enumerated() {
                var changed = value.objectValue ?? []
                changed[index] = JSONMember(member.name, ["x": 1])
                let bytes = try JSONValue.object(changed).serialized()
                #expect(throws: JSONError.self, "\(verb) \(member.name)") {
                    try OrderBody.order(verb, bytes, user: "ops", at: Self.now)
                }
            }
        }
    }
}
