import Time

/// Whether restarts help lately. If those of several graphs did not, the diagnosis is more likely
/// wrong than each of the graphs, and another restart would only kill its tasks.
///
/// Each graph counts once, with its newest restart: one graph that no restart heals must not keep
/// the others waiting. What a person has acknowledged no longer counts, and as long as the newest
/// restart helped, restarts help.
struct Efficacy: Hashable {
    struct Failure: Hashable {
        let graphID: GraphID
        let at: Timestamp
    }

    /// The graphs restarted last whose restarts did not help, oldest first.
    private(set) var failed: [Failure] = []
    /// How many graphs were counted.
    private(set) var count = 0
    /// Whether the newest of them did not help.
    private(set) var newestFailed = false
    /// When the oldest of them ended.
    private var oldestAt: Timestamp?

    /// For how long a restart counts.
    static let window = Duration.seconds(86_400)
    /// How many graphs are counted, the newest ones.
    static let graphs = 3
    /// From how many failures among them on nothing is restarted.
    static let failures = 2

    init(_ records: some Collection<GraphRecord>, at instant: Timestamp) {
        let newest = records.compactMap { record in
            record.newestResult(since: instant - Self.window).map { (record.id, $0.at, $0.helped) }
        }.sorted { ($0.1, $0.0) > ($1.1, $1.0) }.prefix(Self.graphs)
        count = newest.count
        oldestAt = newest.last?.1
        newestFailed = newest.first.map { !$0.2 } ?? false
        failed = newest.filter { !$0.2 }.map { Failure(graphID: $0.0, at: $0.1) }.reversed()
    }

    /// Whether restarts are held.
    var isPoor: Bool {
        count == Self.graphs && failed.count >= Self.failures && newestFailed
    }

    /// When the oldest restart no longer counts: two are too few to judge by.
    var until: Timestamp? { isPoor ? oldestAt.map { $0 + Self.window } : nil }
}

extension GraphRecord {
    /// The newest restart that happened, and whether it brought the graph back.
    fileprivate func newestResult(since instant: Timestamp) -> (at: Timestamp, helped: Bool)? {
        let floor = max(instant, acknowledgedAt ?? .distantPast)
        if case .stalled(_, let since, _) = phase, since > floor { return (since, false) }
        for attempt in attempts.reversed() {
            guard attempt.action != .cancel, let ending = attempt.ending, ending.at > floor
            else { continue }
            switch ending.outcome {
            case .verified: return (ending.at, true)
            case .notRecovered, .stalled: return (ending.at, false)
            case .refused, .probablyNotLanded, .notSent, .unauthorised, .throttled, .stopped:
                continue
            }
        }
        return nil
    }
}
