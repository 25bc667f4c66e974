import Files
import HTTPClient
import JSON
import Synchronization

/// A client of a running agent's HTTP API. Responses have Prometheus' envelope: `data` on success,
/// `error` on failure.
struct AgentClient: Sendable {
    let address: AgentAddress
    private let credentials: AgentCredentials
    private let configuration: HTTPClientConfiguration
    /// Keeps the connection for the next request.
    private let transport = Transport()

    init(
        address: AgentAddress,
        credentials: AgentCredentials = .none,
        configuration: HTTPClientConfiguration = HTTPClientConfiguration()
    ) {
        self.address = address
        self.credentials = credentials
        self.configuration = configuration
    }

    /// Returns the `data` of a successful response.
    func get(_ path: String) async throws(AgentClientError) -> AgentResponse {
        let response: HTTPResponse
        do throws(SendError) {
            response = try await send(path)
        } catch {
            switch error {
            case .request(let cause): throw unreachable(cause)
            case .credentials(let cause): throw .unreachable("\(cause)")
            }
        }
        guard response.status != 401, response.status != 403 else {
            throw .unreachable(
                "\(address): status \(response.status): the agent requires other credentials; see"
                    + " --user, --password-file, --token-file and --cert-file"
            )
        }
        let body: JSONValue
        do {
            body = try JSONValue.parse(response.body)
        } catch {
            guard response.status == 200 else {
                throw .unreachable("\(address): \(response.summary)")
            }
            throw .unreachable("\(address): not a graphwarden response: \(error)")
        }
        guard response.status == 200, let data = body["data"] else {
            // Only a 404 is about the object that the user named. Any other status is about the
            // agent, whose state then remains unknown.
            let text = body["error"]?.stringValue ?? "status \(response.status)"
            throw response.status == 404 ? .refused(text) : .unreachable("\(address): \(text)")
        }
        return AgentResponse(data: data, text: String(decoding: response.body, as: UTF8.self))
    }

    /// A POST has a body and is sent once.
    func send(
        _ path: String,
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(30)
    ) async throws(SendError) -> HTTPResponse {
        var headers: [HTTPHeader] = []
        do throws(FileError) {
            if let header = try credentials.header() { headers.append(header) }
        } catch {
            throw .credentials(error)
        }
        if body != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
        do throws(HTTPError) {
            return try await transport.client(configuration).send(
                HTTPRequest(
                    body == nil ? .get : .post,
                    url: "\(address)\(path)",
                    headers: headers,
                    body: body,
                    timeout: timeout
                )
            )
        } catch {
            throw .request(error)
        }
    }

    func unreachable(_ error: HTTPError) -> AgentClientError {
        .unreachable(
            "cannot reach the agent at \(address): \(error); is it running, and is --url correct?"
        )
    }

    /// Made with the first request, because that fails if a file cannot be read. Ends with the
    /// process or the last copy of the client.
    private final class Transport: Sendable {
        private let made = Mutex<HTTPClient?>(nil)

        func client(_ configuration: HTTPClientConfiguration) throws(HTTPError) -> HTTPClient {
            try made.withLock { made throws(HTTPError) in
                if let made { return made }
                let client = try HTTPClient(configuration: configuration)
                made = client
                return client
            }
        }
    }

    /// Why there is no response.
    enum SendError: Error, CustomStringConvertible {
        case credentials(FileError)
        case request(HTTPError)

        var description: String {
            switch self {
            case .credentials(let cause): "\(cause)"
            case .request(let cause): "\(cause)"
            }
        }
    }
}

struct AgentResponse: Sendable {
    let data: JSONValue
    /// The complete response body.
    let text: String
}

enum AgentClientError: Error, CustomStringConvertible {
    /// The agent does not know the requested object.
    case refused(String)
    /// The agent did not respond, or not as expected.
    case unreachable(String)

    var description: String {
        switch self {
        case .refused(let text), .unreachable(let text): text
        }
    }

    /// 1 is a definite "no", 2 means that the answer is unknown.
    var exitCode: Int32 {
        switch self {
        case .refused: 1
        case .unreachable: 2
        }
    }
}
