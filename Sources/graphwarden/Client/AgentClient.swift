import HTTPClient
import JSON

/// A client of the API of a running agent.
struct AgentClient: Sendable {
    private let url: String

    init(url: String) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// Returns the `data` of a successful response.
    func get(_ path: String) async throws(AgentClientError) -> AgentResponse {
        let response = try await send(HTTPRequest(url: url + path))
        let body: JSONValue
        do {
            body = try JSONValue.parse(response.body)
        } catch {
            throw .unreachable("\(url) did not respond like graphwarden: \(error)")
        }
        guard response.status == 200, let data = body["data"] else {
            let text = body["error"]?.stringValue ?? "status \(response.status)"
            throw response.status == 404 ? .refused(text) : .unreachable("\(url): \(text)")
        }
        return AgentResponse(data: data, text: String(decoding: response.body, as: UTF8.self))
    }

    private func send(_ request: HTTPRequest) async throws(AgentClientError) -> HTTPResponse {
        do {
            let client = try HTTPClient(configuration: HTTPClientConfiguration())
            defer { client.shutdown() }
            return try await client.send(request)
        } catch {
            throw .unreachable(
                "no agent responds at \(url): \(error); is it running, and is --url correct?"
            )
        }
    }
}

struct AgentResponse: Sendable {
    let data: JSONValue
    /// The whole response body.
    let text: String
}

enum AgentClientError: Error, CustomStringConvertible {
    /// The agent knows no such object.
    case refused(String)
    /// The agent could not be asked, or the response was not understood.
    case unreachable(String)

    var description: String {
        switch self {
        case .refused(let text), .unreachable(let text): text
        }
    }

    var exitCode: Int32 {
        switch self {
        case .refused: 1
        case .unreachable: 2
        }
    }
}
