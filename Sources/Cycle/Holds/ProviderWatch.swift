import Remediation
import Time

/// Watches how the cloud itself answers. While it fails or turns away many requests of several
/// operations, it is in trouble: a restart would meet the same fault, and what is seen of the
/// graphs may be its doing.
///
/// A single operation that fails says nothing of the cloud, and neither does a request that got no
/// answer: that may be the network of the agent.
struct ProviderWatch: Sendable {
    private struct Poll: Sendable {
        var at: Timestamp
        var answers: [ManagementAnswers]
    }

    private var polls: [Poll] = []
    private var since: Timestamp?

    /// For how long an answer counts.
    static let window = Duration.seconds(10 * 60)
    /// From this share of bad answers on it is an incident, and below half of it no longer.
    static let share = 0.2
    /// Bad answers that an incident needs at least, of so many operations.
    static let leastAnswers = 3
    static let leastOperations = 2

    mutating func receive(_ readings: Readings) {
        polls.append(Poll(at: readings.at, answers: readings.answers))
        polls.removeAll { readings.at - $0.at > Self.window || $0.at > readings.at }
        let (bad, requests) = (failed + throttled, requests)
        let share = requests == 0 ? 0 : Double(bad) / Double(requests)
        if since != nil {
            if share < Self.share / 2 { since = nil }
        } else if bad >= Self.leastAnswers, share >= Self.share,
            badOperations >= Self.leastOperations
        {
            since = polls.first { !$0.answers.allSatisfy(\.isGood) }?.at
        }
    }

    mutating func shift(by jump: Duration) {
        for index in polls.indices { polls[index].at = polls[index].at + jump }
        since = since.map { $0 + jump }
    }

    /// The hold on all graphs, if there is one.
    var holds: [ExternalHold] {
        guard let since else { return [] }
        return [
            .providerIncident(
                ProviderIncident(
                    failed: failed,
                    throttled: throttled,
                    requests: requests,
                    since: since
                )
            )
        ]
    }

    private var failed: Int { polls.reduce(0) { $0 + $1.answers.reduce(0) { $0 + $1.failed } } }
    private var throttled: Int {
        polls.reduce(0) { $0 + $1.answers.reduce(0) { $0 + $1.throttled } }
    }
    private var requests: Int { polls.reduce(0) { $0 + $1.answers.reduce(0) { $0 + $1.requests } } }

    private var badOperations: Int {
        Set(polls.flatMap(\.answers).filter { !$0.isGood }.map(\.operation)).count
    }
}

extension ManagementAnswers {
    fileprivate var isGood: Bool { failed == 0 && throttled == 0 }
}
