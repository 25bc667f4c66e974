/// One admitted request on its way to its handler and back. Runs off the event loop.
struct Job: Sendable {
    let request: ServerRequest
    let route: Route
    let deliver: @Sendable (Reply) -> Void

    func run() async {
        let reply = await route.handler.reply(to: request)
        deliver(reply.encoded(for: request.headers.values("Accept-Encoding")))
    }
}
