import Diagnosis
import Time

/// One population, counted once.
struct Census: Hashable {
    /// Everything that counts.
    private(set) var size = 0
    /// Newly sick, and those that a storm has counted and that are still sick.
    private(set) var sick: Set<GraphID> = []
    /// Members of a storm that are neither new nor helped by anybody.
    private(set) var lasting: Set<GraphID> = []
    private(set) var well = 0
    private(set) var unreachable = 0

    enum Standing: Hashable {
        /// `isHelped`: its mode allows a restart.
        case sick(isNew: Bool, isHelped: Bool)
        case well
        /// Silent, but the path to it is not proved.
        case unreachable
        /// Nothing can be said about it.
        case unclear
    }

    mutating func add(_ id: GraphID, _ standing: Standing, _ watch: StormWatch?) {
        size += 1
        switch standing {
        case .sick(isNew: true, _): sick.insert(id)
        case .sick(isNew: false, let isHelped):
            guard watch?.storm?.members.contains(id) ?? false else { return }
            if isHelped { sick.insert(id) } else { lasting.insert(id) }
        case .well: well += 1
        case .unreachable: unreachable += 1
        case .unclear: break
        }
    }

    /// Whether nothing answers any more. A single graph is no population: it may be restarted.
    var isAllSilent: Bool {
        well == 0 && !sick.isEmpty && sick.count + lasting.count + unreachable >= 2
    }
}

/// Many graphs of one population are sick at once.
struct Storm: Hashable {
    var level: StormLevel
    /// How many count now, while it settles too.
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
        // What nobody helps would otherwise hold everything for as long as it stays sick.
        let isTotal = census.isAllSilent && !omitted.contains(.allSilent)
        let counted = isTotal ? census.sick.union(census.lasting) : census.sick
        if let begun = Self.storm(counted, census, isTotal, breaker) {
            canarySince = nil
            storm = storm.map { $0.joined(by: begun, omitted) } ?? begun
        } else if storm != nil {
            settle(counted, breaker, omitted, at: instant)
        }
        if canarySince != nil { beQuiet(counted, breaker, at: instant) }
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
            members: counted
        )
    }

    private mutating func settle(
        _ counted: Set<GraphID>,
        _ breaker: Breaker,
        _ omitted: Set<Omission>,
        at instant: Timestamp
    ) {
        storm?.sick = counted.count
        storm?.isTotal = false
        storm?.members.formIntersection(counted)
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
        storm = nil
        canarySince = instant
        quietSince = nil
    }

    /// Without anything to restart the caution ends by itself.
    private mutating func beQuiet(
        _ counted: Set<GraphID>,
        _ breaker: Breaker,
        at instant: Timestamp
    ) {
        quietSince = counted.isEmpty ? quietSince ?? instant : nil
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
    /// A storm that goes on never becomes milder: it has to settle first.
    fileprivate func joined(by newer: Storm, _ omitted: Set<Omission>) -> Storm {
        let isMilder = newer.level < level && !omitted.contains(.stormLevel)
        var storm = isMilder ? self : newer
        storm.sick = newer.sick
        storm.isTotal = newer.isTotal
        storm.members = members.union(newer.members)
        storm.belowSince = nil
        return storm
    }
}
