package import Time

/// Since when a graph has had its status. It is kept on disk: a start of the agent changes no
/// status.
package struct StatusMoment: Sendable, Hashable {
    package var graphID: String
    /// As GES writes it, such as `200`.
    package var code: String
    package var since: Timestamp

    package init(graphID: String, code: String, since: Timestamp) {
        self.graphID = graphID
        self.code = code
        self.since = since
    }
}

extension Inventory {
    /// What differs from the statuses on disk: those to save and the graphs to remove.
    package var statusChanges: (saved: [StatusMoment], removed: [String]) {
        var saved: [StatusMoment] = []
        var removed: [String] = []
        for id in unwritten.sorted() {
            if let entry = entries[id] {
                saved.append(
                    StatusMoment(
                        graphID: id,
                        code: entry.graph.status.code,
                        since: entry.statusSince
                    )
                )
            } else if remembered[id] == nil {
                removed.append(id)
            }
        }
        return (saved, removed)
    }

    /// Call it when the changes of the last step are on disk.
    package mutating func statusesWereWritten() { unwritten = [] }

    /// Shifts the moments of the previous run after the wall clock was set.
    package mutating func shiftRemembered(by jump: Duration) {
        rememberedAt = rememberedAt + jump
        for index in remembered.values.indices {
            let since = remembered.values[index].since
            remembered.values[index].since = since + jump
        }
    }
}
