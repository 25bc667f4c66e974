import Diagnosis
import Remediation
import Time

/// What is known of the durations of earlier jobs.
struct KnownJobs: Sendable {
    private var newest: (history: JobHistory, readAt: Timestamp)?
    private var isFailing = false
    private var isPartial = false

    /// After so long without another reading nobody knows what is normal.
    private static let longestUse = Duration.seconds(3 * 86_400)

    /// - Returns: what to log.
    mutating func receive(_ reading: JobHistoryReading, at now: Timestamp) -> [LogLine] {
        switch reading {
        case .read(let history):
            let isWorse = history.shortfall != nil && newest?.history.shortfall == nil
            if newest == nil || !isWorse { newest = (history, now) }
            defer { (isFailing, isPartial) = (false, history.shortfall != nil) }
            if let shortfall = history.shortfall, !isPartial {
                let text =
                    "The job list of the last month is not complete; a graph with few jobs in it is"
                    + " not restarted without approval for an import, export or clear"
                return [LogLine(.warning, text, ["err": shortfall])]
            }
            guard isFailing else { return [] }
            return [LogLine(.info, "The job list of the last month can be read again")]
        case .failed(let cause):
            defer { isFailing = true }
            guard !isFailing else { return [] }
            let text =
                newest == nil
                ? "The job list of the last month cannot be read; no graph is restarted without"
                    + " approval for an import, export or clear"
                : "The job list of the last month cannot be read; the durations that are known"
                    + " serve for three days"
            return [LogLine(.warning, text, ["err": cause])]
        }
    }

    mutating func forgetOld(at now: Timestamp) {
        if let newest, now - newest.readAt > Self.longestUse { self.newest = nil }
    }

    mutating func shift(by jump: Duration) {
        newest = newest.map { ($0.history, $0.readAt + jump) }
    }

    func durations(_ kind: JobKind, of graphID: String) -> JobDurations? {
        newest?.history.durations(kind, of: graphID)
    }

    /// How many jobs of the graph ended well and how long they took, by the hang that such a job can
    /// become; nil if that is not known.
    func endedJobs(of graphID: String) -> [HangClass: EndedJobs]? {
        guard let history = newest?.history, history.knows(graphID) else { return nil }
        var ended: [HangClass: EndedJobs] = [:]
        for kind in JobKind.allCases {
            guard let hangClass = kind.hangClass else { continue }
            let durations = history.durations(kind, of: graphID)
            ended[hangClass] = EndedJobs(count: durations?.count ?? 0, p99: durations?.p99)
        }
        return ended
    }
}
