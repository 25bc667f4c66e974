package import Time

/// An entry of the task centre.
package struct FoundJob: Hashable, Sendable {
    package var id: String
    /// The name of the job; no list of them is published.
    package var name: String
    /// The task centre shows names only, never graph ids.
    package var graphName: String
    package var beganAt: Timestamp
    package var state: JobState

    package init(id: String, name: String, graphName: String, beganAt: Timestamp, state: JobState) {
        self.id = id
        self.name = name
        self.graphName = graphName
        self.beganAt = beganAt
        self.state = state
    }
}

extension [FoundJob] {
    /// The newest job that can be this restart. No list of job names is published, but "start" is
    /// in every one that was seen for a restart; ties are broken by id.
    func restart(of intent: Intent) -> FoundJob? {
        filter {
            $0.graphName == intent.graphName
                && $0.beganAt >= intent.createdAt - Timing.jobClockTolerance
                && $0.name.lowercased().contains("start")
        }
        .max { ($0.beganAt, $0.id) < ($1.beganAt, $1.id) }
    }
}
