import Time

/// Which decisions of a graph are kept.
extension GraphRecord {
    /// What was decided about the graph lately, oldest first.
    package var decisions: [DecisionRecord] {
        get { keptDecisions?.all ?? [] }
        set {
            var log = keptDecisions ?? DecisionLog([])
            log.all = newValue
            keptDecisions = log.isEmpty ? nil : log
        }
    }

    /// The decision about the hang that has not ended; nil if there is none.
    package var openDecision: DecisionRecord? {
        keptDecisions?.all.last.flatMap { $0.isOver ? nil : $0 }
    }

    /// Changes the open decision.
    mutating func changeDecision(_ change: (inout DecisionRecord) -> Void) {
        guard openDecision != nil else { return }
        var changed = decisions
        change(&changed[changed.count - 1])
        decisions = changed
    }

    /// Those that are known to be right or wrong are kept by age, the newest of each entry and kind
    /// of hang, because a newer one that was wrong must never give way to an older one. Only labels
    /// that say wrong outlast their place. What says nothing has places of its own: it must not push
    /// out what was wrong.
    mutating func append(_ decision: DecisionRecord) {
        var kept = decisions
        var dropped: Set<Int> = []
        let judged = Dictionary(grouping: kept.indices.filter { kept[$0].isJudged }) {
            kept[$0].key
        }
        for places in judged.values {
            let old = places.dropLast(Self.judgedDecisions)
            let wrong = old.filter { kept[$0].label?.isRight == false }
            dropped.formUnion(Set(old).subtracting(wrong.suffix(Self.otherDecisions)))
        }
        let others = kept.indices.filter { !kept[$0].isJudged }
        dropped.formUnion(others.prefix(max(0, others.count + 1 - Self.otherDecisions)))
        kept = kept.indices.filter { !dropped.contains($0) }.map { kept[$0] } + [decision]
        var bytes = kept.reduce(0) { $0 + $1.bytes }
        dropped = []
        for index in kept.expendable where bytes > Self.decisionBytes {
            bytes -= kept[index].bytes
            dropped.insert(index)
        }
        decisions = kept.indices.filter { !dropped.contains($0) }.map { kept[$0] }
    }

    /// How many of those that are known to be right or wrong are kept of each entry and kind of
    /// hang: as many as a policy may ask for.
    static let judgedDecisions = Scorecard.window
    /// How many others, and how many labels that say wrong beyond their place.
    static let otherDecisions = 16
    /// How many bytes the decisions of one graph may take, so that its record can be written.
    static let decisionBytes = 192 << 10

    /// Forgets decisions that are too old to count, and those that cannot be read as long after they
    /// were seen first.
    mutating func expireDecisions(at instant: Timestamp) {
        let oldest = instant - DecisionRecord.retention
        if keptDecisions?.isEmpty ?? false { keptDecisions = nil }
        if keptDecisions?.unread.isEmpty ?? true {
            unreadDecisionsSince = nil
        } else if unreadDecisionsSince ?? instant < oldest {
            keptDecisions?.unread = []
        } else if unreadDecisionsSince == nil {
            unreadDecisionsSince = instant
        }
        guard keptDecisions?.all.contains(where: { $0.at < oldest }) ?? false else { return }
        decisions.removeAll { !$0.isPending && $0.at < oldest }
    }

    /// What is left of a graph that has been gone for long: its decisions that count, right, wrong or
    /// missed, and those of which nobody knows.
    func forgotten(at instant: Timestamp) -> GraphRecord {
        let oldest = instant - DecisionRecord.retention
        var rest = GraphRecord(id: id)
        rest.keptDecisions = keptDecisions
        rest.decisions = decisions.filter {
            ($0.isJudged || $0.outcome == .missed || $0.isUnread) && $0.at >= oldest
        }
        if rest.keptDecisions != nil {
            rest.missingSince = missingSince
            rest.unreadDecisionsSince = unreadDecisionsSince
        }
        return rest
    }
}

extension DecisionRecord {
    /// About how many bytes it takes in a ledger, at most.
    var bytes: Int {
        var texts = incidentIDs + [entry]
        if let label { texts += [label.by, label.reason] }
        let extra = (unreadLabel?.bytes ?? 0) + (judgement?.foreign?.reason.utf8.count ?? 0)
        return texts.reduce(400 + extra) { $0 + 8 + 2 * $1.utf8.count }
    }

    /// What says nothing goes first, and what was wrong last: no loss makes the agent bolder.
    var worth: Int {
        guard !isUnread else { return 2 }
        return isJudged ? (outcome == .right ? 1 : 2) : 0
    }
}

extension [DecisionRecord] {
    /// Those that may be dropped for want of room, in this order. An open one may not.
    var expendable: [Int] {
        indices.filter { self[$0].isOver }
            .sorted { (self[$0].worth, self[$0].at, $0) < (self[$1].worth, self[$1].at, $1) }
    }
}
