import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

/// The agent on a machine that is too small. It may die; it must not take its own weakness for a sick
/// graph, nor restart one twice.
@Suite("On a machine that is too small", .serialized)
struct LimitTests {
    @Test("sixty-four open files make no graph look sick")
    func openFiles() async throws {
        let scene = Scene(graphs: 80)
        try await Stage.with(scene, through: { _ in .shell("ulimit -n 64") }) { stage in
            try await stage.waitUntilReady()
            // All answer, but late: every probe wants a connection of its own at the same time.
            for index in 0..<80 {
                stage.change(index) { cloud, id, _ in
                    cloud.setManner(id, .slow(.milliseconds(300)))
                }
            }
            try await Task.sleep(for: .seconds(10))
            #expect(stage.restarts.isEmpty)
            for index in 0..<80 {
                stage.change(index) { cloud, id, _ in cloud.setManner(id, .answering) }
            }
            try #require(stage.agent.program.isRunning, "\(stage.agent.program.text.suffix(2_000))")
            let victim = try stage.hang(3, .unresponsive)
            try await stage.expectState("cooling_down", of: victim, within: .seconds(60))
            #expect(stage.restarts == [victim: 1])
        }
    }

    @Test(
        "too little memory is survived, or a clear end",
        arguments: [300_000, 500_000, 900_000, 2_000_000]
    )
    func memory(kilobytes: Int) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
            let victim = try #require(cloud.withCloud { cloud, _ in cloud.graphs.first?.id })
            var small = Launcher.shell("ulimit -v \(kilobytes)")
            // Who tells where a program crashed has no more memory than the program, and may stay.
            small.environment = ["SWIFT_BACKTRACE": "enable=no"]
            let agent = try? await AgentProcess.start(in: scratch.folder, through: small)
            if let agent {
                try await Task.sleep(for: .seconds(3))
                cloud.withCloud { cloud, now in
                    // Answers that are far too large, while a graph hangs.
                    let fault = ScheduledFault(
                        .padded(bytes: 15 << 20),
                        on: FaultMatch(service: .ges),
                        probability: 0.3
                    )
                    cloud.faults.schedule(fault)
                    _ = cloud.hang(victim, .unresponsive, restartsToHeal: 1, at: now)
                }
                try await Task.sleep(for: .seconds(8))
                if !agent.program.isRunning {
                    #expect(try await agent.program.exitStatus() != 0)
                }
                try await agent.kill()
                #expect(try Self.processes(in: scratch.folder).isEmpty)
            } else {
                cloud.withCloud { cloud, now in
                    _ = cloud.hang(victim, .unresponsive, restartsToHeal: 1, at: now)
                }
            }
            cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            try await goesOn(in: scratch.folder, cloud, victim)
        }
    }

    /// The command lines of what still runs in the folder.
    private static func processes(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { process in
            let place = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(process)/cwd"
            )
            guard place == folder.path else { return nil }
            return try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
        }
    }

    /// Without the limit the same agent brings it to an end.
    private func goesOn(
        in folder: URL,
        _ cloud: SimulatedCloudServer,
        _ victim: String
    ) async throws {
        let agent = try await AgentProcess.start(in: folder)
        let stage = Stage(cloud: cloud, agent: agent, folder: folder)
        try await Task.sleep(for: .seconds(8))
        #expect(stage.restarts[victim] ?? 0 <= 1)
        #expect(stage.restarts.keys.allSatisfy { $0 == victim })
        try await agent.stop()
    }

    /// At the pace of these tests a tenth of a second is what twelve seconds are in the field.
    @Test("a disk that is slow at every write delays, and nothing else")
    func slowDisk() async throws {
        let launcher = try Launcher.slowing("fsync,fdatasync", by: .milliseconds(100))
        try await Stage.with(Scene(), through: { _ in launcher }) { stage in
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            try await stage.expectState("cooling_down", of: victim, within: .seconds(90))
            #expect(try await stage.isVerified(victim))
            #expect(stage.restarts == [victim: 1])
            let metrics = try await stage.agent.metrics()
            let sum = "graphwarden_store_operation_duration_seconds_sum{operation=\"record\"}"
            #expect(metrics[sum] ?? 0 > 1, "the disk was slow")
        }
    }
}
