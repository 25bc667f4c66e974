package import Time

/// Values that a client in the same process may read without sending a request.
///
/// Such a read is valid only where a request would be answered normally. Each of these returns nil
/// where a fault or an outage might apply; the client must then send the request, so that the
/// outcome of faults and outages is implemented only in the gateway.
extension SimulatedCloud {
    /// What a running, responsive graph reports about itself.
    package struct DataPlaneState: Sendable {
        package let vertexCount: Int64
        package let edgeCount: Int64
        /// 0 if that is not known.
        package let vertexCapacity: Int64
        package let edgeCapacity: Int64
        /// Whether queries come with the size.
        package let tellsSize: Bool
        package let runningTasks: [SimulatedTask]
        package let waitingWrites: Int64
    }

    package func dataPlaneState(
        ofGraph id: String,
        named name: String,
        at address: String,
        for operation: Operation,
        at now: Timestamp
    ) -> DataPlaneState? {
        guard let index = graphIndex(named: name),
            isUndisturbed(.dataPlane, operation, graphID: id, at: now),
            networkFaults.isEmpty, dataPlaneRefuses.isEmpty
        else { return nil }
        return graphs[index].dataPlaneState(id, at: address, for: operation, at: now)
    }

    /// Whether a request with valid credentials would be answered normally.
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

    /// The gateway's time, as its `Date` header reports it.
    package func gatewayDate(at now: Timestamp) -> Timestamp {
        let whole = (now + clockError).milliseconds.flooredDivision(by: 1000).quotient
        return Timestamp(milliseconds: whole * 1000)
    }

    /// When this token expires; nil if it is refused already.
    package func tokenEnd(_ token: String, at now: Timestamp) -> Timestamp? {
        identity.end(ofToken: token, at: now)
    }

    /// Running jobs of the management plane in order of creation, and the time until which this
    /// answer holds if no job changes; nil if it holds indefinitely.
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

    /// A job that can be queried.
    package func knownJob(
        _ id: String,
        ofGraph graphID: String,
        at now: Timestamp
    ) -> SimulatedJob? {
        job(id, ofGraph: graphID).flatMap { $0.begin <= now ? $0 : nil }
    }
}

extension SimulatedGraph {
    /// nil if it is another graph or one that does not answer.
    fileprivate func dataPlaneState(
        _ id: String,
        at address: String,
        for operation: Operation,
        at now: Timestamp
    ) -> SimulatedCloud.DataPlaneState? {
        guard self.id == id, privateIP == address, occupants.isEmpty, queryLoad == nil,
            effectiveManner(of: operation, at: now) == .answering
        else { return nil }
        return SimulatedCloud.DataPlaneState(
            vertexCount: vertexCount,
            edgeCount: edgeCount,
            vertexCapacity: vertexCapacity,
            edgeCapacity: edgeCapacity,
            tellsSize: tellsSize,
            runningTasks: runningTasks(at: now),
            waitingWrites: waitingWrites(at: now)
        )
    }
}
