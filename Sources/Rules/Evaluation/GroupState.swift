import Series
import Time

/// A group with its schedule, the state of its rules and its counters.
///
/// Invariant: a series that a rule wrote and does not write any more gets a staleness marker, at
/// the next evaluation of the group or, if the group is gone, by `RuleEngine`. Otherwise instant
/// queries would return its last sample for the whole lookback delta.
struct GroupState: Sendable {
    let group: RuleGroup
    var schedule: GroupSchedule
    var rules: [RuleState]
    /// Series of rules removed by a reload; the next evaluation marks them stale.
    var endedSeries: Set<Labels> = []
    var counters = GroupStatus.Counters()

    init(_ group: RuleGroup, defaultInterval: Duration) {
        self.group = group
        schedule = GroupSchedule(
            interval: group.interval ?? defaultInterval,
            group: group.name,
            file: group.file
        )
        rules = group.rules.map(RuleState.init)
    }

    /// Evaluates the rules in order, each seeing what the ones before it recorded. One failing rule
    /// does not stop the others.
    ///
    /// - Parameter missed: slots skipped before this one, for the counters.
    mutating func evaluate(
        _ context: EvaluationContext,
        missed: Int,
        store: inout SeriesStore,
        clock: () -> Duration,
        report: inout EvaluationReport
    ) {
        var result = EvaluationReport.GroupResult(
            name: group.name,
            file: group.file,
            time: context.time,
            missed: missed
        )
        let start = clock()
        for index in rules.indices {
            let ruleStart = clock()
            let error = evaluate(index, context, store: &store, &result, &report.transitions)
            rules[index].lastDuration = clock() - ruleStart
            rules[index].lastEvaluation = context.time
            rules[index].health = error.map(RuleHealth.failing) ?? .ok
            result.rules.append(
                EvaluationReport.RuleResult(
                    name: rules[index].rule.name,
                    duration: rules[index].lastDuration,
                    error: error
                )
            )
        }
        end(endedSeries, at: context.queryTime, in: &store, &result)
        endedSeries = []
        result.duration = clock() - start
        counters.count(result)
        report.groups.append(result)
    }

    /// - Returns: the error, or `nil` on success.
    private mutating func evaluate(
        _ index: Int,
        _ context: EvaluationContext,
        store: inout SeriesStore,
        _ result: inout EvaluationReport.GroupResult,
        _ transitions: inout [AlertTransition]
    ) -> String? {
        do throws(RuleFailure) {
            let output = try rules[index].evaluate(in: store, context)
            transitions += output.transitions
            result.templates += output.templates
            var written: Set<Labels> = []
            var refusal: AppendResult?
            for sample in output.samples {
                let outcome = store.append(sample.labels, sample.value, at: context.queryTime)
                if outcome.isAccepted {
                    written.insert(sample.labels)
                } else {
                    refusal = outcome
                    result.rejectedSamples += 1
                }
            }
            result.samples += output.samples.count
            // After a failure this is not reached: the rule's series keep their samples, as in
            // Prometheus.
            let ended = rules[index].writtenSeries.subtracting(written)
            end(ended, at: context.queryTime, in: &store, &result)
            rules[index].writtenSeries = written
            endedSeries.subtract(written)
            return refusal.map(RuleFailure.refused)?.description
        } catch {
            return error.description
        }
    }

    /// Appends a staleness marker to each series.
    private func end(
        _ series: Set<Labels>,
        at time: Timestamp,
        in store: inout SeriesStore,
        _ result: inout EvaluationReport.GroupResult
    ) {
        for labels in series.sorted() {
            let outcome = store.append(labels, Staleness.marker, at: time)
            if !outcome.isAccepted { result.rejectedSamples += 1 }
        }
    }

    /// Inherits the state of the group that this one replaces on reload. A rule inherits the alerts
    /// and series of the old rule with the same identity; among duplicates, the nth inherits from
    /// the nth, as in Prometheus' `Group.CopyState`.
    mutating func takeOver(from old: GroupState) {
        if old.schedule.interval == schedule.interval { schedule = old.schedule }
        counters = old.counters
        var available = Dictionary(grouping: old.rules, by: \.rule.identity)
        for index in rules.indices {
            let identity = rules[index].rule.identity
            guard var candidates = available[identity], !candidates.isEmpty else { continue }
            let rule = rules[index].rule
            rules[index] = candidates.removeFirst().moved(to: rule)
            available[identity] = candidates
        }
        // Another rule may now write a series of a removed one; that series must not go stale.
        let kept = rules.reduce(into: Set<Labels>()) { $0.formUnion($1.writtenSeries) }
        let left = available.values.joined().reduce(into: old.endedSeries) {
            $0.formUnion($1.writtenSeries)
        }
        endedSeries = left.subtracting(kept)
    }
}
