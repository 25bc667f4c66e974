import Cycle
import Diagnosis
import Remediation

/// Updates the metrics of the scorecard from the status of a step.
struct ScorecardMeter {
    let metrics: MetricRegistry

    func measure(_ status: Status) {
        let counters = status.machine.counters
        let entries = status.decidingEntries.prefix(Self.maximumEntries)
        let all = DecisionOutcome.allCases
        set(MetricCatalog.decisionOutcomes, counters.decisions, zeros: entries, all)
        set(MetricCatalog.decisionLabels, counters.labels, zeros: entries, [.right, .wrong])
        metrics.set(MetricCatalog.decisionsDropped, to: Double(counters.droppedDecisions))
        metrics.set(MetricCatalog.decisionsUncounted, to: Double(counters.uncountedDecisions))
        measure(status.machine.scorecard)
        var met: [[String]: Double] = [:]
        for row in status.scoreRows {
            met[[row.key.entry, row.key.hangClass.rawValue]] = row.isMet.map { $0 ? 1 : 0 }
        }
        metrics.replace(MetricCatalog.requirementMet, with: met)
    }

    private static let maximumEntries = 100

    /// A series that begins with the first decision would hide it from `increase`, so those of the
    /// configuration begin with zero.
    private func set(
        _ definition: MetricDefinition,
        _ counts: [DecisionCount: Int],
        zeros entries: some Sequence<String>,
        _ outcomes: [DecisionOutcome]
    ) {
        var counts = counts
        for entry in entries {
            for hangClass in HangClass.allCases {
                let key = Scorecard.Key(hangClass, entry: entry)
                for outcome in outcomes {
                    counts[DecisionCount(key: key, outcome: outcome), default: 0] += 0
                }
            }
        }
        for (count, number) in counts {
            metrics.set(
                definition,
                to: Double(number),
                count.key.entry,
                count.key.hangClass.rawValue,
                count.outcome.rawValue
            )
        }
    }

    /// Pairs whose decisions are too old to count disappear.
    private func measure(_ scorecard: Scorecard) {
        metrics.set(MetricCatalog.unreadDecisions, to: Double(scorecard.unreadCount))
        var decisions: [[String]: Double] = [:]
        for (key, score) in scorecard.scores {
            let pair = [key.entry, key.hangClass.rawValue]
            let counts = [
                "right": score.right, "wrong": score.wrong, "unknown": score.unknown,
                "missed": score.missed, "pending": score.pending,
            ]
            for (outcome, count) in counts { decisions[pair + [outcome]] = Double(count) }
        }
        metrics.replace(MetricCatalog.decisions, with: decisions)
        func replace(_ definition: MetricDefinition, _ value: (Scorecard.Score) -> Double?) {
            var values: [[String]: Double] = [:]
            for (key, score) in scorecard.scores {
                values[[key.entry, key.hangClass.rawValue]] = value(score)
            }
            metrics.replace(definition, with: values)
        }
        replace(MetricCatalog.precision) { $0.precision?.value }
        replace(MetricCatalog.precisionLowerBound) { $0.precision?.lowerBound }
        replace(MetricCatalog.recall) { $0.recall?.value }
        replace(MetricCatalog.recallLowerBound) { $0.recall?.lowerBound }
    }
}
