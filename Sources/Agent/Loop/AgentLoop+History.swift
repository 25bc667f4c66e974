import API
import Cycle
import History
import Series
import Time

/// What survives the process of the samples.
extension AgentLoop {
    /// What a kill costs at most, beside what the disk has not taken yet.
    private static let keepInterval = Duration.seconds(300)
    /// How long the end waits for the newest samples to reach the disk.
    private static let endLimit = Duration.seconds(5)

    /// Passes what came up in a step to the thread that writes it. Never waits.
    mutating func keepSamples() {
        guard let history else { return }
        if clock.elapsed() - samplesKeptAt >= Self.keepInterval {
            samplesKeptAt = clock.elapsed()
            cycle.noteUnsealedChunks()
        }
        // Not before the effects of the step: it takes a moment with many graphs.
        board.series.withdraw()
        defer { publishSeries() }
        history.put(
            cycle.takeChunks(),
            epoch: cycle.series.epoch,
            // Old samples must not be deleted by a clock that may be wrong.
            trustsClock: cycle.isClockConfirmed
        )
    }

    /// Gives the disk a few seconds for the rest. A disk that hangs does not keep the process.
    mutating func finishHistory() async {
        guard let history else { return }
        let isWritten = AsyncEvent()
        history.finish(
            cycle.takeAllChunks(),
            epoch: cycle.series.epoch,
            within: Self.endLimit
        ) {
            isWritten.set()
        }
        _ = await isWritten.race { [clock] in
            // The thread ends with the transaction in which its time is over.
            try? await clock.sleep(Self.endLimit + .seconds(1))
        }
    }
}
