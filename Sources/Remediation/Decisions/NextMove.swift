/// What follows from the gates that are closed: not every closed gate means just waiting.
enum NextMove: Hashable {
    case proceed
    /// Only the mode keeps the restart from being sent.
    case shadow
    /// Ask a person: an approval is missing, and nothing else is in the way.
    case ask
    /// Announce the restart: that is missing, and nothing else is in the way.
    case announce
    /// Tell a person that the graph is exhausted: it would be restarted, but for its attempts.
    case exhaust
    case hold

    init(closed: [HoldReason]) {
        let obstacles = Set(closed.map(\.obstacle))
        switch obstacles {
        case []: self = .proceed
        case [.shadow]: self = .shadow
        case _ where obstacles.isSubset(of: [.person, .veto]):
            self = obstacles.contains(.person) ? .ask : .announce
        // A full fleet or a storm passes by itself; used-up attempts need a person all the same.
        case _
        where obstacles.contains(.attempts) && !obstacles.contains(.other)
            && !obstacles.contains(.shadow):
            self = .exhaust
        default: self = .hold
        }
    }
}

extension HoldReason {
    fileprivate enum Obstacle {
        case shadow, person, veto, attempts, fleet, other
    }

    fileprivate var obstacle: Obstacle {
        switch self {
        case .shadow: .shadow
        case .approvalPending, .killCost, .fewJobs, .imprecise: .person
        case .storm(let storm) where storm.level == .soft: .person
        case .vetoPeriod: .veto
        case .attemptsUsed(_, _, until: nil), .ladderEnded: .attempts
        case .concurrency, .pathConcurrency, .budgetUsed, .postsUsed, .storm, .canary: .fleet
        default: .other
        }
    }
}
