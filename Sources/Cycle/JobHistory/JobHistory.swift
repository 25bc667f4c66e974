// How long the jobs of each graph usually take. What is long for one graph is normal for another, so
// rules compare a running import with the imports of the same graph. The service keeps the job list
// for one month, so nothing is stored here: each reading of the list replaces the one before.

import Diagnosis
package import Time

/// An operation of the management plane whose duration is worth knowing.
package enum JobKind: String, Hashable, Sendable, CaseIterable {
    case `import`, export, clear, restart

    /// GES publishes no list of job names. Those that were seen are `ImportGraph`, `ExportGraph`,
    /// `ClearGraph` and `RestartGraph`; nil for any other operation.
    package init?(jobName: String) {
        let name = jobName.lowercased()
        guard let kind = Self.allCases.first(where: { name.contains($0.rawValue) }) else {
            return nil
        }
        self = kind
    }

    /// The hang that is a job of this kind that does not end; nil for a restart.
    var hangClass: HangClass? {
        switch self {
        case .import: .importing
        case .export: .exporting
        case .clear: .clearing
        case .restart: nil
        }
    }
}

/// A job that ended well.
package struct EndedJob: Hashable, Sendable {
    /// The job list gives names only, never graph ids.
    package var graphName: String
    package var kind: JobKind
    package var beganAt: Timestamp
    /// Not negative.
    package var duration: Duration

    package init(graphName: String, kind: JobKind, beganAt: Timestamp, duration: Duration) {
        self.graphName = graphName
        self.kind = kind
        self.beganAt = beganAt
        self.duration = duration
    }
}

/// The durations of the jobs of one kind of one graph.
package struct JobDurations: Hashable, Sendable {
    package static let ranks = [0.5, 0.9, 0.99]

    package let count: Int
    package let sum: Duration
    /// At `ranks`, interpolated as PromQL's `quantile` does.
    package let quantiles: [Duration]

    /// - Parameter durations: at least one.
    init(_ durations: [Duration]) {
        let sorted = durations.sorted()
        count = sorted.count
        sum = sorted.reduce(.zero, +)
        quantiles = Self.ranks.map { rank in
            let place = rank * Double(sorted.count - 1)
            let lower = Int(place)
            let upper = min(lower + 1, sorted.count - 1)
            return sorted[lower] + (sorted[upper] - sorted[lower]) * (place - Double(lower))
        }
    }
}

/// The durations of all jobs that ended well within the last month.
package struct JobHistory: Hashable, Sendable {
    private struct Key: Hashable {
        var graphName: String
        var kind: JobKind
    }

    /// How far back the service keeps jobs.
    package static let span = Duration.seconds(31 * 86_400)

    private let durations: [Key: JobDurations]

    package init(_ jobs: some Sequence<EndedJob>) {
        var found: [Key: [Duration]] = [:]
        for job in jobs {
            found[Key(graphName: job.graphName, kind: job.kind), default: []].append(job.duration)
        }
        durations = found.mapValues(JobDurations.init)
    }

    package func durations(_ kind: JobKind, ofGraphNamed name: String) -> JobDurations? {
        durations[Key(graphName: name, kind: kind)]
    }
}

/// What a reading of the job list of the last month gave.
package enum JobHistoryReading: Sendable {
    case read(JobHistory)
    /// The list could not be read, and why not.
    case failed(String)
}
