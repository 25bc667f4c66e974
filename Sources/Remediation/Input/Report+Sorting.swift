extension [Report] {
    /// Facts before orders, and of two contrary orders of one step the careful one prevails: a
    /// pause follows the end of one, and precedes what would begin a restart. Otherwise orders keep
    /// the order in which they arrived, as do reports about the same thing, such as two states of
    /// one job.
    func inOrder() -> [Report] {
        enumerated()
            .sorted {
                ($0.element.rank, $0.element.key, $0.offset) < (
                    $1.element.rank, $1.element.key, $1.offset
                )
            }
            .map(\.element)
    }
}

extension Report {
    /// Outcomes first: they say what is in progress. Pauses before approvals and restarts: a pause
    /// that arrived in the same step must win.
    fileprivate var rank: Int {
        switch self {
        case .outcome: 0
        case .jobsFound, .jobList, .partialJobList, .jobListFailed: 1
        case .job: 2
        case .evidence: 3
        case .order(let order):
            switch order.kind {
            case .resume: 4
            case .pause: 5
            case .reject: 6
            case .acknowledge: 7
            case .label: 8
            case .approve: 9
            case .restart: 10
            }
        }
    }

    /// What the report is about.
    fileprivate var key: String {
        switch self {
        case .outcome(let intentID, _, _), .jobsFound(let intentID, _, _): intentID
        case .jobList, .partialJobList, .jobListFailed: ""
        case .job(let id, let jobID, _): "\(id)/\(jobID)"
        case .evidence(let id, _): id.rawValue
        case .order: ""
        }
    }
}
