import Time

/// The times at which many series have a sample each: those of the polls. A chunk whose samples have
/// consecutive ones of these times stores the position of the first instead of times of its own.
///
/// Invariants: times ascend. A position stays that of the same time until it is removed.
struct SharedTimes: Sendable {
    /// In milliseconds.
    private var times: [Int64] = []
    /// The position of the first time.
    private var base = 0

    /// Positions are stored in so many bits.
    static let positionBits = 22
    private static let mask = 1 << positionBits - 1
    /// At most half of the numbers, so that each stands for one position only.
    private static let maximumCount = 1 << (positionBits - 1)

    init() {}

    private var end: Int { base + times.count }

    subscript(position: Int) -> Int64 { times[position - base] }

    /// The lowest bits of a position, from which `position(ofBits:)` makes it again.
    static func bits(of position: Int) -> Int { position & mask }

    func position(ofBits bits: Int) -> Int { base + (bits - base) & Self.mask }

    /// Adds the time of a new poll. One that is not newer than all others is not shared.
    mutating func append(_ time: Timestamp) {
        guard time.milliseconds > times.last ?? .min, times.count < Self.maximumCount else {
            return
        }
        times.append(time.milliseconds)
    }

    // MARK: Positions

    /// Whether the time at a position is this one. The position may be one past the end.
    func has(_ time: Timestamp, at position: Int) -> Bool {
        position < end && self[position] == time.milliseconds
    }

    /// The position of the first of the samples; nil if their times are not consecutive here.
    func position(of samples: [Sample]) -> Int? {
        guard let first = samples.first, times.count >= samples.count else { return nil }
        let newest = times.count - samples.count
        let time = first.timestamp.milliseconds
        // Mostly the samples are the newest ones.
        let index = times[newest] == time ? newest : index(of: time)
        return index <= newest && hasTimes(of: samples, from: index) ? base + index : nil
    }

    private func hasTimes(of samples: [Sample], from index: Int) -> Bool {
        for (offset, sample) in samples.enumerated()
        where times[index + offset] != sample.timestamp.milliseconds {
            return false
        }
        return true
    }

    /// The index of the first time that is not before this one.
    private func index(of time: Int64) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The number of the positions from `first` on, of `count`, whose times are at or before `time`.
    func count(through time: Int64, from first: Int, of count: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[first + middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Earlier times

    /// Adds times, oldest first, as far as they are older than all here. The series of an earlier
    /// process mostly have the same times: the first one brings them for all.
    mutating func addEarlier(_ new: [Timestamp]) {
        let room = max(0, Self.maximumEarlierCount - times.count)
        let first = times.first ?? .max
        var earlier: [Int64] = []
        for time in new.lazy.map(\.milliseconds) where time > earlier.last ?? .min && time < first {
            earlier.append(time)
        }
        earlier.removeFirst(max(0, earlier.count - room))
        guard !earlier.isEmpty else { return }
        times = earlier + times
        base -= earlier.count
    }

    /// The polls to come have room beside them.
    private static let maximumEarlierCount = SeriesStore.usualSamplesPerSeries

    /// Removes the times before the lowest position that chunks use; nil if they use none. The
    /// newest ones stay: they may be those of samples that are in no chunk yet.
    mutating func remove(before position: Int?) {
        let count = min(max(0, (position ?? end) - base), max(0, times.count - Self.unsealedCount))
        guard count > 0 else { return }
        times.removeFirst(count)
        base += count
    }

    /// Twice as many as a series has samples that are not sealed: it may lack some polls.
    private static let unsealedCount = 2 * SeriesHistory.Limits.recentSamples
}
