import Diagnosis
import Time

/// One population, counted once.
struct Census: Hashable {
    /// Everything that counts.
    private(set) var size = 0
    /// Newly sick.
    private(set) var sick: Set<GraphID> = []
    /// Members of a storm that have been sick for longer. It holds them itself, so they do not keep
    /// it up.
    private(set) var lasting: Set<GraphID> = []
    /// Whether one is sick, however long, that may be restarted.
    private(set) var hasWork = false
    private(set) var well = 0
    /// Whether a sick graph answers in part: then the way to the graphs is not what they share.
    private(set) var hasPartialAnswers = false
    /// Newly out of reach, or members of a storm that were when it began.
    private(set) var unreachable: Set<GraphID> = []

    enum Standing: Hashable {
        /// `isHelped`: its mode allows a restart.
        case sick(isNew: Bool, isHelped: Bool, answersInPart: Bool)
        case well
        /// Silent, but the path to it is not proved.
        case unreachable(isNew: Bool)
        /// Nothing can be said about it.
        case unclear
    }

    mutating func add(
        _ id: GraphID,
        _ standing: Standing,
        _ watch: StormWatch?,
        _ omitted: Set<Omission>
    ) {
        size += 1
        let isMember = watch?.storm?.members.contains(id) ?? false
        if case .sick(_, let isHelped, let answersInPart) = standing {
            hasWork = hasWork || isHelped
            hasPartialAnswers = hasPartialAnswers || answersInPart
        }
        switch standing {
        case .sick(isNew: true, _, _): sick.insert(id)
        case .sick(isNew: false, _, _):
            guard isMember else { return }
            if omitted.contains(.lastingMembers) { sick.insert(id) } else { lasting.insert(id) }
        case .well: well += 1
        // A path that was lost long ago is no common cause of what happens now.
        case .unreachable(let isNew): if isNew || isMember { unreachable.insert(id) }
        case .unclear: break
        }
    }

    /// Graphs that are well and that nobody names.
    mutating func addWell(_ count: Int) {
        size += count
        well += count
    }

    /// Whether nothing answers any more. A single graph is no population: it may be restarted.
    var isAllSilent: Bool {
        well == 0 && !hasPartialAnswers && sick.count + lasting.count > 0
            && sick.count + lasting.count + unreachable.count >= 2
    }
}

/// Many graphs of one population are sick at once.
struct Storm: Hashable {
    var level: StormLevel
    /// How many are newly sick, while it settles too; all of them while nothing answers.
    var sick: Int
    /// From how many on it began.
    var threshold: Int
    /// Whether it is one because nothing answers any more.
    var isTotal: Bool
    /// What it has counted since it began.
    var members: Set<GraphID>
    /// Since when it is below half of its threshold.
    var belowSince: Timestamp?
    /// nil for the whole fleet.
    var path: Path?

    func on(_ scope: PopulationScope) -> Storm {
        var storm = self
        storm.path = scope.path
        return storm
    }
}

/// Remembers a storm of one population until it has settled, and the caution after it.
struct StormWatch: Hashable {
    private(set) var storm: Storm?
    /// Since when the storm is over and restarts go one by one.
    private(set) var canarySince: Timestamp?
    /// Since when nothing of the population has been sick.
    private var quietSince: Timestamp?

    var isIdle: Bool { storm == nil && canarySince == nil }

    mutating func take(
        _ census: Census,
        _ breaker: Breaker,
        _ omitted: Set<Omission>,
        at instant: Timestamp
    ) {
        let isTotal = census.isAllSilent && !omitted.contains(.allSilent)
        let counted = isTotal ? census.sick.union(census.lasting) : census.sick
        let begun = Self.storm(counted, census, isTotal, breaker)
        if let current = storm {
            if let begun, begun.level >= current.level || omitted.contains(.stormLevel) {
                storm = current.joined(by: begun)
            } else {
                settle(counted, census, to: begun, breaker, omitted, at: instant)
            }
        } else if let begun {
            canarySince = nil
            storm = begun
        }
        if canarySince != nil { beQuiet(!census.hasWork, breaker, at: instant) }
    }

    private static func storm(
        _ counted: Set<GraphID>,
        _ census: Census,
        _ isTotal: Bool,
        _ breaker: Breaker
    ) -> Storm? {
        let sick = counted.count
        let hard = breaker.hard.count(populationSize: census.size)
        let soft = breaker.soft.count(populationSize: census.size)
        let level: StormLevel
        let threshold: Int
        if sick >= hard {
            (level, threshold) = (.hard, hard)
        } else if isTotal {
            (level, threshold) = (.hard, sick)
        } else if sick >= soft {
            (level, threshold) = (.soft, soft)
        } else {
            return nil
        }
        return Storm(
            level: level,
            sick: sick,
            threshold: threshold,
            isTotal: isTotal,
            members: isTotal ? counted.union(census.unreachable) : counted
        )
    }

    /// - Parameter milder: the storm that would begin now; nil if none would. What settles far
    ///   enough for it becomes that one.
    private mutating func settle(
        _ counted: Set<GraphID>,
        _ census: Census,
        to milder: Storm?,
        _ breaker: Breaker,
        _ omitted: Set<Omission>,
        at instant: Timestamp
    ) {
        storm?.sick = counted.count
        storm?.isTotal = false
        storm?.members.formIntersection(counted.union(census.lasting).union(census.unreachable))
        guard let threshold = storm?.threshold else { return }
        // One graph is no population, however low the threshold.
        guard
            counted.count * 2 < threshold || counted.count < 2
                || omitted.contains(.halfThreshold)
        else {
            storm?.belowSince = nil
            return
        }
        let since = storm?.belowSince ?? instant
        storm?.belowSince = since
        guard instant - since >= breaker.settle || omitted.contains(.settle) else { return }
        storm = milder
        guard milder == nil else { return }
        canarySince = instant
        quietSince = nil
    }

    /// Without anything to restart the caution ends by itself.
    private mutating func beQuiet(_ isQuiet: Bool, _ breaker: Breaker, at instant: Timestamp) {
        quietSince = isQuiet ? quietSince ?? instant : nil
        if let quietSince, instant - quietSince >= breaker.within { endCanary() }
    }

    mutating func endCanary() { canarySince = nil }

    /// As if a storm had counted nothing.
    var withoutMembers: StormWatch {
        var watch = self
        watch.storm?.members = []
        return watch
    }

    func shifted(by jump: Duration) -> StormWatch {
        var shifted = self
        shifted.canarySince = canarySince.map { $0 + jump }
        shifted.quietSince = quietSince.map { $0 + jump }
        shifted.storm?.belowSince = storm?.belowSince.map { $0 + jump }
        return shifted
    }
}

extension Storm {
    /// A storm becomes milder only when it has settled as far.
    fileprivate func joined(by newer: Storm) -> Storm {
        var storm = newer
        storm.members = members.union(newer.members)
        return storm
    }
}
