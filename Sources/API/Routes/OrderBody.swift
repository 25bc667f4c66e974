package import JSON
package import Remediation
package import Time

/// The body of an order: one JSON object with the keys that the order knows, and no others. A key
/// that is misspelt must not turn a pause of one graph into one of another.
package struct OrderBody: Sendable {
    private let verb: String
    private let members: [JSONMember]

    /// A form of a few fields.
    static let limits = JSONLimits(maximumBytes: 16 << 10, maximumDepth: 3, maximumValues: 100)
    private static let longestReason = 1_000
    private static let longestName = 200
    private static let longestID = 128

    private static let commonKeys = ["id", "by", "reason"]
    private static let keys = [
        "approve": ["graph_id", "remedy", "asked_at"],
        "reject": ["graph_id", "remedy", "asked_at"],
        "acknowledge": ["graph_id", "clear_attempts"],
        "restart": ["graph_id", "overrides", "force_risk_double_restart", "graph_name"],
        "pause": ["scope", "graph_id", "entry", "for", "until"],
        "resume": ["scope", "graph_id", "entry"],
        "label": ["incident", "label"],
    ]

    /// - Parameters:
    ///   - verb: one of `Order.Kind.verbs`.
    ///   - user: who is authenticated; recorded beside the person whom the body names.
    package static func order(
        _ verb: String,
        _ bytes: [UInt8],
        user: String,
        at now: Timestamp
    ) throws(JSONError) -> Order {
        let value = try JSONValue.parse(bytes, limits: limits)
        guard case .object(let members) = value else {
            throw JSONError(path: "$", message: "expected an object, found \(value.kind)")
        }
        let body = OrderBody(verb: verb, members: members)
        try body.refuseUnknownKeys()
        return Order(
            id: try body.identifier("id"),
            try body.kind(at: now),
            by: try body.person(as: user),
            reason: try body.text("reason", atMost: longestReason)
        )
    }

    /// The person, and the user as whom the request was authenticated if that is another name.
    private func person(as user: String) throws(JSONError) -> String {
        let name = try text("by", atMost: Self.longestName)
        return name == user ? name : "\(name) as \(user)"
    }

    private func refuseUnknownKeys() throws(JSONError) {
        let known = Self.commonKeys + (Self.keys[verb] ?? [])
        for member in members where !known.contains(member.name) {
            throw error(
                nil,
                "unknown key \"\(member.name)\"; an order \(verb) has "
                    + known.joined(separator: ", ")
            )
        }
    }

    private func kind(at now: Timestamp) throws(JSONError) -> Order.Kind {
        switch verb {
        case "approve": .approve(try graphID(), try question())
        case "reject": .reject(try graphID(), try question())
        case "acknowledge":
            .acknowledge(try graphID(), clearsAttempts: try flag("clear_attempts"))
        case "restart": .restart(try graphID(), try terms())
        case "label": try label()
        case "pause": .pause(try scope(), until: try end(after: now))
        default: .resume(try scope())
        }
    }

    // MARK: - What is ordered

    private func graphID() throws(JSONError) -> GraphID {
        GraphID(try text("graph_id", atMost: Self.longestID))
    }

    /// What the person was asked; nil if the body does not tell.
    private func question() throws(JSONError) -> Question? {
        guard has("remedy") || has("asked_at") else { return nil }
        let remedy = try text("remedy", atMost: Self.longestName)
        let time = try text("asked_at", atMost: Self.longestName)
        guard let since = Timestamp(rfc3339: time, maximumFractionDigits: 9) else {
            throw error("asked_at", "expected a time such as 2026-11-23T18:00:00Z")
        }
        return Question(remedy: remedy, since: since)
    }

    private func label() throws(JSONError) -> Order.Kind {
        let incidentID = try text("incident", atMost: Self.longestName)
        let word = try text("label", atMost: Self.longestName)
        guard let isRight = ["right": true, "wrong": false][word] else {
            throw error("label", "expected right or wrong")
        }
        return .label(incidentID: incidentID, isRight: isRight)
    }

    private func scope() throws(JSONError) -> PauseScope {
        let scope = try text("scope", atMost: Self.longestName)
        let needed = ["graph": "graph_id", "entry": "entry"][scope]
        guard needed != nil || scope == "fleet" else {
            throw error("scope", "expected fleet, entry or graph")
        }
        for key in ["graph_id", "entry"] where key != needed && has(key) {
            throw error(key, "does not go with the scope \(scope)")
        }
        switch scope {
        case "graph": return .graph(try graphID())
        case "entry": return .entry(try text("entry", atMost: Self.longestName))
        default: return .fleet
        }
    }

    /// An end is obligatory: a pause that nobody ends turns the agent off unnoticed.
    private func end(after now: Timestamp) throws(JSONError) -> Timestamp {
        guard has("for") != has("until") else {
            throw error(nil, "a pause needs either \"for\" or \"until\"")
        }
        let key = has("for") ? "for" : "until"
        let text = try text(key, atMost: Self.longestName)
        let end: Timestamp?
        if key == "for" {
            end = (try? PrometheusDuration.parse(text)).map { now + $0 }
        } else {
            end = Timestamp(rfc3339: text, maximumFractionDigits: 9)
        }
        guard let end else {
            let example =
                key == "for"
                ? "a duration such as 2h"
                : "a time such as"
                    + " 2026-11-23T18:00:00Z"
            throw error(key, "expected \(example)")
        }
        guard end > now else { throw error(key, "the pause would have ended already") }
        guard end - now <= Pause.longest else { throw error(key, "a pause lasts 14d at most") }
        return end
    }

    private func terms() throws(JSONError) -> RestartTerms {
        var terms = RestartTerms()
        for (index, value) in (try list("overrides")).enumerated() {
            guard let name = value.stringValue, let override = Override(rawValue: name),
                Override.named.contains(override)
            else {
                throw error(
                    "overrides[\(index)]",
                    "expected one of "
                        + Override.named.map(\.rawValue).sorted().joined(separator: ", ")
                )
            }
            guard terms.overrides.insert(override).inserted else {
                throw error("overrides[\(index)]", "named twice")
            }
        }
        let accepts = try flag("force_risk_double_restart")
        guard accepts == has("graph_name") else {
            throw error(
                accepts ? nil : "graph_name",
                "force_risk_double_restart and graph_name go together"
            )
        }
        if accepts { terms.typedName = try text("graph_name", atMost: Self.longestName) }
        return terms
    }

    // MARK: - Fields

    private func value(_ key: String) -> JSONValue? {
        members.first { $0.name == key }?.value
    }

    private func has(_ key: String) -> Bool { value(key) != nil }

    private func flag(_ key: String) throws(JSONError) -> Bool {
        guard let value = value(key) else { return false }
        guard let flag = value.boolValue else {
            throw error(key, "expected true or false, found \(value.kind)")
        }
        return flag
    }

    private func list(_ key: String) throws(JSONError) -> [JSONValue] {
        guard let value = value(key) else { return [] }
        guard let list = value.arrayValue else {
            throw error(key, "expected an array, found \(value.kind)")
        }
        return list
    }

    /// One line that is not blank. It stands in the audit trail and in logs.
    private func text(_ key: String, atMost limit: Int) throws(JSONError) -> String {
        guard let value = value(key) else { throw error(nil, "\"\(key)\" is missing") }
        guard let text = value.stringValue else {
            throw error(key, "expected a string, found \(value.kind)")
        }
        guard !text.allSatisfy(\.isWhitespace) else { throw error(key, "must not be blank") }
        guard text.utf8.count <= limit else { throw error(key, "longer than \(limit) bytes") }
        let isOneLine = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        guard isOneLine else { throw error(key, "must be one line without control characters") }
        return text
    }

    private func identifier(_ key: String) throws(JSONError) -> String {
        let text = try text(key, atMost: Self.longestID)
        guard text.utf8.allSatisfy(Self.isIdentifier) else {
            throw error(key, "expected letters, digits and -._: only, such as a UUID")
        }
        return text
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "-._:".utf8.contains(byte)
        }
    }

    private func error(_ key: String?, _ message: String) -> JSONError {
        JSONError(path: key.map { "$.\($0)" } ?? "$", message: message)
    }
}
