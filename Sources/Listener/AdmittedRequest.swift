import NIOPosix

/// One admitted request on its way to its handler and back. Runs off the event loop.
struct AdmittedRequest: Sendable {
    enum Outcome: Sendable {
        case answered(ServerResponse)
        /// Told the connection, or nil when the client has left.
        case takenOver(@Sendable (RawConnection?) -> Void)
        case unauthorized(challenge: HeaderFields)
    }

    let request: ServerRequest
    let route: Route
    let deliver: @Sendable (Outcome) -> Void

    /// `passwordThread` is where passwords are checked.
    func run(authenticator: Authenticator?, passwordThread: NIOThreadPool) async {
        var request = request
        if route.requiresAuthentication, let authenticator {
            request.user = await authenticator.user(of: request, thread: passwordThread)
            guard request.user != nil else {
                return deliver(.unauthorized(challenge: authenticator.challengeHeaders))
            }
        }
        switch await route.handler.reply(to: request) {
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
}
