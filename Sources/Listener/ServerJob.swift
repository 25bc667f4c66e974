/// Work for a request, off the event loop.
struct ServerJob: Sendable {
    let pool: any TaskExecutor
    let run: @Sendable () async -> Void
}
