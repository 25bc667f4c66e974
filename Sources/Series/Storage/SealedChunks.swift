import Time

/// The older samples of one series, as consecutive compressed chunks in one block of memory, see
/// `ChunkHeader`.
///
/// One block rather than one allocation per chunk keeps the overhead of short series small.
struct SealedChunks: Sendable {
    private(set) var words: [UInt64] = []
    private var count: UInt32 = 0
    /// The word offset of the newest chunk.
    private var newest: UInt32 = 0

    var sampleCount: Int { Int(count) }

    // MARK: Writing

    /// nil if there is no chunk.
    func newestChunk(_ times: borrowing SharedTimes) -> ChunkHeader? {
        newest < words.count ? ChunkHeader(words.span, at: Int(newest), times) : nil
    }

    /// Appends `samples`, which must not be empty, as a new chunk.
    ///
    /// - Parameter position: of their times, if these are shared.
    mutating func append(_ samples: [Sample], position: Int?) {
        let form = ChunkForm(for: samples, hasOwnTimes: position == nil)
        append(Self.encoded(samples, form, position))
        count += UInt32(samples.count)
    }

    /// Appends samples to the newest chunk, or as a new one if that takes less memory: one value of
    /// another kind, such as a staleness marker, makes all of a chunk take more bits.
    ///
    /// - Parameters:
    ///   - chunk: the newest one. Samples whose times are shared follow on its last.
    ///   - position: of the times of `samples`, if these are shared.
    mutating func append(
        _ samples: [Sample],
        joining chunk: ChunkHeader,
        position: Int?,
        _ times: borrowing SharedTimes
    ) {
        var all: [Sample] = []
        all.reserveCapacity(chunk.form.count + samples.count)
        chunk.reader.append(.everything, words.span, times, to: &all)
        all += samples
        let separateForm = ChunkForm(for: samples, hasOwnTimes: position == nil)
        let joinedForm = ChunkForm(for: all, hasOwnTimes: chunk.position == nil)
        let separate = Self.encoded(samples, separateForm, position)
        let joined = Self.encoded(all, joinedForm, chunk.position)
        // A few words are less than the recent samples that a chunk which foretells its samples saves.
        let isKeptApart = separateForm.foretellsSamples && !joinedForm.foretellsSamples
        let place = Int(newest)
        if !isKeptApart, joined.count <= words.count - place + separate.count {
            words.removeSubrange(place...)
            append(joined)
        } else {
            append(separate)
        }
        count += UInt32(samples.count)
    }

    private static func encoded(
        _ samples: [Sample],
        _ form: ChunkForm,
        _ position: Int?
    ) -> [UInt64] {
        ChunkHeader.words(
            form,
            firstValue: samples[0].value.bitPattern,
            position: position,
            start: samples[0].timestamp.milliseconds,
            last: samples[samples.count - 1].timestamp.milliseconds
        ) + form.packed(samples).words
    }

    /// Appends a chunk as it is. It must begin after the last sample.
    mutating func append(_ chunk: SealedChunk) {
        append(
            ChunkHeader.words(
                chunk.form,
                firstValue: chunk.firstValue,
                position: nil,
                start: chunk.start.milliseconds,
                last: chunk.last.milliseconds
            ) + chunk.payload
        )
        count += UInt32(chunk.sampleCount)
    }

    private mutating func append(_ chunk: [UInt64]) {
        newest = UInt32(words.count)
        // Reserve exactly what is needed: most series stop growing once their history is full. Long
        // series grow by a quarter, otherwise every chunk would copy all earlier ones.
        let needed = words.count + chunk.count
        if needed > words.capacity {
            words.reserveCapacity(needed > 4096 ? needed + needed / 4 : needed)
        }
        words.append(contentsOf: chunk)
    }

    /// Counts a sample to the newest chunk, which it must continue, see `ChunkHeader.isContinued`.
    mutating func extend(_ chunk: ChunkHeader, through time: Timestamp) {
        let place = Int(newest)
        words[place] += 1
        if chunk.position == nil {
            let distance = time.milliseconds &- chunk.last
            words[place + ChunkHeader.lastTimeOffset] = UInt64(bitPattern: time.milliseconds)
            words[place + ChunkHeader.distanceOffset] = UInt64(bitPattern: distance)
        }
        count += 1
    }

    /// Drops the chunks without a sample at or after `time`.
    mutating func removeChunks(before time: Timestamp, _ times: borrowing SharedTimes) {
        removeOldest(times) { $0.last < time.milliseconds }
    }

    /// Drops the oldest chunks whose samples together number at most `excess`. Returns the number
    /// of dropped samples.
    mutating func removeOldest(_ excess: Int, _ times: borrowing SharedTimes) -> Int {
        var removed = 0
        removeOldest(times) { chunk in
            guard removed + chunk.form.count <= excess else { return false }
            removed += chunk.form.count
            return true
        }
        return removed
    }

    private mutating func removeOldest(
        _ times: borrowing SharedTimes,
        while isUnwanted: (ChunkHeader) -> Bool
    ) {
        var end = 0
        while end < words.count {
            let chunk = ChunkHeader(words.span, at: end, times)
            guard isUnwanted(chunk) else { break }
            count -= UInt32(chunk.form.count)
            end = chunk.end
        }
        guard end > 0 else { return }
        words.removeFirst(end)
        newest = UInt32(max(0, Int(newest) - end))
    }

    // MARK: Reading

    /// The lowest position of shared times that a chunk uses; nil if none does.
    func firstPosition(_ times: borrowing SharedTimes) -> Int? {
        let words = words.span
        var offset = 0
        while offset < words.count {
            let chunk = ChunkHeader(words, at: offset, times)
            if let position = chunk.position { return position }
            offset = chunk.end
        }
        return nil
    }

    /// The newest sample at or before `time`.
    func newestSample(through time: Int64, _ times: borrowing SharedTimes) -> Sample? {
        let words = words.span
        var offset = 0
        var found: ChunkHeader?
        while offset < words.count {
            let chunk = ChunkHeader(words, at: offset, times)
            guard chunk.start <= time else { break }
            found = chunk
            offset = chunk.end
        }
        return found.map { $0.reader.newestSample(through: time, words, times) }
    }

    /// The chunks with a sample after `time`.
    func chunks(after time: Timestamp, _ times: borrowing SharedTimes) -> [SealedChunk] {
        var found: [SealedChunk] = []
        var offset = 0
        while offset < words.count {
            let chunk = ChunkHeader(words.span, at: offset, times)
            if chunk.last > time.milliseconds { found.append(chunk.chunk(words.span, times)) }
            offset = chunk.end
        }
        return found
    }

    func append(
        _ window: ChunkWindow,
        _ times: borrowing SharedTimes,
        to buffer: inout [Sample]
    ) {
        let words = words.span
        var offset = 0
        while offset < words.count {
            let chunk = ChunkHeader(words, at: offset, times)
            guard chunk.start <= window.through else { return }
            if chunk.last > window.after {
                chunk.reader.append(window, words, times, to: &buffer)
            }
            offset = chunk.end
        }
    }
}
