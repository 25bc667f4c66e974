import Configuration
import Cycle
import GES
import HTTPClient
import JSON
import Time

/// Requests to one Alertmanager (API v2).
struct AlertmanagerClient: Sendable {
    /// Why a message was not delivered.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether the same message would be refused again.
        var isFinal = false
    }

    let configuration: AlertmanagerConfiguration
    private let http: HTTPClient
    private let authorization: AuthorizationSource?

    /// Throws if the CA file cannot be read.
    init(_ configuration: AlertmanagerConfiguration, userAgent: String) throws(HTTPError) {
        self.configuration = configuration
        http = try HTTPClient(
            configuration: HTTPClientConfiguration(
                userAgent: userAgent,
                caFile: configuration.certificateAuthorityFile,
                maximumConnectionsPerHost: 2,
                maximumConnections: 2
            )
        )
        authorization = configuration.credentials.map(AuthorizationSource.init)
    }

    func post(_ alerts: [OutgoingAlert]) async throws(Failure) {
        let body: [UInt8]
        do {
            body = try JSONValue.array(alerts.map(\.json)).serialized()
        } catch {
            throw Failure(description: "\(error)", isFinal: true)
        }
        let response = try await send(.post, "/api/v2/alerts", body, limit: 64 << 10)
        guard (200...299).contains(response.status) else {
            throw Failure(
                description: Self.text(response),
                isFinal: Self.isFinal(response.status)
            )
        }
    }

    /// Whether the status says that the message is at fault, rather than the moment, the
    /// credentials or the address, which people mend.
    static func isFinal(_ status: Int) -> Bool {
        (400...499).contains(status) && ![401, 403, 404, 407, 408, 425, 429].contains(status)
    }

    func silences(at now: Timestamp) async -> SilenceReport.Answer {
        do throws(Failure) {
            let limit = SilenceDocument.maximumBytes
            let response = try await send(.get, "/api/v2/silences", nil, limit: limit)
            guard response.status == 200 else { return .failure(Self.text(response)) }
            do throws(SilenceDocument.Malformed) {
                let (silences, unreadable) = try SilenceDocument.read(response.body, at: now)
                return .silences(silences, unreadable: unreadable)
            } catch {
                return .failure(error.description)
            }
        } catch {
            return .failure(error.description)
        }
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: [UInt8]?,
        limit: Int
    ) async throws(Failure) -> HTTPResponse {
        var headers = [HTTPHeader("Accept", "application/json")]
        if body != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
        do throws(SecretError) {
            if let header = try authorization?.header() { headers.append(header) }
        } catch {
            throw Failure(description: error.description)
        }
        do throws(HTTPError) {
            return try await http.send(
                HTTPRequest(
                    method,
                    url: "\(configuration.url)\(path)",
                    headers: headers,
                    body: body,
                    timeout: configuration.timeout,
                    maximumResponseBytes: limit,
                    // Sending an alert twice does no harm.
                    freshConnection: false
                )
            )
        } catch {
            throw Failure(description: error.description)
        }
    }

    private static func text(_ response: HTTPResponse) -> String {
        let body = String(decoding: response.body.prefix(200), as: UTF8.self)
        let line = body.split(whereSeparator: \.isNewline).joined(separator: " ")
        return "status \(response.status)" + (line.isEmpty ? "" : ": \(line)")
    }
}

extension AuthorizationSource {
    init(_ credentials: ServerCredentials) {
        switch credentials {
        case .token(let file): self = .bearer(.file(file))
        case .password(let user, let file): self = .basic(user: user, password: .file(file))
        }
    }
}
