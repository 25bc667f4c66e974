import Cycle
import Series
import Synchronization
import Time

/// What a file of samples keeps of an agent from one run to the next, in memory.
final class SimulatedSamples: Sendable {
    private let chunks = Mutex<[SeriesChunk]>([])

    /// What a kill costs at most.
    private static let lossAfterKill = Duration.seconds(300)

    /// Keeps the samples of a run that has ended.
    func keep(_ ended: Cycle, isKilled: Bool, at now: Timestamp) {
        var cycle = ended
        let lost = isKilled ? now - Self.lossAfterKill : .distantFuture
        let new = cycle.takeAllChunks().filter { $0.chunk.last <= lost }
        let oldest = now - cycle.settings.retention
        let isOfOneEpoch = cycle.series.epoch == 0
        chunks.withLock { chunks in
            // Samples of another clock, or of another cloud.
            if !isOfOneEpoch { chunks = [] }
            chunks = (chunks + new).filter { $0.chunk.last >= oldest }
        }
    }

    /// Gives them to the next run, before its first step.
    func fill(_ cycle: inout Cycle) {
        cycle.noteSealedChunks()
        if cycle.isClockSet { chunks.withLock { $0 = [] } }
        let isOfUse = cycle.restorableSeries()
        for kept in chunks.withLock({ $0 }) where isOfUse(kept.labels) {
            cycle.restore([kept.chunk], of: kept.labels)
        }
    }
}
