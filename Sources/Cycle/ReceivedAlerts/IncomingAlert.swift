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

    package var isWithinLimits: Bool {
        labels.count <= Self.mostLabels
            && labels.allSatisfy {
                $0.name.utf8.count <= Self.longestValue && $0.value.utf8.count <= Self.longestValue
            }
    }

    package var alertname: String { labels["alertname"] }
}
