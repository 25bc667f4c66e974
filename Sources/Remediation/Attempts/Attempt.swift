package import Time

/// One intent of a graph, and how it ended. Windows, budgets and cool-downs count attempts.
package struct Attempt: Hashable, Sendable, Codable {
    package let intentID: String
    package let number: Int
    package internal(set) var createdAt: Timestamp
    /// The label of the POST's outcome; nil until the first one is known. The ledger keeps one
    /// outcome for each intent, so a second one is acted upon but not written.
    package var postOutcome: String?
    package var ending: Ending?
    /// The job of the restart, once GES has named it.
    package internal(set) var jobID: String?
    /// Whether the credential that GES refused was replaced since.
    package internal(set) var isCredentialReplaced: Bool?
    /// The work of the tasks that it kills, as far as it was known; nil if none was. In
    /// milliseconds.
    package internal(set) var killedMilliseconds: Int64?
    /// Until when GES asked for a pause; nil unless it turned the restart away.
    package internal(set) var throttledUntil: Timestamp?

    /// nil for a restart: ledgers of earlier versions know nothing else.
    private let otherAction: GraphAction?

    /// What was decided.
    package var action: GraphAction { otherAction ?? .restart }

    package init(of intent: Intent, killing cost: KillCost? = nil) {
        otherAction = intent.action == .restart ? nil : intent.action
        intentID = intent.id
        number = intent.attempt
        createdAt = intent.createdAt
        killedMilliseconds = cost.flatMap { $0.work > .zero ? $0.work.wholeMilliseconds : nil }
    }

    /// Whether it uses up attempts and budget. An attempt that has not ended does: it may have
    /// happened.
    package var counts: Bool { action.endsTasks && mayHaveHappened }

    /// Whether it may have been carried out.
    var mayHaveHappened: Bool { ending?.outcome.counts ?? true }

    /// Ledgers in use call the outcome `answer`.
    private enum CodingKeys: String, CodingKey {
        case intentID, number, createdAt, ending, jobID, isCredentialReplaced, throttledUntil
        case killedMilliseconds
        case postOutcome = "answer"
        case otherAction = "action"
    }

    package struct Ending: Hashable, Sendable, Codable {
        package let outcome: AttemptOutcome
        package let at: Timestamp
    }
}
