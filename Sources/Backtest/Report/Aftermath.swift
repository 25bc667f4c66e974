import Diagnosis
import Time

/// Follows a graph through the recording after a decision.
struct Aftermath {
    private let timeline: GraphTimeline
    private let decision: Timestamp
    private let hangClass: HangClass
    private var stoppedAt: Timestamp?
    /// Until when it was seen to work after the decision.
    private var workedUntil: Timestamp?
    /// Whether its operation was seen to make no progress.
    private var wasStill = false

    /// A graph counts as well when it answers for so long.
    private static let proof = Duration.seconds(60)
    /// Work that ended longer ago says nothing of the graph.
    private static let lull = Duration.seconds(300)
    /// A recording that ends sooner does not show what becomes of the graph.
    private static let shortestHang = Duration.seconds(45 * 60)
    /// A graph that is started later was not restarted: it was stopped.
    private static let longestRestart = Duration.seconds(1800)

    private init(_ timeline: GraphTimeline, _ decision: Timestamp, _ hangClass: HangClass) {
        self.timeline = timeline
        self.decision = decision
        self.hangClass = hangClass
    }

    static func outcome(
        of timeline: GraphTimeline,
        since decision: Timestamp,
        _ hangClass: HangClass
    ) -> GraphOutcome {
        var aftermath = Aftermath(timeline, decision, hangClass)
        let entries = timeline.entries(from: decision)
        for (place, entry) in zip(entries.indices, entries) {
            let next = place + 1 < entries.endIndex ? entries[place + 1].at : timeline.end
            if let outcome = aftermath.outcome(of: entry, until: next) { return outcome }
        }
        // The last listing may have failed.
        return aftermath.end(entries.last { $0.state != .unseen })
    }

    /// Nil if what follows decides.
    private mutating func outcome(
        of entry: GraphTimeline.Entry,
        until next: Timestamp
    ) -> GraphOutcome? {
        let at = max(entry.at, decision)
        switch entry.state {
        case .starting: return restart(startedAt: at)
        case .stopping:
            stoppedAt = stoppedAt ?? at
            return nil
        case .gone: return .unknown(.gone)
        case .unseen:
            return next - entry.at > GraphTimeline.longestGap ? .unknown(.gap) : nil
        case .well, .silent, .occupied:
            // A stopped graph that runs was started, if only between two scrapes.
            if stoppedAt != nil { return restart(startedAt: at) }
        }
        return hangClass == .unresponsive
            ? silence(entry, at, until: next) : operation(entry, at, until: next)
    }

    private func restart(startedAt: Timestamp) -> GraphOutcome {
        let began = stoppedAt ?? startedAt
        if began - decision <= Supposition.coincidence { return .recorded(after: began - decision) }
        guard startedAt - began <= Self.longestRestart else { return .unknown(.stopped) }
        return .restarted(after: began - decision)
    }

    private mutating func silence(
        _ entry: GraphTimeline.Entry,
        _ at: Timestamp,
        until next: Timestamp
    ) -> GraphOutcome? {
        if entry.state == .well, next - at >= Self.proof {
            return isAtWork(at)
                ? .busy(until: at - decision) : .recoveredAlone(after: at - decision)
        }
        if entry.isWorking { workedUntil = next }
        return nil
    }

    /// The job of the operation runs for as long as the status lasts, stuck or not, and is no work.
    private mutating func operation(
        _ entry: GraphTimeline.Entry,
        _ at: Timestamp,
        until next: Timestamp
    ) -> GraphOutcome? {
        guard entry.state == .occupied(hangClass.expectedStatusCode) else {
            return isAtWork(at) ? .busy(until: at - decision) : .endedAlone(after: at - decision)
        }
        switch entry.operation {
        case .advancing: workedUntil = next
        case .still: wasStill = true
        default: break
        }
        return nil
    }

    private func isAtWork(_ at: Timestamp) -> Bool {
        workedUntil.map { at - $0 <= Self.lull } ?? false
    }

    /// What it did until the recording ends.
    private func end(_ last: GraphTimeline.Entry?) -> GraphOutcome {
        if let stoppedAt {
            let after = stoppedAt - decision
            return after <= Supposition.coincidence ? .recorded(after: after) : .unknown(.stopped)
        }
        guard let last, timeline.end - max(decision, workedUntil ?? decision) >= Self.shortestHang
        else { return .unknown(.endOfRecording) }
        let lasted = timeline.end - decision
        switch last.state {
        case .silent where hangClass == .unresponsive: return .stayedSilent(for: lasted)
        case .occupied(hangClass.expectedStatusCode) where hangClass != .unresponsive:
            return wasStill ? .didNotEnd(for: lasted) : .unknown(.unseenWork)
        default: return .unknown(.endOfRecording)
        }
    }
}
