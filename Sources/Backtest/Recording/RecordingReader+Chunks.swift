import Cycle
package import Series
import Time

/// The chunks of an agent's own file. All series of a poll have the same time, so that a chunk mostly
/// has the times of one of another series; and most series do not change within a chunk. Such a chunk
/// takes as long as one sample.
extension RecordingReader {
    /// The times of a chunk, which follow each other on the axis.
    struct ChunkTimes {
        let chunk: SealedChunk
        let places: Range<Int32>
    }

    /// Chunks that begin at the same time.
    struct ChunkStart: Hashable {
        let start: Timestamp
        let count: Int
    }

    /// As many as a series has in a bucket, and some more.
    private static let maximumKnownTimes = 64

    /// Adds the samples of a chunk.
    package mutating func append(_ chunk: SealedChunk, to index: Int) throws(RecordingError) {
        guard chunk.start >= options.from, chunk.last <= options.to else {
            return try appendEach(chunk.samples, to: index)
        }
        let key = ChunkStart(start: chunk.start, count: chunk.sampleCount)
        guard let known = knownTimes[key], known.chunk.hasTimes(of: chunk) else {
            let samples = chunk.samples
            try appendEach(samples, to: index)
            if knownTimes.count >= Self.maximumKnownTimes { knownTimes = [:] }
            knownTimes[key] = places(of: samples).map { ChunkTimes(chunk: chunk, places: $0) }
            return
        }
        let places = known.places
        let metric = building[index].key.metric
        let end = building[index].runs.last?.end ?? 0
        guard places.lowerBound >= end else { return try appendEach(chunk.samples, to: index) }
        guard metric != .lastSample, let value = chunk.constantValue else {
            return try append(chunk.samples, at: places, to: index, of: metric)
        }
        guard !value.isNaN else { return }
        try check(value, of: metric)
        try put(value, places: places, to: index)
    }

    private mutating func appendEach(
        _ samples: [Sample],
        to index: Int
    ) throws(RecordingError) {
        for sample in samples {
            try append(sample.value, at: sample.timestamp.milliseconds, to: index)
        }
    }

    private mutating func append(
        _ samples: [Sample],
        at places: Range<Int32>,
        to index: Int,
        of metric: GraphMetric
    ) throws(RecordingError) {
        for (place, sample) in zip(places, samples) where !sample.value.isNaN {
            try check(sample.value, of: metric)
            try put(
                metric == .lastSample
                    ? Double(try pollDifference(sample.value, at: place)) : sample.value,
                places: place..<place + 1,
                to: index
            )
        }
    }

    /// nil if the samples do not follow each other on the axis: some are none, or another series has
    /// samples between them.
    private func places(of samples: [Sample]) -> Range<Int32>? {
        guard let first = samples.first, let start = knownPlace(of: first.timestamp.milliseconds)
        else { return nil }
        let end = start + Int32(samples.count)
        guard Int(end) <= times.count,
            zip(samples, times[Int(start)..<Int(end)]).allSatisfy({
                $0.timestamp.milliseconds == $1
            })
        else { return nil }
        return start..<end
    }

    // MARK: - Parts

    /// The same series without samples, to read a part of the time beside others.
    package var withoutSamples: RecordingReader {
        var copy = RecordingReader(options)
        copy.building = building.map { Building(key: $0.key, foreign: $0.foreign) }
        return copy
    }

    /// Adds what a copy without samples has read since.
    package mutating func join(_ part: RecordingReader) throws(RecordingError) {
        let samples = sampleCount + part.sampleCount
        defer { sampleCount = samples }
        let isLater = times.last ?? .min < part.times.first ?? .max
        guard isInOrder, part.isInOrder, isLater else {
            for index in part.building.indices { try joinEach(part, index) }
            return
        }
        let offset = Int32(times.count)
        try addTimes(part)
        // A graph that was not read since shows a poll of the part before.
        let hasOwnPolls = !part.pollTimes.contains { knownPoll(at: $0) != nil }
        if hasOwnPolls { try addPolls(part) }
        for (index, series) in part.building.enumerated() {
            if !hasOwnPolls, series.key.metric == .lastSample {
                try joinEach(part, index)
                continue
            }
            if series.isUnordered { building[index].isUnordered = true }
            for run in series.runs {
                let places = run.start + offset..<run.end + offset
                try put(run.value, places: places, to: index)
            }
        }
    }

    private mutating func joinEach(
        _ part: RecordingReader,
        _ index: Int
    ) throws(RecordingError) {
        let series = part.building[index]
        for run in series.runs {
            for place in run.start..<run.end {
                let value = part.value(of: run, at: place, series)
                try append(value, at: part.times[Int(place)], to: index)
            }
        }
    }

    /// As it was read, see `pollDifference`.
    private func value(of run: FleetRecording.Run, at place: Int32, _ series: Building) -> Double {
        guard series.key.metric == .lastSample else { return run.value }
        let poll = Int(usualPolls[Int(place)]) + Int(run.value)
        return Double(pollTimes[poll]) / 1000
    }
}
