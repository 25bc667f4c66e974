import Files
import HTTPClient
import JSON
import Synchronization

/// Sends requests to the endpoints in turn until one answers, and authenticates where needed.
final class GatewayCaller: Sendable {
    private struct State {
        /// The endpoint that answered last.
        var preferred = 0
        /// nil before the first authentication, and after a token was refused.
        var login: Login?
    }

    private struct Login: Hashable {
        /// nil if the cluster has no authentication; every request is permitted then.
        let token: String?
    }

    private let configuration: EtcdConfiguration
    private let endpoints: [String]
    private let transport: any HTTPTransport
    private let elapsed: @Sendable () -> Duration
    private let state = Mutex(State())

    init(
        _ configuration: EtcdConfiguration,
        endpoints: [String],
        transport: any HTTPTransport,
        elapsed: @escaping @Sendable () -> Duration
    ) {
        self.configuration = configuration
        self.endpoints = endpoints
        self.transport = transport
        self.elapsed = elapsed
    }

    /// - Parameter decode: an answer that it cannot decode counts as a failure of the endpoint.
    func call<Value>(
        _ request: GatewayRequest,
        decode: (JSONValue) throws(GatewayAnswerError) -> Value
    ) async throws(EtcdError) -> Value {
        var call = GatewayCall(request: request, deadline: elapsed() + configuration.timeout)
        let first = state.withLock(\.preferred)
        for offset in endpoints.indices {
            let index = (first + offset) % endpoints.count
            call.endpoint = endpoints[index]
            call.endpointsLeft = endpoints.count - offset
            do throws(GatewayFailure) {
                let value = try await answer(to: call, decode: decode)
                state.withLock { $0.preferred = index }
                return value
            } catch {
                switch error {
                case .endpoint(let reason, let mayHaveBeenDone):
                    call.failed(reason, mayHaveBeenDone: mayHaveBeenDone)
                    prefer(after: index)
                    if Task.isCancelled || !call.mayContinue { throw call.error }
                case .token(let reason): throw call.error(.unauthenticated(reason))
                case .final(let error): throw call.error(error)
                }
            }
        }
        throw call.error
    }

    private func prefer(after index: Int) {
        state.withLock { state in
            // Another call may have found an endpoint that answers.
            if state.preferred == index { state.preferred = (index + 1) % endpoints.count }
        }
    }

    /// Renews the token if it is refused. A new one that is refused too ends the call.
    private func answer<Value>(
        to call: GatewayCall,
        decode: (JSONValue) throws(GatewayAnswerError) -> Value
    ) async throws(GatewayFailure) -> Value {
        let login = try await login(for: call)
        do throws(GatewayFailure) {
            return try await send(call.request, in: call, token: login.token, decode: decode)
        } catch .token(let reason) {
            guard configuration.user != nil else {
                throw .final(.unauthenticated("\(reason); no user is configured"))
            }
            state.withLock { if $0.login == login { $0.login = nil } }
            let renewed = try await self.login(for: call)
            return try await send(call.request, in: call, token: renewed.token, decode: decode)
        }
    }

    private func send<Value>(
        _ request: GatewayRequest,
        in call: GatewayCall,
        token: String?,
        decode: (JSONValue) throws(GatewayAnswerError) -> Value
    ) async throws(GatewayFailure) -> Value {
        guard let limit = call.limit(for: request, at: elapsed()) else {
            throw .endpoint("no time is left", mayHaveBeenDone: false)
        }
        let response: HTTPResponse
        do {
            response = try await transport.send(
                request.http(to: call.endpoint, token: token, timeout: limit)
            )
        } catch {
            throw GatewayFailure(error, of: request)
        }
        let value = GatewayBody.value(response.body, isStream: request.isStream)
        let failure = GatewayFailure.of(status: response.status, value, request: request)
        if let failure { throw failure }
        do {
            return try decode(value ?? .null)
        } catch {
            throw .endpoint("not an answer of etcd: \(error)", mayHaveBeenDone: true)
        }
    }
}

// MARK: - Authentication

extension GatewayCaller {
    private func login(for call: GatewayCall) async throws(GatewayFailure) -> Login {
        guard let user = configuration.user, let file = configuration.passwordFile else {
            return Login(token: nil)
        }
        if let login = state.withLock(\.login) { return login }
        let request = GatewayRequest.authenticate(user: user, password: try password(in: file))
        let login = Login(token: try await token(request, in: call))
        state.withLock { $0.login = login }
        return login
    }

    private func token(
        _ request: GatewayRequest,
        in call: GatewayCall
    ) async throws(GatewayFailure) -> String? {
        do throws(GatewayFailure) {
            return try await send(request, in: call, token: nil) {
                answer throws(GatewayAnswerError) in
                try GatewayObject(answer).token()
            }
        } catch .endpoint(let reason, _) {
            // The request itself was not sent.
            throw .endpoint("authentication: \(reason)", mayHaveBeenDone: false)
        } catch .final(.refused(code: 9, _)) {
            return nil
        } catch .final(.refused(_, let message)) {
            throw .final(.unauthenticated(message))
        }
    }

    private func password(in file: String) throws(GatewayFailure) -> String {
        do {
            return try SecretLine.read(file)
        } catch {
            throw .final(.unauthenticated("\(error)"))
        }
    }
}

extension GatewayObject {
    fileprivate func token() throws(GatewayAnswerError) -> String {
        guard let token = value["token"]?.stringValue, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw GatewayAnswerError(description: "no token in the answer") }
        return token
    }
}
