package import API
package import Cycle
package import Remediation
import Synchronization

/// Input that waits for the next step. The cycle owns all state; tasks and request handlers put
/// their results here, from any thread.
package final class Inbox: Sendable {
    private typealias Sender = CheckedContinuation<Result<[Reception], WebhookRefusal>, Never>

    private struct State {
        var content = Content()
        var senders: [Int: Sender] = [:]
        var nextMessage = 0
        var isOpen = false
    }

    /// Everything that arrived since the last step.
    struct Content {
        var poll: Poll?
        var reports: [Report] = []
        var notes: [IncidentNote] = []
        var messages: [AlertMessage] = []
        var orders: [Order] = []
    }

    /// By URL, the newest of each Alertmanager.
    private let silences = Mutex<[String: SilenceReport]>([:])
    private let jobHistory = Mutex<JobHistoryReader.Result?>(nil)

    /// Set while there is input that should not wait for the next regular step.
    package let wake = AsyncEvent()
    let orders = OrderDesk()
    /// Set while messages or orders wait, or a round of another source has ended. Steps for them are
    /// paced by the loop.
    let messageArrival = AsyncEvent()
    /// Samples of Cloud Eye.
    let delayed: DelayedQueue<DelayedSample>
    /// What graphs say of their nodes.
    let nodes: DelayedQueue<NodeReading>
    /// Messages beyond wait for the next step, so that a step stays short. A single message may be
    /// larger.
    private static let maximumAlertsPerStep = 10_000
    private let state = Mutex(State())

    package init() {
        delayed = DelayedQueue(backlog: messageArrival)
        nodes = DelayedQueue(backlog: messageArrival)
    }

    /// The outcome of a restart triggers a step: until it is on disk, a crash makes it unknown.
    /// Other reports wait for the next regular step. Each step repeats its questions, so a step for
    /// every answer would query the cloud without a pause.
    package func put(_ report: Report) {
        state.withLock { $0.content.reports.append(report) }
        if case .outcome = report { wake.set() }
    }

    /// Waits for the next regular step.
    func put(_ report: SilenceReport) {
        silences.withLock { $0[report.alertmanager] = report }
    }

    /// Removes and returns the newest answer of each Alertmanager.
    func takeSilences() -> [SilenceReport] {
        silences.withLock { silences in
            defer { silences = [:] }
            return silences.values.sorted { $0.alertmanager < $1.alertmanager }
        }
    }

    /// Waits for the next step. To be put before the report that it belongs to.
    package func put(_ note: IncidentNote) {
        state.withLock { $0.content.notes.append(note) }
    }

    /// A late poll of an earlier generation must not replace the one that the sampler waits for:
    /// the sampler would never start another.
    func put(_ poll: Poll) {
        state.withLock { state in
            if let waiting = state.content.poll, waiting.generation > poll.generation { return }
            state.content.poll = poll
        }
        wake.set()
    }

    /// Waits for the next regular step. One of an earlier generation replaces none.
    func put(_ result: JobHistoryReader.Result) {
        jobHistory.withLock { waiting in
            if let generation = waiting?.generation, generation > result.generation { return }
            waiting = result
        }
    }

    /// Removes and returns the newest reading of the job list of the last month.
    func takeJobHistory() -> JobHistoryReader.Result? {
        jobHistory.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
    }

    /// Returns the reception of each alert once all of them are on disk. Nothing is accepted before
    /// the first step, because the graphs are not known yet.
    package func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception] {
        let result = await withCheckedContinuation { (sender: Sender) in
            let isOpen = state.withLock { state in
                guard state.isOpen else { return false }
                let id = state.nextMessage
                state.nextMessage += 1
                state.senders[id] = sender
                state.content.messages.append(AlertMessage(id: id, alerts: alerts))
                return true
            }
            guard isOpen else { return sender.resume(returning: .failure(.notReady([]))) }
            messageArrival.set()
        }
        return try result.get()
    }

    /// Puts an order where the next step takes it. The ticket gets the answer.
    func give(_ order: Order) throws(OrderRefusal) -> OrderTicket {
        let ticket = try orders.put(order)
        messageArrival.set()
        return ticket
    }

    /// Removes and returns what waits: everything, except messages beyond the limit of a step.
    func take() -> Content {
        wake.clear()
        messageArrival.clear()
        let taken = orders.take()
        let (content, hasMore) = state.withLock { state in
            var content = state.content
            let count = Self.countForStep(content.messages)
            state.content = Content()
            state.content.messages = Array(content.messages[count...])
            content.messages = Array(content.messages[..<count])
            content.orders = taken
            return (content, !state.content.messages.isEmpty)
        }
        if hasMore { messageArrival.set() }
        return content
    }

    /// How many of the messages one step takes: those within the limit, at least one.
    static func countForStep(_ messages: [AlertMessage]) -> Int {
        var alerts = 0
        let later = messages.firstIndex { message in
            alerts += message.alerts.count
            return alerts > maximumAlertsPerStep
        }
        return later.map { max(1, $0) } ?? messages.count
    }

    /// Answers the senders of messages.
    func answer(_ replies: [AlertReply], _ disk: DiskOutcome) {
        let senders = state.withLock { state in
            replies.map { state.senders.removeValue(forKey: $0.id) }
        }
        for (reply, sender) in zip(replies, senders) {
            sender?.resume(returning: Self.result(reply, disk))
        }
    }

    private static func result(
        _ reply: AlertReply,
        _ disk: DiskOutcome
    ) -> Result<[Reception], WebhookRefusal> {
        if case .refused(let reason) = disk { return .failure(.notStored(reason)) }
        return reply.answer.mapError { refusal in
            switch refusal {
            case .notReady: .notReady(reply.partial)
            case .full: .full
            }
        }
    }

    /// Starts accepting messages and orders.
    func open() {
        orders.open()
        state.withLock { $0.isOpen = true }
    }

    /// Stops accepting messages and orders, and tells those who wait to retry.
    func close() {
        orders.close()
        let senders = state.withLock { state in
            state.isOpen = false
            state.content.messages = []
            defer { state.senders = [:] }
            return state.senders.values.map { $0 }
        }
        for sender in senders {
            sender.resume(returning: .failure(.notStored("the agent is stopping")))
        }
    }
}
