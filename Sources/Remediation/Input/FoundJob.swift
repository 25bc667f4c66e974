package import Time

/// An entry of the job list of the management plane.
package struct FoundJob: Hashable, Sendable {
    package var id: String
    /// The kind of operation. GES publishes no list of these names.
    package var name: String
    /// The job list gives names only, never graph ids.
    package var graphName: String
    /// By the agent's clock; the caller corrects for the difference to the cloud's. Of a job that
    /// waits, when it was first seen.
    package var beganAt: Timestamp
    package var state: JobState
    /// Whether it waits and names no begin: it may be of any time before, and may begin yet.
    package var isQueued = false

    package init(id: String, name: String, graphName: String, beganAt: Timestamp, state: JobState) {
        self.id = id
        self.name = name
        self.graphName = graphName
        self.beganAt = beganAt
        self.state = state
    }
}

extension FoundJob {
    /// Every job name that was seen for a restart contains "start", so that is the test.
    var isRestart: Bool { name.lowercased().contains("start") }

    /// Whether the name is one of a job of this action.
    func isOperation(of action: GraphAction) -> Bool {
        switch action {
        case .cancel: false
        case .restart, .start: isRestart
        case .stop: !isRestart && name.lowercased().contains("stop")
        }
    }
}

extension [FoundJob] {
    /// The job that can be the restart of `intent`: the one that GES named in its answer or, while
    /// it named none, the newest one that began after the intent; ties are broken by id.
    ///
    /// Without its id a failed job is nobody's proof: whoever restarted the graph, ours may still
    /// land.
    ///
    /// A job that waits proves nothing either, and yet may be ours.
    func restart(of intent: Intent, acceptedAs jobID: String?) -> FoundJob? {
        if let jobID { return first { $0.id == jobID } }
        return filter {
            $0.graphName == intent.graphName && $0.isOperation(of: intent.action)
                && $0.beganAt >= intent.createdAt - Timing.jobClockTolerance
                && !$0.state.isFailed && !$0.isQueued
        }
        .max { ($0.beganAt, $0.id) < ($1.beganAt, $1.id) }
    }
}

extension [FoundJob] {
    /// Whether a job waits that can be that of the intent.
    func hasQueued(_ intent: Intent) -> Bool {
        contains {
            $0.isQueued && $0.isOperation(of: intent.action) && $0.graphName == intent.graphName
        }
    }
}

extension JobState {
    fileprivate var isFailed: Bool {
        if case .failed = self { true } else { false }
    }
}
