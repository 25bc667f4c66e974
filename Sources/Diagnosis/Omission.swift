/// One rule that is left out, to show that a scenario notices. The agent never leaves any out.
package enum Omission: String, Hashable, Sendable, CaseIterable {
    // Signs: without one, nothing is read of it.
    case front, engine, tasks, queries, jobs, load
    /// Every running task is compared, not the first alone.
    case everyTask = "every_task"

    // Answers that say nothing about a graph: without the rule they count as silence.
    case misdirected
    case foreignAnswer = "foreign_answer"
    case credential, throttled
    /// Errors of GES that do not say whether the graph works.
    case unclear
    /// Requests that could not be sent: TLS, name resolution, no route.
    case unsent
    /// Errors of a dead engine count as silence: without the rule they count as an answer.
    case engineError = "engine_error"

    // From signs to a verdict
    /// Every sign of the engine must be silent.
    case everySign = "every_sign"
    /// Several readings are needed.
    case readings
    /// At most one in eight readings may be an answer.
    case share
    /// A graph that never answered is starting.
    case starting
    /// A probe that the graph has always refused says nothing.
    case refusedProbe = "refused_probe"
    /// What advances is busy.
    case advance
    /// Work that pauses between two steps is given twice its longest pause.
    case longestPause = "longest_pause"
    /// A management job keeps a graph busy for a limited time.
    case jobLimit = "job_limit"
    /// A list of jobs that fails ends no job.
    case jobMemory = "job_memory"
    /// The silence of a job proves nothing after its end.
    case jobEnd = "job_end"
    /// The job of the operation that hangs does not keep it busy.
    case ownJob = "own_job"
    /// How long an operation may stand still is said by a rule.
    case claim
    /// The progress of an operation must be visible.
    case visibleProgress = "visible_progress"
    /// Every source of progress must stand still.
    case everySource = "every_source"
    /// Windows begin anew after blindness.
    case gap
    /// Signs of one status say nothing about another.
    case statusChange = "status_change"
    case flapping
    /// A restart is verified by every sign.
    case recovery

    // Paths
    case pathProof = "path_proof"
    case pathEvent = "path_event"
    /// A graph stays part of an event for a while after the others are reached again.
    case eventMemory = "event_memory"
    /// Another graph proves the path.
    case witness
    /// The graph's own connection proves the path.
    case ownConnection = "own_connection"
    case pathCanary = "path_canary"
    /// A proof lasts for three polls.
    case proofWindow = "proof_window"
    case fallback

    // Populations
    case newlySick = "newly_sick"
    /// A graph counts anew when a rule that waits for long fires.
    case slowRule = "slow_rule"
    case inScope = "in_scope"
    case reached, quarantined
    case fleetPopulation = "fleet_population"
    case pathPopulation = "path_population"
    case allSilent = "all_silent"
    /// Graphs that answer in part are not silent.
    case partialAnswers = "partial_answers"
    /// Graphs that are not reached count as silent where nothing answers.
    case unreached
    /// A storm in which nothing answers goes on counting its members.
    case stormMembers = "storm_members"
    /// Members of a storm that have been sick for longer do not keep it going.
    case lastingMembers = "lasting_members"
    /// A storm becomes milder only when it has settled as far.
    case stormLevel = "storm_level"
    /// A storm is left below half of its threshold.
    case halfThreshold = "half_threshold"
    case settle, canary

    // One for each gate of Remediation, which must hold before a restart is sent.
    case gateKnown = "gate_known"
    case gateMode = "gate_mode"
    case gateSelection = "gate_selection"
    case gateDetectOnly = "gate_detect_only"
    case gateCredential = "gate_credential"
    case gateThrottle = "gate_throttle"
    case gatePause = "gate_pause"
    case gateMaintenance = "gate_maintenance"
    case gateSilence = "gate_silence"
    case gateBlockingAlert = "gate_blocking_alert"
    case gateProvider = "gate_provider"
    case gateLeadership = "gate_leadership"
    case gateDiagnosis = "gate_diagnosis"
    case gateStartupGrace = "gate_startup_grace"
    case gateJobList = "gate_job_list"
    case gateStateChangeGrace = "gate_state_change_grace"
    case gatePhase = "gate_phase"
    case gateLadder = "gate_ladder"
    case gateAttempts = "gate_attempts"
    case gateConcurrency = "gate_concurrency"
    case gateBudget = "gate_budget"
    case gateBreaker = "gate_breaker"
    case gateKillCost = "gate_kill_cost"
    case gateJobHistory = "gate_job_history"
    case gateEfficacy = "gate_efficacy"
    case gatePrecision = "gate_precision"
    case gateApproval = "gate_approval"
    case gateVeto = "gate_veto"
    case gateShadow = "gate_shadow"
}

extension Omission {
    private static let gatePrefix = "gate_"

    /// The raw value of the gate that is left out; nil for another rule.
    package var gate: String? {
        rawValue.hasPrefix(Self.gatePrefix)
            ? String(rawValue.dropFirst(Self.gatePrefix.count)) : nil
    }

    /// The omission of the gate with this raw value.
    package init?(gate: String) {
        self.init(rawValue: Self.gatePrefix + gate)
    }

    /// Rules that protect from the same. Leaving out one alone changes nothing, so they are left
    /// out together with it.
    package struct Backing: Sendable {
        package let rules: Set<Omission>
        package let reason: String
    }

    /// Nil for a rule that nothing else stands in for.
    package var backing: Backing? {
        switch self {
        case .everySign:
            Backing(
                rules: [.share],
                reason: "the answers of another sign are more than one in eight readings"
            )
        case .everySource:
            Backing(
                rules: [.advance],
                reason: "a source that advances makes the graph busy before sources are counted"
            )
        case .gateKnown:
            Backing(
                rules: [.gateSelection, .gateDiagnosis, .gateStateChangeGrace],
                reason: "a graph that is not known has no policy, no verdict and no status"
            )
        default: nil
        }
    }

    /// Why nothing in this agent can make the rule matter; nil for a rule that matters.
    package var idleReason: String? {
        switch self {
        case .gateSilence: "a rehearsal has no Alertmanager"
        case .gateLeadership: "the agent has no source of leadership"
        default: nil
        }
    }
}

extension Observation {
    /// The observation as if these rules did not exist.
    func without(_ omitted: Set<Omission>) -> Observation {
        var rest = self
        if omitted.contains(.front) { rest.probes.removeAll { !Probe.isEngine($0.kind) } }
        if omitted.contains(.engine) { rest.probes.removeAll { Probe.isEngine($0.kind) } }
        if omitted.contains(.tasks) { rest.tasks = nil }
        if omitted.contains(.queries) { rest.queries = nil }
        if omitted.contains(.jobs) { rest.jobs = nil }
        if omitted.contains(.load) { rest.load = nil }
        if omitted.contains(.everyTask) { rest.tasks = tasks.map { Array($0.prefix(1)) } }
        if omitted.contains(.pathCanary) { rest.canary = nil }
        if omitted.contains(.fallback) {
            rest.probes = rest.probes.map { Probe(kind: $0.kind, answer: $0.onPath) }
        }
        rest.probes = rest.probes.map { probe in
            Probe(
                kind: probe.kind,
                answer: probe.answer.without(omitted),
                configured: probe.configured?.without(omitted)
            )
        }
        return rest
    }
}

extension Answer {
    fileprivate func without(_ omitted: Set<Omission>) -> Answer {
        switch self {
        case .engineError: omitted.contains(.engineError) ? .alive : self
        case .misdirected: omitted.contains(.misdirected) ? .silence : self
        case .foreignAnswer: omitted.contains(.foreignAnswer) ? .silence : self
        case .credential: omitted.contains(.credential) ? .silence : self
        case .throttled: omitted.contains(.throttled) ? .silence : self
        case .unclear: omitted.contains(.unclear) ? .silence : self
        case .path: omitted.contains(.unsent) ? .silence : self
        case .alive, .silent: self
        }
    }

    private static let silence = Answer.silent(.afterConnection)
}
