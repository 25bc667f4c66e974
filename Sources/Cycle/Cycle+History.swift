package import Series

/// The samples that survive the process. Only rules and queries read them: what diagnosis and the
/// machine need to see for a while after a start, they must see themselves.
extension Cycle {
    /// How many series give their chunks in one step. The series of a fleet seal theirs in the same
    /// step; the next steps give the rest.
    private static let seriesPerStep = 20_000

    /// Whether the clock was set while the agent did not run, or since.
    package var isClockSet: Bool { clockJump != nil }

    /// From now on sealed chunks can be taken.
    package mutating func noteSealedChunks() { series.noteSealedChunks() }

    /// Some of the chunks that were sealed since they were last taken.
    package mutating func takeSealedChunks() -> [SeriesChunk] {
        series.takeSealedChunks(ofSeries: Self.seriesPerStep)
    }

    /// Everything that was not taken: for the end of the process.
    package mutating func takeAllChunks() -> [SeriesChunk] { series.takeAllChunks() }

    /// Puts back the samples of an earlier process, before the first step. The time between looks
    /// as it was: nobody saw anything.
    ///
    /// - Returns: the number of samples.
    package mutating func restore(_ chunks: [SeriesChunk]) -> Int {
        let count = chunks.reduce(0) { $0 + series.restore($1) }
        series.endRestoredSeries()
        return count
    }
}
