import Time

/// The control actions that the service offers, and the phases that an accepted action schedules.
extension SimulatedCloud {
    private static let restartReason = "The graph was restarted."

    /// Accepts or refuses a forced restart.
    /// - Returns: the job's id.
    mutating func restart(
        _ id: String,
        course: RestartCourse,
        at now: Timestamp
    ) throws(ServiceError) -> String {
        guard let graph = graph(id) else { throw .graphMissing }
        if let refusal = graph.status(at: now).restartRefusal { throw refusal }
        var job = newJob("RestartGraph", for: graph, at: now)
        plan(course, for: graph, job: &job, at: now)
        insert(job)
        return job.id
    }

    private mutating func plan(
        _ course: RestartCourse,
        for graph: SimulatedGraph,
        job: inout SimulatedJob,
        at now: Timestamp
    ) {
        let starts = now + phases.stopping
        let ends = starts + phases.starting
        let stopping = StatusTimeline.Phase(begin: now, status: .stopping)
        let starting = StatusTimeline.Phase(begin: starts, status: .starting)
        switch course {
        case .runs, .jobLost, .jobRunsOn:
            job.end = course == .jobRunsOn ? nil : ends
            job.isLost = course == .jobLost
            endWork(of: graph.id, at: now)
            revive(graph.id, at: now, [stopping, starting], until: ends)
        case .jobFails(let reason):
            job.end = starts
            job.outcome = .failed(reason: reason)
            let before = StatusTimeline.Phase(begin: starts, status: graph.status(at: now))
            update(graph.id) { $0.timeline.replan(at: now, [stopping, before]) }
        case .endsIn(let status, let reason):
            job.end = ends
            job.outcome = .failed(reason: reason)
            endWork(of: graph.id, at: now)
            let last = StatusTimeline.Phase(begin: ends, status: status)
            update(graph.id) { $0.timeline.replan(at: now, [stopping, starting, last]) }
        case .staysIn(let status):
            endWork(of: graph.id, at: now)
            let last = StatusTimeline.Phase(begin: starts, status: status)
            update(graph.id) { $0.timeline.replan(at: now, [stopping, last]) }
        case .ignored:
            job.runs = .distantFuture
        }
    }

    /// Schedules the end of a restart: healthy, or the same hang again if it takes more restarts.
    private mutating func revive(
        _ id: String,
        at now: Timestamp,
        _ downPhases: [StatusTimeline.Phase],
        until end: Timestamp
    ) {
        var relapse: Hang?
        if let hang = graph(id)?.hang, hang.restartsToHeal != 1 {
            relapse = Hang(
                hangClass: hang.hangClass,
                since: end,
                restartsToHeal: hang.restartsToHeal.map { $0 - 1 },
                manner: hang.manner,
                answers: hang.answers
            )
        }
        let status = relapse?.hangClass.status ?? .running
        update(id) { graph in
            graph.timeline.replan(
                at: now,
                downPhases + [StatusTimeline.Phase(begin: end, status: status)]
            )
            graph.hang = relapse
            if relapse == nil { graph.answerAgain() }
        }
        if let relapse, let kind = WorkKind(relapse.hangClass) {
            addWork(kind, to: id, begin: end, course: .stalled(percent: Self.stalledPercent))
        }
    }

    /// Accepts or refuses a stop. Only running graphs can be stopped, and none of the database
    /// edition.
    mutating func stop(_ id: String, at now: Timestamp) throws(ServiceError) -> String {
        guard let graph = graph(id) else { throw .graphMissing }
        guard graph.productType != "Persistence" else { throw .operationInvalid }
        let status = graph.status(at: now)
        guard status == .running else {
            throw status == .stopping || status == .stopped ? .graphStopped : .graphNotRunning
        }
        let end = now + phases.stopping
        var job = newJob("StopGraph", for: graph, at: now)
        job.end = end
        endWork(of: id, at: now)
        insert(job)
        update(id) { graph in
            graph.timeline.replan(
                at: now,
                [
                    StatusTimeline.Phase(begin: now, status: .stopping),
                    StatusTimeline.Phase(begin: end, status: .stopped),
                ]
            )
        }
        return job.id
    }

    /// Accepts or refuses a start. Only stopped graphs can be started. A start heals like a
    /// restart.
    mutating func start(_ id: String, at now: Timestamp) throws(ServiceError) -> String {
        guard let graph = graph(id) else { throw .graphMissing }
        guard graph.status(at: now) == .stopped else { throw .graphNotStopped }
        let starts = now + phases.preparing
        let end = starts + phases.starting
        var job = newJob("StartGraph", for: graph, at: now)
        job.end = end
        insert(job)
        revive(
            id,
            at: now,
            [
                StatusTimeline.Phase(begin: now, status: .preparing),
                StatusTimeline.Phase(begin: starts, status: .starting),
            ],
            until: end
        )
        return job.id
    }

    /// A restart ends the tasks inside the graph and their jobs on the management plane.
    private mutating func endWork(of id: String, at now: Timestamp) {
        failOpenJobs(ofGraph: id, at: now, reason: Self.restartReason)
        update(id) { $0.failTasks(at: now, reason: Self.restartReason) }
    }

    mutating func newJob(
        _ name: String,
        for graph: SimulatedGraph,
        at now: Timestamp
    ) -> SimulatedJob {
        SimulatedJob(
            id: newJobID(),
            graphID: graph.id,
            graphName: graph.name,
            name: name,
            begin: now,
            runs: now + phases.jobPending,
            end: nil,
            outcome: .success
        )
    }
}
