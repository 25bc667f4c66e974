import Time
package import GES
import GESSimulator

extension DirectClient {
    package func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        let operation: GESSimulator.Operation =
            switch kind {
            case .version: .showVersion
            case .summary: .showSummary
            case .gremlin: .executeGremlin
            case .cypher: .executeCypher
            }
        guard let (found, _) = readDataPlane(of: graph, operation, dataPlane) else {
            return await client.probe(kind, of: graph, dataPlane: dataPlane)
        }
        do {
            var answer = ProbeAnswer(duration: try await passLatency(.dataPlane), text: "200")
            if kind == .summary { answer.size = found.size }
            return .alive(answer)
        } catch {
            return .cannotTell(.path, ProbeAnswer(duration: nil, text: error.reason))
        }
    }

    package func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GES.GraphTask] {
        guard let (found, now) = readDataPlane(of: graph, .listTasks, dataPlane) else {
            return try await client.runningTasks(of: graph, dataPlane: dataPlane)
        }
        _ = try await passLatency(.dataPlane)
        return found.tasks(at: now)
    }

    /// Always sent, as every action.
    package func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer {
        await client.cancelTask(taskID, of: graph, dataPlane: dataPlane)
    }

    package func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        guard let (found, now) = readDataPlane(of: graph, .showQueries, dataPlane) else {
            return try await client.realTimeQueries(of: graph, dataPlane: dataPlane)
        }
        _ = try await passLatency(.dataPlane)
        return found.queries(at: now)
    }

    /// Always sent: it is asked for rarely.
    package func nodeMetrics(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> NodeMetrics {
        try await client.nodeMetrics(of: graph, dataPlane: dataPlane)
    }

    package func acceptsConnections(_ address: String, timeout: Duration) async -> Bool {
        await client.acceptsConnections(address, timeout: timeout)
    }

    /// Returns nil if a request must be sent.
    private func readDataPlane(
        of graph: Graph,
        _ operation: GESSimulator.Operation,
        _ dataPlane: DataPlaneConfiguration
    ) -> (SimulatedCloud.DataPlaneState, Timestamp)? {
        guard let address = graph.privateIP,
            dataPlane == cloud.dataPlane(timeout: dataPlane.timeout),
            .milliseconds(cloud.latencies.dataPlane.milliseconds.upperBound) < dataPlane.timeout
        else { return nil }
        return read(age: Self.proofAgeMaximum * 2) { simulated, now, _ in
            simulated.dataPlaneState(
                ofGraph: graph.id,
                named: graph.name,
                at: address,
                for: operation,
                at: now
            ).map { ($0, now) }
        }
    }
}

extension SimulatedCloud.DataPlaneState {
    /// Oldest first.
    fileprivate func tasks(at now: Timestamp) -> [GES.GraphTask] {
        let tasks = runningTasks.map { GES.GraphTask($0, at: now) }
        return tasks.count > 1 ? tasks.sorted(by: GES.GraphTask.isOlder) : tasks
    }

    fileprivate func queries(at now: Timestamp) -> RealTimeQueries {
        var answer = RealTimeQueries(
            readRunning: 0,
            readWaiting: 0,
            writeRunning: Int64(runningTasks.count),
            writeWaiting: waitingWrites,
            queries: runningTasks.map { RealTimeQueries.Query($0, at: now) }
        )
        guard tellsSize else { return answer }
        answer.size = size
        answer.capacity = GraphSize(
            vertices: vertexCapacity > 0 ? vertexCapacity : nil,
            edges: edgeCapacity > 0 ? edgeCapacity : nil
        )
        return answer
    }

    fileprivate var size: GraphSize? { GraphSize(vertices: vertexCount, edges: edgeCount) }
}

extension GES.GraphTask {
    fileprivate static func isOlder(_ left: GES.GraphTask, _ right: GES.GraphTask) -> Bool {
        guard let leftTime = left.startTime, let rightTime = right.startTime, leftTime != rightTime
        else { return left.id < right.id }
        return leftTime < rightTime
    }

    fileprivate init(_ task: SimulatedTask, at now: Timestamp) {
        self.init(
            id: task.id,
            state: .running,
            type: task.type,
            progressRatio: Double(task.progressPercent(at: now)) / 100,
            startTime: Timestamp(wholeSecondsOf: task.begin),
            canStop: task.canBeCancelled,
            rawRequest: Secret(task.rawRequest)
        )
    }
}

extension RealTimeQueries.Query {
    fileprivate init(_ task: SimulatedTask, at now: Timestamp) {
        self.init(
            taskName: task.type,
            requestID: task.id,
            status: "RUNNING",
            runningSeconds: Double((now - task.begin).wholeMilliseconds) / 1000,
            pendingSeconds: 0
        )
        progressRatio = Double(task.progressPercent(at: now)) / 100
    }
}
