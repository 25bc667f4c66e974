import Time

/// The times at which many series have a sample each: those of the polls. A chunk whose samples have
/// consecutive ones of these times stores the position of the first instead of times of its own.
///
/// Invariants: times ascend. A position in use stays that of the same time until it is removed.
struct SharedTimes: Sendable {
    /// In milliseconds.
    private var times: [Int64] = []
    /// The position of the first time.
    private var base = 0
    /// The first position from which on no chunk uses any.
    private var usedEnd = 0

    /// Positions are stored in so many bits.
    static let positionBits = 22
    private static let mask = 1 << positionBits - 1
    /// At most half of the numbers, so that each stands for one position only.
    private static let maximumCount = 1 << (positionBits - 1)

    init() {}

    private var end: Int { base + times.count }

    subscript(position: Int) -> Int64 { times[position - base] }

    /// The lowest bits of a position, from which `position(of:)` makes it again.
    static func bits(of position: Int) -> Int { position & mask }

    func position(of bits: Int) -> Int { base + (bits - base) & Self.mask }

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

    /// The position of the first of the samples, to be used in a chunk; nil if their times are not
    /// consecutive here.
    mutating func use(_ samples: [Sample]) -> Int? {
        guard let first = samples.first, times.count >= samples.count else { return nil }
        let newest = times.count - samples.count
        let time = first.timestamp.milliseconds
        // Mostly the samples are the newest ones.
        let index = times[newest] == time ? newest : index(of: time)
        guard index <= newest, hasTimes(of: samples, from: index) else { return nil }
        let position = base + index
        use(through: position + samples.count - 1)
        return position
    }

    /// A chunk uses the times up to this position.
    mutating func use(through position: Int) { usedEnd = max(usedEnd, position + 1) }

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

    /// Adds the times of samples from before the first poll. The series of an earlier process
    /// mostly have the same times, and the first one brings them for all. Times between those in
    /// use cannot be added: such samples keep times of their own.
    mutating func add(_ samples: [Sample]) {
        guard let first = samples.first, let last = samples.last,
            times.count + samples.count < Self.maximumCount
        else { return }
        let new = samples.map(\.timestamp.milliseconds)
        if last.timestamp.milliseconds < times.first ?? .min {
            times = new + times
            base -= new.count
            return
        }
        // The part that is known already, and the rest in front of what nobody uses yet.
        let used = usedEnd - base
        let start = min(index(of: first.timestamp.milliseconds), used)
        let known = used - start
        guard known < new.count, times[start..<used].elementsEqual(new.prefix(known)),
            used == times.count || last.timestamp.milliseconds < times[used]
        else { return }
        times.insert(contentsOf: new.dropFirst(known), at: used)
    }

    /// Removes the times before the lowest position that chunks use; all of them if they use none.
    /// The newest one stays: samples with it may still come.
    mutating func remove(before position: Int?) {
        let count = min(max(0, (position ?? end) - base), max(0, times.count - Self.unsealedCount))
        guard count > 0 else { return }
        times.removeFirst(count)
        base += count
        usedEnd = max(usedEnd, base)
    }

    /// So many of the newest times may be those of samples that are in no chunk yet.
    private static let unsealedCount = 2 * SeriesHistory.Limits.recentSamples
}
