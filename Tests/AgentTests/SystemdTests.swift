import Cycle
import TestSupport
import Time
import Files
import API
import Synchronization
import SystemdListener
import Testing

@testable import Agent

@Suite("systemd")
struct SystemdTests {
    private func notifier(_ variables: [String: String]) -> SystemdNotifier? {
        SystemdNotifier(processIdentifier: 7) { variables[$0] }
    }

    @Test("is notified only if it requests it")
    func environment() {
        #expect(notifier([:]) == nil)
        #expect(notifier(["NOTIFY_SOCKET": ""]) == nil)
        #expect(notifier(["NOTIFY_SOCKET": "relative"]) == nil)
        #expect(notifier(["NOTIFY_SOCKET": "/" + String(repeating: "a", count: 200)]) == nil)
        #expect(notifier(["NOTIFY_SOCKET": "@abstract"]) != nil)
        var variables = ["NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000"]
        #expect(notifier(variables)?.watchdogTimeout == .seconds(60))
        variables["WATCHDOG_PID"] = "7"
        #expect(notifier(variables)?.watchdogTimeout == .seconds(60))
        variables["WATCHDOG_PID"] = "8"
        #expect(notifier(variables) != nil)
        #expect(notifier(variables)?.watchdogTimeout == nil)
        variables["WATCHDOG_USEC"] = "0"
        #expect(notifier(variables)?.watchdogTimeout == nil)
    }

    @Test("counts as notified only if the message arrives")
    func nobodyListens() throws {
        let deaf = try #require(notifier(["NOTIFY_SOCKET": "/nonexistent/socket"]))
        #expect(!deaf.ready("x"))
    }

    @Test("gets no watchdog message while the cycle hangs")
    func pulse() {
        let pulse = Pulse()
        #expect(pulse.isAlive(at: .seconds(1000)))
        pulse.expectBeat(by: .seconds(10))
        #expect(pulse.isAlive(at: .seconds(10)))
        #expect(!pulse.isAlive(at: .seconds(11)))
        pulse.expectBeat(by: .seconds(20))
        #expect(pulse.isAlive(at: .seconds(11)))
    }
}

@Suite("The messages to systemd")
struct SystemdReportsTests {
    /// Runs the reports for `duration` of virtual time; returns the messages.
    private func messages(
        in duration: Duration,
        _ pulse: Pulse,
        watchdog: String? = "20000000",
        _ board: StatusBoard = StatusBoard()
    ) async throws -> [String] {
        let folder = try TemporaryFolder(prefix: "graphwarden-notify-")
        defer { folder.remove() }
        let listener = try NotifyListener(in: folder.path)
        var variables = ["NOTIFY_SOCKET": listener.path]
        variables["WATCHDOG_USEC"] = watchdog
        let time = ManualClock(elapsed: .zero)
        let stop = StopSignal()
        let end = time.elapsed + duration
        var clock = AgentClock.system
        clock.elapsed = { time.elapsed }
        let reports = SystemdReports(
            notifier: try #require(SystemdNotifier(processIdentifier: 1) { variables[$0] }),
            pulse: pulse,
            board: board,
            clock: clock,
            stop: stop
        )
        // The kernel may hold as few as ten messages for a listener that does not read.
        var heard: [String] = []
        reports.run { pause in
            heard += listener.receive()
            time.sleep(for: pause)
            if time.elapsed >= end { stop.request() }
        }
        return heard + listener.receive()
    }

    @Test("report readiness after half a minute, even if no cycle has ended")
    func readyAfterAll() async throws {
        let early = try await messages(in: .seconds(20), Pulse())
        #expect(!early.contains { $0.hasPrefix("READY=1") })
        #expect(early.last?.hasPrefix("STOPPING=1") == true)
        let late = try await messages(in: .seconds(40), Pulse())
        #expect(late.contains { $0.hasPrefix("READY=1\nSTATUS=Not ready: the first") }, "\(late)")
    }

    @Test(
        "make a trouble of a watchdog that a busy host may set off",
        arguments: [
            ("1000000", true), ("9999999", true), ("10000000", false), ("60000000", false),
            (nil, false),
        ]
    )
    func shortWatchdog(watchdog: String?, isTold: Bool) async throws {
        let board = StatusBoard()
        _ = try await messages(in: .seconds(5), Pulse(), watchdog: watchdog, board)
        let found = board.troubles.filter { $0.name == "watchdog_short" }
        #expect(found.count == (isTold ? 1 : 0))
        #expect(found.allSatisfy { $0.since != nil && $0.remedy.contains("WatchdogSec") })
    }

    @Test("stop when the cycle hangs")
    func silence() async throws {
        let pulse = Pulse()
        pulse.completedCycle()
        pulse.expectBeat(by: .seconds(35))
        let heard = try await messages(in: .seconds(200), pulse)
        // Every 2.5 seconds, from 0 to 35.
        #expect(heard.count { $0 == "WATCHDOG=1" } == 15, "\(heard)")
    }
}
