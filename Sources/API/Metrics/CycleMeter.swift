import Coordination
import Diagnosis
package import Cycle
import Remediation
import Rules
import Series
import Time

/// Updates the agent's own metrics from the status of each step.
package struct CycleMeter: Sendable {
    private let metrics: MetricRegistry

    package init(metrics: MetricRegistry) {
        self.metrics = metrics
    }

    /// What a status says by itself is measured when somebody reads the metrics. Must be called
    /// exactly once per step, in order: counters are advanced by the work of the step.
    package func measure(_ status: Status) {
        if let readings = status.work.readings { measureSampling(status, readings) }
        metrics.add(Double(status.work.clockJumps), to: MetricCatalog.clockJumps)
        measureRules(status)
        metrics.postpone("cycle") { metrics in CycleMeter(metrics: metrics).measureState(status) }
    }

    private func measureState(_ status: Status) {
        measureHost(status)
        measureCluster(status)
        metrics.set(MetricCatalog.webhookActive, to: Double(status.firing.count))
        measureHolds(status)
        measure(status.groups)
        measureAlerts(status)
        measureRemediation(status)
    }

    private func measureCluster(_ status: Status) {
        metrics.set(MetricCatalog.leader, to: status.view.isObserving ? 0 : 1)
        metrics.set(MetricCatalog.members, to: Double(1 + (status.cluster?.others.count ?? 0)))
        let dissenters = status.cluster?.dissenters.count ?? 0
        metrics.set(MetricCatalog.dissenters, to: Double(dissenters))
        let watched = status.inventory.entries.values.count { $0.isRead }
        metrics.set(MetricCatalog.watchedGraphs, to: Double(watched))
    }

    /// What holds graphs from outside.
    private func measureHolds(_ status: Status) {
        metrics.replace(
            MetricCatalog.maintenance,
            with: Dictionary(
                status.maintenance.map { ([$0.name], $0.isOpen ? 1 : 0) },
                uniquingKeysWith: max
            )
        )
        metrics.set(MetricCatalog.silences, to: Double(status.silences.active(at: status.at)))
        metrics.replace(
            MetricCatalog.alertmanagerUp,
            with: Dictionary(
                status.silences.answers.map { ([$0.key], $0.value ? 1 : 0) },
                uniquingKeysWith: max
            )
        )
    }

    // MARK: Sampling

    private func measureSampling(_ status: Status, _ readings: Readings) {
        metrics.add(to: MetricCatalog.samples, "ges_api")
        switch readings.listing {
        case .success(let listing) where listing.isComplete:
            metrics.set(MetricCatalog.cycleSuccess, to: readings.at.seconds, "ges_api")
            if readings.graphs.flatMap(\.probes).allSatisfy({ $0.answer == .alive }) {
                metrics.set(MetricCatalog.cycleSuccess, to: readings.at.seconds, "probe")
            }
        case .success: metrics.add(to: MetricCatalog.sampleFailures, "ges_api", "incomplete")
        case .failure(let failure):
            metrics.add(to: MetricCatalog.sampleFailures, "ges_api", failure.reason)
        }
        if case .failure(let failure) = readings.jobs {
            metrics.add(to: MetricCatalog.sampleFailures, "ges_api", failure.reason)
        }
        for reading in readings.graphs {
            for probe in reading.probes { measure(probe) }
        }
        let limit = status.view.freshness
        let stale = status.inventory.entries.values.count { readings.at - $0.observedAt > limit }
        metrics.set(MetricCatalog.staleGraphs, to: Double(stale))
        switch status.inventory.reach {
        case .untried: metrics.replace(MetricCatalog.dataPlaneReachable, with: [:])
        case .none: metrics.set(MetricCatalog.dataPlaneReachable, to: 0)
        case .proved: metrics.set(MetricCatalog.dataPlaneReachable, to: 1)
        }
        metrics.set(MetricCatalog.series, to: Double(status.storage.seriesCount))
        metrics.set(MetricCatalog.seriesDropped, to: Double(status.storage.droppedSeries))
        metrics.set(MetricCatalog.samplesEvicted, to: Double(status.storage.evictedSamples))
        if status.settings?.readsCloudEye ?? false { measureCloudEye(status) }
        if status.settings?.readsNodeMetrics ?? false { measureNodes(status) }
    }

    private func measureNodes(_ status: Status) {
        for reason in NodeSamples.Refusal.allCases {
            let count = Double(status.nodes.refused[reason] ?? 0)
            metrics.set(MetricCatalog.nodeMetricsDropped, to: count, reason.rawValue)
        }
        metrics.set(MetricCatalog.nodeMetricsSeries, to: Double(status.nodes.seriesCount))
        metrics.set(MetricCatalog.nodeMetricsSeriesLimit, to: Double(status.storage.nodesLimit))
        if let newest = status.nodes.newestAt {
            metrics.set(MetricCatalog.nodeMetricsNewest, to: newest.seconds)
        }
    }

    private func measureCloudEye(_ status: Status) {
        for reason in DelayedSamples.Refusal.allCases {
            let count = Double(status.delayed.refused[reason] ?? 0)
            metrics.set(MetricCatalog.cloudEyeDropped, to: count, reason.rawValue)
        }
        metrics.set(MetricCatalog.cloudEyeSeries, to: Double(status.delayed.seriesCount))
        metrics.set(MetricCatalog.cloudEyeSeriesLimit, to: Double(status.storage.delayedLimit))
        if let newest = status.delayed.newestAt {
            metrics.set(MetricCatalog.cloudEyeNewest, to: newest.seconds)
        }
    }

    private func measure(_ probe: GraphReading.Probe) {
        metrics.add(to: MetricCatalog.samples, "probe")
        if let duration = probe.duration {
            metrics.observe(
                MetricCatalog.sampleDuration,
                seconds: duration.inSeconds,
                "probe"
            )
        }
        if let reason = probe.reason {
            metrics.add(to: MetricCatalog.sampleFailures, "probe", reason)
        }
    }

    // MARK: Host

    private func measureHost(_ status: Status) {
        let reasons = Set(status.detectOnly.map(\.label))
        for label in DetectOnlyReason.labels {
            metrics.set(MetricCatalog.detectOnly, to: reasons.contains(label) ? 1 : 0, label)
        }
        if let offset = status.gatewayClockOffset {
            metrics.set(MetricCatalog.clockOffset, to: offset.inSeconds)
        }
        metrics.set(MetricCatalog.ready, to: status.notReady.isEmpty ? 1 : 0)
    }

    // MARK: Rules

    private func measureRules(_ status: Status) {
        let groups = status.work.evaluation?.groups ?? []
        for rule in groups.flatMap(\.rules) {
            metrics.observe(MetricCatalog.ruleDuration, seconds: rule.duration.inSeconds)
        }
        for group in groups {
            metrics.observe(MetricCatalog.groupDuration, seconds: group.duration.inSeconds)
            let templates = group.templates
            metrics.add(Double(templates.expansions), to: MetricCatalog.templateExpansions)
            metrics.add(Double(templates.failures), to: MetricCatalog.templateFailures)
        }
    }

    private func measureAlerts(_ status: Status) {
        var counts: [[String]: Double] = [:]
        for alert in status.alerts {
            counts[[alert.labels["alertname"], alert.state.name], default: 0] += 1
        }
        metrics.replace(MetricCatalog.alerts, with: counts)
    }

    /// Replaces the samples of each family, so that groups removed by a reload disappear.
    private func measure(_ groups: [GroupStatus]) {
        func replace(_ definition: MetricDefinition, _ value: (GroupStatus) -> Double?) {
            var values: [[String]: Double] = [:]
            for group in groups { values[[group.key]] = value(group) }
            metrics.replace(definition, with: values)
        }
        replace(MetricCatalog.groupIterations) { Double($0.counters.iterations) }
        replace(MetricCatalog.groupIterationsMissed) { Double($0.counters.missedIterations) }
        replace(MetricCatalog.ruleEvaluations) { Double($0.counters.evaluations) }
        replace(MetricCatalog.ruleEvaluationFailures) { Double($0.counters.failures) }
        replace(MetricCatalog.groupInterval) { $0.interval.inSeconds }
        replace(MetricCatalog.groupLastDuration) { $0.counters.lastDuration.inSeconds }
        replace(MetricCatalog.groupLastSamples) { Double($0.counters.lastSamples) }
        replace(MetricCatalog.groupRules) { Double($0.rules.count) }
        replace(MetricCatalog.groupLastEvaluation) { $0.counters.lastEvaluation?.seconds }
    }

    // MARK: Remediation

    /// Rungs other than the restart; a rung that was never taken has no series.
    private func measureLadder(_ counters: RemediationCounters) {
        for (rung, count) in counters.startedRungs {
            metrics.set(MetricCatalog.remediations, to: Double(count), rung.rawValue)
        }
        var failures: [Rung: [FailureReason: Int]] = [:]
        for (ended, count) in counters.endedRungs {
            guard let reason = ended.failure else { continue }
            failures[ended.rung, default: [:]][reason, default: 0] += count
        }
        for (rung, reasons) in failures {
            for (reason, count) in reasons {
                metrics.set(
                    MetricCatalog.remediationFailures,
                    to: Double(count),
                    rung.rawValue,
                    reason.rawValue
                )
            }
        }
    }

    private func measureRemediation(_ status: Status) {
        let counters = status.machine.counters
        metrics.set(MetricCatalog.remediations, to: Double(counters.started), "restart")
        for (reason, count) in counters.failures {
            metrics.set(
                MetricCatalog.remediationFailures,
                to: Double(count),
                "restart",
                reason.rawValue
            )
        }
        measureLadder(counters)
        for (reason, count) in counters.suppressed {
            metrics.set(
                MetricCatalog.remediationsSuppressed,
                to: Double(count),
                "restart",
                reason
            )
        }
        metrics.setHistogram(
            MetricCatalog.remediationDuration,
            counts: counters.verifiedDurations.counts,
            sum: counters.verifiedDurations.sumSeconds,
            "restart"
        )
        if let last = counters.lastVerifiedAt {
            metrics.set(
                MetricCatalog.remediationLastSuccess,
                to: last.seconds,
                "restart"
            )
        }
        metrics.set(
            MetricCatalog.remediationsInProgress,
            to: Double(status.machine.inFlight.count),
            "restart"
        )
        metrics.set(
            MetricCatalog.quarantinedGraphs,
            to: Double(status.machine.awaitingAcknowledgement.count)
        )
        metrics.set(
            MetricCatalog.auditEntriesDropped,
            to: Double(counters.droppedAuditEntries)
        )
        metrics.set(
            MetricCatalog.approvalsPending,
            to: Double(status.machine.approvalsPending)
        )
        measureOrders(status)
        ScorecardMeter(metrics: metrics).measure(status)
        if let starts = status.starts {
            metrics.set(MetricCatalog.starts, to: Double(starts.total))
            metrics.set(MetricCatalog.crashLoop, to: starts.isCrashLoop ? 1 : 0)
        }
        if let settings = status.settings { measurePolicy(settings, status) }
    }

    private func measureOrders(_ status: Status) {
        for (key, count) in status.machine.counters.orders {
            metrics.set(MetricCatalog.orders, to: Double(count), key.order, key.outcome.rawValue)
        }
        for scope in PauseScope.labels {
            let count = status.machine.pauses.count { $0.scope.label == scope }
            metrics.set(MetricCatalog.paused, to: Double(count), scope)
        }
    }

    private func measurePolicy(_ settings: CycleSettings, _ status: Status) {
        let policies = settings.graphs.map(\.policy)
        metrics.set(
            MetricCatalog.remediationEnabled,
            to: Self.canAct(policies, settings, status) ? 1 : 0,
            "restart"
        )
        measureWindows(policies, settings.defaultPolicy, status)
        let isStorm = ([settings.defaultPolicy] + policies).contains {
            status.machine.stormLevel(under: $0) != nil
        }
        metrics.set(MetricCatalog.stormActive, to: isStorm ? 1 : 0)
    }

    /// Whether anything could be sent now: by the modes, the rules and the gates that hold the
    /// whole fleet.
    private static func canAct(
        _ policies: [Policy],
        _ settings: CycleSettings,
        _ status: Status
    ) -> Bool {
        guard settings.webhook != nil || settings.ruleFiles.contains(where: \.asksForRestarts)
        else { return false }
        return Set(policies).contains { policy in
            (policy.mode == .auto || (policy.mode == .approve && status.view.acceptsOrders))
                && status.machine.holdsOfAll(under: policy, in: status.view, at: status.at).isEmpty
        }
    }

    /// The windows of the fleet as they apply: those of the defaults, and of each entry of `graphs`
    /// that sets others. The number of an entry is its place in the file, from 0.
    private func measureWindows(_ policies: [Policy], _ standard: Policy, _ status: Status) {
        var limits: [[String]: Double] = [:]
        var used: [[String]: Double] = [:]
        func note(_ uses: [BudgetUse], _ prefix: String) {
            for use in uses {
                limits[[prefix + use.limit.window.text]] = Double(use.limit.count)
                used[[prefix + use.limit.window.text]] = Double(use.used)
            }
        }
        note(status.machine.budgetUse(of: standard, at: status.at), "fleet_")
        note(status.machine.postUse(of: standard, at: status.at), "posts_")
        for (index, policy) in policies.enumerated().prefix(Self.maximumEntries) {
            if policy.budget != standard.budget {
                note(
                    status.machine.budgetUse(of: policy, at: status.at),
                    "graphs[\(index)]_fleet_"
                )
            }
            if policy.posts != standard.posts {
                note(
                    status.machine.postUse(of: policy, at: status.at),
                    "graphs[\(index)]_posts_"
                )
            }
        }
        metrics.replace(MetricCatalog.budgetLimit, with: limits)
        metrics.replace(MetricCatalog.budgetUsed, with: used)
    }

    private static let maximumEntries = 100
}

extension RuleFile {
    /// Whether an alert of it may ask for a restart; a label with a template may.
    fileprivate var asksForRestarts: Bool {
        groups.lazy.flatMap(\.rules).contains { rule in
            guard case .alerting(let alert) = rule else { return false }
            return alert.mayAskForRestart
        }
    }
}
