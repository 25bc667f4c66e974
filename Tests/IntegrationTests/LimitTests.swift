import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// The agent with too few resources. It may die, but must neither mistake its own lack of resources
/// for an unhealthy graph nor restart a graph twice.
@Suite("With too few resources", .serialized)
struct LimitTests {
    /// More probes than slots, each of which occupies its slot for half of the timeout: waiting
    /// probes would time out if the wait counted. The control is a graph that hangs although it
    /// answers.
    @Test("a limit of 64 open files makes no graph look unhealthy")
    func openFiles() async throws {
        let setup = AgentSetup(graphs: 32, timeout: "3s")
        try await RunningAgent.with(setup, through: { _ in .shell("ulimit -n 64") }) { agent in
            try await agent.waitUntilReady()
            for index in 0..<32 {
                agent.changeGraph(index) { cloud, id, _ in
                    cloud.setManner(id, .slow(.milliseconds(1_500)))
                }
            }
            try await agent.expectNoFurtherRestart(inPolls: 3)
            #expect(agent.restarts.isEmpty)
            for index in 0..<32 {
                agent.changeGraph(index) { cloud, id, _ in cloud.setManner(id, .answering) }
            }
            try #require(agent.process.program.isRunning, "\(agent.log.suffix(2_000))")
            let victim = try agent.hangGraph(3, .importing)
            try await agent.waitForState("cooling_down", of: victim)
            #expect(agent.restarts == [victim: 1])
        }
    }

    @Test(
        "the agent survives too little memory, or dies without a second restart",
        arguments: [300_000, 500_000, 900_000, 2_000_000]
    )
    func memory(kilobytes: Int) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let victim = try #require(cloud.withCloud { cloud, _ in cloud.graphs.first?.id })
            var small = Launcher.shell("ulimit -v \(kilobytes)")
            // The backtracer has as little memory as the program, and may get stuck.
            small.environment = ["SWIFT_BACKTRACE": "enable=no"]
            let process = try? await AgentProcess.start(in: scratch.folder, through: small)
            if let process {
                try await Self.waitForListings(8, cloud, process)
                cloud.withCloud { cloud, now in
                    // Far too large answers while a graph hangs.
                    let fault = ScheduledFault(
                        .padded(bytes: 15 << 20),
                        on: FaultMatch(service: .ges),
                        probability: 0.3
                    )
                    cloud.faults.schedule(fault)
                    _ = cloud.hang(victim, .unresponsive, restartsToHeal: 1, at: now)
                }
                try await Self.waitForListings(20, cloud, process)
                if !process.program.isRunning {
                    #expect(try await process.program.exitStatus() != 0)
                }
                try await process.kill()
                #expect(try Self.processes(in: scratch.folder).isEmpty)
            } else {
                cloud.withCloud { cloud, now in
                    _ = cloud.hang(victim, .unresponsive, restartsToHeal: 1, at: now)
                }
            }
            cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            try await completesRestart(in: scratch.folder, cloud, victim)
        }
    }

    /// Waits until the agent has requested `count` graph listings, or has died.
    private static func waitForListings(
        _ count: Int,
        _ cloud: SimulatedCloudServer,
        _ process: AgentProcess
    ) async throws {
        func listings() -> Int {
            cloud.withCloud { cloud, _ in cloud.log.records(of: .listGraphs).count }
        }
        let before = listings()
        try await eventually("the agent lists \(count) times or dies") {
            listings() > before + count || !process.program.isRunning
        } lastSeen: {
            process.program.text
        }
    }

    /// The command lines of processes still running in the folder.
    private static func processes(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { process in
            let place = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(process)/cwd"
            )
            guard place == folder.path else { return nil }
            return try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
        }
    }

    /// Without the limit the same agent completes the restart.
    private func completesRestart(
        in folder: URL,
        _ cloud: SimulatedCloudServer,
        _ victim: String
    ) async throws {
        let process = try await AgentProcess.start(in: folder)
        let agent = RunningAgent(cloud: cloud, process: process, folder: folder)
        try await process.waitForPolls(20)
        #expect(agent.restarts[victim] ?? 0 <= 1)
        #expect(agent.restarts.keys.allSatisfy { $0 == victim })
        try await process.stop()
    }

    /// At the pace of these tests a tenth of a second corresponds to twelve seconds in production.
    @Test("a slow disk delays the agent, and has no other effect")
    func slowDisk() async throws {
        let launcher = try Launcher.slowing("fsync,fdatasync", by: .milliseconds(100))
        try await RunningAgent.with(AgentSetup(), through: { _ in launcher }) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForState("cooling_down", of: victim)
            #expect(try await agent.isVerified(victim))
            #expect(agent.restarts == [victim: 1])
            let metrics = try await agent.process.metrics()
            let sum = "graphwarden_store_operation_duration_seconds_sum{operation=\"record\"}"
            #expect(metrics[sum] ?? 0 > 1, "the disk was slow")
        }
    }
}
