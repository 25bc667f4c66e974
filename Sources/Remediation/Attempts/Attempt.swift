package import Time

/// One intent of a graph and how it ended. Attempts are what windows, budgets and back-off count.
package struct Attempt: Hashable, Sendable, Codable {
    package let intentID: String
    package let number: Int
    package internal(set) var createdAt: Timestamp
    /// The label of what became of the POST; nil while that is not known.
    package var postOutcome: String?
    package var ending: Ending?

    package init(of intent: Intent) {
        intentID = intent.id
        number = intent.attempt
        createdAt = intent.createdAt
    }

    /// Whether it uses up attempts and budget: it does unless it is certain that nothing happened.
    package var counts: Bool { ending?.outcome.counts ?? true }

    /// `answer` is what ledgers in use call it.
    private enum CodingKeys: String, CodingKey {
        case intentID, number, createdAt, ending
        case postOutcome = "answer"
    }

    package struct Ending: Hashable, Sendable, Codable {
        package let outcome: AttemptOutcome
        package let at: Timestamp
    }
}
