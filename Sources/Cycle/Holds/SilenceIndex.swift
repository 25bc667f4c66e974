import Series
import Time

/// Finds the silence that covers an alert. Most silences name the value of a label, by which they
/// are looked up; only the others are tried one by one. What was found for a label set holds until
/// the silences in effect change, and one step tries only so many, so that no set of silences makes
/// a step long.
struct SilenceIndex: Sendable {
    enum Answer: Hashable, Sendable {
        case covered(by: Silence)
        case free
        /// More silences have to be tried than one step may.
        case undecided
    }

    /// How far the silences were tried for one label set.
    private struct Search {
        var found: Int?
        /// The next silence to try: its list, and its place in it.
        var list = 0
        var place = 0
        var isOver = false
    }

    /// How many steps of matching one step of the cycle takes at most.
    private static let stepBudget = 1 << 20
    /// A pattern that lists more values is tried.
    private static let mostKeys = 100
    /// What trying a silence and one of its matchers costs, apart from its pattern.
    private static let stepsPerMatcher = 8

    private var silences: [Silence] = []
    /// Those in effect in `validity`, in the order in which they were given.
    private var active: [Silence] = []
    /// Until when no silence begins or ends.
    private var validity: Range<Timestamp>?
    /// By a label that an alert must have to be covered: places in `active`, in order.
    private var byLabel: [Label: [Int]] = [:]
    /// The places of silences that name no value.
    private var others: [Int] = []
    private var known: [AlertLabels: Search] = [:]
    private var asked: [AlertLabels: Search] = [:]
    private var stepsLeft = Self.stepBudget

    /// Begins a step of the cycle with these silences. Forgets label sets that the last one did not
    /// ask for.
    mutating func begin(_ silences: [Silence], at now: Timestamp) {
        stepsLeft = Self.stepBudget
        if silences != self.silences {
            self.silences = silences
            validity = nil
        }
        if validity?.contains(now) == true {
            known = asked
        } else {
            build(at: now)
            known = [:]
        }
        asked = [:]
    }

    var isEmpty: Bool { active.isEmpty }

    /// The first silence, in the order in which they were given, that covers these labels.
    mutating func answer(_ alert: AlertLabels) -> Answer {
        var search = asked[alert] ?? known[alert] ?? Search()
        if !search.isOver { go(on: &search, alert) }
        asked[alert] = search
        guard search.isOver else { return .undecided }
        return search.found.map { .covered(by: active[$0]) } ?? .free
    }
}

// MARK: - Building

extension SilenceIndex {
    private mutating func build(at now: Timestamp) {
        active = silences.filter { $0.startsAt <= now && now < $0.endsAt }
        let changes = silences.flatMap { [$0.startsAt, $0.endsAt] }.filter { $0 > now }
        validity = now..<(changes.min() ?? .distantFuture)
        byLabel = [:]
        others = []
        for (place, silence) in active.enumerated() {
            // The label that the fewest name tells the most.
            let keys = silence.matchers.compactMap(Self.keys).min { left, right in
                count(left) < count(right)
            }
            guard let keys else {
                others.append(place)
                continue
            }
            for key in keys { byLabel[key, default: []].append(place) }
        }
    }

    private func count(_ keys: Set<Label>) -> Int {
        keys.reduce(0) { $0 + 1 + (byLabel[$1]?.count ?? 0) }
    }

    /// The labels of which an alert must have one to satisfy the matcher; nil if they cannot be
    /// listed, or if an alert without the label satisfies it.
    private static func keys(_ matcher: LabelMatcher) -> Set<Label>? {
        let values: [String]
        switch matcher.condition {
        case .equal(let value): values = [value]
        case .matches(let pattern): values = pattern.literals ?? []
        case .notEqual, .doesNotMatch: return nil
        }
        guard (1...mostKeys).contains(values.count), !values.contains("") else { return nil }
        return Set(values.map { Label(name: matcher.name, value: $0) })
    }
}

// MARK: - Searching

extension SilenceIndex {
    private mutating func go(on search: inout Search, _ alert: AlertLabels) {
        let lists = lists(alert)
        while search.list < lists.count {
            let list = lists[search.list]
            while search.place < list.count, list[search.place] < search.found ?? .max {
                guard stepsLeft > 0 else { return }
                if covers(active[list[search.place]], alert) { search.found = list[search.place] }
                search.place += 1
            }
            search.list += 1
            search.place = 0
        }
        search.isOver = true
    }

    /// The places of all silences that may cover the alert.
    private func lists(_ alert: AlertLabels) -> [[Int]] {
        // Any label that is not known may be the one that a silence names.
        guard alert.isWhole else { return [Array(active.indices)] }
        return alert.labels.elements.compactMap { byLabel[$0] } + [others]
    }

    /// As in Alertmanager, all matchers must hold. A matcher of a label that is not known counts as
    /// if it did: a silence holds rather too much than too little.
    private mutating func covers(_ silence: Silence, _ alert: AlertLabels) -> Bool {
        for matcher in silence.matchers {
            stepsLeft -= Self.stepsPerMatcher
            guard let value = alert.value(of: matcher.name) else { continue }
            stepsLeft -= matcher.stepCount(forBytes: value.utf8.count)
            guard matcher.matches(value) else { return false }
        }
        return true
    }
}

extension LabelMatcher {
    fileprivate func stepCount(forBytes count: Int) -> Int {
        switch condition {
        case .equal, .notEqual: 0
        case .matches(let pattern), .doesNotMatch(let pattern): pattern.stepCount(forBytes: count)
        }
    }
}
