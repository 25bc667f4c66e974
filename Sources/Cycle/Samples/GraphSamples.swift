import Series
import Time

/// Derives samples from the inventory. Unknown values have no sample: zero would be a claim.
enum GraphSamples {
    static func all(
        _ inventory: Inventory,
        projectID: String,
        at: Timestamp
    ) -> [GraphSample] {
        let seesNow = inventory.lastSuccess == at
        var samples = [
            GraphSample(
                metric: .up,
                labelValues: [projectID],
                value: inventory.lastFailure == nil && seesNow ? 1 : 0
            )
        ]
        samples += phases(inventory, projectID: projectID)
        for entry in inventory.sorted {
            // Values of an earlier poll are not repeated as if they were new.
            if entry.observedAt == at { samples += management(entry, projectID: projectID) }
            samples += dataPlane(entry)
        }
        return samples
    }

    private static func sample(
        _ metric: GraphMetric,
        _ entry: Inventory.Entry,
        _ value: Double,
        _ labelValues: String...
    ) -> GraphSample {
        GraphSample(metric: metric, labelValues: [entry.graph.id] + labelValues, value: value)
    }

    /// One sample per phase, zero included.
    private static func phases(_ inventory: Inventory, projectID: String) -> [GraphSample] {
        guard inventory.lastSuccess != nil else { return [] }
        var counts: [ListedGraph.Phase: Int] = [:]
        for entry in inventory.entries.values { counts[entry.graph.status.phase, default: 0] += 1 }
        return ListedGraph.Phase.allCases.map { phase in
            GraphSample(
                metric: .graphs,
                labelValues: [projectID, phase.rawValue],
                value: Double(counts[phase] ?? 0)
            )
        }
    }

    private static func management(
        _ entry: Inventory.Entry,
        projectID: String
    ) -> [GraphSample] {
        let graph = entry.graph
        var samples = [
            sample(
                .info,
                entry,
                1,
                graph.name,
                projectID,
                graph.version,
                graph.size
            ),
            sample(.graphUp, entry, entry.isUp ? 1 : 0),
            sample(.statusChange, entry, entry.statusSince.seconds),
            sample(.lastSample, entry, entry.observedAt.seconds),
        ]
        if let code = Double(graph.status.code) { samples.append(sample(.statusCode, entry, code)) }
        guard let jobs = entry.jobs else { return samples }
        samples.append(sample(.jobsRunning, entry, Double(jobs.count)))
        if let oldest = jobs.compactMap(\.beganAt).min() {
            samples.append(sample(.oldestJobStart, entry, oldest.seconds))
        }
        return samples
    }

    private static func dataPlane(_ entry: Inventory.Entry) -> [GraphSample] {
        guard let reading = entry.reading else { return [] }
        var samples: [GraphSample] = []
        for probe in reading.probes {
            // A probe that was not sent says nothing about the graph.
            guard let duration = probe.outcome.duration else { continue }
            let kind = probe.kind
            samples.append(
                sample(.probeSuccess, entry, probe.outcome.isAnswered ? 1 : 0, kind)
            )
            samples.append(sample(.probeDuration, entry, duration.inSeconds, kind))
        }
        if let tasks = reading.tasks { samples += self.tasks(tasks, entry) }
        if let queries = reading.queries { samples += self.queries(queries, entry) }
        return samples
    }

    private static func tasks(
        _ tasks: [GraphReading.DataPlaneTask],
        _ entry: Inventory.Entry
    ) -> [GraphSample] {
        var samples = GraphReading.DataPlaneTask.State.allCases.map { state in
            let count = tasks.count { $0.state == state }
            return sample(.tasks, entry, Double(count), state.rawValue)
        }
        let oldest = tasks.first { $0.state == .running }
        if let progress = oldest?.progressRatio {
            samples.append(sample(.taskProgress, entry, progress))
        }
        return samples
    }

    private static func queries(
        _ queries: GraphReading.Queries,
        _ entry: Inventory.Entry
    ) -> [GraphSample] {
        let lengths = [
            (GraphMetric.queriesRunning, "read", queries.readRunning),
            (.queriesRunning, "write", queries.writeRunning),
            (.queriesWaiting, "read", queries.readWaiting),
            (.queriesWaiting, "write", queries.writeWaiting),
        ]
        var samples = lengths.compactMap { metric, kind, length in
            length.map { sample(metric, entry, Double($0), kind) }
        }
        let longest = queries.longestRunningSeconds ?? 0
        samples.append(sample(.queryRunningMax, entry, longest))
        return samples
    }
}
