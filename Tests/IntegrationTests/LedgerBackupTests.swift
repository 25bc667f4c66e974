import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

@Suite("A backup of the ledger")
struct LedgerBackupTests {
    @Test("is made while the agent runs, and an agent goes on from it")
    func wayBack() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            let victim = try first.hangGraph(1, .unresponsive)
            try await first.waitUntilVerified(victim)
            let attempts = try await first.why(victim)["attempts"]
            let file = agents.folder.appending(path: "backup.db").path
            let data = agents.folder.appending(path: "data")
            func backup() async throws -> (status: Int32, text: String) {
                try await Program.run(
                    Program.graphwarden,
                    ["ledger", "backup", file, "--storage.path=\(data.path)"]
                )
            }
            let made = try await backup()
            #expect(made.status == 0, "\(made.text)")
            let again = try await backup()
            #expect(again.status == 1 && again.text.contains("exists already"), "\(again.text)")
            try await first.process.stop()

            try FileManager.default.removeItem(at: data)
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: file,
                toPath: data.appending(path: "ledger.db").path
            )
            let second = try await agents.start()
            #expect(try await second.why(victim)["attempts"] == attempts)
            #expect(second.restarts == [victim: 1])
        }
    }
}
