/// What follows from the gates that are closed.
enum Plan: Hashable {
    case proceed
    /// Only the mode keeps it from being sent.
    case shadow
    /// A person has to agree, and nothing else is in the way.
    case ask
    /// It has to be announced, and nothing else is in the way.
    case announce
    /// It would be sent if the attempts were not used up: a person must know.
    case exhaust
    case hold

    init(closed: [HoldReason]) {
        let obstacles = Set(closed.map(\.obstacle))
        switch obstacles {
        case []: self = .proceed
        case [.shadow]: self = .shadow
        case _ where obstacles.isSubset(of: [.person, .veto]):
            self = obstacles.contains(.person) ? .ask : .announce
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
        case .approvalPending, .storm(.soft, _, _): .person
        case .vetoPeriod: .veto
        case .attemptsUsed: .attempts
        case .concurrency, .budgetUsed, .storm(.hard, _, _): .fleet
        default: .other
        }
    }
}
