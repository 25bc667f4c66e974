import Time

extension SimulatedGraph {
    /// Jobs of each kind that ended well in the last month, oldest first, none of them in the last two
    /// days. An import took 4 minutes and more, an export 3, a clear 1, a restart 4.
    func pastJobs(_ count: Int, before now: Timestamp) -> [SimulatedJob] {
        let kinds: [(name: String, minutes: Int)] = [
            ("ImportGraph", 4), ("ExportGraph", 3), ("ClearGraph", 1), ("RestartGraph", 4),
        ]
        let jobs = kinds.enumerated().flatMap { place, kind in
            (0..<count).map { index in
                let hours = 48 + (index * kinds.count + place) * 400 / (count * kinds.count)
                let begin = now - .seconds(hours * 3600)
                return SimulatedJob(
                    id: "\(id)-\(kind.name)-\(index)",
                    graphID: id,
                    graphName: name,
                    name: kind.name,
                    begin: begin,
                    runs: begin,
                    end: begin + .seconds(kind.minutes * 60 * (count + index) / count),
                    outcome: .success
                )
            }
        }
        return jobs.sorted { $0.begin < $1.begin }
    }
}
