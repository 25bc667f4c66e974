import HTTPClient
import TestSupport
import Testing

@testable import GES

@Suite("The request rate")
struct PacingTests {
    private let limit = ServiceRateLimit(requestsPerSecond: 10, burst: 5)

    @Test("a burst is sent at once, then one request every tenth of a second")
    func burst() {
        var pacer = RequestPacer(limit: limit)
        let turns = (0..<8).map { _ in pacer.turn(at: .seconds(50), maximumWait: .seconds(1)) }
        let waits = [0, 0, 0, 0, 0, 100, 200, 300].map { Duration.milliseconds($0) }
        #expect(turns == waits.map { .after($0) })
    }

    @Test("an idle period restores one burst and no more")
    func refill() {
        var pacer = RequestPacer(limit: limit)
        for _ in 0..<5 { _ = pacer.turn(at: .seconds(50), maximumWait: .seconds(1)) }
        let turns = (0..<6).map { _ in pacer.turn(at: .seconds(500), maximumWait: .seconds(1)) }
        #expect(turns.last == .after(.milliseconds(100)))
        #expect(turns.dropLast().allSatisfy { $0 == .after(.zero) })
    }

    @Test("no more than burst plus rate is sent, and nothing waits unnecessarily")
    func bound() {
        var pacer = RequestPacer(limit: limit)
        var generator = SeededRandom(seed: 7)
        var now = Duration.seconds(1)
        var sent: [Duration] = []
        for _ in 0..<2_000 {
            now += .milliseconds(Int64(generator.next() % 130))
            if case .after(let wait) = pacer.turn(at: now, maximumWait: .seconds(2)) {
                sent.append(now + wait)
            }
        }
        #expect(sent == sent.sorted())
        for first in stride(from: 0, to: sent.count - 50, by: 7) {
            // Fifty requests after the first take at least 46 intervals.
            #expect(sent[first + 50] - sent[first] >= .milliseconds(4_600 - 1))
        }
        #expect(sent.count > 1_250)
    }

    @Test("a request that would wait too long is refused and uses no slot")
    func refused() {
        var pacer = RequestPacer(limit: limit)
        for _ in 0..<15 { _ = pacer.turn(at: .seconds(1), maximumWait: .seconds(1)) }
        for _ in 0..<3 {
            let turn = pacer.turn(at: .seconds(1), maximumWait: .seconds(1))
            #expect(turn == .refused(.milliseconds(1_100)))
        }
        let action = pacer.turn(at: .seconds(1), maximumWait: .seconds(1), skipsQueue: true)
        #expect(action == .after(.zero))
    }

    @Test("a pause requested by the service is observed, but for at most five minutes")
    func pause() {
        var pacer = RequestPacer(limit: limit)
        pacer.throttled(at: .seconds(1), retryAfter: .seconds(20))
        #expect(pacer.turn(at: .seconds(11), maximumWait: .seconds(60)) == .after(.seconds(10)))
        #expect(pacer.turn(at: .seconds(11), maximumWait: .seconds(9)) == .refused(.seconds(10)))
        let action = pacer.turn(at: .seconds(11), maximumWait: .seconds(60), skipsQueue: true)
        #expect(action == .refused(.seconds(10)))
        pacer.throttled(at: .seconds(30), retryAfter: .seconds(1_000_000))
        #expect(
            pacer.turn(at: .seconds(30), maximumWait: .seconds(60)) == .refused(.seconds(300))
        )
    }

    @Test("without Retry-After the pauses are 1, 2, 4 … 60 seconds until an answer")
    func growingPauses() {
        var pacer = RequestPacer(limit: nil)
        var now = Duration.seconds(1)
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            pacer.throttled(at: now, retryAfter: nil)
            // Other requests in progress are also refused: one failure, not two.
            pacer.throttled(at: now, retryAfter: nil)
            #expect(pacer.turn(at: now, maximumWait: .zero) == .refused(.seconds(seconds)))
            now += .seconds(seconds)
            #expect(pacer.turn(at: now, maximumWait: .zero) == .after(.zero))
        }
        pacer.answered(at: now)
        pacer.throttled(at: now, retryAfter: nil)
        #expect(pacer.turn(at: now, maximumWait: .zero) == .refused(.seconds(1)))
    }

    @Test("the client's own pauses are never longer than configured")
    func longestPause() {
        var pacer = RequestPacer(limit: nil, longestPause: .seconds(3))
        var now = Duration.seconds(1)
        for seconds in [1, 2, 3, 3] {
            pacer.throttled(at: now, retryAfter: nil)
            #expect(pacer.turn(at: now, maximumWait: .zero) == .refused(.seconds(seconds)))
            now += .seconds(seconds)
        }
        pacer.throttled(at: now, retryAfter: .seconds(40))
        #expect(pacer.turn(at: now, maximumWait: .zero) == .refused(.seconds(40)))
    }

    @Test("the response to a request already in progress does not end a pause")
    func lateAnswer() {
        var pacer = RequestPacer(limit: nil)
        pacer.throttled(at: .seconds(1), retryAfter: .seconds(20))
        pacer.answered(at: .seconds(2))
        #expect(pacer.turn(at: .seconds(2), maximumWait: .zero) == .refused(.seconds(19)))
        pacer.answered(at: .seconds(21))
        #expect(pacer.turn(at: .seconds(21), maximumWait: .zero) == .after(.zero))
    }

    @Test("reads wait for the rate limit, and the wait is reported")
    func client() async throws {
        let cloud = ScriptedCloud(answers: [.json(#"{"graph_count":0,"graphs":[]}"#)])
        let fixture = try ClientFixture(cloud, rateLimits: [.ges: limit])
        for _ in 0..<7 { _ = try await fixture.client.listGraphs() }
        #expect(fixture.clock.sleeps == [.milliseconds(100), .milliseconds(100)])
        #expect(fixture.observer.record.throttleWaits == fixture.clock.sleeps)
    }

    @Test("a restart does not wait behind reads")
    func action() async throws {
        let cloud = ScriptedCloud(answers: [.json(#"{"graph_count":0,"graphs":[]}"#)])
        let fixture = try ClientFixture(cloud, rateLimits: [.ges: limit])
        for _ in 0..<5 { _ = try await fixture.client.listGraphs() }
        _ = await fixture.client.restart("g")
        #expect(fixture.clock.sleeps.isEmpty)
        #expect(cloud.received.count == 6)
    }

    /// An agent that read nothing meanwhile would be blind, and forget what it has seen.
    @Test("a Retry-After for a restart pauses no reading", arguments: [429, 503])
    func throttledAction(status: Int) async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.method == .get
                ? .json(#"{"graph_count":0,"graphs":[]}"#)
                : .json(
                    #"{"error_code":"APIGW.0308"}"#,
                    status: status,
                    headers: [HTTPHeader("Retry-After", "240")]
                )
        }
        let fixture = try ClientFixture(cloud)
        _ = await fixture.client.restart("g")
        _ = try await fixture.client.listGraphs()
        #expect(fixture.clock.sleeps.isEmpty)
        #expect(cloud.received.count == 2)
    }

    @Test(
        "after a 429 nothing is sent until the time in Retry-After",
        arguments: ["90", "Thu, 02 Jan 2025 03:05:35 GMT"]
    )
    func retryAfter(value: String) async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                #"{"error_code":"APIGW.0308"}"#,
                status: 429,
                headers: [HTTPHeader("Retry-After", value)]
            ),
            .json(#"{"graph_count":0,"graphs":[]}"#),
        ])
        let fixture = try ClientFixture(cloud)
        let first = await #expect(throws: GESError.self) { try await fixture.client.listGraphs() }
        guard case .throttled(.some, retryAfter: .seconds(90)) = first else {
            Issue.record("not throttled: \(String(describing: first))")
            return
        }
        let second = await #expect(throws: GESError.self) { try await fixture.client.listGraphs() }
        #expect(second == .throttled(nil, retryAfter: .seconds(90)))
        #expect(await fixture.client.restart("g").0.label == "throttled 90")
        #expect(cloud.received.count == 1)
        fixture.clock.advance(by: .seconds(40))
        _ = try await fixture.client.listGraphs()
        #expect(fixture.clock.sleeps == [.seconds(50)])
    }
}
