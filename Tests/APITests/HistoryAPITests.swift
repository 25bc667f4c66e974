import Foundation
import Listener
import Remediation
import Synchronization
import TestSupport
import Testing
import Threads
import Time

@testable import API

@Suite("/api/v1/history")
struct HistoryAPITests {
    /// An audit trail whose verification goes on until the test or the request ends it.
    private final class LongTrail: AuditSource {
        private let running = Atomic(0)
        private let read = Atomic(0)
        private let seconds = Atomic(0)
        private let ends = Atomic(false)

        var verifications: Int { running.load(ordering: .sequentiallyConsistent) }

        var pages: Int { read.load(ordering: .sequentiallyConsistent) }

        /// A second passes between two looks at the clock.
        func elapsed() -> Duration {
            .seconds(seconds.add(1, ordering: .sequentiallyConsistent).newValue)
        }

        func end() { ends.store(true, ordering: .sequentiallyConsistent) }

        func audit(_ query: AuditQuery) throws(AuditSourceError) -> AuditPage {
            read.add(1, ordering: .sequentiallyConsistent)
            return AuditPage()
        }

        func verify(mayContinue: () -> Bool) throws(AuditSourceError) -> ChainReport? {
            running.add(1, ordering: .sequentiallyConsistent)
            while !ends.load(ordering: .sequentiallyConsistent) {
                guard mayContinue() else { return nil }
                sched_yield()
            }
            return ChainReport(headHash: "")
        }
    }

    /// As the listener does: the handler runs on the threads of its route.
    private static func status(_ route: Route) async throws -> Int {
        let request = ServerRequest(target: route.pattern, path: route.pattern)
        let pool = try #require(route.pool)
        let reply = await withTaskExecutorPreference(pool) {
            await route.handler.reply(to: request)
        }
        guard case .response(let response) = reply else { return 0 }
        return response.status
    }

    private static func routes(
        _ trail: LongTrail,
        elapsed: @escaping @Sendable () -> Duration = { .zero }
    ) throws -> (page: Route, verification: Route) {
        let routes = HistoryAPI(source: trail, elapsed: elapsed).routes
        return (
            try #require(routes.first { $0.pattern == "/api/v1/history" }),
            try #require(routes.first { $0.pattern == "/api/v1/history/verify" })
        )
    }

    @Test("shows pages while a verification goes on, of which there is one at a time")
    func verificationAndPages() async throws {
        let trail = LongTrail()
        let routes = try Self.routes(trail)
        #expect(routes.verification.maximumInFlight == 1)
        #expect(routes.page.maximumInFlight ?? 0 > 1)
        async let verification = Self.status(routes.verification)
        try await eventually("the verification runs") { trail.verifications == 1 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...3 {
                group.addTask {
                    let status = try await Self.status(routes.page)
                    #expect(status == 200)
                }
            }
            // Ends the verification in any case, or pages that wait for it would wait for ever.
            defer { trail.end() }
            try await eventually("the pages are read") { trail.pages == 3 }
        }
        #expect(try await verification == 200)
    }

    @Test("ends a verification that takes too long")
    func timeout() async throws {
        let trail = LongTrail()
        let routes = try Self.routes(trail, elapsed: trail.elapsed)
        #expect(try await Self.status(routes.verification) == 503)
    }
}
