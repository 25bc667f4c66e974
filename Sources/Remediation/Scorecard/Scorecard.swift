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

        package init() {}

        /// What is known to be right or wrong.
        package var judged: Int { right + wrong }
        /// The share of the decisions that were right.
        package var precision: Proportion? { Proportion(right, of: judged) }
        /// The share of the hangs about which the agent decided.
        package var recall: Proportion? { Proportion(right, of: right + missed) }
    }

    package private(set) var scores: [Key: Score] = [:]
    /// Decisions that could not be read.
    package private(set) var unreadCount = 0

    /// How many decisions of one pair count: of those that are known to be right or wrong, of the
    /// missed ones and of all others.
    package static let window = 200
    /// More pairs are not kept; those with the newest decisions are.
    static let maximumKeys = 1_000

    package init() {}

    init(_ records: some Collection<GraphRecord>, at instant: Timestamp) {
        let oldest = instant - DecisionRecord.retention
        var decisions: [Key: [(decision: DecisionRecord, graphID: GraphID)]] = [:]
        for record in records {
            unreadCount += record.keptDecisions?.unreadCount ?? 0
            for decision in record.decisions where decision.at >= oldest {
                let key = Key(decision.hangClass, entry: decision.entry)
                decisions[key, default: []].append((decision, record.id))
            }
        }
        let newest = decisions.mapValues { $0.map(\.decision.at).max() ?? .distantPast }
        let kept = newest.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .prefix(Self.maximumKeys)
        for (key, _) in kept {
            var score = Score()
            // What says nothing must not push out what was wrong.
            for (_, group) in Dictionary(grouping: decisions[key] ?? [], by: \.decision.window) {
                let counted =
                    group.count <= Self.window
                    ? group[...]
                    : group
                        .sorted { ($1.decision.at, $0.graphID) < ($0.decision.at, $1.graphID) }
                        .prefix(Self.window)
                for entry in counted { score.count(entry.decision) }
            }
            scores[key] = score
        }
    }

    /// Zeros for a pair without decisions.
    package func score(_ hangClass: HangClass, entry: String) -> Score {
        scores[Key(hangClass, entry: entry)] ?? Score()
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

extension DecisionRecord {
    fileprivate enum Window {
        case judged, missed, other
    }

    fileprivate var window: Window {
        if isJudged { return .judged }
        return outcome == .missed ? .missed : .other
    }
}

extension Scorecard.Score {
    fileprivate mutating func count(_ decision: DecisionRecord) {
        if decision.label != nil { labelled += 1 }
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
}
