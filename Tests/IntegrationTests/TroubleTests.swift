import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// Problems of the agent's own machine. In each of them it observes without acting, reports the
/// problem, and resumes by itself when the cause is gone.
@Suite("With a problem of its own the agent only observes", .serialized)
struct TroubleTests {
    @Test("while the disk is full")
    func diskFull() async throws {
        let mounts = Launcher.mounts("mkdir data && mount -t tmpfs -o size=1m tmpfs data")
        try await RunningAgent.with(AgentSetup(), through: { _ in mounts }) { agent in
            try await agent.waitUntilReady()
            // The file system is accessed through the agent's process, because no other process
            // sees it.
            let process = agent.process.program.processIdentifier
            let filler = URL(filePath: "/proc/\(process)/root\(agent.folder.path)/data/filler")
            try fill(filler)
            let victim = try await agent.expectTrouble("ledger", saying: "is full")
            try FileManager.default.removeItem(at: filler)
            try await agent.expectRecovery(of: victim)
        }
    }

    private func fill(_ file: URL) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        let error = #expect(throws: CocoaError.self) {
            for bytes in [4096, 1] {
                for _ in 0..<10_000 { try handle.write(contentsOf: Data(count: bytes)) }
            }
        }
        #expect(error?.code == .fileWriteOutOfSpace)
    }

    @Test("while another program locks the ledger")
    func locked() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let script = """
                import signal, sqlite3
                c = sqlite3.connect("\(agent.folder.path)/data/ledger.db", isolation_level=None)
                c.execute("PRAGMA busy_timeout = 20000")
                c.execute("BEGIN EXCLUSIVE")
                print("locked", flush=True)
                signal.pause()
                """
            let python = try Program.debian("python3")
            let locker = try Program(python, ["-c", script])
            defer { locker.signal(SIGKILL) }
            try await eventually("the ledger is locked") {
                locker.text
            } is: { text in
                text.contains("locked")
            }
            let victim = try await agent.expectTrouble("ledger", saying: "locked")
            // Each poll waits two seconds for the lock, so polling continues.
            try await agent.process.waitForPolls(4)
            locker.signal(SIGKILL)
            try await agent.expectRecovery(of: victim)
        }
    }

    @Test("while the ledger is damaged or missing")
    func damaged() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let file = agent.folder.appending(path: "data/ledger.db")
            let aside = agent.folder.appending(path: "data/aside.db")
            try FileManager.default.moveItem(at: file, to: aside)
            try Data("no database".utf8).write(to: file)
            let victim = try await agent.expectTrouble("ledger", saying: "removed or replaced")
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: aside, to: file)
            try await agent.expectRecovery(of: victim)
        }
    }

    @Test("and refuses to start with a damaged ledger, with a remedy")
    func damagedAtStart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            try await AgentProcess.start(in: scratch.folder).stop()
            let file = scratch.folder.appending(path: "data/ledger.db")
            let good = try Data(contentsOf: file)
            try Data(good.prefix(4096) + [UInt8](repeating: 0xA5, count: good.count - 4096))
                .write(to: file)
            let failed = await #expect(throws: Program.Failure.self) {
                try await AgentProcess.start(in: scratch.folder)
            }
            let text = try #require(failed).description
            #expect(text.contains("level=error"))
            #expect(text.contains("is damaged") && text.contains("put a backup in its place"))
            try good.write(to: file)
            try await AgentProcess.start(in: scratch.folder).stop()
        }
    }

    @Test("while its clock is set and set right again", arguments: [7200, -7200])
    func clockSet(seconds: Int) async throws {
        let setup = AgentSetup(remediation: ["cooldown: 1h"])
        try await RunningAgent.with(setup, through: { try FakeClock(in: $0).launcher() }) { agent in
            try await agent.waitUntilReady()
            let patient = try agent.hangGraph(2, .unresponsive)
            try await agent.waitForState("cooling_down", of: patient)
            let clock = FakeClock(in: agent.folder)
            try clock.set(by: seconds)
            let victim = try await agent.expectTrouble("clock_differs", saying: "the clock of the")
            let (away, back) = seconds > 0 ? ("forward", "back") : ("back", "forward")
            #expect(agent.log.contains("the clock was set \(away) by"))
            #expect(try await agent.process.metric("graphwarden_clock_jumps_total") == 1)
            #expect(try await agent.state(of: patient) == "cooling_down")
            try clock.set(by: 0)
            try await agent.expectRecovery(of: victim, besides: patient)
            #expect(try await agent.state(of: patient) == "cooling_down")
            #expect(agent.log.contains("the clock was set \(back) by"))
            #expect(try await agent.process.metric("graphwarden_clock_jumps_total") == 2)
        }
    }

    @Test("while the clock of the cloud's gateway differs")
    func gatewayDiffers() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            agent.cloud.withCloud { cloud, _ in cloud.clockError = .seconds(90) }
            let victim = try await agent.expectTrouble("clock_differs", saying: "ahead of ours")
            let offset = try await agent.process.metric("graphwarden_clock_offset_seconds") ?? 0
            #expect(abs(offset - 90) < 10)
            agent.cloud.withCloud { cloud, _ in cloud.clockError = .zero }
            try await agent.expectRecovery(of: victim)
        }
    }
}

extension RunningAgent {
    /// The problem is reported everywhere, and a graph that hangs meanwhile is not restarted.
    func expectTrouble(_ reason: String, saying words: String) async throws -> String {
        try await eventually("the agent reports that \(words)") {
            let ready = try await process.get("/-/ready")
            return ready.status == 503
                && String(decoding: ready.body, as: UTF8.self).contains(words)
        } lastSeen: {
            "\(log.suffix(3_000))"
        }
        let metric = "graphwarden_detect_only{reason=\"\(reason)\"}"
        // The metric is updated in the same cycle as the answer.
        try await eventually("the metric is updated") { try await process.metric(metric) == 1 }
        #expect(log.contains(/level=error .*Detect-only:/))
        let before = restarts
        let victim = try hangGraph(1, .unresponsive)
        try await eventually("the restart is held back", every: .milliseconds(100)) {
            let reasons = try await why(victim)["reasons"]
            return reasons?.arrayValue?.contains { $0["reason"] == "detect_only" } ?? false
        } lastSeen: {
            try await account(of: victim)
        }
        try await process.waitForPolls(4)
        #expect(restarts == before)
        return victim
    }

    /// The problem ends by itself, and the restart that was held back is sent, once.
    func expectRecovery(of victim: String, besides other: String? = nil) async throws {
        try await eventually("the agent is ready again") {
            try await process.get("/-/ready").status == 200
        } lastSeen: {
            "\(log.suffix(3_000))"
        }
        try await waitForState("cooling_down", of: victim)
        #expect(restarts[victim] == 1)
        if let other { #expect(restarts[other] == 1) }
        #expect(restarts.count == (other == nil ? 1 : 2))
        #expect(try await isVerified(victim))
    }
}
