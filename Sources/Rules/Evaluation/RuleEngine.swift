package import PromQL
package import Series
package import Time

/// Evaluates rule groups over a store and follows their alerts, as Prometheus' rule manager does
/// (rules/manager.go, group.go, alerting.go). A value: it acts on nothing but the store it is given.
package struct RuleEngine: Sendable {
    package struct Options: Sendable {
        /// For groups that set none.
        package var interval: Duration
        package var queryOffset: Duration
        /// How long one query of a rule may take: it holds up all the others.
        package var queryTimeout: Duration
        /// For templates only; they are added to no series.
        package var externalLabels: [String: String]
        package var externalURL: String

        package init(
            interval: Duration,
            queryOffset: Duration = .zero,
            queryTimeout: Duration = .seconds(120),
            externalLabels: [String: String] = [:],
            externalURL: String = ""
        ) {
            self.interval = interval
            self.queryOffset = queryOffset
            self.queryTimeout = queryTimeout
            self.externalLabels = externalLabels
            self.externalURL = externalURL
        }
    }

    package private(set) var options: Options
    let engine: Engine
    private let parser: ParserOptions
    var states: [GroupState]
    private var endings: [Ending] = []

    /// Series of groups that are gone: they end two intervals after the group, in case that
    /// another one goes on with them.
    private struct Ending: Sendable {
        let series: Set<Labels>
        let delay: Duration
        var due: Timestamp?
    }

    package init(
        files: [RuleFile],
        options: Options,
        engine: Engine,
        parser: ParserOptions = ParserOptions()
    ) {
        self.options = options
        self.parser = parser
        self.engine = engine
        states = files.flatMap(\.groups).map {
            GroupState($0, defaultInterval: options.interval)
        }
    }

    /// Evaluates the groups whose time has come, each at its slots up to `now`. Recorded series, `ALERTS`, `ALERTS_FOR_STATE` and stale markers go to `store`.
    ///
    /// - Parameter clock: a monotonic clock, read to measure durations.
    package mutating func evaluate(
        at now: Timestamp,
        store: inout SeriesStore,
        clock: @escaping () -> Duration = { .zero }
    ) -> EvaluationReport {
        var report = EvaluationReport()
        for index in states.indices {
            while let (slot, missed) = states[index].schedule.take(at: now) {
                states[index].evaluate(
                    context(of: states[index].group, at: slot, clock),
                    missed: missed,
                    store: &store,
                    clock: clock,
                    report: &report
                )
            }
        }
        endSeries(at: now, in: &store)
        return report
    }

    /// Evaluates every group at exactly `time`, whatever its schedule: for unit tests and for
    /// trying rules on recorded series.
    package mutating func evaluateAll(
        at time: Timestamp,
        store: inout SeriesStore
    ) -> EvaluationReport {
        var report = EvaluationReport()
        for index in states.indices {
            states[index].evaluate(
                context(of: states[index].group, at: time) { .zero },
                missed: 0,
                store: &store,
                clock: { .zero },
                report: &report
            )
        }
        return report
    }

    /// When the next group is due; `nil` before the first evaluation.
    package var nextEvaluation: Timestamp? {
        states.compactMap(\.schedule.next).min()
    }

    private func context(
        of group: RuleGroup,
        at time: Timestamp,
        _ clock: @escaping () -> Duration
    ) -> EvaluationContext {
        // Subqueries that name no step take the interval, which a reload may change.
        var engineOptions = engine.options
        engineOptions.defaultSubqueryStep = options.interval
        return EvaluationContext(
            engine: Engine(options: engineOptions),
            parser: parser,
            externalLabels: options.externalLabels,
            externalURL: options.externalURL,
            file: group.file,
            group: group.name,
            limit: group.limit,
            queryOffset: group.queryOffset ?? options.queryOffset,
            time: time,
            queryTimeout: options.queryTimeout,
            clock: clock
        )
    }

    // MARK: What there is

    /// Pending and firing alerts of all rules, in the order of the files.
    package var activeAlerts: [ActiveAlert] {
        states.flatMap(\.rules).flatMap(\.book.active)
    }

    /// The active alerts of rules whose last evaluation went well. What a rule said before it failed,
    /// or before it was changed, is no evidence of now.
    package var provenAlerts: [ActiveAlert] {
        states.flatMap(\.rules).filter { $0.health == .ok }.flatMap(\.book.active)
    }

    /// Alerts that ended within the last 15 minutes of evaluations.
    package var resolvedAlerts: [ActiveAlert] {
        states.flatMap(\.rules).flatMap(\.book.all).filter(\.state.isResolved)
    }

    package var groups: [GroupStatus] {
        states.map { state in
            GroupStatus(
                name: state.group.name,
                file: state.group.file,
                interval: state.schedule.interval,
                limit: state.group.limit,
                counters: state.counters,
                rules: state.rules.map { rule in
                    RuleStatus(
                        rule: rule.rule,
                        health: rule.health,
                        lastEvaluation: rule.lastEvaluation,
                        lastDuration: rule.lastDuration,
                        alerts: rule.book.active
                    )
                }
            )
        }
    }

    /// Forgets all alerts and schedules, as after a start: for when the clock was set, and with an
    /// empty store, because the series written so far are not ended. The counters go on.
    package mutating func startAnew() {
        states = states.map { old in
            var state = GroupState(old.group, defaultInterval: options.interval)
            state.counters = old.counters
            return state
        }
        endings = []
    }

    // MARK: Reload

    /// Replaces all rules. A group that has not changed goes on as if nothing had happened; in a
    /// changed one, known by its file and name, rules with the same name and labels keep their
    /// alerts. Other alerts are forgotten, and their series end.
    package mutating func replaceFiles(_ files: [RuleFile], options: Options) {
        self.options = options
        var old = Dictionary(
            states.map { (GroupKey($0.group), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        states = files.flatMap(\.groups).map { group in
            var state = GroupState(group, defaultInterval: options.interval)
            guard let previous = old.removeValue(forKey: GroupKey(group)) else { return state }
            if previous.group == group, previous.schedule.interval == state.schedule.interval {
                return previous
            }
            state.takeOver(from: previous)
            return state
        }
        for gone in old.values {
            let series = gone.rules.reduce(into: gone.endedSeries) {
                $0.formUnion($1.writtenSeries)
            }
            endings.append(Ending(series: series, delay: gone.schedule.interval * 2))
        }
    }

    private struct GroupKey: Hashable {
        let file: String
        let name: String

        init(_ group: RuleGroup) {
            file = group.file
            name = group.name
        }
    }

    private mutating func endSeries(at now: Timestamp, in store: inout SeriesStore) {
        guard !endings.isEmpty else { return }
        for index in endings.indices where endings[index].due == nil {
            endings[index].due = now + endings[index].delay
        }
        let due = endings.filter { $0.due.map { $0 <= now } ?? false }
        guard !due.isEmpty else { return }
        endings.removeAll { $0.due.map { $0 <= now } ?? false }
        let living = states.flatMap(\.rules).reduce(into: Set<Labels>()) {
            $0.formUnion($1.writtenSeries)
        }
        for labels in due.flatMap({ $0.series.subtracting(living).sorted() }) {
            store.append(labels, Staleness.marker, at: now)
        }
    }
}
