import API
import Configuration
import Cycle
import HTTPClient
import Logging
import Synchronization
import Time

/// One Alertmanager with what waits for it. Every one has its own queue and its own requests in
/// flight, so a slow one delays no other.
final class AlertmanagerLink: Sendable {
    private struct State {
        var queue = AlertQueue()
        var isSending = false
        var isAsking = false
        /// In elapsed time.
        var nextSend = Duration.zero
        var nextQuestion = Duration.zero
        var failuresInARow = 0
    }

    let client: AlertmanagerClient
    let name: String
    private let metrics: MetricRegistry
    private let clock: AgentClock
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ client: AlertmanagerClient,
        metrics: MetricRegistry,
        clock: AgentClock,
        logger: Logger
    ) {
        self.client = client
        name = "\(client.configuration.url)"
        self.metrics = metrics
        self.clock = clock
        self.logger = logger
        metrics.add(0, to: MetricCatalog.notificationsSent, name)
        metrics.add(0, to: MetricCatalog.notificationErrors, name)
    }

    var queueLength: Int { state.withLock { $0.queue.count } }

    func put(_ alerts: [OutgoingAlert]) {
        let dropped = state.withLock { $0.queue.put(alerts) }
        metrics.add(Double(dropped), to: MetricCatalog.notificationsDropped)
    }

    /// Whether a message is due; if so, `send` must be called.
    func beginSending() -> Bool {
        let now = clock.elapsed()
        return state.withLock { state in
            guard !state.isSending, state.queue.count > 0, now >= state.nextSend else {
                return false
            }
            state.isSending = true
            return true
        }
    }

    /// Sends what waits, message by message, until nothing waits or one fails.
    func send() async {
        defer { state.withLock { $0.isSending = false } }
        while true {
            let batch = state.withLock { $0.queue.take() }
            guard !batch.isEmpty else { return }
            let start = clock.elapsed()
            do throws(AlertmanagerClient.Failure) {
                try await client.post(batch)
                metrics.add(Double(batch.count), to: MetricCatalog.notificationsSent, name)
                noteSuccess()
            } catch {
                guard noteFailure(error, batch) else { return }
                continue
            }
            let seconds = (clock.elapsed() - start).inSeconds
            metrics.observe(MetricCatalog.notificationLatency, seconds: seconds, name)
        }
    }

    private func noteSuccess() {
        let wasFailing = state.withLock { state in
            defer { state.failuresInARow = 0 }
            return state.failuresInARow > 0
        }
        guard wasFailing else { return }
        logger.info("Alertmanager takes alerts again", metadata: ["alertmanager": "\(name)"])
    }

    /// Returns whether the next message may be sent at once.
    private func noteFailure(
        _ failure: AlertmanagerClient.Failure,
        _ batch: [OutgoingAlert]
    ) -> Bool {
        guard !Task.isCancelled else { return false }
        metrics.add(to: MetricCatalog.notificationErrors, name)
        let now = clock.elapsed()
        let (dropped, isFirst, pause) = state.withLock { state in
            if failure.isFinal, batch.count > 1 {
                return (state.queue.takeBackRefused(batch), false, Duration.zero)
            }
            let dropped = failure.isFinal ? batch.count : state.queue.putBack(batch)
            let isFirst = state.failuresInARow == 0
            // Who refuses one by one more than makes a message refuses everything.
            let failures = state.failuresInARow - (failure.isFinal ? AlertQueue.batch : 0)
            let pause = failures < 0 ? .zero : Self.pause(after: failures)
            state.nextSend = now + pause
            state.failuresInARow += 1
            return (dropped, isFirst, pause)
        }
        metrics.add(Double(dropped), to: MetricCatalog.notificationsDropped)
        if isFirst {
            logger.error(
                "Error sending alerts",
                metadata: [
                    "alertmanager": "\(name)", "err": "\(failure)", "count": "\(batch.count)",
                    "first": "\(batch.first.map { "\($0.labels)" } ?? "")",
                ]
            )
        }
        return pause == .zero
    }

    /// 1 s, doubling up to 32 s.
    private static func pause(after failures: Int) -> Duration { .seconds(1 << min(failures, 5)) }

    /// Whether the silences have to be read; if so, `ask` must be called.
    func beginAsking(every interval: Duration) -> Bool {
        let now = clock.elapsed()
        return state.withLock { state in
            guard !state.isAsking, now >= state.nextQuestion else { return false }
            state.isAsking = true
            state.nextQuestion = now + interval
            return true
        }
    }

    /// Nil if the agent is stopping.
    func ask() async -> SilenceReport? {
        defer { state.withLock { $0.isAsking = false } }
        let answer = await client.silences(at: clock.now())
        guard !Task.isCancelled else { return nil }
        return SilenceReport(alertmanager: name, answer: answer, at: clock.now())
    }
}
