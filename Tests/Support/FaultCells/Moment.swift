package import GESSimulator

/// What the agent is at when a fault meets it: the columns of the matrix.
package enum Moment: String, CaseIterable, Sendable {
    case listing, detail, probe, token, restart, job

    package var operations: [GESSimulator.Operation] {
        switch self {
        case .listing: [.listGraphs]
        case .detail: [.showGraph]
        case .probe: [.showVersion, .showSummary]
        case .token: [.createToken]
        case .restart: [.restartGraph]
        // With a job's id the agent asks for it, without one it searches the list.
        case .job: [.showJob, .listJobs]
        }
    }

    /// The jobs are listed with every poll: those that follow a restart come after it.
    package var comesAfterRestart: Bool { self == .job }
}
