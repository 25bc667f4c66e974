import HTTPClient
import JSON

/// Asks a running agent over its API; what the operating commands are made of.
struct AgentClient: Sendable {
    private let url: String

    init(url: String) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// The `data` of a successful answer.
    func get(_ path: String) async throws(AgentClientError) -> AgentAnswer {
        let response = try await send(HTTPRequest(url: url + path))
        let body: JSONValue
        do {
            body = try JSONValue.parse(response.body)
        } catch {
            throw .unreachable("\(url) did not answer as graphwarden does: \(error)")
        }
        guard response.status == 200, let data = body["data"] else {
            let text = body["error"]?.stringValue ?? "status \(response.status)"
            throw response.status == 404 ? .refused(text) : .unreachable("\(url): \(text)")
        }
        return AgentAnswer(data: data, text: String(decoding: response.body, as: UTF8.self))
    }

    private func send(_ request: HTTPRequest) async throws(AgentClientError) -> HTTPResponse {
        do {
            let client = try HTTPClient(configuration: HTTPClientConfiguration())
            defer { client.shutdown() }
            return try await client.send(request)
        } catch {
            throw .unreachable(
                "no agent answers at \(url): \(error); is it running, and is --url right?"
            )
        }
    }
}

struct AgentAnswer: Sendable {
    let data: JSONValue
    /// The whole answer as it came.
    let text: String
}

enum AgentClientError: Error, CustomStringConvertible {
    /// The agent answered no.
    case refused(String)
    /// Nobody could tell.
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
