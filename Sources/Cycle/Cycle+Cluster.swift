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
        for other in reading.others { diagnosis.believeServed(other.servedAt ?? [:]) }
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

    var hasSoundClock: Bool { clockJump == nil && clockWatch.reasons.isEmpty }

    /// Whether this agent could act if it led. One that could not leaves the lead to another.
    var isFitToLead: Bool { detectOnlyReasons.isEmpty && inventory.sightSince != nil }

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
        (sights, published.sickSince) = ([:], [:])
        for id in cluster.suspectedByOthers { sights[id] = .absent }
        for graph in view.graphs.values {
            let id = graph.id.rawValue
            guard graph.verdict.isSick || sights[id] != nil || isConcern(graph) else {
                continue
            }
            // Who has not read a graph has nothing to say, and is waited for.
            guard inventory.entries[id]?.isRead ?? true else {
                sights[id] = nil
                continue
            }
            sights[id] = graph.verdict.sight
            if share != nil { published.sickSince[id] = graph.verdict.sickSince }
            guard graph.verdict.isSick, let objection = cluster.objection(to: id) else { continue }
            view.graphs[graph.id]?.verdict = .unknown(.agents, objection)
            guard share != nil, !cluster.isSeenAlive(id) else { continue }
            view.graphs[graph.id]?.suspectedSince = published.sickSince[id]
        }
    }

    /// Of more graphs than can be published, first those that any agent suspects.
    private var publishedSights: [String: Sight] {
        let limit = MemberReport.maximumSights
        guard sights.count > limit, let cluster else { return sights }
        let suspects = cluster.suspectedByOthers
        func rank(_ id: String, _ sight: Sight) -> Int {
            suspects.contains(id) || [.suspect, .hung].contains(sight) ? 0 : 1
        }
        let ranked = sights.map { (rank: rank($0, $1), id: $0, sight: $1) }
            .sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
        return Dictionary(uniqueKeysWithValues: ranked.prefix(limit).map { ($0.id, $0.sight) })
    }

    /// What the others should know of this step; nil for an agent that is alone.
    var publication: Publication? {
        guard cluster != nil else { return nil }
        var publication = Publication(
            poll: polls,
            sights: publishedSights,
            isFitToLead: isFitToLead,
            ledEpoch: ledEpoch
        )
        // Times of a clock that may be wrong would make others misjudge what happened when.
        if hasSoundClock { publication.servedAt = diagnosis.served(of: publication.sights.keys) }
        divide(&publication)
        return publication
    }
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
