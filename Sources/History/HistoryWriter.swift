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
    /// Samples are written, but old ones are neither deleted nor put together, with the reason.
    case untidy(String)
    /// The end came before so many samples were written.
    case lost(Int)
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
    struct State {
        var terms: HistoryTerms
        /// Of the terms, once the store has begun a new epoch.
        var nextVantage: String
        /// Of the chunks in the queue, see `SeriesStore.epoch`.
        var epoch = 0
        var queue: HistoryQueue
        /// Whether the thread works on the queue, or will.
        var isBusy = false
        /// In elapsed time: when it last got on.
        var progress = Duration.zero
        /// In elapsed time: when to try again after a failure.
        var retry = Duration.zero
        /// In elapsed time: when old chunks are looked for next.
        var tidiesAt = Duration.zero
        /// In elapsed time: when to give up; nil while the agent runs.
        var end: Duration?
        var trustsClock = false
        var counts = HistoryCounts()
        /// Whether the last tidying failed.
        var isUntidy = false
    }

    /// What the thread is to do next.
    struct Work: Sendable {
        var chunks: [SeriesChunk]
        let epoch: Int
        let terms: HistoryTerms
    }

    /// What belongs to the thread.
    struct Desk: Sendable {
        var file: HistoryFile?
        var known = KnownSeries()
        var generation: Int?
        /// The epoch of the generation that the file is in. The store begins with 0.
        var epoch = 0
        /// Whether what is in the file may be of another clock.
        var isDoubtful: Bool
        /// Whether the file knows when this process started.
        var knowsStart = false
        /// The newest bucket to which this process has written.
        var newestBucket = 0
        /// Whether old chunks are being looked for, which takes several steps.
        var isTidying = false
    }

    let folder: String
    let now: @Sendable () -> Timestamp
    let elapsed: @Sendable () -> Duration
    let notify: @Sendable (HistoryNotice) -> Void
    let state: Mutex<State>
    private let desk: Mutex<Desk>
    private let start: Timestamp
    private let pool = ThreadPool(name: "history", count: 1, niceness: 10)

    /// Chunks per transaction.
    private static let batch = 1_000
    private static let retryInterval = Duration.seconds(30)
    private static let lookLimit = Duration.seconds(5)
    /// Nothing that the thread does at once takes so long on a disk that works.
    private static let longestStep = Duration.seconds(120)

    /// - Parameters:
    ///   - file: nil to open the one in `folder` when there is something to write.
    ///   - failure: why there is no file yet.
    ///   - isDoubtful: whether what is in a file that could not be opened may be of another clock.
    package init(
        folder: String,
        file: HistoryFile?,
        failure: String? = nil,
        isDoubtful: Bool = false,
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
        var state = State(
            terms: terms,
            nextVantage: terms.vantage,
            queue: HistoryQueue(maximumBytes: maximumQueueBytes)
        )
        state.counts.failure = failure
        state.counts.sizeBytes = file?.sizeBytes() ?? 0
        state.counts.oldest = try? file?.oldest()
        self.state = Mutex(state)
        desk = Mutex(Desk(file: file, isDoubtful: isDoubtful && file == nil))
        start = now()
    }

    package var counts: HistoryCounts { state.withLock { $0.counts } }

    /// A new vantage holds from the next epoch on: what waits was seen from the old one.
    package func adopt(_ terms: HistoryTerms) {
        state.withLock { state in
            state.nextVantage = terms.vantage
            state.terms.retention = terms.retention
            state.terms.maximumBytes = terms.maximumBytes
        }
    }

    /// Never waits.
    ///
    /// - Parameters:
    ///   - epoch: of the chunks. A new one is noted on disk at once, before its first chunk: after a
    ///     kill nothing of before must come back.
    ///   - trustsClock: whether old chunks may be deleted.
    package func put(_ chunks: [SeriesChunk], epoch: Int, trustsClock: Bool) {
        let now = elapsed()
        let (begins, problem) = state.withLock { state in
            state.trustsClock = trustsClock
            let isNewEpoch = state.accept(epoch)
            state.counts.droppedSamples += state.queue.put(chunks)
            if isNewEpoch { state.retry = .zero }
            let problem = noteHang(&state, now)
            guard !state.isBusy, now >= state.retry,
                isNewEpoch || !state.queue.isEmpty || now >= state.tidiesAt
            else { return (false, problem) }
            (state.isBusy, state.progress) = (true, now)
            return (true, problem)
        }
        if let problem { notify(.stopped(problem)) }
        if begins { pool.submit { self.work() } }
    }

    /// A disk that hangs gives no error.
    ///
    /// - Returns: the problem if it is a new one.
    private func noteHang(_ state: inout State, _ now: Duration) -> String? {
        let pause = now - state.progress
        guard state.isBusy, state.counts.failure == nil, pause >= Self.longestStep else {
            return nil
        }
        let error = HistoryError(.hanging(pause), folder + "/" + HistoryFile.fileName)
        state.counts.failure = "\(error)"
        return state.counts.failure
    }

    /// Lets the thread write what is left, within a limit of time, and close the file, and then calls
    /// `completion`, which may be much later if the disk is slow. Does not wait.
    package func finish(
        _ chunks: [SeriesChunk],
        epoch: Int,
        within limit: Duration,
        _ completion: @escaping @Sendable () -> Void
    ) {
        let end = elapsed() + limit
        state.withLock { state in
            (state.end, state.retry) = (end, .zero)
            _ = state.accept(epoch)
            // They are in memory anyway.
            state.queue.maximumBytes = .max
            state.counts.droppedSamples += state.queue.put(chunks)
        }
        pool.submit {
            self.work()
            self.desk.withLock { desk in
                desk.file?.close()
                desk.file = nil
            }
            let lost = self.state.withLock { state in
                let lost = state.queue.removeAll()
                state.counts.droppedSamples += lost
                return lost
            }
            if lost > 0 { self.notify(.lost(lost)) }
            completion()
        }
    }

    /// Returns once the thread has tried to write what was put in before.
    package func settle() async {
        await pool.run {}
    }

    // MARK: On the thread

    private func work() {
        desk.withLock { desk in
            repeat {
                while let work = nextWork(desk.epoch) {
                    do throws(HistoryError) {
                        try carryOut(work, &desk)
                    } catch {
                        return failed(error, work, &desk)
                    }
                }
                // What comes meanwhile does not wait for the end of it.
            } while tidySome(&desk)
        }
    }

    /// nil, and the thread is free, if there is nothing to write or no time left.
    private func nextWork(_ epoch: Int) -> Work? {
        let now = elapsed()
        return state.withLock { state in
            state.progress = now
            let isOver = state.end.map { now >= $0 } ?? false
            let chunks = isOver ? [] : state.queue.take(Self.batch)
            state.isBusy = !chunks.isEmpty || !isOver && state.epoch != epoch
            guard state.isBusy else { return nil }
            return Work(chunks: chunks, epoch: state.epoch, terms: state.terms)
        }
    }

    private func carryOut(_ work: Work, _ desk: inout Desk) throws(HistoryError) {
        let file = try file(for: work, &desk)
        var samples = 0
        if !work.chunks.isEmpty, let generation = desk.generation {
            try file.refuseReserve()
            if !desk.knowsStart { try file.noteStart(at: start) }
            desk.knowsStart = true
            samples = try file.write(
                work.chunks,
                generation: generation,
                known: &desk.known
            )
            let newest = work.chunks.map(\.chunk.last).max() ?? .distantPast
            desk.newestBucket = max(desk.newestBucket, HistoryPlace.bucket(of: newest))
        }
        let resumes = state.withLock { state in
            state.counts.writtenSamples += samples
            defer { state.counts.failure = nil }
            return state.counts.failure != nil
        }
        if resumes { notify(.resumed) }
    }

    /// The file, in the generation of the work.
    private func file(
        for work: Work,
        _ desk: inout Desk
    ) throws(HistoryError) -> HistoryFile {
        var isOther = desk.epoch != work.epoch || desk.isDoubtful
        let file: HistoryFile
        if let open = desk.file {
            file = open
        } else {
            file = try HistoryFile(folder: folder)
            (desk.known, desk.generation, desk.knowsStart) = (KnownSeries(), nil, false)
            do throws(HistoryError) {
                let isStrange = try isOfOther(file, work.terms)
                isOther = isOther || isStrange
            } catch {
                file.close()
                throw error
            }
            desk.file = file
        }
        if isOther {
            // Not in doubt even if the write fails.
            desk.generation = nil
            desk.isDoubtful = true
            desk.generation = try file.beginGeneration(vantage: work.terms.vantage)
            (desk.known, desk.epoch, desk.newestBucket) = (KnownSeries(), work.epoch, 0)
            desk.isDoubtful = false
        } else if desk.generation == nil {
            desk.generation = try file.generation()
        }
        return file
    }

    /// Whether the samples in a file are, or may be, of another cloud or of a clock that was set
    /// back.
    private func isOfOther(_ file: HistoryFile, _ terms: HistoryTerms) throws(HistoryError) -> Bool
    {
        guard try file.vantage() == terms.vantage else { return true }
        let (now, end) = (now(), elapsed() + Self.lookLimit)
        let found = try file.load(from: now, through: now, mayContinue: { elapsed() < end })
        return found.isOfFuture || found.completeSince != nil
    }

    private func failed(_ error: HistoryError, _ work: Work, _ desk: inout Desk) {
        let (retry, text) = giveUp(error, &desk)
        let isNew = state.withLock { state in
            state.counts.failures += 1
            state.counts.droppedSamples +=
                work.epoch == state.epoch
                ? state.queue.putBack(work.chunks)
                : work.chunks.reduce(0) { $0 + $1.chunk.sampleCount }
            (state.retry, state.isBusy) = (retry, false)
            defer { state.counts.failure = text }
            return state.counts.failure == nil
        }
        if isNew { notify(.stopped(text)) }
        // Otherwise the space that old chunks take would never be free again.
        if error.isFull { while tidySome(&desk) {} }
    }

    /// Closes a file that may be another one next time, and moves it aside if it is of no use.
    ///
    /// - Returns: when to try again, and what is wrong.
    func giveUp(_ error: HistoryError, _ desk: inout Desk) -> (Duration, String) {
        let later = elapsed() + Self.retryInterval
        guard !error.isFull else { return (later, "\(error)") }
        desk.file?.close()
        desk.file = nil
        guard error.isLasting else { return (later, "\(error)") }
        do throws(HistoryError) {
            let target = try HistoryFile.moveAside(inFolder: folder)
            notify(.movedAside(target, reason: "\(error)"))
            // The next chunks go to a new file.
            return (.zero, "\(error)")
        } catch {
            return (later, "\(error)")
        }
    }
}

extension HistoryWriter.State {
    /// Takes note of the epoch of new chunks. Those that wait are of the one before: nothing of it
    /// may be written any more.
    ///
    /// - Returns: whether it is a new one.
    fileprivate mutating func accept(_ new: Int) -> Bool {
        guard new != epoch else { return false }
        epoch = new
        terms.vantage = nextVantage
        counts.droppedSamples += queue.removeAll()
        return true
    }
}
