import Foundation
import GESSimulator
import SystemdListener
import TestSupport
import Testing

@Suite("Under systemd")
struct SystemdTests {
    @Test("the agent notifies when it is ready, alive, reloading and stopping")
    func life() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let socket = try NotifyListener(in: scratch.folder.path)
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000"]
            )
            defer { process.program.signal(SIGKILL) }
            var heard: [String] = []
            func expectMessage(_ text: String, times: Int = 1) async throws {
                try await eventually("systemd hears \(text)") {
                    heard += socket.receive()
                    return heard
                } is: { heard in
                    heard.count { $0.contains(text) } >= times
                }
            }
            try await expectMessage("READY=1\nSTATUS=")
            try await expectMessage("STATUS=Watching 5 graphs")
            try await expectMessage("WATCHDOG=1", times: 3)
            heard = []
            process.program.signal(SIGHUP)
            try await expectMessage("RELOADING=1\nMONOTONIC_USEC=")
            try await expectMessage("READY=1")
            let order = heard.filter { $0.contains("RELOADING") || $0.contains("READY") }
            #expect(order.first?.hasPrefix("RELOADING=1") == true && order.last == "READY=1")
            heard = []
            #expect(try await process.stop() == 0)
            try await expectMessage("STOPPING=1")
        }
    }

    @Test("an agent that cannot reach the cloud is also ready, and reports what is wrong")
    func blind() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let socket = try NotifyListener(in: scratch.folder.path)
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            try await cloud.setOutage(.hanging)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                environment: ["NOTIFY_SOCKET": socket.path]
            )
            defer { process.program.signal(SIGKILL) }
            var heard: [String] = []
            try await eventually("systemd is notified that the agent is ready, but not healthy") {
                heard += socket.receive()
                return heard
            } is: { heard in
                heard.contains { $0.hasPrefix("READY=1\nSTATUS=Not ready: ") }
            }
            try await process.stop()
        }
    }

    @Test("does not retry a wrong configuration or flag, whichever file the flags name")
    func noRetry() async throws {
        let unit = try String(
            contentsOf: Program.root.appending(path: "packaging/systemd/graphwarden.service"),
            encoding: .utf8
        )
        let settings = unit.split(separator: "\n").filter { !$0.hasPrefix("#") }
        func words(_ key: String) -> [String] {
            settings.filter { $0.hasPrefix("\(key)=") }
                .flatMap { $0.dropFirst(key.count + 1).split(separator: " ") }.map(String.init)
        }
        // A check before the start would not know which files $ARGS names.
        #expect(words("ExecStartPre").isEmpty)
        let start = words("ExecStart")
        #expect(start.last == "$ARGS")
        let scratch = try Scratch()
        defer { scratch.remove() }
        let bad = try scratch.write("odd: 1\n", to: "bad.yml").path
        for arguments in [
            ["--config.file=\(bad)"], ["--config.file=/no/such/file"],
            ["--web.config.file=\(bad)"], ["--no-such-flag"], ["--web.listen-address=nonsense"],
        ] {
            let (status, text) = try await Program.run(
                Program.graphwarden,
                start.dropFirst().dropLast() + ["--storage.path=\(scratch.folder.path)"] + arguments
            )
            #expect(words("RestartPreventExitStatus").contains("\(status)"), "\(text)")
        }
    }
}
