package import Series
package import Time

/// One alert of a message. Its labels are untrusted until `ReceivedAlerts` has validated them.
package struct IncomingAlert: Hashable, Sendable {
    package enum Status: Hashable, Sendable {
        /// `until` is when it ends unless it is sent again; nil if only a message ends it.
        case firing(until: Timestamp?)
        case resolved
    }

    package var labels: Labels
    package var summary: String
    package var startsAt: Timestamp
    /// Whether the sender said no start. An alert of the same labels that is firing then is the
    /// same.
    package var isStartAssumed = false
    package var fingerprint: String
    package var status: Status

    package init(
        labels: Labels,
        summary: String,
        startsAt: Timestamp,
        fingerprint: String,
        status: Status
    ) {
        self.labels = labels
        self.summary = summary
        self.startsAt = startsAt
        self.fingerprint = fingerprint
        self.status = status
    }

    /// Limits on label values in bytes, and on labels per alert.
    package static let longestValue = 1_024
    package static let mostLabels = 64
    /// A message with more alerts is rejected as a whole.
    package static let mostInOneMessage = 10_000

    /// Which limit the labels exceed, in words; nil if none.
    package var exceededLimit: String? {
        guard labels.count <= Self.mostLabels else {
            return "the alert has \(labels.count) labels, more than the limit of \(Self.mostLabels)"
        }
        for (name, value) in labels {
            let bytes = max(name.utf8.count, value.utf8.count)
            if bytes > Self.longestValue {
                return "the name or value of a label has \(bytes) bytes, more than the limit of"
                    + " \(Self.longestValue)"
            }
        }
        return nil
    }

    /// Whether the labels by which it is known are within the limits.
    var hasPlainIdentity: Bool {
        ["alertname", "graph_id", "hang"].allSatisfy { labels[$0].utf8.count <= Self.longestValue }
    }

    package var alertname: String { labels["alertname"] }
}
