import JSON
import Time

/// Jobs of the management plane, as far as the service showed them.
package struct JobListing: Hashable, Sendable {
    /// Without duplicates; the newest first, those that have not begun before all others.
    package var jobs: [Job] = []
    package var isComplete = false
    /// Entries without id or status: the listing is not complete then.
    package var skipped = 0

    package init(jobs: [Job] = [], isComplete: Bool = false) {
        self.jobs = jobs
        self.isComplete = isComplete
    }
}

extension GESClient {
    /// Reads one job. A job that the service does not know is an error for which `saysJobIsUnknown`.
    package func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        let document = try await read(
            "show_job",
            path: graphsPath + [graphID, "jobs", jobID, "status"]
        )
        return try observer.watching(.ges, "show_job") { () throws(GESError) in
            guard let job = Job(document) else {
                throw .unexpected("the answer holds no job with id and status")
            }
            guard job.id == jobID else {
                throw .unexpected("asked for job \(jobID), the answer is about job \(job.id)")
            }
            return job
        }
    }

    /// Lists the jobs of one month at most (the service keeps no more), 2000 of them at most.
    package func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        let pages = try await pages(
            operation: "list_jobs",
            path: graphsPath + ["jobs"],
            query: configuration.apiVersion.jobFilter(filter),
            items: ["job_list", "jobList"],
            total: ["job_count", "jobCount"],
            maximumPages: 20
        )
        var listing = JobListing(isComplete: pages.totalHeldStill)
        var seen: Set<String> = []
        for item in pages.items {
            guard let job = Job(item) else {
                listing.skipped += 1
                continue
            }
            if seen.insert(job.id).inserted { listing.jobs.append(job) }
        }
        if let total = pages.total, listing.jobs.count < total { listing.isComplete = false }
        if listing.skipped > 0 {
            listing.isComplete = false
            observer.answerUnusable(.ges, operation: "list_jobs", reason: "parse")
        }
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
