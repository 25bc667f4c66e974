import Foundation
import History
import Series
import Synchronization
import Time
import Workbench

/// Writes a file of samples as the agent does.
enum SampleFile {
    /// - Parameters:
    ///   - sweep: how often samples are written that fill no chunk yet. The file is the same in the end.
    ///   - value: of a series in a poll, both by index; nil if the poll lacks it.
    static func write(
        _ series: [Labels],
        at polls: [Timestamp],
        sweep: Duration = .seconds(300),
        in folder: URL,
        _ value: (_ series: Int, _ poll: Int) -> Double?
    ) async throws {
        guard let origin = polls.first else { return }
        let elapsed = Mutex(Duration.zero)
        let writer = HistoryWriter(
            folder: folder.path,
            file: nil,
            terms: HistoryTerms(
                retention: .seconds(366 * 86_400),
                maximumBytes: 1 << 40,
                vantage: ""
            ),
            now: { origin + elapsed.withLock { $0 } },
            elapsed: { elapsed.withLock { $0 } },
            notify: { say("\($0)") }
        )
        var store = SeriesStore(retention: .seconds(3600), maximumSeries: series.count)
        store.noteSealedChunks()
        let references = series.compactMap { store.reference(for: $0) }
        var isPresent = [Bool](repeating: false, count: series.count)
        var swept = origin
        for (poll, time) in polls.enumerated() {
            store.beginPoll(at: time)
            for (index, reference) in references.enumerated() {
                let value = value(index, poll)
                // A series that a poll lacks has ended.
                if value == nil, !isPresent[index] { continue }
                store.append(to: reference, value ?? Staleness.marker, at: time)
                isPresent[index] = value != nil
            }
            if time - swept >= sweep {
                store.noteUnsealedChunks()
                swept = time
            }
            elapsed.withLock { $0 = time - origin }
            writer.put(store.takeChunks(ofSeries: .max), epoch: 0, trustsClock: true)
            await writer.settle()
        }
        await withCheckedContinuation { continuation in
            writer.finish(store.takeAllChunks(), epoch: 0, within: .seconds(600)) {
                continuation.resume()
            }
        }
        let counts = writer.counts
        guard counts.failure == nil, counts.droppedSamples == 0 else {
            throw WrongResult("samples were lost: \(counts)")
        }
    }
}
