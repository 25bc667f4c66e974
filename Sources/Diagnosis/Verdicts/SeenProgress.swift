package import Time

/// How far the work of a graph had come in the newest readings. A hang is decided on it, so what
/// has come further since then refutes the decision.
package struct SeenProgress: Hashable, Sendable, Codable {
    package struct Work: Hashable, Sendable, Codable {
        package var id: String
        /// 0 to 1; nil if it was not reported.
        package var progress: Double?

        package init(id: String, progress: Double?) {
            self.id = id
            self.progress = progress
        }
    }

    /// A management job that ran.
    package struct Job: Hashable, Sendable, Codable {
        package var id: String
        /// Only compared; nil if none was reported.
        package var progress: String?
        /// Its begin, or when it was first seen.
        package var since: Timestamp

        package init(id: String, progress: String?, since: Timestamp) {
            self.id = id
            self.progress = progress
            self.since = since
        }
    }

    /// The running tasks.
    package var tasks: [Work]
    /// The running queries.
    package var queries: [Work]
    package var jobs: [Job]

    package init(tasks: [Work] = [], queries: [Work] = [], jobs: [Job] = []) {
        self.tasks = tasks
        self.queries = queries
        self.jobs = jobs
    }

    /// Each is bounded: it is part of a written decision.
    static let maximumWork = 50

    package var isEmpty: Bool { tasks.isEmpty && queries.isEmpty && jobs.isEmpty }
}

extension SeenProgress {
    /// What the tasks show that refutes a hang; nil if nothing does. New work proves nothing: a
    /// front end accepts it for an engine that is dead.
    package func objection(tasks now: [Observation.Work]) -> String? {
        change(of: tasks, now) { _ in true }.map { "its task \($0) directly before the restart" }
    }

    /// The same of its queries. The front end ends those that time out, so one that ends proves an
    /// engine at work only if it had come some way.
    package func objection(queries now: [Observation.Work]) -> String? {
        change(of: queries, now) { $0.progress ?? 0 > 0 }
            .map { "its query \($0) directly before the restart" }
    }

    /// The same of its running management jobs.
    package func objection(jobs now: [Observation.Job]) -> String? {
        let now = Dictionary(now.map { ($0.id, $0) }) { first, _ in first }
        for job in jobs {
            guard let found = now[job.id] else { return "its management job \(job.id) ended" }
            guard let progress = found.progress, let before = job.progress, progress != before
            else { continue }
            return "its management job \(job.id) advanced"
        }
        return nil
    }

    private func change(
        of work: [Work],
        _ now: [Observation.Work],
        endCounts: (Work) -> Bool
    ) -> String? {
        let now = Dictionary(now.map { ($0.id, $0) }) { first, _ in first }
        for entry in work {
            guard let found = now[entry.id] else {
                if endCounts(entry) { return "\(entry.id) ended" }
                continue
            }
            if let progress = found.progress, let before = entry.progress, progress != before {
                return "\(entry.id) advanced"
            }
        }
        return nil
    }
}

extension GraphCase {
    var seenProgress: SeenProgress {
        SeenProgress(
            tasks: tasks.newestWork(SeenProgress.maximumWork),
            queries: queries.newestWork(SeenProgress.maximumWork),
            jobs: jobs.newestJobs(SeenProgress.maximumWork, at: readAt)
        )
    }
}
