import Remediation
import Series
import Testing

@testable import Cycle
import Time

private let noon: Int64 = 1_795_428_000

/// The wall clock shows `wall` seconds after noon, `elapsed` seconds after the boot.
private func reading(_ wall: Int64, _ elapsed: Int64, boot: String = "a") -> ClockReading {
    ClockReading(
        bootID: boot,
        elapsed: .seconds(elapsed),
        wall: Timestamp(milliseconds: (noon + wall) * 1000)
    )
}

private func instant(_ wall: Int64) -> Timestamp { Timestamp(milliseconds: (noon + wall) * 1000) }

@Suite("The clock watch")
struct ClockWatchTests {
    private func watch(_ wall: Int64 = 0, _ elapsed: Int64 = 100) -> ClockWatch {
        ClockWatch.begin(reading(wall, elapsed), since: nil).watch
    }

    @Test("reports nothing while both clocks agree, however long the host was suspended")
    func agreement() {
        var watch = watch()
        #expect(watch.jump(reading(30, 130)) == nil)
        #expect(watch.jump(reading(90_030, 90_130)) == nil)
        #expect(watch.reasons.isEmpty)
    }

    @Test("reports once by how much the clock was set", arguments: [3600, -3600, 6, -6, 864_000])
    func jumps(by seconds: Int64) {
        var watch = watch()
        #expect(watch.jump(reading(30 + seconds, 130)) == .seconds(seconds))
        #expect(watch.jump(reading(60 + seconds, 160)) == nil)
        #expect(watch.jump(reading(90, 190)) == .seconds(-seconds))
    }

    @Test("adds up steps that are individually too small")
    func smallSteps() {
        var watch = watch()
        #expect(watch.jump(reading(30 + 3, 130)) == nil)
        #expect(watch.jump(reading(60 + 6, 160)) == .seconds(6))
    }

    @Test("notices within a boot that the clock was set while no agent ran")
    func whileDown() {
        let record = watch().record(reading(0, 100))
        let (_, quiet) = ClockWatch.begin(reading(500, 600), since: record)
        #expect(quiet == nil)
        let (watch, jump) = ClockWatch.begin(reading(500 - 7200, 600), since: record)
        #expect(jump == .seconds(-7200))
        #expect(watch.reasons.isEmpty, "the jump itself is reported by the agent")
    }

    @Test("counts the time across a reboot if the clock has not gone back")
    func afterBoot() {
        let record = watch().record(reading(0, 100))
        let (watch, jump) = ClockWatch.begin(reading(600, 5, boot: "b"), since: record)
        #expect(jump == nil)
        #expect(watch.reasons.isEmpty)
    }

    @Test(
        "compares no elapsed times of starts that may be on different boots",
        arguments: [
            // The uptime went back; or there is no id, and then it proves nothing that it did not.
            ("a", -2_591_995), ("", -2_591_995), ("", 5),
        ] as [(String, Int64)]
    )
    func doubtfulBoot(boot: String, change: Int64) {
        let month: Int64 = 30 * 86_400
        let record = ClockWatch.begin(reading(0, month, boot: boot), since: nil).watch
            .record(reading(0, month, boot: boot))
        let (_, jump) = ClockWatch.begin(reading(600, month + change, boot: boot), since: record)
        #expect(jump == nil)
    }

    @Test("distrusts a clock that went back across a reboot until it has caught up")
    func behindAfterBoot() {
        let record = watch().record(reading(0, 100))
        var (watch, jump) = ClockWatch.begin(reading(-9000, 5, boot: "b"), since: record)
        #expect(jump == .seconds(-9000), "the rest of each wait is unchanged")
        #expect(watch.reasons == [.clockBehind(instant(0))])
        #expect(watch.jump(reading(-8990, 15, boot: "b")) == nil)
        #expect(watch.reasons == [.clockBehind(instant(0))])
        #expect(watch.jump(reading(30, 25, boot: "b")) == .seconds(9010))
        #expect(watch.reasons.isEmpty)
    }

    @Test("keeps its distrust across another start and another reboot")
    func doubtIsKept() {
        let first = watch().record(reading(0, 100))
        let (watch, _) = ClockWatch.begin(reading(-9000, 5, boot: "b"), since: first)
        let second = watch.record(reading(-8900, 105, boot: "b"))
        let (again, none) = ClockWatch.begin(reading(-8800, 205, boot: "b"), since: second)
        #expect(none == nil)
        #expect(again.reasons == [.clockBehind(instant(0))])
        let (third, jump) = ClockWatch.begin(reading(-8000, 1, boot: "c"), since: second)
        #expect(jump == .seconds(900), "only the recorded clock and this one can be compared")
        #expect(third.reasons == [.clockBehind(instant(0))])
        let (right, rest) = ClockWatch.begin(reading(60, 1, boot: "c"), since: second)
        #expect(rest == .seconds(8960))
        #expect(right.reasons.isEmpty)
    }

    @Test("trusts a clock that agrees with the gateway, whatever an earlier boot recorded")
    func confirmed() {
        let record = watch().record(reading(0, 100))
        var (watch, _) = ClockWatch.begin(reading(-9000, 5, boot: "b"), since: record)
        #expect(watch.learn(gatewayOffset: .seconds(-2)) == nil)
        #expect(watch.reasons.isEmpty)
    }

    @Test("counts no time while a clock was ahead since the boot")
    func aheadAfterBoot() {
        let record = watch().record(reading(0, 100))
        var (watch, jump) = ClockWatch.begin(reading(28_860, 5, boot: "b"), since: record)
        #expect(jump == nil)
        #expect(watch.learn(gatewayOffset: .seconds(-28_800)) == .seconds(28_800))
        #expect(watch.learn(gatewayOffset: .seconds(-28_800)) == nil)
        #expect(watch.reasons == [.clockDiffers(by: .seconds(-28_800))])
        #expect(watch.jump(reading(90, 35, boot: "b")) == .seconds(-28_800))
        #expect(watch.reasons.isEmpty, "the gateway was compared with another clock")
    }

    @Test("reports that the gateway's time differs", arguments: [-61, 61, 3600])
    func gateway(seconds: Int64) {
        var watch = watch()
        #expect(watch.learn(gatewayOffset: .seconds(60)) == nil)
        #expect(watch.reasons.isEmpty)
        #expect(watch.learn(gatewayOffset: .seconds(seconds)) == nil)
        #expect(watch.reasons == [.clockDiffers(by: .seconds(seconds))])
        _ = watch.learn(gatewayOffset: .zero)
        #expect(watch.reasons.isEmpty)
    }

    @Test(
        "describes every finding in words",
        arguments: [
            (.clockSet(by: .seconds(3600), until: instant(0)), "set forward by 1h; observing"),
            (
                .clockSet(by: .seconds(-90), until: nil),
                "set back by 1m30s; observing again as soon"
            ),
            (.clockDiffers(by: .milliseconds(-61_900)), "gateway is 1m1s behind ours"),
            (.clockDiffers(by: .seconds(61)), "gateway is 1m1s ahead of ours"),
            (.clockBehind(instant(0)), "before 2026-11-23T10:00:00Z, when the agent last ran"),
            (.olderLedger("it ends at line 1"), "older than the agent: it ends at line 1; put"),
            (.ledger("the ledger is full"), "the ledger cannot be written: the ledger is full"),
        ] as [(DetectOnlyReason, String)]
    )
    func words(trouble: DetectOnlyReason, part: String) {
        #expect("\(trouble)".contains(part))
        #expect(DetectOnlyReason.labels.contains(trouble.label))
    }
}
