package import Time

/// What the agent asks persons about a graph, or has announced to them. An approval or a rejection
/// that names it counts for this question alone, and not for one that is asked later.
package struct Question: Hashable, Sendable {
    /// `Remedy.approvalKey`, or `restart`.
    package var remedy: String
    /// When it was asked or announced.
    package var since: Timestamp

    package init(remedy: String, since: Timestamp) {
        self.remedy = remedy
        self.since = since
    }

    fileprivate init(_ record: GraphRecord, since: Timestamp) {
        self.init(remedy: record.askedRemedy ?? Rung.restart.rawValue, since: since)
    }
}

extension Question: CustomStringConvertible {
    package var description: String { "\(remedy), asked at \(since)" }
}

extension GraphRecord {
    /// What waits for an answer; nil if nothing does.
    package var question: Question? {
        switch phase {
        case .awaitingApproval(let since, _), .countingDown(let since, _):
            Question(self, since: since)
        default: nil
        }
    }

    /// Whether an answer to this question is one to what waits now. Where nothing waits the phase
    /// decides what becomes of the answer.
    package func isCurrent(_ question: Question) -> Bool {
        switch phase {
        case .awaitingApproval, .countingDown: question == self.question
        // What was announced is prepared now, and a veto still stops it.
        case .gatheringEvidence(let gathering):
            question.remedy == Question(self, since: question.since).remedy
                && gathering.request.activeAt <= question.since
        default: true
        }
    }
}
