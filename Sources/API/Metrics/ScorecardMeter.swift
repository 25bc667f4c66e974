import Cycle
import Diagnosis
import Remediation

/// Updates the metrics of the scorecard from the status of a step.
struct ScorecardMeter {
    let metrics: MetricRegistry

    func measure(_ status: Status) {
        let machine = status.machine
        for (count, number) in machine.counters.decisions {
            metrics.set(
                MetricCatalog.decisionOutcomes,
                to: Double(number),
                count.key.entry,
                count.key.hangClass.rawValue,
                count.outcome.rawValue
            )
        }
        for (count, number) in machine.counters.labels {
            metrics.set(
                MetricCatalog.decisionLabels,
                to: Double(number),
                count.key.entry,
                count.key.hangClass.rawValue,
                count.outcome.rawValue
            )
        }
        measure(machine.scorecard)
    }

    /// Pairs whose decisions are too old to count disappear.
    private func measure(_ scorecard: Scorecard) {
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
