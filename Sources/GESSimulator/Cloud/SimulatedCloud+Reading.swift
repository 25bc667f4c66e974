package import Time

/// What a client in the same process may read as values, without a request.
///
/// Reading is right only where a request would be answered as usual. Each of these is nil where
/// anything may come between, and then the client has to send the request: the outcome of faults and
/// outages has one implementation, the gateway.
extension SimulatedCloud {
    /// What a running graph that answers says of itself.
    package struct DataPlaneState: Sendable {
        package let vertexCount: Int64
        package let edgeCount: Int64
        package let runningTasks: [SimulatedTask]
        package let waitingWrites: Int64
    }

    package func dataPlaneState(
        ofGraph id: String,
        named name: String,
        at address: String,
        for operations: [Operation],
        at now: Timestamp
    ) -> DataPlaneState? {
        guard let index = graphIndex(named: name),
            operations.allSatisfy({
                isUndisturbed(.dataPlane, $0, graphID: id, at: now)
            })
        else { return nil }
        return graphs[index].dataPlaneState(id, at: address, at: now)
    }

    /// Whether a request with good credentials is answered as usual.
    package func isUndisturbed(
        _ service: CloudService,
        _ operation: Operation,
        graphID: String?,
        at now: Timestamp
    ) -> Bool {
        if let outage, outage.meets(service, at: now) { return false }
        return certificate == .good
            && !faults.mayMeet(service, operation, graphID: graphID, at: now)
    }

    /// The time that the gateway's clock shows, as the header `Date` tells it.
    package func gatewayDate(at now: Timestamp) -> Timestamp {
        let whole = (now + clockError).milliseconds.flooredDivision(by: 1000).quotient
        return Timestamp(milliseconds: whole * 1000)
    }

    /// When this token will be refused; nil when it is refused already.
    package func tokenEnd(_ token: String, at now: Timestamp) -> Timestamp? {
        identity.end(ofToken: token, at: now)
    }

    /// Running jobs of the management plane in the order of their creation, and the moment until which
    /// this answer holds if no job is changed; nil: for good.
    package func runningJobs(
        at now: Timestamp
    ) -> (jobs: [SimulatedJob], until: Timestamp?) {
        var running: [SimulatedJob] = []
        var until: Timestamp?
        for job in jobs where !job.isLost {
            if job.begin <= now, job.status(at: now) == .running { running.append(job) }
            for moment in [job.begin, job.runs, job.end] {
                guard let moment, moment > now else { continue }
                until = min(until ?? moment, moment)
            }
        }
        return (running, until)
    }

    /// A job that can be asked for.
    package func knownJob(
        _ id: String,
        ofGraph graphID: String,
        at now: Timestamp
    ) -> SimulatedJob? {
        job(id, ofGraph: graphID).flatMap { $0.begin <= now ? $0 : nil }
    }
}

extension SimulatedGraph {
    /// Nil when it is another graph, or one that does not answer there.
    fileprivate func dataPlaneState(
        _ id: String,
        at address: String,
        at now: Timestamp
    ) -> SimulatedCloud.DataPlaneState? {
        guard self.id == id, privateIP == address, effectiveManner(at: now) == .answering else {
            return nil
        }
        return SimulatedCloud.DataPlaneState(
            vertexCount: vertexCount,
            edgeCount: edgeCount,
            runningTasks: runningTasks(at: now),
            waitingWrites: waitingWrites(at: now)
        )
    }
}
