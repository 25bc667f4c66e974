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
        result.rules.reserveCapacity(rules.count)
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
        if !endedSeries.isEmpty {
            end(endedSeries, at: context.queryTime, in: &store, &result)
            endedSeries = []
        }
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
            result.samples += output.samples.count
            // After a failure this is not reached: the rule's series keep their samples, as in
            // Prometheus.
            let refusal = write(output.samples, of: index, context, store: &store, &result)
            return refusal.map(RuleFailure.refused)?.description
        } catch {
            return error.description
        }
    }

    /// Appends the samples of a rule, and a staleness marker to each series that it does not write
    /// any more.
    ///
    /// - Returns: why the store refused the last sample that it refused; `nil` if it took all.
    private mutating func write(
        _ samples: [ProducedSample],
        of index: Int,
        _ context: EvaluationContext,
        store: inout SeriesStore,
        _ result: inout EvaluationReport.GroupResult
    ) -> AppendResult? {
        let before = rules[index].written
        if samples.isEmpty, before.labels.isEmpty { return nil }
        var refusal: AppendResult?
        var written = WrittenSeries()
        written.reserveCapacity(samples.count)
        var isUsual = samples.count == before.labels.count
        for (place, sample) in samples.enumerated() {
            let known = before.reference(at: place, of: sample.labels)
            let (outcome, reference) = store.append(
                sample.labels,
                sample.value,
                at: context.queryTime,
                expecting: known
            )
            if outcome.isAccepted, let reference {
                written.append(sample.labels, reference)
            } else {
                refusal = outcome
                result.rejectedSamples += 1
            }
            isUsual = isUsual && known != nil && outcome.isAccepted
        }
        rules[index].written = written
        if !isUsual {
            let ended = Set(before.labels).subtracting(written.labels)
            end(ended, at: context.queryTime, in: &store, &result)
        }
        if !endedSeries.isEmpty { endedSeries.subtract(written.labels) }
        return refusal
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
