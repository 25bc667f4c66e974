package import Time

/// Several time intervals: a moment is inside if it is inside one of them.
package struct CalendarIntervals: Hashable, Sendable {
    package let intervals: [CalendarInterval]

    package init(_ intervals: [CalendarInterval]) {
        self.intervals = intervals
    }

    package func contains(_ time: Timestamp) -> Bool {
        intervals.contains { $0.contains(time) }
    }

    /// The next moment at which they open, if they are closed, or close, if they are open; nil if
    /// that does not happen before `limit`.
    package func nextChange(after time: Timestamp, before limit: Timestamp) -> Timestamp? {
        search(after: time, before: limit, looks: .max).change
    }

    /// The same with a bounded effort: many intervals that meet have boundaries without end that
    /// change nothing.
    ///
    /// - Parameter looks: how often a boundary is looked for in an interval.
    /// - Returns: the change, if one was found, and the time until which there is no other.
    package func search(
        after time: Timestamp,
        before limit: Timestamp,
        looks: Int
    ) -> (change: Timestamp?, searchedUntil: Timestamp) {
        let isInside = contains(time)
        var (time, looks) = (time, looks)
        var boundaries: [Timestamp?] = intervals.map { $0.nextBoundary(after: time, before: limit) }
        while let next = boundaries.compactMap(\.self).min(), next < limit {
            if contains(next) != isInside { return (next, next) }
            looks -= intervals.count
            guard looks > 0 else { return (nil, next) }
            time = next
            for (index, interval) in intervals.enumerated() where boundaries[index] == next {
                boundaries[index] = interval.nextBoundary(after: time, before: limit)
            }
        }
        return (nil, limit)
    }

    /// The last moment after `start` and not after `end` at which they closed; nil if they did not
    /// close then, or have opened again since.
    package func lastClosing(after start: Timestamp, through end: Timestamp) -> Timestamp? {
        guard !contains(end) else { return nil }
        var (time, last) = (start, Timestamp?.none)
        while let change = nextChange(after: time, before: end.advanced(byMilliseconds: 1)) {
            if !contains(change) { last = change }
            time = change
        }
        return last
    }

    /// How far ahead `changes` looks: a 29 February that is a certain day of the week returns after
    /// 40 years at the latest.
    package static let horizon = Duration.seconds(41 * 366 * 86_400)

    /// The next openings and closings, in the order of time.
    package func changes(
        after start: Timestamp,
        count: Int
    ) -> [(at: Timestamp, opens: Bool)] {
        var changes: [(at: Timestamp, opens: Bool)] = []
        var time = start
        while changes.count < count,
            let change = nextChange(after: time, before: start + Self.horizon)
        {
            changes.append((change, contains(change)))
            time = change
        }
        return changes
    }
}
