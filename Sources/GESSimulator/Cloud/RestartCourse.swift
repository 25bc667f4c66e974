/// What happens after a restart is accepted.
package enum RestartCourse: Hashable, Sendable {
    /// 901, 920, 200; the job succeeds.
    case runs
    /// The job fails with this reason and the graph returns to its previous state, including a
    /// hang.
    case jobFails(reason: String)
    /// 901, 920 and then this state (300, 900 ...); the job fails.
    case endsIn(SimulatedGraph.Status, reason: String)
    /// 901 and 920, or 901 alone, and no further; the job runs forever.
    case staysIn(SimulatedGraph.Status)
    /// As `runs`, but the job cannot be found afterwards (GES.8301).
    case jobLost
    /// As `runs`, but the job runs forever.
    case jobRunsOn
    /// Accepted with a job id, but nothing happens: the job stays pending and the graph unchanged.
    case ignored
}

/// How long the phases of a restart, a stop and a start last. The manual says "several minutes".
package struct PhaseDurations: Hashable, Sendable {
    /// Time that a job spends in the queue.
    package var jobPending: Duration
    /// Status 901.
    package var stopping: Duration
    /// Status 100, during a start only.
    package var preparing: Duration
    /// Status 920.
    package var starting: Duration

    package init(
        jobPending: Duration = .seconds(5),
        stopping: Duration = .seconds(60),
        preparing: Duration = .seconds(60),
        starting: Duration = .seconds(120)
    ) {
        self.jobPending = jobPending
        self.stopping = stopping
        self.preparing = preparing
        self.starting = starting
    }

    /// The same phases at another speed: 0.01 shortens a restart of three minutes to two seconds.
    package func scaled(by factor: Double) -> PhaseDurations {
        PhaseDurations(
            jobPending: jobPending * factor,
            stopping: stopping * factor,
            preparing: preparing * factor,
            starting: starting * factor
        )
    }
}
