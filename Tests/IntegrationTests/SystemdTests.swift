import Foundation
import GESSimulator
import SystemdListener
import Testing

@Suite("Under systemd")
struct SystemdTests {
    @Test("the agent says when it is ready, alive, reloading and stopping")
    func life() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let socket = try NotifyListener(in: scratch.folder.path)
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
            let agent = try await AgentProcess.start(
                in: scratch.folder,
                environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000"]
            )
            defer { agent.program.signal(SIGKILL) }
            var heard: [String] = []
            func hears(_ text: String, count: Int = 1) async throws -> Bool {
                try await eventually(within: .seconds(20)) {
                    heard += socket.receive()
                    return heard.count { $0.contains(text) } >= count
                }
            }
            #expect(try await hears("READY=1\nSTATUS="), "\(heard)")
            #expect(try await hears("STATUS=Watching 5 graphs"), "\(heard)")
            #expect(try await hears("WATCHDOG=1", count: 3), "\(heard)")
            heard = []
            agent.program.signal(SIGHUP)
            #expect(try await hears("RELOADING=1\nMONOTONIC_USEC="), "\(heard)")
            #expect(try await hears("READY=1"), "\(heard)")
            let order = heard.filter { $0.contains("RELOADING") || $0.contains("READY") }
            #expect(order.first?.hasPrefix("RELOADING=1") == true && order.last == "READY=1")
            heard = []
            #expect(try await agent.stop() == 0)
            #expect(try await hears("STOPPING=1"), "\(heard)")
        }
    }

    @Test("an agent that cannot see the cloud is ready too, and says what is wrong")
    func blind() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let socket = try NotifyListener(in: scratch.folder.path)
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
            try await cloud.setOutage(.hanging)
            let agent = try await AgentProcess.start(
                in: scratch.folder,
                environment: ["NOTIFY_SOCKET": socket.path]
            )
            defer { agent.program.signal(SIGKILL) }
            var heard: [String] = []
            let isReady = try await eventually(within: .seconds(45)) {
                heard += socket.receive()
                return heard.contains { $0.hasPrefix("READY=1\nSTATUS=Not ready: ") }
            }
            #expect(isReady, "\(heard)")
            try await agent.stop()
        }
    }
}
