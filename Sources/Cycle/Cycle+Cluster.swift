import Coordination
import Diagnosis
import Remediation
import Time

/// What an agent does that shares its fleet with others: it leads, or it observes.
extension Cycle {
    /// Takes what is known of the other agents. A new leadership begins from the shared state,
    /// which was read after it began.
    mutating func join(_ turn: inout Turn) {
        guard let reading = turn.input.cluster ?? cluster else { return }
        cluster = reading
        cluster?.state = nil
        rememberAlerts(of: reading.others, at: turn.now)
        diagnosis.believeReach(of: reading.suspectedByOthers)
        // Nobody is to be led by a clock that may be wrong: it would end the cool-downs of all.
        let epoch = hasSoundClock ? reading.epoch(at: turn.clock.elapsed) : nil
        if let state = reading.state { take(state, asLeader: epoch, &turn) }
        guard let epoch, epoch == ledEpoch || reading.state != nil else {
            if ledEpoch != nil { turn.log.append(Self.endOfLead(reading)) }
            ledEpoch = nil
            return
        }
        if ledEpoch != epoch {
            turn.log.append(LogLine(.info, "This agent leads", ["epoch": "\(epoch)"]))
        }
        ledEpoch = epoch
    }

    private mutating func take(_ state: SharedState, asLeader epoch: Int64?, _ turn: inout Turn) {
        guard let epoch else { return machine.observe(state.machine, at: turn.now) }
        if ledEpoch == epoch {
            machine.takePauses(state.machine.pauses, at: turn.now)
        } else if state.isNew {
            machine.shareRecords()
            machine.expectJobList()
        } else {
            machine.takeOver(state.machine, at: turn.now)
        }
    }

    private static func endOfLead(_ reading: ClusterReading) -> LogLine {
        switch reading.role {
        case .leader: LogLine(.warning, "The lead was not renewed in time; observing", [:])
        case .follower(let leader):
            LogLine(.warning, "Another agent leads now; observing", ["leader": leader])
        case .none(let why): LogLine(.warning, "This agent leads no more", ["err": why])
        }
    }

    private var hasSoundClock: Bool { clockJump == nil && clockWatch.reasons.isEmpty }

    /// Whether this agent could act if it led. One that could not leaves the lead to another.
    private var isFitToLead: Bool { detectOnlyReasons.isEmpty && inventory.sightSince != nil }

    /// What keeps this agent from acting because of others; empty for the leader.
    private var leadershipHolds: [ExternalHold] {
        guard let cluster else { return [] }
        let dissenters = cluster.dissenters
        if ledEpoch != nil { return dissenters.isEmpty ? [] : [.policiesDiffer(dissenters)] }
        return switch cluster.role {
        case .follower(let leader): [.notLeader(leader: leader)]
        case .none(let why): [.noLeader(why)]
        case .leader: [.noLeader("this agent takes over")]
        }
    }

    /// Notes what this agent sees, to be published, and believes no hang to which others object.
    mutating func compareSights(_ view: inout FleetView) {
        guard let cluster else { return }
        view.hasLeader = true
        view.isObserving = ledEpoch == nil
        view.hasDoubtfulClock = clockWatch.isDoubtful
        view.externalHolds += leadershipHolds
        sights = [:]
        for id in cluster.suspectedByOthers { sights[id] = .absent }
        for graph in view.graphs.values {
            let id = graph.id.rawValue
            guard graph.verdict.isSick || sights[id] != nil else { continue }
            // Who has not read a graph has nothing to say, and is waited for.
            guard inventory.entries[id]?.otherWatcher == nil else {
                sights[id] = nil
                continue
            }
            sights[id] = graph.verdict.sight
            guard graph.verdict.isSick, let objection = cluster.objection(to: id) else { continue }
            view.graphs[graph.id]?.verdict = .unknown(.agents, objection)
        }
    }

    /// What the others should know of this step; nil for an agent that is alone.
    var publication: Publication? {
        guard cluster != nil else { return nil }
        let kept =
            sights.count <= MemberReport.maximumSights
            ? sights
            : Dictionary(
                uniqueKeysWithValues: sights.sorted { $0.key < $1.key }
                    .prefix(MemberReport.maximumSights)
                    .map { ($0.key, $0.value) }
            )
        var publication = Publication(
            poll: polls,
            sights: kept,
            isFitToLead: isFitToLead,
            ledEpoch: ledEpoch
        )
        guard let share else { return publication }
        if seesGraphs { publication.division = share.division.id }
        publication.requests =
            isFitToLead ? Array(ownRequests.prefix(Self.maximumPublishedRequests)) : []
        publication.alerts = publishedAlerts
        let suspects = sights.filter { [.suspect, .hung].contains($0.value) }.keys
        publication.concerns = Set(machine.concerned.map(\.rawValue) + suspects)
        for id in suspects.sorted().prefix(Self.maximumSuspectsWithNeighbours) {
            publication.concerns.formUnion(
                diagnosis.neighbours(of: id, atMost: Self.neighboursOfSuspects)
            )
        }
        return publication
    }

    /// Whether this agent can watch any graph. One that cannot leaves its part to the others.
    private var seesGraphs: Bool {
        inventory.sightSince != nil && inventory.reach == .proved && hasSoundClock
    }

    /// How many neighbours of a suspected graph this agent reads, whoever watches them: without them
    /// nothing proves that the path to the graph works.
    private static let neighboursOfSuspects = 5
    /// Looking for neighbours takes time.
    private static let maximumSuspectsWithNeighbours = 50
}

extension Verdict {
    var sight: Sight {
        switch self {
        case .healthy, .busy, .flapping: .alive
        case .suspect: .suspect
        case .hung: .hung
        case .unknown, .starting, .notEligible: .unknown
        }
    }
}
