import API
/// Requests an orderly stop. It does not cancel tasks: a restart request that is being sent must
/// complete, or its outcome would be unknown.
package final class StopSignal: Sendable {
    private let latch = AsyncEvent()

    package init() {}

    package var isRequested: Bool { latch.isSet }

    package func request() {
        latch.set()
    }

    /// Returns when a stop is requested or the waiting task is cancelled.
    package func wait() async {
        await latch.wait()
    }

    /// Runs `operation` until it ends or a stop is requested. In the second case the operation is
    /// cancelled and the result is nil; from then on no operation is started.
    package func race<Value: Sendable>(
        _ operation: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await latch.race(operation)
    }
}
