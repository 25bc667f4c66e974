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
        if attempt == nil, let cause = unclear(end, subject) {
            return report(subject.graph, .unknown(cause))
        }
        let outcome = RehearsalOutcome(
            attempt,
            in: record?.phase ?? .idle,
            withoutAttempt: reasons(end),
            answer: exchanges.report.restartAnswer
        )
        return report(subject.graph, outcome, jobID: attempt?.jobID)
    }

    /// What is not known of a rehearsal without an attempt on record; nil if it sent nothing.
    private func unclear(_ end: RehearsalDirector.End, _ subject: Subject) -> String? {
        if subject.earlier != nil {
            return "the ledger no longer has the restart that an earlier process sent"
        }
        guard case .unclear(let reasons) = end else { return nil }
        return "no restart was sent: " + reasons.joined(separator: "; ")
    }

    /// Why nothing was decided, if nothing was.
    private func reasons(_ end: RehearsalDirector.End) -> [String] {
        switch end {
        case .refused(let reasons), .unclear(let reasons): reasons
        case .interrupted: ["it was interrupted before"]
        case .judged:
            [
                "the agent dropped the order: "
                    + (timeline.lastDetail ?? "see graphwarden history show")
            ]
        }
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
