import Configuration
import Exposition
import GES
import HTTPClient
import Listener
import Time

/// Requests to one receiver of OTLP over HTTP.
struct OTLPClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether the same request may be taken later.
        var isTemporary = false
        /// How long the receiver wants to be left alone.
        var retryAfter: Duration?
    }

    let configuration: OTLPConfiguration
    private let http: HTTPClient
    private let authorization: AuthorizationSource?

    /// Throws if the CA file cannot be read.
    init(_ configuration: OTLPConfiguration, userAgent: String) throws(HTTPError) {
        self.configuration = configuration
        http = try HTTPClient(
            configuration: HTTPClientConfiguration(
                userAgent: userAgent,
                caFile: configuration.certificateAuthorityFile,
                maximumConnectionsPerHost: 1,
                maximumConnections: 1
            )
        )
        authorization = configuration.credentials.map(AuthorizationSource.init)
    }

    /// - Returns: what the receiver did not take, nil if it took everything.
    func post(_ body: [UInt8], at now: Timestamp) async throws(Failure) -> OTLPPartialSuccess? {
        let authorization = try authorizationHeader()
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.send(request(body, authorization))
        } catch {
            throw Failure(description: error.description, isTemporary: true)
        }
        guard (200...299).contains(response.status) else {
            throw Failure(response, at: now)
        }
        guard var partial = OTLPPartialSuccess(response.body) else { return nil }
        let secret = authorization?.value.split(separator: " ").last.map { Secret(String($0)) }
        let sent = SentSecrets(headers: [], others: [secret].compactMap(\.self))
        partial.message = sent.hidden(in: partial.message).excerpt
        return partial
    }

    private func authorizationHeader() throws(Failure) -> HTTPHeader? {
        do throws(SecretError) {
            return try authorization?.header()
        } catch {
            throw Failure(description: error.description)
        }
    }

    private func request(_ body: [UInt8], _ authorization: HTTPHeader?) -> HTTPRequest {
        var headers = [HTTPHeader("Content-Type", "application/x-protobuf")]
        headers += [authorization].compactMap(\.self)
        var content = body
        if configuration.compression == .gzip, let compressed = Gzip.compress(body) {
            content = compressed
            headers.append(HTTPHeader("Content-Encoding", "gzip"))
        }
        return HTTPRequest(
            .post,
            url: "\(configuration.metricsURL)",
            headers: headers,
            body: content,
            timeout: configuration.timeout,
            maximumResponseBytes: 64 << 10,
            // Points that arrive twice are the same.
            freshConnection: false
        )
    }
}

extension OTLPClient.Failure {
    /// The statuses that may be retried, and only those, are those of the specification
    /// (https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes).
    init(_ response: HTTPResponse, at now: Timestamp) {
        func header(_ name: String) -> String? {
            response.headers.first { $0.isNamed(name) }?.value
        }
        description = "status \(response.status)"
        isTemporary = [429, 502, 503, 504].contains(response.status)
        guard isTemporary, let value = header("Retry-After") else { return }
        retryAfter = RetryAfter.duration(value, serverDate: header("Date"), now: now)
    }
}
