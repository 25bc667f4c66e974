import GES
import JSON
import Time

/// What was seen of the job of the restart.
struct RestartJobFacts: Sendable {
    /// Nil while it is not known.
    var id: String?
    private(set) var job: Job?
    /// Its statuses as they came, when they changed.
    private(set) var statuses: [Job.Status] = []
    private(set) var hasSucceeded = false
    /// The code of the last answer that did not know it.
    private(set) var unknownCode: String?
    /// Lists of the jobs of this graph, and those that had the job.
    private(set) var lists = 0
    private(set) var listsWithJob = 0

    private static let maximumStatuses = 8
    /// By how much the clocks may differ for a time to count as that of the restart.
    static let tolerance = Duration.seconds(300)

    mutating func observe(
        _ exchange: ObservedExchange,
        _ terms: AssumptionReport.Terms,
        since sentAt: Timestamp
    ) {
        guard exchange.at >= sentAt else { return }
        switch exchange.operation {
        case .showJob(let asked): observe(exchange, asked: asked)
        case .listJobs(graphName: terms.graphName):
            guard let document = exchange.document else { return }
            let listed = (document["job_list"] ?? document["jobList"])?.arrayValue ?? []
            let jobs = listed.compactMap { Job($0) }
            guard let id else { return }
            lists += 1
            guard let job = jobs.first(where: { $0.id == id }) else { return }
            listsWithJob += 1
            see(job)
        default: break
        }
    }

    /// The agent asks for the job that it found in the list if the answer named none.
    private mutating func observe(_ exchange: ObservedExchange, asked: String) {
        guard id == nil || id == asked, let answer = exchange.answer else { return }
        if answer.isSuccess, let job = answer.body.flatMap(Job.init) {
            id = asked
            see(job)
        } else if !answer.isSuccess {
            let code = answer.body?.errorCode
            unknownCode = ["\(answer.status)", code].compactMap(\.self).joined(separator: " ")
        }
    }

    private mutating func see(_ job: Job) {
        self.job = job
        if job.status == .success { hasSucceeded = true }
        guard statuses.last != job.status, statuses.count < Self.maximumStatuses else { return }
        statuses.append(job.status)
    }
}

extension RestartJobFacts {
    func findings(
        _ terms: AssumptionReport.Terms,
        _ post: RestartFacts.Post
    ) -> [AssumptionFinding] {
        [name, readable, listed, ending, times(post)]
    }

    private func unseen(_ assumption: Assumption) -> AssumptionFinding {
        AssumptionFinding(assumption, .notSeen, "its job was not seen")
    }

    private var name: AssumptionFinding {
        guard let job else { return unseen(.restartJobName) }
        guard let name = job.name else {
            return AssumptionFinding(.restartJobName, .didNotHold, "the job has no name")
        }
        let type = job.type.map { " of the type \"\($0.shortened)\"" } ?? ""
        return AssumptionFinding(
            .restartJobName,
            name.lowercased().contains("start"),
            "\"\(name.shortened)\"\(type)"
        )
    }

    private var readable: AssumptionFinding {
        if let unknownCode {
            return AssumptionFinding(.jobReadable, .didNotHold, "the answer was \(unknownCode)")
        }
        guard let job else { return unseen(.jobReadable) }
        return AssumptionFinding(.jobReadable, .held, "job \(job.id.shortened)")
    }

    private var listed: AssumptionFinding {
        guard lists > 0 else { return unseen(.jobListed) }
        return AssumptionFinding(
            .jobListed,
            listsWithJob > 0,
            "\(listsWithJob) of \(lists) lists for the name of the graph had it"
        )
    }

    private var ending: AssumptionFinding {
        let words = statuses.map(\.word).joined(separator: ", ")
        switch statuses.last {
        case .success, .failed: return AssumptionFinding(.jobEnding, .held, words)
        case .partiallyFailed, .other: return AssumptionFinding(.jobEnding, .didNotHold, words)
        case .pending, .running:
            return AssumptionFinding(.jobEnding, .notSeen, "its end was not seen: \(words)")
        case nil: return unseen(.jobEnding)
        }
    }

    private func times(_ post: RestartFacts.Post) -> AssumptionFinding {
        guard let beginTime = job?.beginTime else {
            return AssumptionFinding(.jobTimes, .notSeen, "its job shows no begin time")
        }
        let difference = beginTime - post.at
        return AssumptionFinding(
            .jobTimes,
            abs(difference.wholeMilliseconds) <= Self.tolerance.wholeMilliseconds,
            "sent at \(post.at), begun at \(beginTime)"
        )
    }
}

extension Job.Status {
    /// As GES writes it.
    var word: String {
        switch self {
        case .pending: "pending"
        case .running: "running"
        case .success: "success"
        case .failed: "failed"
        case .partiallyFailed: "partiallyFailed"
        case .other(let word): word.shortened
        }
    }
}
