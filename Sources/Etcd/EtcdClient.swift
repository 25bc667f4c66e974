import HTTPClient
import JSON
import Synchronization
import URI

// Etcd speaks with etcd v3 through the JSON gateway that every etcd serves, over the project's own
// HTTP client. It knows transactions, leases and users, and nothing of what is stored.

/// Where etcd is, and how to prove oneself.
package struct EtcdConfiguration: Sendable {
    /// Members of one cluster, such as `https://etcd-1:2379`, tried in turn.
    package var endpoints: [String]
    package var caFile: String?
    package var certificateFile: String?
    package var keyFile: String?
    package var user: String?
    /// Read at each authentication.
    package var password: (@Sendable () throws -> String)?
    /// Of one request to one endpoint.
    package var timeout: Duration

    package init(endpoints: [String], timeout: Duration = .seconds(5)) {
        self.endpoints = endpoints
        self.timeout = timeout
    }
}

/// A client of one etcd cluster. Requests go to the endpoint that answered last, and to the next
/// one if it does not answer.
package final class EtcdClient: Sendable {
    private let configuration: EtcdConfiguration
    private let http: HTTPClient
    private let state = Mutex(State())

    private struct State {
        var endpoint = 0
        var token: String?
    }

    /// The largest answer: records of 10,000 graphs.
    private static let maximumResponseBytes = 64 << 20

    package init(_ configuration: EtcdConfiguration) throws(EtcdError) {
        self.configuration = configuration
        var settings = HTTPClientConfiguration(
            caFile: configuration.caFile,
            connectTimeout: configuration.timeout / 2,
            maximumConnectionsPerHost: 4,
            maximumConnections: 8
        )
        settings.clientCertificateFile = configuration.certificateFile
        settings.clientKeyFile = configuration.keyFile
        do throws(HTTPError) {
            http = try HTTPClient(configuration: settings)
        } catch {
            throw .unreachable(error.message)
        }
    }

    package func shutdown() { http.shutdown() }

    /// - Parameter isRepeatable: whether the transaction may be carried out twice, so that it can
    ///   be sent to another endpoint when the answer of one was lost.
    package func commit(
        _ transaction: EtcdTransaction,
        isRepeatable: Bool = false
    ) async throws(EtcdError) -> EtcdTransactionResult {
        let answer = try await send(
            "/v3/kv/txn",
            EtcdGateway.encode(transaction),
            isRepeatable: isRepeatable
        )
        return try EtcdGateway.result(
            answer,
            operations: (transaction.success.count, transaction.failure.count)
        )
    }

    /// A lease whose answer was lost ends by itself.
    package func grantLease(_ timeToLive: Duration) async throws(EtcdError) -> EtcdLease {
        let seconds = max(1, timeToLive.components.seconds)
        let answer = try await send(
            "/v3/lease/grant",
            ["TTL": EtcdGateway.number(seconds)],
            isRepeatable: true
        )
        let id = try EtcdGateway.integer(answer["ID"])
        guard id != 0 else { throw .malformed("it grants no lease") }
        let granted = try EtcdGateway.integer(answer["TTL"])
        return EtcdLease(id: id, timeToLive: .seconds(granted))
    }

    /// Renews a lease. Returns nil if it has expired.
    package func keepAlive(_ lease: Int64) async throws(EtcdError) -> Duration? {
        let answer = try await send(
            "/v3/lease/keepalive",
            ["ID": EtcdGateway.number(lease)],
            isRepeatable: true
        )
        let left = try EtcdGateway.integer(answer["result"]?["TTL"])
        return left > 0 ? .seconds(left) : nil
    }

    package func revoke(_ lease: Int64) async throws(EtcdError) {
        _ = try await send(
            "/v3/lease/revoke",
            ["ID": EtcdGateway.number(lease)],
            isRepeatable: true
        )
    }

    // MARK: - Sending

    private func send(
        _ path: String,
        _ body: JSONValue,
        isRepeatable: Bool
    ) async throws(EtcdError) -> JSONValue {
        if configuration.user != nil, state.withLock({ $0.token }) == nil {
            try await authenticate()
        }
        do throws(EtcdError) {
            return try await sendToAny(path, body, isRepeatable: isRepeatable)
        } catch .unauthenticated(let text) {
            // Tokens expire.
            guard configuration.user != nil, text.contains("token") else {
                throw .unauthenticated(text)
            }
            try await authenticate()
            return try await sendToAny(path, body, isRepeatable: isRepeatable)
        }
    }

    private func authenticate() async throws(EtcdError) {
        guard let user = configuration.user else { return }
        let password: String
        do {
            password = try configuration.password?() ?? ""
        } catch {
            throw .unauthenticated("the password cannot be read: \(error)")
        }
        state.withLock { $0.token = nil }
        let answer = try await sendToAny(
            "/v3/auth/authenticate",
            ["name": .string(user), "password": .string(password)],
            isRepeatable: true
        )
        guard let token = answer["token"]?.stringValue else { throw .malformed("it has no token") }
        state.withLock { $0.token = token }
    }

    private func sendToAny(
        _ path: String,
        _ body: JSONValue,
        isRepeatable: Bool
    ) async throws(EtcdError) -> JSONValue {
        var failures: [String] = []
        var mayBeDone = false
        for _ in configuration.endpoints {
            let index = state.withLock { $0.endpoint % configuration.endpoints.count }
            let endpoint = configuration.endpoints[index]
            do throws(EtcdError) {
                return try await send(endpoint + path, body)
            } catch {
                switch error {
                case .unreachable(let text): failures.append("\(endpoint): \(text)")
                case .outcomeUnknown(let text):
                    failures.append("\(endpoint): \(text)")
                    mayBeDone = true
                case .malformed(let text): failures.append("\(endpoint): \(text)")
                case .refused, .noSpace, .unauthenticated: throw error
                }
            }
            state.withLock { $0.endpoint = (index + 1) % configuration.endpoints.count }
            if mayBeDone, !isRepeatable { break }
        }
        let text = failures.joined(separator: "; ")
        throw mayBeDone ? .outcomeUnknown(text) : .unreachable(text)
    }

    private func send(_ url: String, _ body: JSONValue) async throws(EtcdError) -> JSONValue {
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let token = state.withLock({ $0.token }) {
            headers.append(HTTPHeader("Authorization", token))
        }
        let bytes: [UInt8]
        do throws(JSONError) {
            bytes = try body.serialized()
        } catch {
            throw .refused(code: 0, message: "\(error)")
        }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.send(
                HTTPRequest(
                    .post,
                    url: url,
                    headers: headers,
                    body: bytes,
                    timeout: configuration.timeout,
                    maximumResponseBytes: Self.maximumResponseBytes,
                    // A copy that libcurl sends again does no harm: comparisons find the first.
                    freshConnection: false
                )
            )
        } catch {
            throw error.requestMayHaveBeenSent
                ? .outcomeUnknown(error.message) : .unreachable(error.message)
        }
        guard response.status == 200 else {
            throw EtcdGateway.error(status: response.status, response.body)
        }
        do throws(JSONError) {
            return try JSONValue.parse(response.body)
        } catch {
            throw .malformed("\(error)")
        }
    }
}
