import Diagnosis
import Remediation
import Rules
import Series
import Time

extension Cycle {
    /// Merges the newest poll into the inventory and appends its samples to the series.
    mutating func merge(_ turn: inout Turn) {
        if let reading = turn.input.jobHistory {
            turn.log += jobs.receive(reading, at: turn.now)
        }
        if let readings = turn.readings {
            polls += 1
            share = readings.share
            learnClock(from: readings)
            let sightSince = inventory.sightSince
            inventory.merge(readings, freshness: settings.sightGap)
            moveAlerts(at: turn.now)
            provider.receive(readings)
            if inventory.sightSince != sightSince { noteSight() }
            jobs.forgetOld(at: turn.now)
            diagnose(readings)
            let samples = GraphSamples.all(
                inventory,
                diagnosis.pathStates,
                projectID: settings.vantage.projectID,
                at: readings.at,
                jobs: jobs,
                tags: settings.selectingTags,
                hasSizes: settings.readsNodeMetrics
                    || inventory.ids.count <= GraphSamples.sizedGraphs
            ) { belief($0, at: turn.now) }
            keepRestored()
            series.beginPoll(at: readings.at)
            written.replace(with: samples, in: &series, waking: &restored, at: readings.at)
            prune(at: readings.at)
            turn.log += reported.changes(to: readings.listing)
            turn.log += reported.changes(to: inventory.reach)
            turn.log += reported.changes(to: readings.graphs) { [inventory] id in
                inventory.entries[id]?.graph.name
            }
            turn.log += reported.answers.changes(to: readings.graphs) { [inventory] id in
                inventory.entries[id]?.graph.name
            }
        }
        endObservation(at: turn.now)
    }

    /// What others restarted while the agent saw nothing is as unknown as after a start.
    private mutating func noteSight() {
        guard inventory.sightSince != nil else { return }
        if hasSeen { machine.expectJobList() }
        hasSeen = true
    }

    /// Drops the series of deleted graphs: graph ids are never reused.
    private mutating func prune(at: Timestamp) {
        guard at - prunedAt >= Self.pruneInterval else { return }
        prunedAt = at
        series.prune(before: at - series.retention)
        delayed.prune(before: at - series.retention)
        nodes.prune(before: at - series.retention)
        restored.prune(before: at - series.retention)
    }

    private static let pruneInterval = Duration.seconds(60)

    /// The input of the machine: what is known of every graph now.
    mutating func fleetView(
        _ alerts: [ActiveAlert],
        _ received: [ReceivedAlert],
        isStopping: Bool,
        at now: Timestamp
    ) -> FleetView {
        var graphs: [GraphID: GraphView] = [:]
        graphs.reserveCapacity(inventory.entries.count)
        claims = Claim.byGraph(alerts, received, others.requests)
        let silenced = silenceHolds(on: received, at: now)
        var blocking = BlockingAlerts(
            alerts,
            settings.webhook.map { self.received.blocking($0, at: now) } ?? [],
            hasBlockingRules ? rules : nil
        )
        published.blocks = share == nil ? [] : blocking.published
        blocking.add(others.blocks)
        let known = inventory.entries.values
        let entries = known.span
        for place in entries.indices {
            var view = graphView(entries[place], at: now)
            if let silence = silenced[view.id.rawValue] { view.externalHolds.append(silence) }
            if let block = blocking.graphs[view.id] { view.externalHolds.append(block) }
            graphs[view.id] = view
        }
        if omitted.contains(.recovery) { believeOneSign(&graphs) }
        if policies.count > graphs.count {
            policies = policies.filter { graphs[GraphID($0.key)] != nil }
        }
        let reasons =
            detectOnlyReasons.map(\.description)
            + (isStopping ? ["the agent is stopping"] : [])
        var view = FleetView(
            graphs: graphs,
            sightSince: inventory.sightSince,
            freshness: settings.freshness,
            isWhole: inventory.isWhole,
            detectOnly: reasons.isEmpty ? nil : reasons.joined(separator: "; "),
            acceptsOrders: acceptsOrders
        )
        view.entries = entryNames
        view.undecided = RemediationRequests.graphs(firing: alerts).union(others.asking)
        view.hasMaintenanceWindows = !settings.maintenance.isEmpty
        view.externalHolds += blocking.fleet + provider.holds
        view.hasBlockingAlerts = hasBlockingRules || settings.webhook != nil
        view.readsSilences = !settings.alertmanagers.isEmpty
        if let hold = silencesAwaited(at: now) { view.externalHolds.append(hold) }
        return view
    }

    private mutating func graphView(_ entry: Inventory.Entry, at now: Timestamp) -> GraphView {
        let assessment = assess(entry, at: now)
        var view = GraphView(
            id: GraphID(entry.graph.id),
            name: entry.graph.name,
            statusCode: entry.graph.status.code,
            statusSince: max(entry.statusSince, entry.seenSince),
            observedAt: entry.observedAt,
            verdict: assessment.verdict,
            probe: probeView(entry),
            policy: nil
        )
        let matched = matchedEntry(for: entry.graph)
        view.sharedPolicy = matched.policy
        view.entry = matched.entry
        view.externalHolds = maintenanceHolds(matched, at: now)
        view.restsOn = assessment.restsOn
        view.seenProgress = assessment.seenProgress
        view.wasReached = diagnosis.wasReached(entry.graph.id)
        view.isWellElsewhere = !entry.isRead
        view.suspectedSince = others.sickSince[entry.graph.id]
        view.answersInPart = diagnosis.answersInPart(entry.graph.id)
        view.unreachableSince = diagnosis.unreachableSince(entry.graph.id)
        view.jobs = entry.jobs?.map { job in
            let firstSeen = diagnosis.firstSight(ofJob: job.id, of: entry.graph.id)
            return FoundJob(job, firstSeen: firstSeen ?? now)
        }
        view.path = diagnosis.path(of: entry.graph.id)
        view.edition = entry.graph.edition
        // Lists are made only of graphs at which somebody may look.
        guard assessment.verdict.isSick || machine.concerns(view.id) else { return view }
        view.tasks = entry.lastTasks.map(ListedTasks.init)
        view.endedJobs = jobs.endedJobs(of: entry.graph.id)
        if let policy = view.policy, !policy.ladder.isRestartOnly {
            view.cancellableTasks = entry.recentTasks(at: now).map { $0.compactMap(\.cancellable) }
        }
        return view
    }

    /// As if one answered probe of a graph under repair were enough.
    private func believeOneSign(_ graphs: inout [GraphID: GraphView]) {
        for id in machine.inFlight {
            let answers = inventory.entries[id.rawValue]?.reading?.probes.map(\.answer) ?? []
            guard answers.contains(.alive) else { continue }
            graphs[id]?.probe?.answered = true
            graphs[id]?.probe?.signs = [:]
            graphs[id]?.verdict = .healthy
        }
    }

    mutating func policy(for graph: ListedGraph) -> SharedPolicy? {
        matchedEntry(for: graph).policy
    }

    private mutating func matchedEntry(for graph: ListedGraph) -> MatchedPolicy {
        if let known = policies[graph.id], known.name == graph.name, known.tags == graph.tags {
            return known
        }
        let index = settings.entryIndex(for: graph)
        let matched = MatchedPolicy(
            name: graph.name,
            tags: graph.tags,
            entry: index.map(settings.entryName),
            policy: index.map { SharedPolicy(settings.graphs[$0].policy) },
            windows: settings.maintenance.indices.filter {
                settings.maintenance[$0].scope.matches(graph)
            },
            removedWindows: removedWindows.indices.filter {
                removedWindows[$0].window.scope.matches(graph)
            }
        )
        policies[graph.id] = matched
        return matched
    }

    /// Nil for a graph that no poll has probed. One whose probes cannot tell has not answered.
    private func probeView(_ entry: Inventory.Entry) -> ProbeView? {
        guard let last = entry.lastProbe else {
            return entry.isProbed ? ProbeView(answered: false, at: entry.observedAt) : nil
        }
        var view = ProbeView(answered: last.isAnswered, at: last.at)
        // Nobody else looks at single probes. Those of a graph that does not answer tell whether it
        // is silent.
        if !last.isAnswered || machine.isFollowing(GraphID(entry.graph.id)) {
            for probe in entry.reading?.probes ?? [] { view.signs[probe.kind] = probe.answer.word }
        }
        return view
    }
}

extension ListedTasks {
    fileprivate init(_ last: Inventory.LastTasks) {
        self.init(
            last.tasks.map {
                ListedTask(
                    id: $0.id,
                    type: $0.type,
                    startedAt: $0.startedAt,
                    progressRatio: $0.progressRatio
                )
            },
            at: last.at
        )
    }
}

extension GraphReading.DataPlaneTask {
    /// nil for a task that does not run, that cannot be cancelled, or that does not tell either.
    fileprivate var cancellable: CancellableTask? {
        guard state == .running, canStop != false, let startedAt,
            let kind = type.flatMap({ CancellableTask.Kind(taskType: $0) })
        else { return nil }
        return CancellableTask(id: id, kind: kind, startedAt: startedAt)
    }
}

extension FoundJob {
    /// A running or waiting job. The time of one that waits counts from its first sight: it must
    /// not hold for ever either.
    fileprivate init(_ job: RunningJob, firstSeen: Timestamp) {
        self.init(
            id: job.id,
            name: job.name,
            graphName: job.graphName ?? "",
            beganAt: job.beganAt ?? firstSeen,
            state: .running
        )
        isQueued = job.isWaiting && job.beganAt == nil
    }
}
