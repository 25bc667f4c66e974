import JSON
import Time

/// Jobs of the management plane as listed by the service.
package struct JobListing: Hashable, Sendable {
    /// Without duplicates, newest first. Jobs that have not started precede all others.
    package var jobs: [Job] = []
    /// Whether the listing contains every matching job. If not, a missing job may still exist.
    package var isComplete = false
    /// Why it may not; nil if it does, or if no reason is known.
    package var shortfall: String?

    package init(jobs: [Job] = [], isComplete: Bool = false, shortfall: String? = nil) {
        self.jobs = jobs
        self.isComplete = isComplete
        self.shortfall = shortfall
    }
}

extension GESClient {
    /// Reads one job. For a job that the service does not know, throws an error whose
    /// `saysJobIsUnknown` is true.
    package func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        let document = try await read(
            "show_job",
            path: graphsPath + [graphID, "jobs", jobID, "status"]
        )
        return try observer.watching(.ges, "show_job") { () throws(GESError) in
            guard let job = Job(document) else {
                throw .unexpected("the response contains no job with ID and status")
            }
            guard job.id == jobID else {
                throw .unexpected("requested job \(jobID), the response is about job \(job.id)")
            }
            return job
        }
    }

    /// Lists up to 2,000 jobs of a graph or a status, and 100,000 of a span of time, which a busy
    /// project has in a day. The service keeps jobs for one month.
    package func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        let list: PagedList<Job> = try await list(
            operation: "list_jobs",
            path: graphsPath + ["jobs"],
            query: configuration.apiVersion.jobFilter(filter),
            items: ["job_list", "jobList"],
            total: ["job_count", "jobCount"],
            maximumPages: filter.graphName == nil && filter.from != nil
                ? AnswerLimits.listPages : 20
        )
        var listing = JobListing(
            jobs: list.items,
            isComplete: list.shortfall == nil,
            shortfall: list.shortfall
        )
        listing.jobs.sort(by: Job.isNewer)
        return listing
    }
}

extension Job {
    fileprivate static func isNewer(_ left: Job, _ right: Job) -> Bool {
        let leftTime = left.beginTime?.milliseconds ?? .max
        let rightTime = right.beginTime?.milliseconds ?? .max
        return leftTime == rightTime ? left.id < right.id : leftTime > rightTime
    }
}
