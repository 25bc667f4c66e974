import Diagnosis
package import Remediation

/// What the gates mean for a rehearsal, which restarts a healthy graph by order.
package enum GateReadiness: Hashable, Sendable {
    /// Nothing but what an order passes is closed.
    case ready
    /// Something is closed that opens by itself.
    case waiting([HoldReason])
    /// Something is closed that a rehearsal does not wait for.
    case closed([HoldReason])
    /// The agent takes the graph for hung, so it needs no rehearsal.
    case hung

    /// - Parameter reasons: of every closed gate.
    package init(_ reasons: [HoldReason], overriding overrides: Set<Override>) {
        let left = reasons.filter { reason in
            !reason.isPassedByOrder && !(reason.override.map(overrides.contains) ?? false)
        }
        let closed = left.filter { !$0.opensByItself }
        if !closed.isEmpty {
            self = .closed(closed)
        } else if !left.isEmpty {
            self = .waiting(left)
        } else {
            // An open gate `diagnosis` says that a hang is proved.
            self = reasons.contains(.undiagnosed(.healthy)) ? .ready : .hung
        }
    }
}

extension HoldReason {
    /// Whether an order that overrides the diagnosis passes. Everything else that orders may
    /// override holds a rehearsal.
    fileprivate var isPassedByOrder: Bool {
        switch self {
        case .undiagnosed(.healthy), .shadow, .approvalPending, .vetoPeriod, .killCost, .fewJobs,
            .normalDuration, .ineffective:
            true
        default: false
        }
    }

    /// Whether it stands for something that could not be read.
    var isLackOfKnowledge: Bool {
        switch self {
        case .jobListUnread, .externalHold(.silencesUnknown), .undiagnosed(.unknown): true
        default: false
        }
    }

    /// Whether it ends soon without anybody doing anything.
    fileprivate var opensByItself: Bool {
        switch self {
        case .startupGrace, .stateChangeGrace, .pauseGrace, .jobListUnread,
            .externalHold(.silencesUnknown), .undiagnosed(.unknown), .undiagnosed(.starting),
            .undiagnosed(.suspect):
            true
        default: false
        }
    }
}
