import NIOPosix

/// A request that passed all limits. Authenticates it, runs its handler and delivers the outcome.
/// Runs off the event loop: a slow handler must not delay other connections. Calls `deliver`
/// exactly once, or the connection would stay in its handling phase forever.
struct AdmittedRequest: Sendable {
    enum Outcome: Sendable {
        case answered(ServerResponse)
        /// Receives the connection, or nil if the client has disconnected.
        case takenOver(@Sendable (RawConnection?) -> Void)
        case unauthorized(challenge: HeaderFields)
    }

    let request: ServerRequest
    let route: Route
    let deliver: @Sendable (Outcome) -> Void

    /// - Parameters:
    ///   - authenticator: nil if the server has none.
    ///   - passwordThread: runs the password hashes, which would block a cooperative thread.
    func run(authenticator: Authenticator?, passwordThread: NIOThreadPool) async {
        var request = request
        if route.requiresAuthentication, let authenticator {
            request.user = await authenticator.user(of: request, thread: passwordThread)
            guard request.user != nil else {
                return deliver(.unauthorized(challenge: authenticator.challengeHeaders))
            }
        }
        switch await reply(to: request) {
        case .response(let response):
            let accepted = request.headers.values("Accept-Encoding")
            deliver(.answered(ContentCoding.encode(response, acceptEncoding: accepted)))
        case .takeover(let body):
            let connection = await withCheckedContinuation { continuation in
                deliver(.takenOver { continuation.resume(returning: $0) })
            }
            guard let connection else { return }
            await body(connection)
            connection.close()
        }
    }

    private func reply(to request: ServerRequest) async -> Reply {
        guard route.pool != nil else { return await route.handler.reply(to: request) }
        let reply = await request.departure.cancelling { [route] in
            await route.handler.reply(to: request)
        }
        return reply ?? .response(.text("the client has left\n", status: 503))
    }
}
