package import Series
package import Time

/// One alert of a message, whoever sent it. Its labels come from outside: nothing is believed of
/// them before `ReceivedAlerts` has looked at them.
package struct IncomingAlert: Hashable, Sendable {
    package enum Status: Hashable, Sendable {
        /// `until` is when it ends unless it is sent again; nil when it ends by message only.
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

    /// Longer values of labels, and more of them, are no alert of ours.
    package static let longestValue = 1_024
    package static let mostLabels = 64
    /// More alerts in one message than this are refused whole.
    package static let mostInOneMessage = 10_000

    package var isWithinLimits: Bool {
        labels.count <= Self.mostLabels
            && labels.allSatisfy {
                $0.name.utf8.count <= Self.longestValue && $0.value.utf8.count <= Self.longestValue
            }
    }

    package var alertname: String { labels["alertname"] }
}

extension String {
    /// Text from outside as it may stand in a log, on a page or on a terminal: one short line.
    package func asOneLine(atMost limit: Int = 200) -> String {
        let scalars = unicodeScalars.prefix(limit).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                " " as Unicode.Scalar
            default: scalar
            }
        }
        var text = String(String.UnicodeScalarView(scalars))
        if unicodeScalars.count > limit { text += "\u{2026}" }
        return text
    }
}
