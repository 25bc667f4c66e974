import HTTPClient
import JSON

/// What a response to an order means.
enum OrderReply {
    /// Carried out.
    case done(AgentResponse)
    /// A definite no.
    case refused(String)
    /// The order did not take effect, and may be given again: too many requests.
    case turnedAway(String)
    /// The agent received the order and did not say what became of it.
    case lost(String)
    /// The order was not sent.
    case unreachable(String)
    /// Not from an agent.
    case foreign(String)

    init(_ response: HTTPResponse) {
        let json = try? JSONValue.parse(response.body)
        let body = json ?? .null
        let text = body["error"]?.stringValue ?? response.summary
        switch response.status {
        case 200:
            guard let data = body["data"] else {
                self = .foreign("not a graphwarden response")
                return
            }
            self = .done(
                AgentResponse(data: data, text: String(decoding: response.body, as: UTF8.self))
            )
        case 401:
            self = .refused(
                "the agent requires other credentials; see --user, --password-file, --token-file"
                    + " and --cert-file"
            )
        case 429: self = .turnedAway(text)
        case 500...: self = .lost(text)
        // The listener and proxies answer with plain text, such as that a body is too large.
        case 400..<500 where json == nil: self = .refused(text)
        default:
            guard body["status"] == "error" else {
                self = .foreign("\(response.summary): not a graphwarden response")
                return
            }
            self = .refused(Self.gates(body) ?? text)
        }
    }

    /// The closed gates, one a line, and what passes them; nil if no gate is the cause.
    private static func gates(_ body: JSONValue) -> String? {
        let reasons = body["data"]?["reasons"]?.arrayValue ?? []
        guard !reasons.isEmpty else { return nil }
        var lines = ["held; nothing is restarted:"]
        for reason in reasons {
            let isFirm = reason["override"]?.stringValue == nil
            let note = isFirm ? " (no order passes this)" : ""
            lines.append("  \(reason.text("gate")): \(reason.text("text"))\(note)")
        }
        let overrides = reasons.compactMap { $0["override"]?.stringValue }
        if overrides.count == reasons.count {
            let options = overrides.map {
                $0 == unknownOutcome ? "--force-risk-double-restart" : "--override \($0)"
            }
            lines.append("to pass: \(options.joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }

    private static let unknownOutcome = "unknown_outcome"
}
