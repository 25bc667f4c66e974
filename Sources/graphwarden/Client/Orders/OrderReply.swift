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
        let body = (try? JSONValue.parse(response.body)) ?? .null
        let text = body["error"]?.stringValue ?? "status \(response.status)"
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
        default:
            guard body["status"] == "error" else {
                self = .foreign("status \(response.status): not a graphwarden response")
                return
            }
            self = .refused(text + Self.remedy(body))
        }
    }

    /// The closed gates, one a line, and what passes those that an order may pass.
    private static func remedy(_ body: JSONValue) -> String {
        let reasons = body["data"]?["reasons"]?.arrayValue ?? []
        var lines = reasons.map { reason in
            "  \(reason["gate"]?.stringValue ?? ""): \(reason["text"]?.stringValue ?? "")"
        }
        guard !lines.isEmpty else { return "" }
        let overrides = reasons.compactMap { $0["override"]?.stringValue }
        if overrides.count == reasons.count {
            lines.append(
                "to pass: "
                    + overrides.map {
                        $0 == unknownOutcome
                            ? "--force-risk-double-restart" : "--override \($0)"
                    }.joined(separator: " ")
            )
        }
        return "\n" + lines.joined(separator: "\n")
    }

    private static let unknownOutcome = "unknown_outcome"
}
