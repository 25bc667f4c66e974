/// The result for one alert of a message.
package enum Reception: Hashable, Sendable {
    /// A new alert. It asks for a restart until it ends.
    case accepted
    /// Known with this start time and state; with a description of it.
    case duplicate(String)
    /// The alert ended.
    case resolved
    case ignored(IgnoredReason)

    package var label: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .resolved: "resolved"
        case .ignored: "ignored"
        }
    }

    /// A sentence for people; empty if there is nothing to add.
    package var reason: String {
        switch self {
        case .accepted, .resolved: ""
        case .duplicate(let state): state
        case .ignored(let reason): reason.text
        }
    }
}

/// Why an alert is ignored. The raw values are values of a metric label.
package enum IgnoredReason: String, Hashable, Sendable, CaseIterable {
    case alertname
    case remediate
    case graph
    case hang
    case tooLarge = "too_large"
    case fingerprint

    package var text: String {
        switch self {
        case .alertname: "the alert's name is not among webhook.alerts"
        case .remediate: "the alert has no label remediate: restart or remediate: block"
        case .graph: "the label graph_id names no graph that is watched"
        case .hang: "the label hang names no class: unresponsive, import, export or clear"
        case .tooLarge:
            "the alert has more than \(IncomingAlert.mostLabels) labels, or one longer than"
                + " \(IncomingAlert.longestValue) bytes"
        case .fingerprint:
            "the fingerprint is not 1 to 64 letters, digits, - or _, or belongs to another alert"
        }
    }
}
