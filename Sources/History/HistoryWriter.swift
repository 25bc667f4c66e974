package import Series
import Synchronization
import Threads
package import Time

/// What is kept of the history, and where the agent looks from.
package struct HistoryTerms: Hashable, Sendable {
    package var retention: Duration
    package var maximumBytes: Int
    /// The cloud and the way to it, see `HistoryFile.vantage`.
    package var vantage: String

    package init(retention: Duration, maximumBytes: Int, vantage: String) {
        self.retention = retention
        self.maximumBytes = maximumBytes
        self.vantage = vantage
    }
}

/// Something that people should learn of the history.
package enum HistoryNotice: Hashable, Sendable {
    /// Nothing is written from now on, with the reason.
    case stopped(String)
    case resumed
    /// The file could not be used and was moved to a path.
    case movedAside(String, reason: String)
}

/// The counters of the history.
package struct HistoryCounts: Hashable, Sendable {
    package var writtenSamples = 0
    /// Samples that were dropped because they could not be written in time.
    package var droppedSamples = 0
    package var failures = 0
    package var sizeBytes = 0
    package var oldest: Timestamp?
    /// Why nothing is written; nil if nothing is wrong.
    package var failure: String?
}

/// Writes chunks on a thread of its own. Nobody waits for it: chunks wait in a queue of limited
/// size, and what does not fit is dropped and counted.
package final class HistoryWriter: Sendable {
    private struct State {
        var terms: HistoryTerms
        var queue: HistoryQueue
        /// Whether the thread works on the queue, or will.
        var isBusy = false
        /// In elapsed time: when to try again after a failure.
        var retry = Duration.zero
        /// In elapsed time: when to give up; nil while the agent runs.
        var end: Duration?
        var trustsClock = false
        var counts = HistoryCounts()
    }

    /// What belongs to the thread.
    struct Desk: Sendable {
        var file: HistoryFile?
        var known = KnownSeries()
        var generation: Int?
        /// The epoch of the last chunk. The store begins with 0.
        var epoch = 0
        var tidied = Duration.seconds(-86_400)
    }

    private let folder: String
    private let now: @Sendable () -> Timestamp
    private let elapsed: @Sendable () -> Duration
    private let notify: @Sendable (HistoryNotice) -> Void
    private let state: Mutex<State>
    private let desk: Mutex<Desk>
    private let pool = ThreadPool(name: "history", count: 1, niceness: 10)

    /// Chunks per transaction.
    private static let batch = 1_000
    private static let retryInterval = Duration.seconds(30)
    private static let tidyInterval = Duration.seconds(60)

    /// - Parameters:
    ///   - file: nil to open the one in `folder` when there is something to write.
    ///   - failure: why there is no file yet.
    package init(
        folder: String,
        file: HistoryFile?,
        failure: String? = nil,
        terms: HistoryTerms,
        maximumQueueBytes: Int = 32 << 20,
        now: @escaping @Sendable () -> Timestamp,
        elapsed: @escaping @Sendable () -> Duration,
        notify: @escaping @Sendable (HistoryNotice) -> Void
    ) {
        self.folder = folder
        self.now = now
        self.elapsed = elapsed
        self.notify = notify
        var state = State(terms: terms, queue: HistoryQueue(maximumBytes: maximumQueueBytes))
        state.counts.failure = failure
        state.counts.sizeBytes = file?.sizeBytes() ?? 0
        state.counts.oldest = try? file?.oldest()
        self.state = Mutex(state)
        desk = Mutex(Desk(file: file))
    }

    package var counts: HistoryCounts { state.withLock { $0.counts } }

    package func adopt(_ terms: HistoryTerms) {
        state.withLock { $0.terms = terms }
    }

    /// Never waits.
    ///
    /// - Parameter trustsClock: whether old chunks may be deleted.
    package func put(_ chunks: [SeriesChunk], trustsClock: Bool) {
        let now = elapsed()
        let begins = state.withLock { state in
            state.trustsClock = trustsClock
            state.counts.droppedSamples += state.queue.put(chunks)
            guard !state.isBusy, !state.queue.isEmpty, now >= state.retry else { return false }
            state.isBusy = true
            return true
        }
        if begins { pool.submit { self.work() } }
    }

    /// Writes what is left, within a limit of time, and closes the file.
    package func finish(_ chunks: [SeriesChunk], within limit: Duration) async {
        let end = elapsed() + limit
        state.withLock { state in
            (state.end, state.retry) = (end, .zero)
            state.counts.droppedSamples += state.queue.put(chunks)
        }
        await pool.run {
            self.work()
            self.desk.withLock { desk in
                desk.file?.close()
                desk.file = nil
            }
        }
    }

    /// Returns once the thread has tried to write what was put in before.
    package func settle() async {
        await pool.run {}
    }

    // MARK: On the thread

    private func work() {
        desk.withLock { desk in
            while let batch = nextBatch() {
                do throws(HistoryError) {
                    try write(batch, &desk)
                } catch {
                    failed(error, batch, &desk)
                    break
                }
            }
        }
    }

    /// nil, and the thread is free, if there is nothing to write or no time left.
    private func nextBatch() -> [SeriesChunk]? {
        let now = elapsed()
        return state.withLock { state in
            let isOver = state.end.map { now >= $0 } ?? false
            let batch = isOver ? [] : state.queue.take(Self.batch)
            state.isBusy = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    private func write(_ batch: [SeriesChunk], _ desk: inout Desk) throws(HistoryError) {
        let terms = state.withLock { $0.terms }
        let file = try opened(&desk, terms)
        try file.refuseReserve()
        var samples = 0
        var rest = batch[...]
        while let epoch = rest.first?.epoch {
            let part = Array(rest.prefix { $0.epoch == epoch })
            rest = rest.dropFirst(part.count)
            if epoch != desk.epoch {
                desk.generation = try file.beginGeneration(vantage: terms.vantage)
            }
            desk.epoch = epoch
            let generation = if let known = desk.generation { known } else { try file.generation() }
            desk.generation = generation
            samples += try file.write(part, generation: generation, known: &desk.known)
        }
        let resumes = state.withLock { state in
            state.counts.writtenSamples += samples
            defer { state.counts.failure = nil }
            return state.counts.failure != nil
        }
        if resumes { notify(.resumed) }
        try tidyWhenDue(file, terms, &desk)
    }

    private func opened(
        _ desk: inout Desk,
        _ terms: HistoryTerms
    ) throws(HistoryError) -> HistoryFile {
        if let file = desk.file { return file }
        let file = try HistoryFile(folder: folder)
        (desk.known, desk.generation) = (KnownSeries(), nil)
        if try file.vantage() != terms.vantage {
            desk.generation = try file.beginGeneration(vantage: terms.vantage)
        }
        desk.file = file
        return file
    }

    private func tidyWhenDue(
        _ file: HistoryFile,
        _ terms: HistoryTerms,
        _ desk: inout Desk
    ) throws(HistoryError) {
        guard elapsed() - desk.tidied >= Self.tidyInterval else { return }
        desk.tidied = elapsed()
        // By a clock that may be wrong all samples may look old.
        let start = state.withLock { $0.trustsClock } ? now() - terms.retention : .distantPast
        var isReduced = false
        while !isEnding {
            guard try file.tidy(before: start, maximumBytes: terms.maximumBytes) else { break }
            isReduced = true
        }
        // Ids of deleted series are given to others.
        if isReduced { desk.known = KnownSeries() }
        let (size, oldest) = (file.sizeBytes(), try file.oldest())
        state.withLock { ($0.counts.sizeBytes, $0.counts.oldest) = (size, oldest) }
    }

    private var isEnding: Bool {
        let now = elapsed()
        return state.withLock { state in state.end.map { now >= $0 } ?? false }
    }

    private func failed(_ error: HistoryError, _ batch: [SeriesChunk], _ desk: inout Desk) {
        var retry = elapsed() + Self.retryInterval
        var text = "\(error)"
        if error.isLasting {
            desk.file?.close()
            desk.file = nil
            do throws(HistoryError) {
                let target = try HistoryFile.moveAside(inFolder: folder)
                notify(.movedAside(target, reason: text))
                // The next chunks go to a new file.
                retry = .zero
            } catch {
                text = "\(error)"
            }
        }
        let isNew = state.withLock { state in
            state.counts.failures += 1
            state.counts.droppedSamples += state.queue.putBack(batch)
            (state.retry, state.isBusy) = (retry, false)
            defer { state.counts.failure = text }
            return state.counts.failure == nil
        }
        if isNew { notify(.stopped(text)) }
    }
}
