import Foundation
import TestSupport
import Testing

@Suite("An agent that is started again and again", .serialized)
struct CrashLoopTests {
    @Test("says so from the fourth start on, until one outlasts its start-up grace")
    func crashLoop() async throws {
        var setup = AgentSetup()
        setup.startupGrace = "1h"
        try await SuccessiveAgents.with(setup) { agents in
            for number in 1...4 {
                let agent = try await agents.start()
                let metrics = try await agent.process.metrics()
                #expect(metrics["graphwarden_starts_total"] == Double(number))
                #expect(metrics["graphwarden_crash_loop"] == (number > 3 ? 1 : 0))
                #expect(agent.log.contains("The agent starts again and again") == (number > 3))
                try await agent.process.kill()
            }
            let file = agents.folder.appending(path: "graphwarden.yml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let shorter = text.replacing("startup_grace: 1h", with: "startup_grace: 1s")
            try Data(shorter.utf8).write(to: file)
            let lasting = try await agents.start()
            try await eventually("the start has lasted") {
                try await lasting.process.metric("graphwarden_crash_loop") == 0
            } lastSeen: {
                "\(lasting.log.suffix(1_000))"
            }
            try await lasting.process.kill()
            let next = try await agents.start()
            #expect(try await next.process.metric("graphwarden_starts_total") == 6)
            #expect(try await next.process.metric("graphwarden_crash_loop") == 0)
        }
    }
}
