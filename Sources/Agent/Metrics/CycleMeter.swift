import GES
import Remediation
import Rules
import Series
import Time

/// Turns what a cycle did into the agent's own metrics.
package struct CycleMeter: Sendable {
    private let metrics: MetricRegistry

    package init(metrics: MetricRegistry) {
        self.metrics = metrics
    }

    func measure(
        _ agent: Agent,
        _ readings: Readings?,
        _ evaluation: EvaluationReport,
        _ view: FleetView,
        at now: Timestamp
    ) {
        if let readings { measureSampling(agent, readings) }
        measureHost(agent)
        let asking = agent.desk.asking(at: now)
        metrics.set(MetricCatalog.webhookActive, to: Double(asking.count))
        measureRules(evaluation, agent)
        measureRemediation(agent, view, at: now)
    }

    // MARK: Sampling

    private func measureSampling(_ agent: Agent, _ readings: Readings) {
        metrics.add(to: MetricCatalog.samples, "ges_api")
        switch readings.listing {
        case .success(let listing) where listing.isComplete:
            metrics.set(MetricCatalog.cycleSuccess, to: readings.at.seconds, "ges_api")
            if readings.graphs.flatMap(\.probes).allSatisfy(\.result.isAnswered) {
                metrics.set(MetricCatalog.cycleSuccess, to: readings.at.seconds, "probe")
            }
        case .success: break
        case .failure(let error):
            metrics.add(to: MetricCatalog.sampleFailures, "ges_api", error.reason)
        }
        if case .failure(let error) = readings.jobs {
            metrics.add(to: MetricCatalog.sampleFailures, "ges_api", error.reason)
        }
        for reading in readings.graphs {
            for probe in reading.probes { measure(probe.result) }
        }
        let limit = agent.configuration.sampling.freshness
        let stale = agent.inventory.entries.values.count { readings.at - $0.observedAt > limit }
        metrics.set(MetricCatalog.staleGraphs, to: Double(stale))
        metrics.set(MetricCatalog.series, to: Double(agent.series.seriesCount))
        metrics.set(
            MetricCatalog.seriesDropped,
            to: Double(agent.series.droppedSeriesTotal)
        )
        metrics.set(
            MetricCatalog.samplesEvicted,
            to: Double(agent.series.evictedSamplesTotal)
        )
    }

    private func measure(_ result: ProbeResult) {
        metrics.add(to: MetricCatalog.samples, "probe")
        if let duration = result.duration {
            metrics.observe(
                MetricCatalog.sampleDuration,
                seconds: duration.inSeconds,
                "probe"
            )
        }
        if let reason = result.failureReason {
            metrics.add(to: MetricCatalog.sampleFailures, "probe", reason)
        }
    }

    // MARK: Host

    func countClockJump() {
        metrics.add(to: MetricCatalog.clockJumps)
    }

    private func measureHost(_ agent: Agent) {
        let troubles = Set(agent.troubles.map(\.label))
        for label in Trouble.labels {
            metrics.set(MetricCatalog.detectOnly, to: troubles.contains(label) ? 1 : 0, label)
        }
        if let offset = agent.clockWatch.gatewayOffset {
            metrics.set(MetricCatalog.clockOffset, to: offset.inSeconds)
        }
        metrics.set(MetricCatalog.ready, to: agent.notReady.isEmpty ? 1 : 0)
    }

    // MARK: Rules

    private func measureRules(_ evaluation: EvaluationReport, _ agent: Agent) {
        for rule in evaluation.groups.flatMap(\.rules) {
            metrics.observe(MetricCatalog.ruleDuration, seconds: rule.duration.inSeconds)
        }
        for group in evaluation.groups {
            metrics.observe(MetricCatalog.groupDuration, seconds: group.duration.inSeconds)
            let templates = group.templates
            metrics.add(Double(templates.expansions), to: MetricCatalog.templateExpansions)
            metrics.add(Double(templates.failures), to: MetricCatalog.templateFailures)
        }
        measure(agent.rules.groups)
        var counts: [[String]: Double] = [:]
        for alert in agent.rules.activeAlerts {
            counts[[alert.labels["alertname"], alert.state.name], default: 0] += 1
        }
        metrics.replace(MetricCatalog.alerts, with: counts)
    }

    /// A group that a reload removed takes its series with it.
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

    private func measureRemediation(_ agent: Agent, _ view: FleetView, at: Timestamp) {
        let counters = agent.machine.counters
        metrics.set(MetricCatalog.remediations, to: Double(counters.started), "restart")
        for (reason, count) in counters.failures {
            metrics.set(
                MetricCatalog.remediationFailures,
                to: Double(count),
                "restart",
                reason.rawValue
            )
        }
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
                to: Double(last.milliseconds) / 1000,
                "restart"
            )
        }
        metrics.set(
            MetricCatalog.remediationsInProgress,
            to: Double(agent.machine.inFlight.count),
            "restart"
        )
        metrics.set(
            MetricCatalog.quarantinedGraphs,
            to: Double(agent.machine.quarantined.count)
        )
        metrics.set(
            MetricCatalog.approvalsPending,
            to: Double(agent.machine.approvalsPending)
        )
        measurePolicy(agent, view, at: at)
    }

    private func measurePolicy(_ agent: Agent, _ view: FleetView, at: Timestamp) {
        let policies = agent.configuration.graphs.map(\.policy)
        let acts = policies.contains { $0.mode == .auto || $0.mode == .approve }
        metrics.set(MetricCatalog.remediationEnabled, to: acts ? 1 : 0, "restart")
        let standard = agent.configuration.defaultPolicy
        for use in agent.machine.budgetUse(of: standard, at: at) {
            let scope = "fleet_\(use.limit.window.text)"
            metrics.set(MetricCatalog.budgetLimit, to: Double(use.limit.count), scope)
            metrics.set(MetricCatalog.budgetUsed, to: Double(use.used), scope)
        }
        let isStorm = ([standard] + policies).contains {
            agent.machine.stormLevel(under: $0, in: view) != nil
        }
        metrics.set(MetricCatalog.stormActive, to: isStorm ? 1 : 0)
    }
}
