package import GES
import Ledger
import Remediation

extension LiveRehearsal {
    /// What the ledger says of the rehearsal, now that the agent has ended.
    func judge(
        _ subject: Subject,
        _ end: RehearsalDirector.End,
        _ ledger: Ledger,
        earlierAttempts: Int
    ) -> RehearsalReport {
        let id = GraphID(subject.graph.id)
        let record: GraphRecord?
        do throws(LedgerError) {
            record = try ledger.load().records.first { $0.id == id }
        } catch {
            return report(subject.graph, .unknown("the ledger could not be read: \(error)"))
        }
        if let stall = timeline.stall {
            return report(subject.graph, .failed(stall), jobID: record?.attempts.last?.jobID)
        }
        let attempt = record?.attempts.last {
            subject.earlier?.id == $0.intentID || $0.number > earlierAttempts
        }
        let outcome = RehearsalOutcome(
            attempt,
            in: record?.phase ?? .idle,
            withoutAttempt: end.reasons,
            answer: exchanges.report.restartAnswer
        )
        return report(subject.graph, outcome, jobID: attempt?.jobID)
    }

    /// The report of a rehearsal that ended so.
    package func report(
        _ graph: Graph,
        _ outcome: RehearsalOutcome,
        jobID: String? = nil
    ) -> RehearsalReport {
        let seen = exchanges.report
        var report = RehearsalReport(
            graphID: graph.id,
            graphName: graph.name,
            outcome: outcome
        )
        report.sentAt = seen.restartSentAt
        report.answer = seen.restartAnswer
        report.statusPath = seen.statusPath
        report.jobID = jobID
        report.timeline = timeline.lines
        report.findings = seen.findings
        return report
    }
}

extension RehearsalDirector.End {
    /// Why nothing was decided, if nothing was.
    fileprivate var reasons: [String] {
        switch self {
        case .refused(let reasons): reasons
        case .interrupted: ["it was interrupted before"]
        case .judged: ["a gate closed while the restart was prepared"]
        }
    }
}
