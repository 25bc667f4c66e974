import GES
import Synchronization
import Time

final class RecordingObserver: RequestObserver {
    struct Record {
        var requests: [FinishedRequest] = []
        var throttleWaits: [Duration] = []
        var refreshes: [Timestamp] = []
        var refreshFailures: [String] = []
        var clockOffsets: [Duration] = []
        /// The reasons.
        var unusable: [String] = []
    }

    private let state = Mutex(Record())

    var record: Record { state.withLock(\.self) }
    var operations: [String] { record.requests.map(\.operation) }

    func requestFinished(_ request: FinishedRequest) {
        state.withLock { $0.requests.append(request) }
    }

    func answerUnusable(_ service: Service, operation: String, reason: String) {
        state.withLock { $0.unusable.append(reason) }
    }

    func throttleWaited(_ service: Service, for duration: Duration) {
        state.withLock { $0.throttleWaits.append(duration) }
    }

    func tokenRefreshed(expiry: Timestamp) {
        state.withLock { $0.refreshes.append(expiry) }
    }

    func tokenRefreshFailed(reason: String) {
        state.withLock { $0.refreshFailures.append(reason) }
    }

    func clockOffsetLearned(_ offset: Duration) {
        state.withLock { $0.clockOffsets.append(offset) }
    }
}
