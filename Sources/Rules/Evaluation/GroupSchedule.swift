import Series
import Time

/// The evaluation times ("slots") of a group: every `interval`, at an offset derived from a hash of
/// the group's name and file, as Prometheus does. The offset spreads groups over the interval, and
/// because slots depend on nothing else, neither a restart nor a slow cycle shifts timestamps.
struct GroupSchedule: Sendable, Hashable {
    let interval: Duration
    /// Milliseconds from a multiple of `interval` since the Unix epoch.
    private let offset: Int64
    /// The next slot; `nil` before the first call of `take`.
    private(set) var next: Timestamp?

    init(interval: Duration, group: String, file: String) {
        self.interval = max(interval, .milliseconds(1))
        offset =
            Int64(truncatingIfNeeded: Self.hash(group, file) >> 1) % self.interval.wholeMilliseconds
    }

    /// Returns the oldest slot to evaluate now and the number of slots skipped before it, or `nil`
    /// if none is due. Call it until it returns `nil`.
    ///
    /// A slot is skipped once its successor is half an interval overdue, so a caller that polls
    /// once per interval with some jitter misses none. The first call only sets the schedule, so
    /// that the first evaluation sees the samples collected since the start.
    mutating func take(at now: Timestamp) -> (slot: Timestamp, missed: Int)? {
        let length = interval.wholeMilliseconds
        guard let next, next.milliseconds - now.milliseconds <= 2 * length else {
            // The first call, or the clock was set back by more than two intervals.
            self.next = slot(after: now)
            return nil
        }
        guard now >= next else { return nil }
        let missed = max(0, (now.milliseconds - next.milliseconds - length / 2) / length)
        let slot = next.advanced(byMilliseconds: missed * length)
        self.next = slot.advanced(byMilliseconds: length)
        return (slot, Int(missed))
    }

    private func slot(after time: Timestamp) -> Timestamp {
        let length = interval.wholeMilliseconds
        let (slots, _) = (time.milliseconds - offset).flooredDivision(by: length)
        return Timestamp(milliseconds: (slots + 1) * length + offset)
    }

    /// FNV-1a, 64 bits. Swift's `Hasher` is seeded per process and would move slots on restart.
    /// 0xff occurs in no UTF-8 text, so it separates the two names unambiguously.
    private static func hash(_ group: String, _ file: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in [Array(group.utf8), [0xff], Array(file.utf8)].joined() {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        // Short names that differ only in the last letter leave the low bits poorly mixed.
        return hash ^ (hash >> 32)
    }
}
