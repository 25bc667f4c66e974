import NIOPosix

/// One admitted request on its way to its handler and back. Runs off the event loop.
struct Job: Sendable {
    enum Outcome: Sendable {
        case answered(Reply)
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
        let reply = await route.handler.reply(to: request)
        deliver(.answered(reply.encoded(for: request.headers.values("Accept-Encoding"))))
    }
}
