import Synchronization
import TestSupport
import Testing

@testable import GES

@Suite("One credential for all requests")
struct CredentialLeaseTests {
    /// The first fetch never ends by itself; later ones succeed at once.
    private final class Source: Sendable {
        let attempts = Mutex(0)
        let lease = CredentialLease(
            LeaseState<String>(
                renewalMargin: .seconds(60),
                refusals: Backoff(first: .seconds(600), maximum: .seconds(7_200))
            ),
            elapsed: { .zero }
        )

        func value() async throws(CredentialsError) -> String {
            try await lease.value(
                secret: { () throws(SecretError) in nil },
                fetch: { (_) async throws(GESError) in try await fetch() }
            )
        }

        private func fetch() async throws(GESError) -> (value: String, life: Duration) {
            let attempt = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            if attempt == 1 {
                let (events, source) = AsyncStream<Never>.makeStream()
                for await _ in events {}
                source.finish()
                throw .cancelled
            }
            return ("value", .seconds(60))
        }

        func waitForFirstFetch() async throws {
            try await eventually("the first fetch starts") { attempts.withLock(\.self) > 0 }
        }
    }

    @Test("if the fetching task is cancelled, a waiting one takes over")
    func takeover() async throws {
        let source = Source()
        try await withThrowingTaskGroup(of: [String?].self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: String?.self) { leader in
                    leader.addTask { try? await source.value() }
                    try await source.waitForFirstFetch()
                    for _ in 0..<100 { await Task.yield() }
                    leader.cancelAll()
                    return try await leader.reduce(into: []) { $0.append($1) }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    try await source.waitForFirstFetch()
                    return [try? await source.value()]
                }
            }
            let values = try await group.reduce(into: []) { $0 += $1 }
            // The cancelled task may find the value that its successor has fetched.
            #expect(values.count == 4)
            #expect(values.filter { $0 == "value" }.count >= 3)
        }
        #expect(source.attempts.withLock(\.self) == 2)
    }

    @Test("a waiting task can be cancelled before the fetch ends")
    func cancelledWaiter() async throws {
        let source = Source()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await source.value() }
            try await source.waitForFirstFetch()
            await withTaskGroup(of: Bool.self) { waiters in
                for _ in 0..<10 { waiters.addTask { (try? await source.value()) == nil } }
                // This task is cancelled before it starts to wait.
                waiters.addTask {
                    let (events, continuation) = AsyncStream<Never>.makeStream()
                    for await _ in events {}
                    continuation.finish()
                    return (try? await source.value()) == nil
                }
                for _ in 0..<100 { await Task.yield() }
                waiters.cancelAll()
                let failures = await waiters.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                #expect(failures == 11)
            }
            #expect(source.attempts.withLock(\.self) == 1)
            group.cancelAll()
        }
    }
}
