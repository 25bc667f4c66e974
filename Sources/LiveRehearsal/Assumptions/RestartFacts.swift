import GES
import HTTPClient
import JSON
import Time

/// What was seen of the restart: its answer, its job, and the statuses that the graph passed.
struct RestartFacts: AssumptionFacts {
    struct Post {
        var at: Timestamp
        var endedAt: Timestamp
        var status: Int?
        var jobID: String?
        var code: String?
        var names: [String] = []
        /// Why nothing came back.
        var failure: String?

        var reception = RestartReception.unknown

        /// Such as `200 with jobId`.
        var text: String {
            guard let status else { return failure ?? "no answer" }
            let what = code ?? (names.isEmpty ? "nothing" : names.joined(separator: ", "))
            return code == nil ? "\(status) with \(what)" : "\(status) \(what)"
        }
    }

    struct StatusReading {
        var status: GraphStatus
        var at: Timestamp
    }

    var post: Post?
    /// Of the details of the graph, when they changed.
    var statuses: [StatusReading] = []
    var job = RestartJobFacts()
    /// The status in the first details after the job had succeeded.
    var statusAfterJob: StatusReading?
    var isUpAgainAt: Timestamp?
    /// When the graph was last seen to run before its status changed; nil if only once.
    private var runningAt: Timestamp?
    var answersWhileDown = 0
    var silencesWhileDown = 0
    /// Those since the newest status. They count once the next one is no 200 either.
    private var answersSinceStatus = 0
    private var silencesSinceStatus = 0

    private static let maximumStatuses = 32
    /// A status that lasts is not missed for so long.
    static let shortLook = Duration.seconds(15)
    private static let maximumNames = 8

    mutating func observe(_ exchange: ObservedExchange, _ terms: AssumptionReport.Terms) {
        switch exchange.operation {
        case .restart(id: terms.graphID): observeRestart(exchange)
        case .showGraph(id: terms.graphID):
            guard let graph = exchange.document?["graph"].flatMap(Graph.init) else { return }
            see(graph.status, at: exchange.endedAt)
        case .showJob, .listJobs:
            guard let post else { return }
            job.observe(exchange, terms, since: post.at)
        case .dataPlane(graphName: terms.graphName, path: _) where isDown:
            if exchange.answer.map({ $0.status < 500 }) ?? false {
                answersSinceStatus += 1
            } else {
                silencesSinceStatus += 1
            }
        default: break
        }
    }

    /// A restart that an earlier process has sent.
    mutating func adopt(sentAt: Timestamp, jobID: String?) {
        guard post == nil else { return }
        var post = Post(at: sentAt, endedAt: sentAt)
        post.failure = "an earlier process has sent it"
        post.jobID = jobID
        job.id = jobID
        self.post = post
    }

    private mutating func observeRestart(_ exchange: ObservedExchange) {
        // A rehearsal sends one.
        guard post == nil else { return }
        var post = Post(at: exchange.at, endedAt: exchange.endedAt)
        post.reception = RestartReception(exchange.result)
        switch exchange.result {
        case .failure(let error): post.failure = "\(error)".shortened
        case .success(let answer):
            post.status = answer.status
            post.jobID = answer.body?.shortText("job_id", "jobId")
            post.code = answer.body?.errorCode
            post.names = (answer.body?.memberNames ?? []).prefix(Self.maximumNames)
                .map(\.shortened)
        }
        job.id = post.jobID
        self.post = post
    }

    /// Details that were answered before the newest ones say nothing new.
    private mutating func see(_ status: GraphStatus, at instant: Timestamp) {
        if let last = statuses.last, instant < last.at { return }
        let status = GraphStatus(code: status.code.shortened)
        if isDown, !status.isRunning {
            answersWhileDown += answersSinceStatus
            silencesWhileDown += silencesSinceStatus
        }
        (answersSinceStatus, silencesSinceStatus) = (0, 0)
        if status.isRunning, statuses.last?.status.isRunning ?? false { runningAt = instant }
        if job.hasSucceeded, statusAfterJob == nil {
            statusAfterJob = StatusReading(status: status, at: instant)
        }
        if let post, status.isRunning, isUpAgainAt == nil,
            statuses.contains(where: { $0.at >= post.at && !$0.status.isRunning })
        {
            isUpAgainAt = instant
        }
        guard statuses.last?.status != status, statuses.count < Self.maximumStatuses else {
            return
        }
        statuses.append(StatusReading(status: status, at: instant))
    }

    private var isDown: Bool {
        guard let post, let last = statuses.last else { return false }
        return last.at >= post.at && !last.status.isRunning
    }

    /// Nil before the restart.
    var path: String? {
        guard let post else { return nil }
        let before = statuses.last { $0.at < post.at }.map { ["\($0.status.code)"] } ?? []
        let passed = statuses.filter { $0.at >= post.at }.map {
            "\($0.status.code) after \(($0.at - post.at).toTheSecond)"
        }
        return (before + passed).joined(separator: ", ")
    }
}

extension RestartFacts {
    func findings(_ terms: AssumptionReport.Terms) -> [AssumptionFinding] {
        guard let post else { return [] }
        let found = [permission(post), refusal(post), named(post), duration(post, terms)]
        return found.compactMap(\.self) + [statusPath(post), afterJob, down].compactMap(\.self)
            + job.findings(terms, post)
    }

    private func permission(_ post: Post) -> AssumptionFinding {
        let isForbidden = [401, 403].contains(post.status) || post.code == "GES.7041"
        return switch post.reception {
        case .accepted: AssumptionFinding(.restartPermitted, .held, post.text)
        case .refused where isForbidden:
            AssumptionFinding(.restartPermitted, .didNotHold, post.text)
        case .refused:
            AssumptionFinding(.restartPermitted, .notSeen, "it was refused: \(post.text)")
        case .unknown: unclear(.restartPermitted, post)
        }
    }

    /// Only a refusal by GES itself tells: credentials and throttling are answered elsewhere.
    private func refusal(_ post: Post) -> AssumptionFinding? {
        switch post.reception {
        case .accepted: nil
        case .unknown: unclear(.refusalCode, post)
        case .refused where [401, 403, 429].contains(post.status):
            AssumptionFinding(.refusalCode, .notSeen, post.text)
        case .refused:
            AssumptionFinding(.refusalCode, post.code?.hasPrefix("GES.") ?? false, post.text)
        }
    }

    private func named(_ post: Post) -> AssumptionFinding {
        switch post.reception {
        case .accepted: AssumptionFinding(.restartNamesJob, post.jobID != nil, post.text)
        case .refused: AssumptionFinding(.restartNamesJob, .notSeen, post.text)
        case .unknown: unclear(.restartNamesJob, post)
        }
    }

    private func unclear(_ assumption: Assumption, _ post: Post) -> AssumptionFinding {
        AssumptionFinding(
            assumption,
            .notSeen,
            "whether it was accepted is not known: \(post.text)"
        )
    }

    private func duration(_ post: Post, _ terms: AssumptionReport.Terms) -> AssumptionFinding? {
        guard let isUpAgainAt else {
            return AssumptionFinding(.duration, .notSeen, "the graph was not seen to run again")
        }
        let taken = isUpAgainAt - post.at
        return AssumptionFinding(
            .duration,
            taken <= terms.restartTimeout,
            "it ran again after \(taken.toTheSecond)"
        )
    }

    private func statusPath(_ post: Post) -> AssumptionFinding? {
        let first = statuses.first { $0.at >= post.at && !$0.status.isRunning }
        guard let first else {
            return AssumptionFinding(.statusPath, .notSeen, "no other status than 200 was seen")
        }
        let isFirst = first.status.code == "901"
        // A status may come and go between two looks.
        guard isFirst || first.at - max(post.at, runningAt ?? post.at) <= Self.shortLook else {
            return AssumptionFinding(.statusPath, .notSeen, "looked too late: \(path ?? "")")
        }
        return AssumptionFinding(.statusPath, isFirst, path ?? "")
    }

    private var afterJob: AssumptionFinding? {
        guard let statusAfterJob else {
            return AssumptionFinding(.statusAfterJob, .notSeen, "the job was not seen to succeed")
        }
        return AssumptionFinding(
            .statusAfterJob,
            statusAfterJob.status.isRunning,
            "the next status was \(statusAfterJob.status)"
        )
    }

    private var down: AssumptionFinding? {
        guard answersWhileDown + silencesWhileDown > 0 else {
            return AssumptionFinding(.dataPlaneDown, .notSeen, "it was not asked meanwhile")
        }
        return AssumptionFinding(
            .dataPlaneDown,
            answersWhileDown == 0,
            "\(answersWhileDown) requests were answered, \(silencesWhileDown) were not"
        )
    }
}
