import Testing

@testable import Agent

@Suite("systemd")
struct SystemdTests {
    private func notifier(_ variables: [String: String]) -> SystemdNotifier? {
        SystemdNotifier(processIdentifier: 7) { variables[$0] }
    }

    @Test("is told only when it wants to hear")
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

    @Test("hears that it is ready only when the message arrived")
    func nobodyListens() throws {
        let deaf = try #require(notifier(["NOTIFY_SOCKET": "/nonexistent/socket"]))
        #expect(!deaf.ready("x"))
    }

    @Test("hears nothing any more from a cycle that hangs")
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
