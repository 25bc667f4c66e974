package import GESSimulator

/// The agent's activity when a fault occurs: the columns of the matrix.
package enum Moment: String, CaseIterable, Sendable {
    case listing, detail, probe, token, restart, job

    package var operations: [GESSimulator.Operation] {
        switch self {
        case .listing: [.listGraphs]
        case .detail: [.showGraph]
        case .probe: [.showVersion, .showSummary]
        case .token: [.createToken]
        case .restart: [.restartGraph]
        // With a job id the agent queries the job, without one it searches the list.
        case .job: [.showJob, .listJobs]
        }
    }

    /// Jobs are listed with every poll; this moment means the polls after a restart.
    package var comesAfterRestart: Bool { self == .job }
}
