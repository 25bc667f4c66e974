import Configuration
import GES
import HTTPClient
import Time

/// Requests to one receiver of OTLP over HTTP.
struct OTLPClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
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

    func post(_ body: [UInt8]) async throws(Failure) {
        var headers = [HTTPHeader("Content-Type", "application/x-protobuf")]
        do throws(SecretError) {
            if let header = try authorization?.header() { headers.append(header) }
        } catch {
            throw Failure(description: error.description)
        }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.send(
                HTTPRequest(
                    .post,
                    url: "\(configuration.metricsURL)",
                    headers: headers,
                    body: body,
                    timeout: configuration.timeout,
                    maximumResponseBytes: 64 << 10,
                    // Points that arrive twice are the same.
                    freshConnection: false
                )
            )
        } catch {
            throw Failure(description: error.description)
        }
        guard (200...299).contains(response.status) else {
            throw Failure(description: "status \(response.status)")
        }
    }
}
