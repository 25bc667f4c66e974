package import Diagnosis
import Remediation
import Rules
import Series
import Time

extension Cycle {
    /// Rules that are left out, to show that a scenario notices. Only tests set them.
    package var omitted: Set<Omission> {
        get { diagnosis.omitted }
        set {
            diagnosis.omitted = newValue
            machine.omit(newValue)
        }
    }

    var omittedGates: Set<Gate> { Set(omitted.compactMap { $0.gate.flatMap(Gate.init) }) }
}

/// How the readings of a poll become observations, and alerts become claims.
extension Cycle {
    /// Merges the newest poll into the diagnosis.
    mutating func diagnose(_ readings: Readings) {
        let repaired = machine.inFlight
        let words = wordsOfWatchers(readings.share)
        var observations: [Observation] = []
        observations.reserveCapacity(inventory.ids.count)
        inventory.forEachSorted { entry in
            var observation = entry.observation
            observation.load = delayed.load(of: entry.graph.id)
            observation.reportedOnset = words?(entry.graph.id)
            observation.isUnderRepair =
                !repaired.isEmpty && repaired.contains(GraphID(entry.graph.id))
            observations.append(observation)
            // Matched here, because taking an observation must not change the cycle.
            _ = policy(for: entry.graph)
        }
        let usual = settings.defaultPolicy.diagnosis
        diagnosis.take(
            observations,
            policy: { [policies, freshness = settings.freshness] in
                (policies[$0]?.policy?.policy.diagnosis ?? usual).paced(by: freshness)
            },
            at: readings.at
        )
        diagnosis.keep(isWhole: inventory.isWhole) { [entries = inventory.entries] in
            entries.contains($0)
        }
    }

    /// What is believed of a graph after a poll, as its samples say it.
    ///
    /// Alerts do not change it: an alert over the verdict would end itself when its own time is
    /// judged. The exceptions are imports, exports and clears, which hang only by an alert, here
    /// one of the step before: this poll's samples come before its alerts.
    mutating func belief(_ entry: Inventory.Entry, at now: Timestamp) -> Belief {
        let hangClass = HangClass(statusCode: entry.graph.status.code)
        let claims = hangClass == .unresponsive ? [:] : claims
        let policy = diagnosisPolicy(for: entry.graph)
        var belief = Belief(
            verdict: assess(entry, claims, policy, at: now).verdict,
            advances: diagnosis.advances(of: entry.graph.id)
        )
        belief.movements = diagnosis.movements(of: entry.graph.id)
        belief.unreadable = diagnosis.unreadableSources(of: entry.graph.id)
        if let jobs = entry.jobs, !jobs.isEmpty {
            belief.jobStarts = jobs.map { job in
                let seen = diagnosis.firstSight(ofJob: job.id, of: entry.graph.id)
                return (job.name, job.beganAt ?? seen ?? now)
            }
        }
        return belief
    }

    mutating func assess(_ entry: Inventory.Entry, at now: Timestamp) -> Assessment {
        let policy = diagnosisPolicy(for: entry.graph)
        return assess(entry, claims, policy, at: now)
    }

    // Apart, because a mutating function would copy the inventory for each graph.
    private func assess(
        _ entry: Inventory.Entry,
        _ claims: [String: [Claim]],
        _ policy: DiagnosisPolicy,
        at now: Timestamp
    ) -> Assessment {
        diagnosis.assess(
            entry,
            in: inventory,
            claims,
            policy,
            freshness: settings.freshness,
            at: now
        )
    }

    private mutating func diagnosisPolicy(for graph: ListedGraph) -> DiagnosisPolicy {
        (policy(for: graph)?.policy.diagnosis ?? settings.defaultPolicy.diagnosis)
            .paced(by: settings.freshness)
    }
}

extension DiagnosisPolicy {
    /// The pace of the polls is not blindness.
    func paced(by freshness: Duration) -> DiagnosisPolicy {
        var paced = self
        paced.gap = max(gap, freshness)
        return paced
    }
}

extension Diagnosis {
    /// What is believed of a graph by the alerts that ask for its restart.
    func assess(
        _ entry: Inventory.Entry,
        in inventory: Inventory,
        _ claims: [String: [Claim]],
        _ policy: DiagnosisPolicy,
        freshness: Duration,
        at now: Timestamp
    ) -> Assessment {
        if let blindness = inventory.blindness(of: entry, freshness: freshness, at: now) {
            return Assessment(blindness)
        }
        return assess(entry.graph.id, claims[entry.graph.id] ?? [], policy)
    }
}

extension Inventory {
    /// Nil while the agent sees the graph.
    fileprivate func blindness(
        of entry: Entry,
        freshness: Duration,
        at now: Timestamp
    ) -> Verdict? {
        guard sightSince != nil else {
            return .unknown(.sight, "the agent does not see the fleet")
        }
        if !entry.isRead, let agent = entry.otherWatcher {
            return .unknown(.sight, "\(agent) watches it, and does not suspect it")
        }
        guard now - entry.observedAt <= freshness else {
            return .unknown(
                .sight,
                "it was last read at \(entry.observedAt), more than \(freshness.text) ago"
            )
        }
        return nil
    }
}

extension Status {
    /// What is believed of a graph, and why; nil for a graph that is not known.
    package func assessment(of id: String) -> Assessment? {
        guard let entry = inventory.entries[id], let settings else { return nil }
        let policy = (settings.policy(for: entry.graph) ?? settings.defaultPolicy).diagnosis
        let assessment = diagnosis.assess(
            entry,
            in: inventory,
            claims,
            policy,
            freshness: settings.freshness,
            at: at
        )
        return diagnosis.explain(assessment, of: id, policy)
    }
}

extension Inventory.Entry {
    /// What diagnosis takes of it. Not an initializer, which would copy the entry.
    var observation: Observation {
        var observation = Observation(graphID: graph.id, statusCode: graph.status.code)
        observation.isWatchedElsewhere = !isRead
        observation.jobs = jobs?.map { job in
            Observation.Job(
                id: job.id,
                name: job.name,
                beganAt: job.beganAt,
                progress: job.progress,
                isCounted: job.isCounted
            )
        }
        if let reading { observation.add(reading) }
        return observation
    }
}

extension Observation {
    fileprivate mutating func add(_ reading: GraphReading) {
        path = reading.path
        neighbourhood = reading.neighbourhood
        probes = reading.probes.map {
            Probe(kind: $0.kind, answer: $0.answer, configured: $0.configured)
        }
        canary = reading.canary
        told = reading.told
        obscuredTasks = reading.obscuredTasks
        obscuredQueries = reading.obscuredQueries
        tasks = reading.tasks?.map {
            Work(
                id: $0.id,
                type: $0.type,
                isRunning: $0.state == .running,
                progress: $0.progressRatio
            )
        }
        queries = reading.queries?.running.map {
            Work(id: $0.id, isRunning: true, progress: $0.progressRatio)
        }
    }
}

extension Claim {
    /// The claims of alerts that ask for a restart, pending ones included, by graph id.
    static func byGraph(
        _ alerts: [ActiveAlert],
        _ received: [ReceivedAlert],
        _ others: [RestartRequest] = []
    ) -> [String: [Claim]] {
        var claims: [String: [Claim]] = [:]
        for alert in alerts where RemediationRequests.asksForRestart(alert) {
            guard let hangClass = RemediationRequests.hangClass(alert.labels),
                let since = alert.heldSince
            else { continue }
            claims[alert.labels["graph_id"], default: []].append(
                Claim(
                    hangClass: hangClass,
                    activeAt: since,
                    hold: alert.holdDuration,
                    isFiring: alert.firedAt != nil
                )
            )
        }
        for alert in received {
            claims[alert.graphID.rawValue, default: []].append(
                Claim(hangClass: alert.hangClass, activeAt: alert.request.activeAt)
            )
        }
        for request in others {
            claims[request.graphID.rawValue, default: []].append(
                Claim(
                    hangClass: request.hangClass,
                    activeAt: request.activeAt,
                    hold: .milliseconds(request.holdMilliseconds ?? 0)
                )
            )
        }
        return claims
    }
}
