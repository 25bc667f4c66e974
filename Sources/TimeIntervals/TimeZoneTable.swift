package import Time

/// The history and the rule of one time zone: how far its clocks are ahead of UTC at any time.
package struct TimeZoneTable: Hashable, Sendable {
    /// As in the IANA database, such as `Europe/Berlin`.
    package let name: String
    /// Changes of the offset in the order of time, in seconds since the epoch.
    private let changes: [Change]
    /// The offset before the first change, in seconds.
    private let firstOffset: Int
    /// Applies after the last change; nil if the last offset holds for ever.
    private let rule: ZoneRule?

    struct Change: Hashable, Sendable {
        let at: Int64
        let offset: Int
    }

    init(name: String, changes: [Change], firstOffset: Int, rule: ZoneRule?) {
        self.name = name
        self.changes = changes
        self.firstOffset = firstOffset
        self.rule = rule
    }

    package static let utc = TimeZoneTable(name: "UTC", changes: [], firstOffset: 0, rule: nil)

    /// How far local time is ahead of UTC.
    package func offset(at time: Timestamp) -> Duration {
        .seconds(offsetSeconds(at: time.wholeSeconds))
    }

    /// The date and the time of day that clocks in the zone show.
    package func civilTime(at time: Timestamp) -> CivilTime {
        CivilTime(time + offset(at: time))
    }

    func offsetSeconds(at second: Int64) -> Int {
        guard let last = changes.last else { return rule?.offset(at: second) ?? firstOffset }
        if second >= last.at { return rule?.offset(at: second) ?? last.offset }
        let following = firstChange(after: second)
        return following == 0 ? firstOffset : changes[following - 1].offset
    }

    /// The next second at which the offset may change; nil if it never does again.
    func nextChange(after second: Int64) -> Int64? {
        let index = firstChange(after: second)
        if index < changes.count { return changes[index].at }
        return rule?.nextChange(after: second)
    }

    /// The index of the first change after a second; `changes.count` if there is none.
    private func firstChange(after second: Int64) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at > second { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Timestamp {
    /// Rounded down.
    var wholeSeconds: Int64 { milliseconds.flooredDivision(by: 1000).quotient }
}
