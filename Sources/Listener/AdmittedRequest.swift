/// A request that passed all limits. Runs its handler and delivers the outcome.
/// Runs off the event loop: a slow handler must not delay other connections. Calls `deliver`
/// exactly once, or the connection would stay in its handling phase forever.
struct AdmittedRequest: Sendable {
    enum Outcome: Sendable {
        case answered(ServerResponse)
        /// No handler was called.
        case malformed(String)
        /// Receives the connection, or nil if the client has disconnected.
        case takenOver(@Sendable (RawConnection?) -> Void)
        /// Receives the stream, or nil if the client has disconnected.
        case streaming(ServerResponse, @Sendable (ResponseStream?) -> Void)
    }

    let request: ServerRequest
    /// That of the request, whose query is not decoded yet.
    let target: RequestTarget
    let route: Route
    let deliver: @Sendable (Outcome) -> Void

    /// If the route has a pool, call this on another one.
    func run() async {
        guard let pool = route.pool else { return await handle() }
        await request.departure.cancelling(on: pool) { await handle() }
    }

    private func handle() async {
        guard let query = target.query else {
            return deliver(.malformed("the query of the request is not properly encoded"))
        }
        var request = request
        request.query = query
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
        case .stream(let response, let body):
            let stream = await withCheckedContinuation { continuation in
                deliver(.streaming(response) { continuation.resume(returning: $0) })
            }
            guard let stream else { return }
            stream.finish(await body(stream))
        }
    }
}
