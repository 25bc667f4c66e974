import Foundation
import Remediation
import SimulatedAgent
import Testing

@Suite("An agent in operation")
struct OperationTests {
    @Test("acts by a reloaded configuration")
    func reload() throws {
        let shadow = SimulationSettings { $0.mode = .shadow }
        try Simulation.run(shadow) { world in
            try await world.passStartupGrace()
            world.hang(1)
            try await world.pass(.seconds(2 * 3600))
            #expect(world.restarts.isEmpty)
            try await world.reload(SimulationSettings { $0.mode = .auto })
            let isVerified = try await world.pass(atMost: .seconds(3 * 3600), every: .seconds(10)) {
                world.isVerified(1)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            #expect(world.restarts == [world.id(1): 1])
        }
    }

    @Test("tracks a restart in progress to completion after it was started again itself")
    func startedAgain() throws {
        try whileRestarting(SimulationSettings()) { world in await world.restartAgent() }
    }

    @Test("finds its restart in the ledger file")
    func ledgerFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = SimulationSettings { $0.ledgerFolder = folder.path }
        try whileRestarting(settings) { world in await world.restartAgent() }
    }

    /// Runs `body` as soon as a restart was sent. The graph must be verified without a second one.
    private func whileRestarting(
        _ settings: SimulationSettings,
        _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) throws {
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            world.hang(1)
            let isSent = try await world.pass(atMost: .seconds(3600)) { !world.restarts.isEmpty }
            #expect(isSent)
            try await body(world)
            let isVerified = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.isVerified(1)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            try await world.pass(.seconds(3600))
            #expect(world.restarts == [world.id(1): 1])
            #expect(world.attempts(1) == [.verified])
        }
    }
}
