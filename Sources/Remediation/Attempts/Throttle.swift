import Time

/// GES turned a restart away (429). What it asks for holds for the account, not for one graph.
struct Throttle: Hashable {
    let graphID: GraphID
    let until: Timestamp

    static func newest(in records: some Collection<GraphRecord>) -> Throttle? {
        var newest: (at: Timestamp, throttle: Throttle)?
        for record in records {
            for attempt in record.attempts {
                guard let until = attempt.throttledUntil else { continue }
                let at = attempt.ending?.at ?? attempt.createdAt
                // Two of the same moment: the later end, so that the order does not matter.
                guard newest.map({ (at, until) > ($0.at, $0.throttle.until) }) ?? true else {
                    continue
                }
                newest = (at, Throttle(graphID: record.id, until: until))
            }
        }
        return newest?.throttle
    }
}
