import Cycle
import GES
import Time

/// Translates GES answers into readings. Fields that neither decisions nor metrics need are dropped
/// here.
extension Readings.Listing {
    init(_ listing: GraphListing) {
        self.init(
            graphs: listing.graphs.map(ListedGraph.init),
            isComplete: listing.isComplete,
            shortfall: listing.shortfall
        )
    }
}

extension ListedGraph {
    init(_ graph: Graph) {
        self.init(
            id: graph.id,
            name: graph.name,
            status: Status(
                code: graph.status.code,
                phase: Phase(graph.status.phase),
                description: "\(graph.status)"
            ),
            tags: graph.tags,
            version: graph.dataStoreVersion ?? "",
            size: graph.graphSizeTypeIndex ?? ""
        )
    }
}

extension ListedGraph.Phase {
    init(_ phase: GraphStatus.Phase) {
        self =
            switch phase {
            case .running: .running
            case .transitional: .transitional
            case .degraded: .degraded
            case .faulty: .faulty
            case .stopped: .stopped
            case .frozen: .frozen
            case .deleted: .deleted
            case .unknown: .unknown
            }
    }
}

extension ReadingFailure {
    init(_ error: GESError) {
        self.init(reason: error.reason, text: "\(error)")
    }
}

extension RunningJob {
    init(_ job: Job) {
        self.init(
            graphName: job.relatedGraph,
            beganAt: job.beginTime
        )
    }
}

extension GraphReading.Probe.Outcome {
    init(_ result: ProbeResult) {
        self =
            switch result {
            case .answered(let answer): .answered(answer.duration)
            case .failed(let failure, let duration):
                .failed(
                    reason: failure.rawValue,
                    reachedGraph: failure.reachedGraph,
                    duration
                )
            case .notProbed(let reason): .notProbed(reason: reason)
            }
    }
}

extension GraphReading.DataPlaneTask {
    init(_ task: GraphTask) {
        self.init(
            id: task.id,
            state: task.state == .running ? .running : .pending,
            progressRatio: task.progressRatio
        )
    }
}

extension GraphReading.Queries {
    init(_ queries: RealTimeQueries) {
        self.init(
            readRunning: queries.readRunning,
            readWaiting: queries.readWaiting,
            writeRunning: queries.writeRunning,
            writeWaiting: queries.writeWaiting,
            longestRunningSeconds: queries.longestRunningSeconds
        )
    }
}
