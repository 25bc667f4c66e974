package import Series
package import Time

/// A silence of an Alertmanager that has not expired.
package struct Silence: Hashable, Sendable {
    package var id: String
    package var createdBy: String
    package var comment: String
    package var startsAt: Timestamp
    package var endsAt: Timestamp
    package var matchers: [LabelMatcher]

    package init(
        id: String,
        createdBy: String,
        comment: String,
        startsAt: Timestamp,
        endsAt: Timestamp,
        matchers: [LabelMatcher]
    ) {
        self.id = id
        self.createdBy = createdBy
        self.comment = comment
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.matchers = matchers
    }

    /// As in Alertmanager, all matchers must hold, and a label that an alert lacks is empty.
    func covers(_ labels: Labels, at now: Timestamp) -> Bool {
        startsAt <= now && now < endsAt && matchers.allSatisfy { $0.matches(labels) }
    }
}

extension Silence: CustomStringConvertible {
    package var description: String {
        "silence \(id) by \(createdBy) until \(endsAt): \(comment)"
    }
}
