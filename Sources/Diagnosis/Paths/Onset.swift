package import Time

/// When a graph began to refuse or not to accept connections: after one reading and not later than
/// another. How far apart the two are depends on the interval of the polls and on those that the
/// graph missed.
package struct Onset: Hashable, Sendable, Codable {
    /// The last reading before; the first one itself where there was none.
    package let after: Timestamp
    /// The first reading in which the graph was unreachable.
    package let until: Timestamp

    package init(after: Timestamp, until: Timestamp) {
        self.after = min(after, until)
        self.until = until
    }

    /// The time that both leave; this one if they contradict each other.
    package func narrowed(by other: Onset?) -> Onset {
        guard let other, other.after <= until, other.until >= after else { return self }
        return Onset(after: max(after, other.after), until: min(until, other.until))
    }

    func shifted(by jump: Duration) -> Onset {
        Onset(after: after + jump, until: until + jump)
    }

    /// The onsets of many graphs.
    struct Order: Sendable {
        /// Both sorted.
        private let after: [Timestamp]
        private let until: [Timestamp]

        /// Graphs that become unreachable within this time of each other share a cause.
        private static let eventSpan: Duration = .seconds(60)

        init(_ onsets: some Collection<Onset>) {
            after = onsets.map(\.after).sorted()
            until = onsets.map(\.until).sorted()
        }

        /// How many may lie within less than a minute of this one.
        func count(near onset: Onset) -> Int {
            let earlier = until.countBelow { $0 <= onset.after - Self.eventSpan }
            let later = after.count - after.countBelow { $0 < onset.until + Self.eventSpan }
            return until.count - earlier - later
        }
    }
}

extension [Timestamp] {
    /// The number of elements at the beginning for which `isBelow` holds.
    fileprivate func countBelow(_ isBelow: (Timestamp) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBelow(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
