import NIOCore
import NIOHTTP1

/// A request whose head has been read, before it is known whether its sender may send it.
struct Arrival {
    let head: HTTPRequestHead
    let host: Authority?
    let target: RequestTarget
    let match: Router.Match
    /// Completes when the client has left or its request was refused.
    let departure = Completion()

    var headers: HeaderFields {
        HeaderFields(head.headers.lazy.map { ($0.name, $0.value) })
    }
}

/// From the head of a request to the decision to read its body: validity, authentication, routing
/// and limits, in this order. So a client without a password occupies no memory for a body and does
/// not learn which paths exist.
extension ConnectionHandler {
    func receive(_ head: HTTPRequestHead) {
        switch phase {
        case .readingHead, .idle: break
        default: return
        }
        hasReadRequest = false
        isAnsweringHead = head.method == .HEAD
        // After an Upgrade field the parser treats all further bytes as another protocol.
        let offersUpgrade = head.headers.contains(name: "Upgrade")
        keepsAlive =
            head.isKeepAlive && head.version == .http1_1 && !offersUpgrade && !core.isStopping
            && !isInputBroken
        guard hasOneHost(head) else {
            return refuse(.malformed, 400, "exactly one Host header is required")
        }
        let host = head.headers.first(name: "Host").map { Authority($0) }
        if case .some(nil) = host {
            return refuse(.malformed, 400, "the Host header is not a host")
        }
        guard isFramed(head) else {
            return refuse(.malformed, 501, "unsupported transfer encoding: only chunked is known")
        }
        guard let target = RequestTarget(head.uri) else {
            return refuse(.malformed, 400, "invalid request target")
        }
        let match = core.router.match(method: head.method.rawValue, segments: target.segments)
        authenticate(
            Arrival(head: head, host: target.authority ?? host ?? nil, target: target, match: match)
        )
    }

    /// RFC 9112, section 3.2: every HTTP/1.1 request has exactly one Host field.
    private func hasOneHost(_ head: HTTPRequestHead) -> Bool {
        let count = head.headers["Host"].count
        return count == 1 || (count == 0 && head.version == .http1_0)
    }

    /// RFC 9112, section 6.1: a coding that the server does not know is 501. The parser would take
    /// a body that is both compressed and chunked for a plain one.
    private func isFramed(_ head: HTTPRequestHead) -> Bool {
        let codings = head.headers["Transfer-Encoding"]
        return codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked"
    }

    // MARK: Authentication

    private func authenticate(_ arrival: Arrival) {
        guard arrival.match.requiresAuthentication, let authenticator = core.authenticator else {
            return checkPrecondition(arrival, user: nil)
        }
        switch authenticator.credentials(in: arrival.head.headers["Authorization"]) {
        case .accepted(let user): checkPrecondition(arrival, user: user)
        case .refused: refuse(authenticator, arrival.head)
        case .password(let check):
            switch core.passwords.memory.answer(to: check) {
            case true?: checkPrecondition(arrival, user: check.name)
            case false?: refuse(authenticator, arrival.head)
            case nil: wait(for: check, authenticator, arrival)
            }
        }
    }

    private func refuse(_ authenticator: Authenticator, _ head: HTTPRequestHead) {
        refuse(.unauthorized, 401, "Unauthorized", authenticator.challengeHeaders, after: head)
    }

    private func wait(
        for check: PasswordCheck,
        _ authenticator: Authenticator,
        _ arrival: Arrival
    ) {
        guard let context else { return }
        phase = .authenticating(arrival)
        clearDeadline()
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let departure = arrival.departure
        core.passwords.submit(check, from: remoteAddress, departure: departure) { answer in
            eventLoop.execute {
                handler.value.resume(after: departure) { handler, arrival in
                    switch answer {
                    case .right: handler.checkPrecondition(arrival, user: check.name)
                    case .wrong: handler.refuse(authenticator, arrival.head)
                    case .dropped: handler.refuseUnchecked()
                    }
                }
            }
        }
    }

    /// Closes afterwards: trying again costs the client a connection.
    private func refuseUnchecked() {
        hasReadRequest = false
        refuse(.busy, 503, "too many passwords are being checked, try again later")
    }

    /// The request that waits will not be served.
    func abandon(_ arrival: Arrival) {
        arrival.departure.complete()
        core.passwords.withdraw(from: remoteAddress, departure: arrival.departure)
    }

    /// Continues with the request that waited, unless it has been refused or its client has left.
    private func resume(
        after departure: Completion,
        _ next: (ConnectionHandler, Arrival) -> Void
    ) {
        guard case .authenticating(let arrival) = phase, arrival.departure === departure else {
            return
        }
        phase = .readingHead
        next(self, arrival)
        continueReading()
        // What is missing of the body will not come.
        guard case .readingBody = phase else { return }
        if isInputBroken { return refuse(.malformed, 400, "the body of the request is malformed") }
        if isInputClosed { close() }
    }

    /// Asks the route itself, which may have credentials of its own.
    private func checkPrecondition(_ arrival: Arrival, user: String?) {
        isAuthenticated = user != nil
        guard case .found(let route, let parameters) = arrival.match,
            let precondition = route.precondition, let context
        else { return proceed(arrival, user: user) }
        phase = .authenticating(arrival)
        clearDeadline()
        let remoteAddress = remoteAddress
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let departure = arrival.departure
        core.submit(
            ServerJob(pool: core.pool(for: route)) {
                let request = ServerRequest(
                    arrival,
                    parameters,
                    user: user,
                    remoteAddress: remoteAddress
                )
                let refusal = await precondition(request)
                eventLoop.execute {
                    handler.value.resume(after: departure) { handler, arrival in
                        guard let refusal else {
                            handler.isAuthenticated = true
                            return handler.proceed(arrival, user: user)
                        }
                        handler.refuse(.unauthorized, refusal, after: arrival.head)
                    }
                }
            }
        )
    }

    // MARK: Routing

    private func proceed(_ arrival: Arrival, user: String?) {
        switch arrival.match {
        case .notFound: refuse(.notFound, 404, "404 page not found", after: arrival.head)
        case .methodNotAllowed(let allow, _):
            refuse(
                .methodNotAllowed,
                405,
                "method not allowed",
                ["Allow": allow],
                after: arrival.head
            )
        case .found(let route, let parameters):
            if let refusal = core.originPolicy?.refusal(of: arrival, to: route) {
                return refuse(refusal.reason, refusal.status, refusal.text, after: arrival.head)
            }
            begin(Exchange(arrival, route: route, parameters: parameters, user: user))
        }
    }

    /// Starts reading the body. Limits that the head can violate are checked here, before the
    /// client sends the body.
    private func begin(_ exchange: Exchange) {
        guard exchange.route.isExemptFromLimits || core.takeToken() else {
            return refuse(.rateLimited, 429, "Too Many Requests", after: exchange.head)
        }
        let limit = exchange.route.maximumBodyBytes ?? limits.maximumBodyBytes
        if let length = Exchange.declaredLength(exchange.head), length > limit {
            return refuseBody(limit)
        }
        phase = .readingBody(exchange)
        setDeadline(limits.bodyTimeout) {
            $0.refuse(.timeout, 408, "timeout while reading the request body")
        }
        if exchange.head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            emit(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            context?.flush()
        }
    }
}
