import Synchronization

/// Shares one credential among all requests. At most one task fetches it; the others wait.
///
/// The fetch runs in the task of the first caller. If that task is cancelled, one of the waiting
/// tasks takes over. The rules of renewal are in `LeaseState`.
final class CredentialLease<Value: Hashable & Sendable>: Sendable {
    private struct State {
        var lease: LeaseState<Value>
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state: Mutex<State>
    private let elapsed: @Sendable () -> Duration

    init(_ lease: LeaseState<Value>, elapsed: @escaping @Sendable () -> Duration) {
        state = Mutex(State(lease: lease))
        self.elapsed = elapsed
    }

    /// - Parameters:
    ///   - secret: reads the secret that `fetch` uses. Not called while the value is fresh.
    ///   - fetch: returns a value and its remaining lifetime.
    func value(
        secret: () throws(SecretError) -> Secret?,
        fetch: (Secret?) async throws(GESError) -> (value: Value, life: Duration)
    ) async throws(CredentialsError) -> Value {
        while true {
            if let value = state.withLock({ $0.lease.fresh(at: elapsed()) }) { return value }
            let material: Secret?
            do {
                material = try secret()
            } catch {
                return try usableValue(orElse: .secret(error))
            }
            switch state.withLock({ $0.lease.next(at: elapsed(), secret: material) }) {
            case .use(let value): return value
            case .fail(let error): throw error
            case .wait:
                await waitForFetch()
                if Task.isCancelled { throw .unavailable(.cancelled) }
            case .fetch: return try await run(fetch, secret: material)
            }
        }
    }

    /// - Returns: whether the next value will be a different one.
    func reject(_ value: Value) -> Bool {
        state.withLock { $0.lease.reject(value, at: elapsed()) }
    }

    private func run(
        _ fetch: (Secret?) async throws(GESError) -> (value: Value, life: Duration),
        secret: Secret?
    ) async throws(CredentialsError) -> Value {
        do throws(GESError) {
            let fetched = try await fetch(secret)
            finish { $0.fetched(fetched.value, life: fetched.life, at: elapsed()) }
            return fetched.value
        } catch {
            let failure = finish { $0.fetchFailed(error, secret: secret, at: elapsed()) }
            return try usableValue(orElse: failure)
        }
    }

    /// After a failed renewal the old credential remains in use until it expires.
    private func usableValue(orElse error: CredentialsError) throws(CredentialsError) -> Value {
        guard let value = state.withLock({ $0.lease.usable(at: elapsed()) }) else { throw error }
        return value
    }

    /// Updates the state and wakes all waiting tasks, which check it again.
    private func finish<T>(_ change: (inout LeaseState<Value>) -> T) -> T {
        let (result, waiters) = state.withLock { state in
            defer { state.waiters = [:] }
            return (change(&state.lease), state.waiters.values.map(\.self))
        }
        for waiter in waiters { waiter.resume() }
        return result
    }

    private func waitForFetch() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // The fetch may have finished, or this task may have been cancelled, since the
                    // decision to wait. Nothing would resume the continuation then.
                    guard state.lease.isFetching, !Task.isCancelled else { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
