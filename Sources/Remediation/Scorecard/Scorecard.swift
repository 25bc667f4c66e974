package import Diagnosis
import Time

/// How often decisions were right, by the kind of hang and the entry of `graphs`.
///
/// Each pair counts its newest decisions only: what was right under the rules of last year says
/// little of those of today.
package struct Scorecard: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package let hangClass: HangClass
        package let entry: String

        package init(_ hangClass: HangClass, entry: String) {
            self.hangClass = hangClass
            self.entry = entry
        }
    }

    package struct Score: Hashable, Sendable {
        package internal(set) var right = 0
        package internal(set) var wrong = 0
        package internal(set) var unknown = 0
        package internal(set) var missed = 0
        /// Decisions that are not judged yet.
        package internal(set) var pending = 0
        /// How many of them a person has judged.
        package internal(set) var labelled = 0
        /// How many decisions of it another version wrote, and this one cannot read.
        package internal(set) var unread = 0

        package init() {}

        /// What is known to be right or wrong.
        package var judged: Int { right + wrong }
        /// The share of the decisions that were right.
        package var precision: Proportion? { Proportion(right, of: judged) }
        /// The share of the hangs about which the agent decided.
        package var recall: Proportion? { Proportion(right, of: right + missed) }
    }

    package private(set) var scores: [Key: Score] = [:]
    /// Decisions that cannot be read, and labels.
    package private(set) var unreadCount = 0
    /// About how many bytes all decisions take in a ledger, at most.
    private(set) var bytes = 0
    /// Decisions that cannot be read, and do not tell whose they are: they may be of any pair.
    private var illegible = 0

    /// How many decisions of one pair count: of those that are known to be right or wrong, of the
    /// missed ones and of all others.
    package static let window = 200
    /// More pairs are not kept; those with the newest decisions are.
    static let maximumKeys = 1_000

    package init() {}

    init(_ records: some Collection<GraphRecord>, at instant: Timestamp) {
        let oldest = instant - DecisionRecord.retention
        var decisions: [Key: [Counted]] = [:]
        var unread: [Key: Int] = [:]
        for record in records {
            guard let log = record.keptDecisions else { continue }
            for raw in log.unread { note(raw, &unread) }
            for decision in log.all {
                bytes += decision.bytes
                guard decision.at >= oldest else { continue }
                if decision.isUnread { unread[decision.key, default: 0] += 1 }
                decisions[decision.key, default: []].append(Counted(decision, record.id))
            }
        }
        unreadCount = unread.values.reduce(illegible, +)
        let newest = decisions.mapValues { $0.map(\.at).max() ?? .distantPast }
        let kept = newest.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .prefix(Self.maximumKeys)
        for (key, _) in kept { scores[key] = Score(decisions[key] ?? []) }
        for (key, count) in unread.sorted(by: { $0.key < $1.key })
        where scores[key] != nil || scores.count < Self.maximumKeys {
            scores[key, default: Score()].unread = count
        }
    }

    private mutating func note(_ raw: UnreadValue, _ unread: inout [Key: Int]) {
        bytes += raw.bytes
        guard let entry = raw["entry"] else { return illegible += 1 }
        let known = raw["hangClass"].flatMap(HangClass.init(rawValue:))
        for hangClass in known.map({ [$0] }) ?? HangClass.allCases {
            unread[Key(hangClass, entry: entry), default: 0] += 1
        }
    }

    /// Zeros for a pair without decisions.
    package func score(_ hangClass: HangClass, entry: String) -> Score {
        var score = scores[Key(hangClass, entry: entry)] ?? Score()
        score.unread += illegible
        return score
    }

    package var sorted: [(key: Key, value: Score)] {
        scores.sorted { $0.key < $1.key }
    }
}

extension Scorecard.Key: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.entry, lhs.hangClass.rawValue) < (rhs.entry, rhs.hangClass.rawValue)
    }
}

/// What counts of a decision.
private struct Counted {
    let at: Timestamp
    let graphID: GraphID
    let outcome: DecisionOutcome?
    let isLabelled: Bool

    enum Window {
        case judged, missed, other
    }

    init(_ decision: DecisionRecord, _ graphID: GraphID) {
        at = decision.at
        self.graphID = graphID
        outcome = decision.outcome
        isLabelled = decision.label != nil
    }

    var window: Window {
        switch outcome {
        case .right, .wrong: .judged
        case .missed: .missed
        case .unknown, nil: .other
        }
    }
}

extension Scorecard.Score {
    fileprivate init(_ decisions: [Counted]) {
        // What says nothing must not push out what was wrong.
        for (_, group) in Dictionary(grouping: decisions, by: \.window) {
            let counted =
                group.count <= Scorecard.window
                ? group[...]
                : group.sorted { ($1.at, $0.graphID) < ($0.at, $1.graphID) }
                    .prefix(Scorecard.window)
            for decision in counted { count(decision) }
        }
    }

    private mutating func count(_ decision: Counted) {
        if decision.isLabelled { labelled += 1 }
        switch decision.outcome {
        case .right: right += 1
        case .wrong: wrong += 1
        case .unknown: unknown += 1
        case .missed: missed += 1
        case nil: pending += 1
        }
    }
}

/// What decisions were counted by since the start.
package struct DecisionCount: Hashable, Sendable {
    package let key: Scorecard.Key
    package let outcome: DecisionOutcome

    package init(key: Scorecard.Key, outcome: DecisionOutcome) {
        self.key = key
        self.outcome = outcome
    }
}
