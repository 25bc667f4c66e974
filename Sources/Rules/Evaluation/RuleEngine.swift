package import PromQL
package import Series
package import Time

/// Evaluates rule groups over a series store and tracks their alerts, like Prometheus' rule manager
/// (rules/manager.go, group.go, alerting.go).
///
/// A value type: it reads no clock and touches nothing but the store passed to it, so that the same
/// input always gives the same alerts. Groups are evaluated one after the other, in file order.
package struct RuleEngine: Sendable {
    package struct Options: Sendable {
        /// The evaluation interval of groups that set none.
        package var interval: Duration
        /// The query offset of groups that set none.
        package var queryOffset: Duration
        /// The time limit of one query. Rules run one at a time, so a slow one delays all others.
        package var queryTimeout: Duration
        /// For templates only; they are not added to series.
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
    private(set) var recordedReach: RecordedReach
    /// The time of the newest sample that another process has read, if there are any in the store.
    /// Only what is newer counts as read by this one.
    package var restoredThrough: Timestamp?
    private var endings: [Ending] = []
    private var selections = Selections()

    /// The series of a group removed by a reload. They are marked stale two intervals later, so
    /// that a renamed or moved group can continue them first.
    private struct Ending: Sendable {
        let series: Set<Labels>
        let delay: Duration
        /// `nil` until the first evaluation after the reload, which knows the time.
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
        recordedReach = RecordedReach(states.flatMap(\.rules).map(\.rule))
    }

    /// Evaluates every due group at each of its slots up to `now`. Recorded series, `ALERTS`,
    /// `ALERTS_FOR_STATE` and staleness markers are appended to `store`.
    ///
    /// - Parameter clock: a monotonic clock, for durations and the query timeout.
    package mutating func evaluate(
        at now: Timestamp,
        store: inout SeriesStore,
        clock: @escaping () -> Duration = { .zero }
    ) -> EvaluationReport {
        var report = EvaluationReport()
        let visits = FreshData.Visits()
        let shared = SharedSelections(selections)
        selections = Selections()
        for index in states.indices {
            while let (slot, missed) = states[index].schedule.take(at: now) {
                states[index].evaluate(
                    context(of: states[index].group, at: slot, clock, visits, shared),
                    missed: missed,
                    store: &store,
                    clock: clock,
                    report: &report
                )
            }
        }
        selections = shared.selections
        endSeries(at: now, in: &store)
        return report
    }

    /// Evaluates every group at exactly `time`, regardless of its schedule. For unit tests and for
    /// running rules over recorded series.
    package mutating func evaluateAll(
        at time: Timestamp,
        store: inout SeriesStore
    ) -> EvaluationReport {
        var report = EvaluationReport()
        let visits = FreshData.Visits()
        let shared = SharedSelections(selections)
        selections = Selections()
        for index in states.indices {
            states[index].evaluate(
                context(of: states[index].group, at: time, { .zero }, visits, shared),
                missed: 0,
                store: &store,
                clock: { .zero },
                report: &report
            )
        }
        selections = shared.selections
        return report
    }

    /// When the next group is due; `nil` before the first evaluation.
    package var nextEvaluation: Timestamp? {
        states.compactMap(\.schedule.next).min()
    }

    private func context(
        of group: RuleGroup,
        at time: Timestamp,
        _ clock: @escaping () -> Duration,
        _ visits: FreshData.Visits,
        _ selections: SharedSelections
    ) -> EvaluationContext {
        // Subqueries without a step use the default evaluation interval, which a reload may change.
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
            clock: clock,
            visits: visits,
            selections: selections,
            recordedReach: recordedReach,
            // A series that was restored ends with a marker a millisecond later.
            collectedSince: restoredThrough.map { $0 + .milliseconds(2) } ?? .distantPast
        )
    }

    // MARK: Alerts and groups

    /// Pending and firing alerts of all rules, in the order of the files.
    package var activeAlerts: [ActiveAlert] { activeAlerts { _ in true } }

    /// Most rules have no alert, so nothing of them is copied.
    private func activeAlerts(where isWanted: (RuleState) -> Bool) -> [ActiveAlert] {
        var alerts: [ActiveAlert] = []
        for state in states.indices {
            for rule in states[state].rules.indices
            where !states[state].rules[rule].book.alerts.isEmpty
                && isWanted(states[state].rules[rule])
            {
                alerts += states[state].rules[rule].book.active
            }
        }
        return alerts
    }

    /// The active alerts of rules whose last evaluation succeeded. Alerts from before a failure or
    /// a change of the rule are no evidence of the current state, so nothing may act on them.
    package var alertsOfHealthyRules: [ActiveAlert] {
        activeAlerts { $0.health == .ok }
    }

    /// The metrics that rules record.
    package var recordedMetrics: Set<String> {
        Set(
            states.flatMap(\.rules).compactMap { state in
                if case .recording(let recording) = state.rule { recording.name } else { nil }
            }
        )
    }

    /// The matchers of all selectors in expressions of rules.
    package var selectedSeries: [[LabelMatcher]] {
        Array(
            Set(states.flatMap(\.rules).flatMap(\.rule.expression.selectors).map(\.matchers))
        )
    }

    /// Alerts that resolved within the last 15 minutes.
    package var resolvedAlerts: [ActiveAlert] {
        states.flatMap(\.rules).flatMap(\.book.all).filter(\.state.isResolved)
    }

    /// The health of each alerting rule that is written with this label, in the order of the files.
    package func alertingRules(
        labelled name: String,
        _ value: String
    ) -> [(rule: AlertingRule, health: RuleHealth)] {
        states.flatMap { state in
            state.rules.compactMap { rule in
                guard case .alerting(let alerting) = rule.rule, alerting.isLabelled(name, value)
                else { return nil }
                return (alerting, rule.health)
            }
        }
    }

    package var groups: [GroupStatus] { published.groups }

    /// The groups as they are now, for readers.
    package var published: Published { Published(states: states) }

    /// The state of all groups at one time. What readers see of it is made when they ask.
    package struct Published: Sendable {
        fileprivate let states: [GroupState]

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
    }

    /// Drops all alerts and schedules, as if the process had just started, but keeps the counters.
    /// For a clock jump. The caller must also empty the store: the series written so far are not
    /// marked stale.
    package mutating func reset() {
        states = states.map { old in
            var state = GroupState(old.group, defaultInterval: options.interval)
            state.counters = old.counters
            return state
        }
        endings = []
        restoredThrough = nil
    }

    // MARK: Reload

    /// Replaces all rules. An unchanged group continues undisturbed. In a changed group (same file
    /// and name) rules with the same name and labels keep their alerts. All other alerts are
    /// dropped and their series marked stale.
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
        recordedReach = RecordedReach(states.flatMap(\.rules).map(\.rule))
        selections = Selections()
        for gone in old.values {
            let series = gone.rules.reduce(into: gone.endedSeries) {
                $0.formUnion($1.writtenSeries)
            }
            endings.append(Ending(series: series, delay: gone.schedule.interval * 2))
        }
    }

    /// Group names are unique within a file only.
    private struct GroupKey: Hashable {
        let file: String
        let name: String

        init(_ group: RuleGroup) {
            file = group.file
            name = group.name
        }
    }

    /// Marks the series of removed groups stale once due, except those that a rule writes now.
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
