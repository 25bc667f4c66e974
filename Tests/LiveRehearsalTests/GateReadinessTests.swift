import Diagnosis
import LiveRehearsal
import Remediation
import Testing
import Time

@Suite("LiveRehearsal.Gates")
struct GateReadinessTests {
    private static let later = Timestamp(milliseconds: 1_700_000_000_000)
    private static let healthy = HoldReason.undiagnosed(.healthy)

    @Test("an order passes what waits for a person")
    func passed() {
        let reasons: [HoldReason] = [
            Self.healthy, .shadow, .approvalPending(since: nil), .vetoPeriod(until: nil),
        ]
        #expect(GateReadiness(reasons, overriding: []) == .ready)
    }

    static let waits: [HoldReason] = [
        .startupGrace(until: later), .stateChangeGrace(statusCode: "200", until: later),
        .pauseGrace(until: later), .jobListUnread(""),
        .externalHold(.silencesUnknown("not asked", until: nil)),
        .undiagnosed(.unknown(.sight, "too few readings")), .undiagnosed(.starting),
        .undiagnosed(.suspect(since: later)),
    ]

    @Test("waits for what opens by itself", arguments: waits)
    func waiting(reason: HoldReason) {
        #expect(GateReadiness([Self.healthy, reason], overriding: []) == .waiting([reason]))
    }

    static let refusals: [HoldReason] = [
        .modeOff, .notSelected, .detectOnly("the clock differs"),
        .externalHold(.silenced(by: "a silence", ends: nil)),
        .externalHold(.maintenance(window: "night", ends: nil, observe: .zero)),
        .externalHold(.blocked(by: "an alert", since: nil)),
        .coolingDown(until: later, attempt: 1, outcome: .verified), .exhausted(since: later),
        .suspended(until: later, by: "alice", reason: "no"), .stalled(since: later),
        .attemptsUsed(count: 2, limit: WindowLimit(window: .seconds(3600), count: 2), until: later),
        .budgetUsed(count: 3, limit: WindowLimit(window: .seconds(3600), count: 3), until: later),
        .postsUsed(count: 6, limit: WindowLimit(window: .seconds(3600), count: 6), until: later),
        .concurrency(inFlight: [GraphID("x")], limit: 1), .busy(phase: "restarting"),
        .externalAction(since: later), .undiagnosed(.busy(by: .job("a backup", since: nil))),
        .undiagnosed(.notEligible(statusCode: "202")), .undiagnosed(.flapping(since: later)),
        .unknownGraph, .throttled(of: GraphID("x"), until: later),
        .credentialRefused(of: GraphID("x"), at: later, until: later),
    ]

    /// Not even if it opens by itself: who rehearses waits for no cool-down.
    @Test("refuses over everything else, whatever is overridden", arguments: refusals)
    func refused(reason: HoldReason) {
        let reasons = [Self.healthy, .startupGrace(until: Self.later), reason]
        let overrides = RehearsalSettings.permittedOverrides
        #expect(GateReadiness(reasons, overriding: overrides) == .closed([reason]))
        #expect(GateReadiness(reasons, overriding: []) == .closed([reason]))
    }

    @Test("only waits can be skipped")
    func overridden() {
        let reasons: [HoldReason] = [
            Self.healthy, .startupGrace(until: Self.later),
            .stateChangeGrace(statusCode: "200", until: Self.later),
        ]
        #expect(GateReadiness(reasons, overriding: [.startupGrace]) == .waiting([reasons[2]]))
        let both = RehearsalSettings.permittedOverrides
        #expect(GateReadiness(reasons, overriding: both) == .ready)
    }

    /// The gate of the diagnosis is open for a graph that hangs.
    @Test("leaves a graph that hangs to the agent")
    func hung() {
        #expect(GateReadiness([.shadow], overriding: []) == .hung)
        #expect(GateReadiness([], overriding: []) == .hung)
    }

    @Test(
        "reads a tag as key and value",
        arguments: [
            ("a=b", "a=b"), ("a=b=c", "a=b=c"), ("=b", nil), ("a=", nil), ("a", nil), ("", nil),
        ] as [(String, String?)]
    )
    func tags(text: String, tag: String?) {
        #expect(RehearsalSettings.Tag(text)?.description == tag)
    }
}
