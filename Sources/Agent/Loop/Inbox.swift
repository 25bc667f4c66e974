package import API
import Cycle
package import Remediation
import Synchronization

/// What came in from the world and waits for the next step. The cycle owns all state; whoever has
/// something to tell it leaves it here, from any thread.
package final class Inbox: Sendable {
    private typealias Sender = CheckedContinuation<Result<[Reception], WebhookRefusal>, Never>

    private struct State {
        var content = Content()
        var senders: [Int: Sender] = [:]
        var nextMessage = 0
        var isOpen = false
    }

    /// What has come in since the last step.
    struct Content {
        var poll: Poll?
        var reports: [Report] = []
        var messages: [AlertMessage] = []
    }

    /// Set while something waits that the next step should not be late for.
    package let wake = AsyncEvent()
    private let state = Mutex(State())

    package init() {}

    /// The answer to a restart is recorded at once: until it is on disk, a crash makes it unknown.
    /// Everything else can wait for the next regular step, which asks again for what it wants to
    /// know; stepping for each answer would ask the cloud without a pause.
    package func put(_ report: Report) {
        state.withLock { $0.content.reports.append(report) }
        if case .outcome = report { wake.set() }
    }

    /// A poll that went an earlier way to the cloud and ends late must not displace the one that the
    /// sampler waits for: no other would ever be begun.
    func put(_ poll: Poll) {
        state.withLock { state in
            if let waiting = state.content.poll, waiting.generation > poll.generation { return }
            state.content.poll = poll
        }
        wake.set()
    }

    /// Returns what became of each alert of a message once all of it is on disk. Before the first
    /// step nobody knows which graphs there are, so nothing is taken.
    func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception] {
        let result = await withCheckedContinuation { (sender: Sender) in
            let isOpen = state.withLock { state in
                guard state.isOpen else { return false }
                let id = state.nextMessage
                state.nextMessage += 1
                state.senders[id] = sender
                state.content.messages.append(AlertMessage(id: id, alerts: alerts))
                return true
            }
            if isOpen { wake.set() } else { sender.resume(returning: .failure(.notReady)) }
        }
        return try result.get()
    }

    /// Everything that waits; it counts as taken.
    func take() -> Content {
        wake.clear()
        return state.withLock { state in
            defer { state.content = Content() }
            return state.content
        }
    }

    /// Tells the senders of messages what became of them.
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
            case .notReady: .notReady
            case .full: .full
            }
        }
    }

    /// From now on messages are taken.
    func open() {
        state.withLock { $0.isOpen = true }
    }

    /// There are no more steps: whoever waits is told to come again.
    func close() {
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
