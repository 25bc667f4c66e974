import Synchronization
import Time

/// Old chunks are deleted, and small ones put together, now and then, in many small steps.
extension HistoryWriter {
    private static let tidyInterval = Duration.seconds(60)

    var isEnding: Bool { state.withLock { $0.end != nil } }

    /// Takes a step if it is time for it.
    ///
    /// - Returns: whether more are to follow.
    func tidySome(_ desk: inout Desk) -> Bool {
        let now = elapsed()
        let begins = state.withLock { state in
            state.progress = now
            guard !desk.isTidying, now >= state.tidiesAt else { return false }
            state.tidiesAt = now + Self.tidyInterval
            return true
        }
        if begins { desk.isTidying = true }
        if begins, let file = desk.file, file.isReplaced {
            // Somebody has deleted it. What is written next goes to a new one.
            file.close()
            desk.file = nil
        }
        guard desk.isTidying, let file = desk.file, !isEnding else {
            desk.isTidying = false
            return false
        }
        do throws(HistoryError) {
            desk.isTidying = try tidySome(file, &desk)
            if !desk.isTidying { state.withLock { $0.isUntidy = false } }
        } catch {
            desk.isTidying = false
            let text = giveUp(error, &desk).1
            // Samples may still be written. If they are not, writing says so.
            let isNew = state.withLock { state in
                state.counts.failures += 1
                defer { state.isUntidy = true }
                return !state.isUntidy
            }
            if isNew { notify(.untidy(text)) }
        }
        return desk.isTidying
    }

    private func tidySome(_ file: HistoryFile, _ desk: inout Desk) throws(HistoryError) -> Bool {
        let (terms, trustsClock) = state.withLock { ($0.terms, $0.trustsClock) }
        // By a clock that may be wrong all samples may look old, or all from the future.
        let now = trustsClock ? now() : nil
        // Series may be gone, also if it fails halfway.
        var hasDeleted = true
        defer { if hasDeleted { desk.known = KnownSeries() } }
        hasDeleted = try file.tidy(
            before: now.map { $0 - terms.retention } ?? .distantPast,
            now: now ?? .distantFuture,
            maximumBytes: terms.maximumBytes
        )
        if hasDeleted { return true }
        file.discardMoved(
            before: now.map { $0 - terms.retention } ?? .distantPast,
            maximumBytes: terms.maximumBytes
        )
        if (try? file.refuseReserve()) != nil,
            try file.compact(writtenThrough: desk.newestBucket)
        {
            return true
        }
        let (size, oldest) = (file.sizeBytes(), try file.oldest())
        state.withLock { ($0.counts.sizeBytes, $0.counts.oldest) = (size, oldest) }
        return false
    }
}
