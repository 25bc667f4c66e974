import Series
import Time

/// The times at which a group is evaluated: every `interval`, at an offset that follows from its
/// name and file. So groups are spread over the interval, and neither a restart nor a slow cycle
/// moves the timestamps.
struct GroupSchedule: Sendable, Hashable {
    let interval: Duration
    private let offset: Int64
    private(set) var next: Timestamp?

    init(interval: Duration, group: String, file: String) {
        self.interval = max(interval, .milliseconds(1))
        offset =
            Int64(truncatingIfNeeded: Self.hash(group, file) >> 1) % self.interval.wholeMilliseconds
    }

    /// The oldest slot to evaluate now and the number of slots before it that are given up; `nil`
    /// if none is due. Ask until it is.
    ///
    /// A slot is given up when half an interval has passed after the one that follows: a caller
    /// that comes once per interval, now a little early and now a little late, loses none.
    /// The first call only sets the schedule: the first slot is the next one to come, so that the
    /// samples taken in the meantime are seen.
    mutating func take(at now: Timestamp) -> (slot: Timestamp, missed: Int)? {
        let length = interval.wholeMilliseconds
        guard let next, next.milliseconds - now.milliseconds <= 2 * length else {
            // The first call, or the clock went back.
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

    /// FNV-1a: the same in every process and on every machine, unlike Swift's own hashes.
    private static func hash(_ group: String, _ file: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in [Array(group.utf8), [0xff], Array(file.utf8)].joined() {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        // The low bits of FNV are the weak ones for short names that differ in the last letter.
        return hash ^ (hash >> 32)
    }
}
