import Time

/// From the signs to a verdict.
extension Diagnosis {
    /// What is believed of a graph now. Without claims it judges the newest readings, for people
    /// and metrics only.
    package func assess(
        _ id: String,
        _ claims: [Claim],
        _ policy: DiagnosisPolicy
    ) -> Assessment {
        if claims.isEmpty, let known = summaries[id], known.policy == policy {
            return known.assessment
        }
        guard let graph = graphs[id] else {
            return Assessment(.unknown(.sight, "it has not been observed yet"))
        }
        return assessment(of: graph, judgeClaims(graph, claims, policy))
    }

    /// - Parameter verdict: what the signs say. It does not hold if it changes too often for
    ///   automation.
    func assessment(of graph: GraphCase, _ verdict: Verdict) -> Assessment {
        var assessment = Assessment(verdict)
        if verdict.isSick, !omitted.contains(.flapping), let since = flapping(graph) {
            assessment.verdict = .flapping(since: since)
        }
        let isOfEngine = HangClass(statusCode: graph.statusCode) == .unresponsive
        assessment.restsOn = isOfEngine ? graph.engineKinds.filter { !graph.neverTells($0) } : []
        if case .hung(let hangClass, _) = assessment.verdict {
            assessment.seenProgress = graph.seenProgress
            if hangClass != .unresponsive, graph.tasks.history.newestTelling?.word == .still {
                assessment.restsOn.append(Assessment.tasksSign)
            }
        }
        if graph.jobs.isRead { assessment.restsOn.append(Assessment.jobsSign) }
        return assessment
    }

    /// Adds the signs, the path and what would change the verdict: for people, who ask for one
    /// graph at a time, while every step assesses all.
    package func explain(
        _ assessment: Assessment,
        of id: String,
        _ policy: DiagnosisPolicy
    ) -> Assessment {
        var explained = assessment
        explained.wouldChange = assessment.verdict.wouldChange(policy)
        guard let graph = graphs[id] else { return explained }
        explained.signs = graph.signReports
        explained.path = graph.way.map { way in
            Assessment.PathReport(path: way.path, provedBy: proof(of: graph))
        }
        return explained
    }

    /// Each claim is judged by itself, over its own time: rules differ in how long is too long, and
    /// one proof is enough. What fires comes before what does not yet, and the oldest first.
    private func judgeClaims(
        _ graph: GraphCase,
        _ claims: [Claim],
        _ policy: DiagnosisPolicy
    ) -> Verdict {
        let ordered = claims.filter { $0.hangClass.expectedStatusCode == graph.statusCode }
            .sorted { left, right in
                guard left.isFiring == right.isFiring else { return left.isFiring }
                return (left.activeAt, right.hold) < (right.activeAt, left.hold)
            }
        var first: Verdict?
        for claim in ordered {
            let verdict = judge(graph, claim, policy)
            if case .hung = verdict, claim.isFiring { return verdict }
            first = first ?? verdict
        }
        return first ?? judgeSigns(graph, nil, policy)
    }

    /// A claim that is too young for enough readings proves nothing and refutes nothing. Until it
    /// is old enough, the newest readings say what is shown; they never prove a hang that a firing
    /// alert could act on.
    private func judge(_ graph: GraphCase, _ claim: Claim, _ policy: DiagnosisPolicy) -> Verdict {
        let verdict = judgeSigns(graph, claim, policy)
        guard at - claim.activeAt <= interval * (policy.readings + 1) else { return verdict }
        let shown = judgeSigns(graph, nil, policy)
        switch (verdict, shown) {
        case (.suspect, .hung) where !claim.isFiring: return shown
        case (.unknown(.sight, _), .hung(_, let since)),
            (.unknown(.progress, _), .hung(_, let since)):
            return claim.isFiring ? .suspect(since: since) : shown
        case (.unknown(.sight, _), _), (.unknown(.progress, _), _): return shown
        default: return verdict
        }
    }

    func judgeSigns(_ graph: GraphCase, _ claim: Claim?, _ policy: DiagnosisPolicy) -> Verdict {
        guard let hangClass = HangClass(statusCode: graph.statusCode) else {
            return .notEligible(statusCode: graph.statusCode)
        }
        if graph.begins > at {
            // Working is proved by one look; a hang is not.
            let answers = graph.engineAnswers
            if !answers.isEmpty, answers.allSatisfy({ $0 == .alive }) { return .healthy }
            return .unknown(.sight, "the agent was blind; windows begin anew at \(graph.begins)")
        }
        if let obstacle = obstacle(graph) { return obstacle }
        var trial = Trial(
            graph: graph,
            start: max(graph.begins, claim?.activeAt ?? at - spans.judged),
            at: at,
            readings: omitted.contains(.readings) ? 1 : policy.readings,
            pause: max(spans.judged, claim?.hold ?? .zero)
        )
        trial.waitsForSteps = !omitted.contains(.longestPause)
        if let job = job(graph, hangClass, policy) {
            return .busy(by: .job(job.name.isEmpty ? job.id : job.name, since: job.beganAt))
        }
        return hangClass == .unresponsive
            ? judgeUnresponsive(trial)
            : judgeOperation(trial, hangClass, isClaimed: claim != nil)
    }

    /// The management job that keeps the graph busy.
    private func job(
        _ graph: GraphCase,
        _ hangClass: HangClass,
        _ policy: DiagnosisPolicy
    ) -> Observation.Job? {
        graph.jobs.hold(
            for: hangClass,
            limit: omitted.contains(.jobLimit) ? .seconds(1_000_000_000) : policy.jobLimit,
            countsOwn: omitted.contains(.ownJob),
            at: at
        )
    }

    // MARK: - What keeps a verdict from being given

    /// Something else than the graph answers, or refuses us.
    private func obstacle(_ graph: GraphCase) -> Verdict? {
        let answers = graph.engineAnswers
        if answers.contains(.misdirected) {
            return .unknown(.misdirected, "something answers at its address that does not know it")
        }
        if answers.contains(.foreignAnswer) {
            return .unknown(
                .foreignAnswer,
                "something between the agent and the graph answers, and not GES"
            )
        }
        if answers.contains(.unclear) {
            return .unknown(
                .unclear,
                "GES answers with an error that does not say whether the graph works"
            )
        }
        return nil
    }

    // MARK: - Unresponsive

    private func judgeUnresponsive(_ trial: Trial) -> Verdict {
        let graph = trial.graph
        let kinds = graph.engineKinds
        let states = kinds.map { trial.state(of: $0) }
        let isSilent =
            !states.isEmpty && states.contains(.silent)
            && zip(kinds, states).allSatisfy { kind, state in
                // A probe that the graph has always refused says nothing, and never will.
                state == .silent || omitted.contains(.everySign)
                    || state == .refused && graph.neverTells(kind)
                        && !omitted.contains(.refusedProbe)
            }
        guard isSilent else { return judgeAnswering(trial, kinds, states) }
        if !graph.wasReached, !omitted.contains(.starting) {
            return proof(of: graph) == nil
                ? .unknown(.path, "no probe has ever reached it") : .starting
        }
        if let advance = advance(trial) { return .busy(by: advance) }
        if let path = unproved(graph) { return path }
        let since = kinds.compactMap { graph.probes[$0]?.since(.silent) }.max() ?? at
        guard kinds.allSatisfy({ trial.isMostlySilent($0) || omitted.contains(.share) }) else {
            return .suspect(since: since)
        }
        if let obscured = trial.obscured() { return .unknown(.progress, obscured) }
        if let served = trial.served(since: since) { return .unknown(.load, served) }
        return .hung(.unresponsive, since: since)
    }

    private func advance(_ trial: Trial, ofOperation: Bool = false) -> Work? {
        omitted.contains(.advance) ? nil : trial.advance(ofOperation: ofOperation)
    }

    /// Not every sign of the engine is silent.
    private func judgeAnswering(
        _ trial: Trial,
        _ kinds: [String],
        _ states: [Trial.EngineState]
    ) -> Verdict {
        let graph = trial.graph
        if states.contains(.silent) || states.contains(.wavering) {
            if let advance = advance(trial) { return .busy(by: advance) }
            if !graph.wasReached, !omitted.contains(.starting) { return .starting }
            if let path = unproved(graph), !states.contains(.alive) { return path }
            let since = kinds.compactMap { graph.probes[$0]?.since(.silent) }.min() ?? at
            return .suspect(since: since)
        }
        if states.contains(.alive) { return .healthy }
        let answers = graph.engineAnswers
        if states.contains(.refused) {
            return .unknown(.credential, "it refuses the credential of the agent")
        }
        if answers.contains(.throttled) { return .unknown(.throttled, "it throttles the probes") }
        if answers.contains(.path) {
            return .unknown(.path, "requests cannot be sent to it")
        }
        return .unknown(.sight, "there are fewer than \(trial.readings) readings of each sign")
    }

    /// Nil if the path is proved as far as the silence needs it.
    private func unproved(_ graph: GraphCase) -> Verdict? {
        guard let path = graph.way?.path else {
            return .unknown(.path, "it has no address that can be used")
        }
        if isConnected(graph) { return nil }
        let size = paths.eventSize(
            graph.memory.graphID,
            remembers: !omitted.contains(.eventMemory),
            at: at
        )
        if size > 1, !omitted.contains(.pathEvent) {
            return .unknown(
                .pathEvent,
                "\(size) graphs on path \(path) became unreachable within a minute"
            )
        }
        guard proof(of: graph) == nil, !omitted.contains(.pathProof) else { return nil }
        return .unknown(.path, "nothing else on path \(path) answers")
    }

    private func proof(of graph: GraphCase) -> String? {
        guard let way = graph.way else { return nil }
        if isConnected(graph) { return "the graph itself" }
        let window = omitted.contains(.proofWindow) ? .distantPast : at - proofWindow
        let proof = paths.proof(of: way, since: window)?.by
        return omitted.contains(.ownConnection) && proof == graph.memory.graphID ? nil : proof
    }

    /// Whether the graph accepted a connection itself.
    private func isConnected(_ graph: GraphCase) -> Bool {
        graph.isReached && !omitted.contains(.ownConnection)
    }

    // MARK: - Import, export, clear

    /// Proved when progress can be seen and every source of it stands still.
    private func judgeOperation(
        _ trial: Trial,
        _ hangClass: HangClass,
        isClaimed: Bool
    ) -> Verdict {
        if let advance = advance(trial, ofOperation: true) { return .busy(by: advance) }
        // Only a rule can say how long is too long.
        guard isClaimed || omitted.contains(.claim) else { return .busy(by: .operation(hangClass)) }
        let sources = trial.progressSources
        guard !sources.isEmpty || omitted.contains(.visibleProgress) else {
            return .unknown(.progress, "its progress cannot be seen")
        }
        let stands = !sources.contains(false) || omitted.contains(.everySource)
        guard stands else { return .busy(by: .operation(hangClass)) }
        if let obscured = trial.obscured(ofOperation: true) {
            return .unknown(.progress, obscured)
        }
        return .hung(hangClass, since: trial.stillSince ?? at)
    }

    // MARK: - Flapping

    /// Four changes within six hours, until the graph was quiet for an hour.
    private func flapping(_ graph: GraphCase) -> Timestamp? {
        let recent = graph.memory.changes.filter { at - $0 <= Self.flappingSpan }
        guard recent.count >= Self.changesOfFlapping, let last = recent.last, at - last < Self.calm
        else {
            return nil
        }
        return recent.first
    }
}
