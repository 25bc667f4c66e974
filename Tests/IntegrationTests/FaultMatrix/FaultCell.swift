import FaultCells
import Foundation
import GESSimulator
import HTTPClient
import JSON

/// Runs a cell with a real agent.
extension FaultCell {
    struct Result: Sendable {
        /// The outcome of the incident.
        var outcome = "?"
        /// Violations; empty if the cell passed.
        var problems: [String] = []
        var account = ""
    }

    func run() async -> Result {
        do {
            var fleet = FaultSetup.fleet
            fleet.speaksTLS = row.needsTLS
            return try await SimulatedCloudServer.serving(fleet) { cloud in
                let scratch = try Scratch()
                defer { scratch.remove() }
                try FaultSetup.write(to: scratch, for: cloud)
                let agent = try await AgentProcess.start(in: scratch.folder)
                var course = FaultCellRun(
                    cell: self,
                    cloud: cloud,
                    agent: agent,
                    folder: scratch.folder
                )
                do {
                    try await course.run()
                } catch {
                    course.result.problems.append("\(error)")
                }
                let status = try await agent.stop()
                if status != 0 {
                    course.result.problems.append("exit status \(status) after SIGTERM")
                }
                if !course.result.problems.isEmpty {
                    course.result.account += "\n" + agent.program.text.suffix(5_000)
                }
                return course.result
            }
        } catch {
            return Result(outcome: "no start", problems: ["\(error)"])
        }
    }
}
