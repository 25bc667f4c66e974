import API
/// Asks for an orderly end. Not a cancellation: a restart that is on its way must not be torn, or
/// nobody could tell any more whether it arrived.
package final class StopSignal: Sendable {
    private let latch = AsyncEvent()

    package init() {}

    package var isRequested: Bool { latch.isSet }

    package func request() {
        latch.set()
    }

    /// Returns when the end is asked for, or when the waiting task is cancelled.
    package func wait() async {
        await latch.wait()
    }

    /// Runs `operation` until it ends or the end is asked for; in the second case the operation is
    /// cancelled and the result is nil. Afterwards none is begun any more.
    package func race<Value: Sendable>(
        _ operation: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await latch.race(operation)
    }
}
