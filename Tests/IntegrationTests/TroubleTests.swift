import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

/// What is wrong with the agent's own machine. In each trouble it watches and does not act, says so,
/// and goes on by itself when the cause is gone.
@Suite("In trouble of its own the agent only watches", .serialized)
struct TroubleTests {
    @Test("while the disk is full")
    func diskFull() async throws {
        let mounts = Launcher.mounts("mkdir data && mount -t tmpfs -o size=1m tmpfs data")
        try await Stage.with(Scene(), through: { _ in mounts }) { stage in
            try await stage.waitUntilReady()
            // The file system is seen through the agent's process: no other has it.
            let process = stage.agent.program.processIdentifier
            let filler = URL(filePath: "/proc/\(process)/root\(stage.folder.path)/data/filler")
            try fill(filler)
            let victim = try await stage.expectTrouble("ledger", saying: "is full")
            try FileManager.default.removeItem(at: filler)
            try await stage.expectRecovery(of: victim)
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

    @Test("while another program has the ledger locked")
    func locked() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            let script = """
                import sqlite3, time
                c = sqlite3.connect("\(stage.folder.path)/data/ledger.db", isolation_level=None)
                c.execute("PRAGMA busy_timeout = 20000")
                c.execute("BEGIN EXCLUSIVE")
                print("locked", flush=True)
                time.sleep(600)
                """
            let python = try Program.debian("python3")
            let locker = try Program(python, ["-c", script])
            let isLocked = try await eventually(within: .seconds(30)) {
                locker.text.contains("locked")
            }
            try #require(isLocked, "\(locker.text)")
            let victim = try await stage.expectTrouble("ledger", saying: "locked")
            let before = try await stage.cycles()
            try await Task.sleep(for: .seconds(10))
            // A wait of two seconds for the lock with each poll: the rhythm goes on.
            #expect(try await stage.cycles() >= before + 3)
            locker.signal(SIGKILL)
            try await stage.expectRecovery(of: victim)
        }
    }

    @Test("while the ledger is damaged or gone")
    func damaged() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            let file = stage.folder.appending(path: "data/ledger.db")
            let aside = stage.folder.appending(path: "data/aside.db")
            try FileManager.default.moveItem(at: file, to: aside)
            try Data("no database".utf8).write(to: file)
            let victim = try await stage.expectTrouble("ledger", saying: "removed or replaced")
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: aside, to: file)
            try await stage.expectRecovery(of: victim)
        }
    }

    @Test("and does not start with a damaged ledger, but says what to do")
    func damagedAtStart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
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

    /// First forward, then back. Not the other way round: the library that sets the clock would also
    /// hold up the timers of the elapsed time, which the kernel's own clocks never do.
    @Test("while its clock is set, forward and back")
    func clockSet() async throws {
        let scene = Scene(remediation: ["cooldown: 1h"])
        try await Stage.with(scene, through: { try FakeClock(in: $0).launcher() }) { stage in
            try await stage.waitUntilReady()
            let patient = try stage.hang(2, .unresponsive)
            try await stage.expectState("cooling_down", of: patient, within: .seconds(60))
            let clock = FakeClock(in: stage.folder)
            try clock.set(by: 7200)
            let victim = try await stage.expectTrouble("clock_differs", saying: "the clock of the")
            #expect(stage.agent.program.text.contains("the clock was set forward by"))
            #expect(try await stage.agent.metric("graphwarden_clock_jumps_total") == 1)
            try await stage.expectState("cooling_down", of: patient, within: .seconds(1))
            try clock.set(by: 0)
            try await stage.expectRecovery(of: victim, besides: patient)
            try await stage.expectState("cooling_down", of: patient, within: .seconds(1))
            #expect(stage.agent.program.text.contains("the clock was set back by"))
            #expect(try await stage.agent.metric("graphwarden_clock_jumps_total") == 2)
        }
    }

    @Test("while the cloud's gateway has another time")
    func gatewayDiffers() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            stage.cloud.withCloud { cloud, _ in cloud.clockError = .seconds(90) }
            let victim = try await stage.expectTrouble("clock_differs", saying: "ahead of ours")
            let offset = try await stage.agent.metric("graphwarden_clock_offset_seconds") ?? 0
            #expect(abs(offset - 90) < 10)
            stage.cloud.withCloud { cloud, _ in cloud.clockError = .zero }
            try await stage.expectRecovery(of: victim)
        }
    }
}

extension Stage {
    func cycles() async throws -> Double {
        let metrics = try await agent.metrics()
        let all = metrics["graphwarden_sampling_cycles_total{source=\"ges_api\"}"] ?? 0
        let missed = metrics["graphwarden_sampling_cycles_missed_total{source=\"ges_api\"}"] ?? 0
        return all - missed
    }

    /// The trouble shows everywhere, and a graph that hangs meanwhile is not restarted.
    func expectTrouble(_ reason: String, saying words: String) async throws -> String {
        let isSaid = try await eventually(within: .seconds(30)) {
            let ready = try await agent.get("/-/ready")
            return ready.status == 503
                && String(decoding: ready.body, as: UTF8.self).contains(words)
        }
        #expect(isSaid, "\(agent.program.text.suffix(3_000))")
        let metric = "graphwarden_detect_only{reason=\"\(reason)\"}"
        // The metric follows the answer within the same cycle.
        let isCounted = try await eventually(within: .seconds(10)) {
            try await agent.metric(metric) == 1
        }
        #expect(isCounted)
        #expect(agent.program.text.contains(/level=error .*detecting only, because/))
        let before = restarts
        let victim = try hang(1, .unresponsive)
        let isHeld = try await eventually(within: .seconds(40)) {
            let reasons = try await agent.json("/api/v1/graphs/\(victim)/why")["data"]?["reasons"]
            return reasons?.arrayValue?.contains { $0["reason"] == "detect_only" } ?? false
        }
        if !isHeld { Issue.record("\(try await account(of: victim))") }
        try await Task.sleep(for: .seconds(2))
        #expect(restarts == before)
        return victim
    }

    /// The trouble is over by itself, and what was held back is done, once.
    func expectRecovery(of victim: String, besides other: String? = nil) async throws {
        let isReady = try await eventually(within: .seconds(40)) {
            try await agent.get("/-/ready").status == 200
        }
        #expect(isReady, "\(agent.program.text.suffix(3_000))")
        try await expectState("cooling_down", of: victim, within: .seconds(90))
        #expect(restarts[victim] == 1)
        if let other { #expect(restarts[other] == 1) }
        #expect(restarts.count == (other == nil ? 1 : 2))
        #expect(try await isVerified(victim))
    }
}
