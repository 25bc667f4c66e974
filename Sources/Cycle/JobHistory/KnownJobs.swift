import Diagnosis
import Time

/// What is known of the durations of earlier jobs.
struct KnownJobs: Sendable {
    private var newest: (history: JobHistory, readAt: Timestamp)?
    /// Why the job list could not be read at the last try; nil if it could.
    private var failure: String?
    /// The names that several graphs have. Nobody knows whose jobs theirs are.
    private var repeatedNames: Set<String> = []

    /// After so long without another reading nobody knows what is normal.
    private static let longestUse = Duration.seconds(3 * 86_400)

    /// - Returns: what to log.
    mutating func receive(_ reading: JobHistoryReading, at now: Timestamp) -> [LogLine] {
        switch reading {
        case .read(let history):
            newest = (history, now)
            defer { failure = nil }
            guard failure != nil else { return [] }
            return [LogLine(.info, "The durations of earlier jobs are known again")]
        case .failed(let cause):
            defer { failure = cause }
            guard failure != cause else { return [] }
            let text =
                "The jobs of the last month could not be read; a stuck import, export or clear is not"
                + " restarted without approval"
            return [LogLine(.warning, text, ["err": cause])]
        }
    }

    mutating func learn(namesOf inventory: Inventory, at now: Timestamp) {
        if let newest, now - newest.readAt > Self.longestUse { self.newest = nil }
        guard newest != nil else { return }
        var seen: Set<String> = []
        repeatedNames = []
        for entry in inventory.entries.values where !seen.insert(entry.graph.name).inserted {
            repeatedNames.insert(entry.graph.name)
        }
    }

    mutating func shift(by jump: Duration) {
        newest = newest.map { ($0.history, $0.readAt + jump) }
    }

    func durations(_ kind: JobKind, of graph: ListedGraph) -> JobDurations? {
        repeatedNames.contains(graph.name)
            ? nil : newest?.history.durations(kind, ofGraphNamed: graph.name)
    }

    /// How many jobs of the graph ended well, by the hang that such a job can become; nil if that
    /// is not known.
    func endedJobs(of graph: ListedGraph) -> [HangClass: Int]? {
        guard newest != nil, !repeatedNames.contains(graph.name) else { return nil }
        var counts: [HangClass: Int] = [:]
        for kind in JobKind.allCases {
            guard let hangClass = kind.hangClass else { continue }
            counts[hangClass] = durations(kind, of: graph)?.count ?? 0
        }
        return counts
    }
}
