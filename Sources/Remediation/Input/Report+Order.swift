extension [Report] {
    /// Facts before wishes, and of two contrary wishes the careful one first, so that it does not
    /// matter in which order they reached the inbox.
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
    fileprivate var rank: Int {
        switch self {
        case .outcome: 0
        case .jobsFound: 1
        case .job: 2
        case .evidence: 3
        case .order(let order):
            switch order.kind {
            case .pause: 4
            case .reject: 5
            case .acknowledge: 6
            case .resume: 7
            case .approve: 8
            case .restart: 9
            }
        }
    }

    fileprivate var key: String {
        switch self {
        case .outcome(let intentID, _, _), .jobsFound(let intentID, _): intentID
        case .job(let id, let jobID, _): "\(id)/\(jobID)"
        case .evidence(let id, _): id.rawValue
        case .order(let order): order.id
        }
    }
}
