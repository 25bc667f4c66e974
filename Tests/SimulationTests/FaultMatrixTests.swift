import FaultCells
import Rehearsal
import Testing
import VirtualTime

/// The faults and moments that do not depend on sockets; IntegrationTests runs the others with real
/// processes.
@Suite("The matrix of faults and moments")
struct FaultMatrixTests {
    @Test(
        "no cell restarts twice, restarts a healthy graph, or leaves the agent degraded",
        arguments: FaultCell.simulated
    )
    func cell(_ cell: FaultCell) throws {
        let (problems, trace) = try Simulation.run(CellSimulation.settings(cell)) { world in
            var play = CellSimulation(cell, in: world)
            do {
                try await play.run()
            } catch let failure as CellSimulation.Failure {
                return (play.problems + [failure.description], world.account(of: 1))
            }
            return (play.problems, world.account(of: 1))
        }
        #expect(problems.isEmpty, "\(problems.joined(separator: "; "))\n\(trace)")
    }

    @Test("every cell runs once")
    func division() {
        let named = FaultCell.momentsOfProcesses.values.reduce(0) { $0 + $1.count }
        #expect(FaultCell.ofProcesses.count == named, "a row or moment is misspelt")
        #expect(FaultCell.ofProcesses.count + FaultCell.simulated.count == FaultCell.all.count)
    }

    @Test("a cell gives the same trace each time")
    func determinism() throws {
        let cell = try #require(
            FaultCell.simulated.first { $0.row.name == "500" && $0.moment == .restart }
        )
        func trace() throws -> UInt64 {
            try Simulation.run(CellSimulation.settings(cell)) { world in
                var play = CellSimulation(cell, in: world)
                try await play.run()
                return world.time.trace.hash
            }
        }
        #expect(try trace() == trace())
    }
}
