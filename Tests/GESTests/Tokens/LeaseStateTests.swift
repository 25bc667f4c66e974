import HTTPClient
import Testing

@testable import GES

@Suite("The life of a credential")
struct LeaseStateTests {
    private let password = Secret("right")
    private let start = Duration.seconds(1_000)

    private func state(longestPauseSeconds: Int = 60) -> LeaseState<String> {
        LeaseState(
            renewalMargin: .seconds(3_600),
            refusals: Backoff(first: .seconds(600), maximum: .seconds(7_200)),
            longestPause: .seconds(longestPauseSeconds)
        )
    }

    private func leased(lifeSeconds: Int) -> LeaseState<String> {
        var state = state()
        _ = state.next(at: start, secret: password)
        state.fetched("one", life: .seconds(lifeSeconds), at: start)
        return state
    }

    private func step(
        _ state: inout LeaseState<String>,
        at now: Duration,
        _ secret: Secret
    ) -> String {
        state.next(at: now, secret: secret).description
    }

    private static let refusal = ServiceFailure(status: 401, code: "401", message: "wrong")
    private static let outage = GESError.http(
        HTTPError(.timeout, requestMayHaveBeenSent: true, message: "late")
    )

    @Test(
        "it is renewed an hour before it expires, a short-lived one at a tenth of its life",
        arguments: [(86_400, 82_800), (36_000, 32_400), (600, 540), (20, 18)]
    )
    func renewal(lifeSeconds: Int, renewedAfterSeconds: Int) {
        var state = leased(lifeSeconds: lifeSeconds)
        let renewal = start + .seconds(renewedAfterSeconds)
        #expect(step(&state, at: renewal - .milliseconds(1), password) == "use one")
        #expect(step(&state, at: renewal, password) == "fetch")
        #expect(step(&state, at: renewal, password) == "use one")
        let end = start + .seconds(lifeSeconds)
        #expect(step(&state, at: end, password) == "wait")
    }

    @Test("callers wait while the first one is being fetched")
    func singleFlight() {
        var state = state()
        #expect(step(&state, at: start, password) == "fetch")
        #expect(step(&state, at: start, password) == "wait")
        state.fetched("one", life: .seconds(60), at: start)
        #expect(step(&state, at: start, password) == "use one")
    }

    @Test("a wrong password is retried after ten minutes, then twenty, up to two hours")
    func wrongPassword() {
        var state = state()
        var now = start
        for minutes in [10, 20, 40, 80, 120, 120] {
            #expect(step(&state, at: now, password) == "fetch")
            _ = state.fetchFailed(.unauthorised(Self.refusal), secret: password, at: now)
            let end = now + .seconds(minutes * 60)
            let fail = step(&state, at: end - .seconds(1), password)
            #expect(fail == "fail rejected, 1 s")
            now = end
        }
    }

    @Test(
        "a failure unrelated to the password is retried soon",
        arguments: [(403, nil), (400, "400"), (404, "404"), (500, "500")]
            as [(Int, String?)]
    )
    func notARefusal(status: Int, code: String?) {
        var state = state()
        let failure = ServiceFailure(status: status, code: code, message: "no")
        let error = status == 403 ? GESError.unauthorised(failure) : .api(failure)
        #expect(step(&state, at: start, password) == "fetch")
        _ = state.fetchFailed(error, secret: password, at: start)
        #expect(step(&state, at: start, password) == "fail unavailable")
        #expect(step(&state, at: start + .seconds(1), password) == "fetch")
    }

    @Test("another password is tried at once")
    func changedPassword() {
        var state = state()
        _ = state.next(at: start, secret: Secret("wrong"))
        _ = state.fetchFailed(.unauthorised(Self.refusal), secret: Secret("wrong"), at: start)
        #expect(step(&state, at: start, Secret("wrong")).hasPrefix("fail"))
        #expect(step(&state, at: start, password) == "fetch")
    }

    @Test("an outage is retried after 1, 2, 4 … 60 seconds")
    func outage() {
        var state = state()
        var now = start
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(step(&state, at: now, password) == "fetch")
            _ = state.fetchFailed(Self.outage, secret: password, at: now)
            let end = now + .seconds(seconds)
            #expect(
                step(&state, at: end - .milliseconds(1), password)
                    == "fail unavailable"
            )
            now = end
        }
    }

    @Test("an agent that polls often recovers at once from an outage or a revoked credential")
    func shortPauses() {
        var state = state(longestPauseSeconds: 2)
        var now = start
        for seconds in [1, 2, 2, 2] {
            #expect(step(&state, at: now, password) == "fetch")
            _ = state.fetchFailed(Self.outage, secret: password, at: now)
            now += .seconds(seconds)
        }
        #expect(step(&state, at: now, password) == "fetch")
        state.fetched("one", life: .seconds(86_400), at: now)
        let isGivenUp = state.reject("one", at: now + .seconds(2))
        #expect(isGivenUp)
    }

    @Test("while renewal fails, the old credential is used until it expires")
    func failedRenewal() {
        var state = leased(lifeSeconds: 86_400)
        let renewal = start + .seconds(83_000)
        #expect(step(&state, at: renewal, password) == "fetch")
        _ = state.fetchFailed(Self.outage, secret: password, at: renewal)
        #expect(step(&state, at: renewal, password) == "use one")
        #expect(state.usable(at: start + .seconds(86_400)) == nil)
    }

    @Test("a refused credential is dropped once, but not if it is brand-new")
    func rejection() {
        var state = leased(lifeSeconds: 86_400)
        let isGivenUpEarly = state.reject("one", at: start + .seconds(9))
        #expect(!isGivenUpEarly)
        #expect(step(&state, at: start + .seconds(9), password) == "use one")
        let isGivenUp = state.reject("one", at: start + .seconds(10))
        #expect(isGivenUp)
        #expect(step(&state, at: start + .seconds(10), password) == "fetch")
        state.fetched("two", life: .seconds(86_400), at: start + .seconds(10))
        // A late 401 for the old one does not affect the new one.
        let isAnotherOne = state.reject("one", at: start + .seconds(30))
        #expect(isAnotherOne)
        #expect(step(&state, at: start + .seconds(30), password) == "use two")
    }

    @Test("a cancelled fetch does not count as a failure")
    func cancelled() {
        var state = state()
        _ = state.next(at: start, secret: password)
        _ = state.fetchFailed(.cancelled, secret: password, at: start)
        #expect(step(&state, at: start, password) == "fetch")
    }
}

extension LeaseState.Next: CustomStringConvertible {
    var description: String {
        switch self {
        case .use(let value): "use \(value)"
        case .fetch: "fetch"
        case .wait: "wait"
        case .fail(.rejected(_, let rest)): "fail rejected, \(rest.components.seconds) s"
        case .fail(.unavailable): "fail unavailable"
        case .fail(.secret): "fail secret"
        }
    }
}
