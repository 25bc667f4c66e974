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

/// A graph to which jobs are assigned by its name.
package struct NamedGraph: Hashable, Sendable {
    package var id: String
    package var name: String
    /// nil if the service does not say.
    package var createdAt: Timestamp?

    package init(id: String, name: String, createdAt: Timestamp? = nil) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// The durations of the jobs of one kind of one graph.
package struct JobDurations: Hashable, Sendable {
    package static let ranks = [0.5, 0.9, 0.99]
    /// `ranks` as label values.
    static let rankTexts = ranks.map { "\($0)" }

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

    /// What was measured elsewhere.
    ///
    /// - Parameter quantiles: one for each of `ranks`.
    package init?(count: Int, sum: Duration, quantiles: [Duration]) {
        guard count > 0, quantiles.count == Self.ranks.count else { return nil }
        self.count = count
        self.sum = sum
        self.quantiles = quantiles
    }

    var p99: Duration { quantiles[Self.ranks.count - 1] }
}

/// The durations of the jobs of each graph that ended well within the last month.
package struct JobHistory: Hashable, Sendable {
    private struct Key: Hashable {
        var graphID: String
        var kind: JobKind
    }

    /// How far back the service keeps jobs.
    package static let span = Duration.seconds(31 * 86_400)
    /// Of one graph and kind; further ones change no quantile by much.
    private static let maximumJobs = 1_000

    /// Why the list may lack jobs; nil if it has all.
    package var shortfall: String?
    /// The graphs whose names are their own, with jobs or without.
    private let graphs: Set<String>
    private let durations: [Key: JobDurations]

    /// - Parameters:
    ///   - jobs: newest first.
    ///   - graphs: every graph of the project. Nobody knows whose jobs those of a name are that two
    ///     graphs have, or those that began before the graph was created: another had its name.
    package init(
        _ jobs: some Sequence<EndedJob>,
        of graphs: [NamedGraph],
        at now: Timestamp,
        shortfall: String? = nil
    ) {
        self.shortfall = shortfall
        let owners = Dictionary(grouping: graphs, by: \.name).filter { $0.value.count == 1 }
            .compactMapValues(\.first)
        self.graphs = Set(owners.values.map(\.id))
        var found: [Key: [Duration]] = [:]
        for job in jobs {
            guard let owner = owners[job.graphName], job.beganAt >= now - Self.span,
                job.beganAt >= owner.createdAt ?? job.beganAt
            else { continue }
            let key = Key(graphID: owner.id, kind: job.kind)
            if found[key]?.count ?? 0 < Self.maximumJobs {
                found[key, default: []].append(job.duration)
            }
        }
        durations = found.mapValues(JobDurations.init)
    }

    /// What was measured elsewhere, by graph.
    package init(measured: [String: [JobKind: JobDurations]]) {
        graphs = Set(measured.keys)
        var all: [Key: JobDurations] = [:]
        for (id, kinds) in measured {
            for (kind, durations) in kinds { all[Key(graphID: id, kind: kind)] = durations }
        }
        durations = all
    }

    package func durations(_ kind: JobKind, of graphID: String) -> JobDurations? {
        durations[Key(graphID: graphID, kind: kind)]
    }

    /// Whether it is known which jobs are those of the graph.
    func knows(_ graphID: String) -> Bool { graphs.contains(graphID) }
}

/// What a reading of the job list of the last month gave.
package enum JobHistoryReading: Sendable {
    case read(JobHistory)
    /// The list could not be read, and why not.
    case failed(String)
}
