import API
import History
import Time

extension HistoryFileReader: OlderSamples {
    package var isAll: Bool { memoryStart == .distantFuture }
}
