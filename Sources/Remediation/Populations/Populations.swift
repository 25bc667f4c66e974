package import Diagnosis
import Time

/// Counts the graphs that became sick at about the same time, in the fleet and on each path, and
/// remembers storms.
///
/// Only graphs count that could have a cause in common with the one to be restarted, and that an
/// automaton or a person can help: in scope, reached before, not quarantined, and newly sick. What
/// is stopped, excluded or given up says nothing about the rest.
package struct Populations: Sendable {
    /// Since when each graph is sick, by what was seen of it.
    private var onsets: [GraphID: Timestamp] = [:]
    /// When the alert about each graph began to fire.
    private var alerts: [GraphID: Timestamp] = [:]
    /// Since when each graph that may not be judged for want of a path is out of reach.
    private var losses: [GraphID: Timestamp] = [:]
    /// The storms of each breaker in use.
    private var watches: [Breaker: [PopulationScope: StormWatch]] = [:]
    /// Rules that are left out, to show that a scenario notices. Only tests set them.
    package var omitted: Set<Omission> = []

    package init() {}

    /// Counts again. A blind agent learns nothing, so everything stays as it was.
    mutating func update(
        _ view: FleetView,
        _ records: [GraphID: GraphRecord],
        _ requests: [GraphID: RestartRequest],
        at instant: Timestamp
    ) {
        guard view.sightSince != nil else { return }
        noteOnsets(view, records, at: instant)
        alerts = requests.compactMapValues(\.firedAt)
        var breakers: [Breaker] = []
        for graph in view.graphs.values {
            // Nearly all graphs have the same.
            guard let breaker = graph.sharedPolicy?.policy.breaker, !breakers.contains(breaker)
            else { continue }
            breakers.append(breaker)
        }
        if watches.keys.contains(where: { !breakers.contains($0) }) {
            watches = watches.filter { breakers.contains($0.key) }
        }
        for breaker in breakers {
            update(breaker, view, records, at: instant)
        }
    }

    private mutating func noteOnsets(
        _ view: FleetView,
        _ records: [GraphID: GraphRecord],
        at instant: Timestamp
    ) {
        for (id, graph) in view.graphs {
            if graph.verdict.isWell, onsets.isEmpty, losses.isEmpty, records.isEmpty { continue }
            if let intent = records[id]?.phase.repairing {
                onsets[id] = onsets[id] ?? intent.createdAt
            } else if graph.isSick {
                // Another agent may have read it for longer.
                let since = min(graph.verdict.sickSince ?? instant, instant)
                onsets[id] = min(onsets[id] ?? since, graph.suspectedSince ?? instant)
            } else if graph.verdict.isWell {
                onsets[id] = nil
            }
            if graph.isUnreachable {
                losses[id] = losses[id] ?? min(graph.unreachableSince ?? instant, instant)
            } else if graph.verdict.isWell || graph.verdict.isSick {
                losses[id] = nil
            }
        }
        guard view.isWhole else { return }
        if !onsets.isEmpty { onsets = onsets.filter { view.graphs[$0.key] != nil } }
        if !losses.isEmpty { losses = losses.filter { view.graphs[$0.key] != nil } }
    }

    private mutating func update(
        _ breaker: Breaker,
        _ view: FleetView,
        _ records: [GraphID: GraphRecord],
        at instant: Timestamp
    ) {
        var watches = watches[breaker] ?? [:]
        if omitted.contains(.stormMembers) { watches = watches.mapValues { $0.withoutMembers } }
        var censuses: [PopulationScope: Census] = [.fleet: Census()]
        for (id, graph) in view.graphs {
            guard let standing = standing(graph, records[id], breaker, at: instant) else {
                continue
            }
            if !omitted.contains(.fleetPopulation) {
                censuses[.fleet, default: Census()].add(id, standing, watches[.fleet], omitted)
            }
            guard let path = graph.path, !omitted.contains(.pathPopulation) else { continue }
            censuses[.path(path), default: Census()].add(
                id,
                standing,
                watches[.path(path)],
                omitted
            )
        }
        for (id, count) in view.standIns {
            guard let graph = view.graphs[id], let mode = graph.sharedPolicy?.policy.mode,
                mode != .off
            else { continue }
            censuses[.fleet, default: Census()].addWell(count)
            if let path = graph.path { censuses[.path(path), default: Census()].addWell(count) }
        }
        for scope in Set(watches.keys).union(censuses.keys) {
            var watch = watches[scope] ?? StormWatch()
            let census = censuses[scope] ?? Census()
            watch.take(census, breaker, omitted, at: instant)
            if let since = watch.canarySince, hasVerified(scope, since, view, records) {
                watch.endCanary()
            }
            watches[scope] = watch.isIdle ? nil : watch
        }
        self.watches[breaker] = watches
    }

    /// How a graph counts; nil if it does not.
    private func standing(
        _ graph: GraphView,
        _ record: GraphRecord?,
        _ breaker: Breaker,
        at instant: Timestamp
    ) -> Census.Standing? {
        guard let mode = graph.sharedPolicy?.policy.mode,
            mode != .off || omitted.contains(.inScope)
        else {
            return nil
        }
        guard graph.wasReached || omitted.contains(.reached) else { return nil }
        let repairing = record?.phase.repairing
        guard HangClass(statusCode: graph.statusCode) != nil || repairing != nil else { return nil }
        if !omitted.contains(.quarantined) {
            if let phase = record?.phase, phase.isQuarantined { return nil }
            if let repairing, instant - repairing.createdAt > breaker.within { return nil }
        }
        if repairing != nil || graph.isSick {
            let isNew =
                isNewlySick(graph.id, within: breaker.within, at: instant)
                || omitted.contains(.newlySick)
            return .sick(
                isNew: isNew,
                isHelped: mode.restarts,
                answersInPart: graph.answersInPart && !omitted.contains(.partialAnswers)
            )
        }
        guard graph.isUnreachable, !omitted.contains(.unreached) else {
            return graph.verdict.isWell || graph.isWellElsewhere ? .well : .unclear
        }
        let isNew = losses[graph.id].map { instant - $0 <= breaker.within } ?? true
        return .unreachable(isNew: isNew)
    }

    /// A graph counts from when it became sick. If a rule waits for longer than the breaker looks
    /// back, as it does for an import that stands still for hours, it counts from when the alert
    /// began to fire: by then nothing else would tell the restarts of a whole fleet apart.
    private func isNewlySick(
        _ id: GraphID,
        within span: Duration,
        at instant: Timestamp
    ) -> Bool {
        guard let onset = onsets[id] else { return true }
        if instant - onset <= span { return true }
        guard let alert = alerts[id], !omitted.contains(.slowRule) else { return false }
        return alert - onset > span && instant - alert <= span
    }

    private func hasVerified(
        _ scope: PopulationScope,
        _ since: Timestamp,
        _ view: FleetView,
        _ records: [GraphID: GraphRecord]
    ) -> Bool {
        records.values.contains { record in
            scope.contains(view.graphs[record.id])
                && record.attempts.contains {
                    $0.ending.map { $0.outcome == .verified && $0.at >= since } ?? false
                }
        }
    }

    /// The storms that a graph on this path is held by, the worst first.
    func storms(on path: Path?, _ breaker: Breaker) -> [Storm] {
        let scopes = [.fleet] + (path.map { [.path($0)] } ?? [PopulationScope]())
        return scopes.compactMap { watches[breaker]?[$0]?.storm?.on($0) }
            .sorted { $0.level > $1.level }
    }

    /// The populations that have just left a storm, of those that a graph on this path belongs to.
    func canaries(on path: Path?, _ breaker: Breaker) -> [PopulationScope] {
        guard !omitted.contains(.canary) else { return [] }
        let scopes = [.fleet] + (path.map { [.path($0)] } ?? [PopulationScope]())
        return scopes.filter { watches[breaker]?[$0]?.canarySince != nil }
    }

    /// The worst storm of the fleet or of any path.
    func worst(_ breaker: Breaker) -> StormLevel? {
        watches[breaker]?.values.compactMap(\.storm?.level).max()
    }

    mutating func shift(by jump: Duration) {
        onsets = onsets.mapValues { $0 + jump }
        losses = losses.mapValues { $0 + jump }
        watches = watches.mapValues { $0.mapValues { $0.shifted(by: jump) } }
    }
}

/// The graphs that are counted together.
enum PopulationScope: Hashable, Sendable {
    case fleet
    case path(Path)

    func contains(_ graph: GraphView?) -> Bool {
        switch self {
        case .fleet: true
        case .path(let path): graph?.path == path
        }
    }

    var path: Path? {
        if case .path(let path) = self { path } else { nil }
    }
}

extension Phase {
    /// The intent of a repair that holds a place; nil if there is none.
    fileprivate var repairing: Intent? { isInFlight ? intent : nil }

    /// Whether the graph was given to a person.
    fileprivate var isQuarantined: Bool {
        switch self {
        case .exhausted, .stalled: true
        default: false
        }
    }
}

extension GraphView {
    /// Whether this agent finds it sick, or cannot tell and another one does.
    fileprivate var isSick: Bool {
        if verdict.isSick { return true }
        guard suspectedSince != nil else { return false }
        switch verdict {
        case .unknown(.sight, _), .unknown(.agents, _): return true
        default: return false
        }
    }

    /// Whether requests do not get through to it, also by the word of the agent that watches it.
    fileprivate var isUnreachable: Bool {
        switch verdict {
        case .unknown(.path, _), .unknown(.pathEvent, _): true
        case .unknown(.sight, _): unreachableSince != nil
        default: false
        }
    }
}

extension Verdict {
    fileprivate var isWell: Bool {
        switch self {
        case .healthy, .busy: true
        default: false
        }
    }
}
