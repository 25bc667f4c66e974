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

    func shifted(by jump: Duration) -> Silence {
        var shifted = self
        shifted.startsAt = startsAt + jump
        shifted.endsAt = endsAt + jump
        return shifted
    }
}

extension Silence: CustomStringConvertible {
    package var description: String {
        "silence \(id) by \(createdBy) until \(endsAt): \(comment)"
    }
}
