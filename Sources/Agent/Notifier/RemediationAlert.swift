/// The alerts about a remediation, by what has become of it.
enum RemediationAlert: String, CaseIterable, Sendable {
    case approvalRequested = "ApprovalRequested"
    case restartAnnounced = "RestartAnnounced"
    case restarted = "Restarted"
    case verified = "Verified"
    case stalled = "Stalled"
    case exhausted = "Exhausted"
    case heldFor30Minutes = "HeldFor30Minutes"
    case detectOnly = "DetectOnly"
    case paused = "Paused"

    var alertname: String { "Graphwarden" + rawValue }

    /// `critical` wants a person now.
    var severity: String {
        switch self {
        case .stalled, .exhausted, .detectOnly: "critical"
        case .approvalRequested, .heldFor30Minutes, .paused: "warning"
        case .restartAnnounced, .restarted, .verified: "info"
        }
    }
}
