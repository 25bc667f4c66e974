package import Diagnosis
package import Remediation
package import Time

/// One restart, or another action, that the policy decided on.
package struct RestartDecision: Hashable, Sendable {
    package var at: Timestamp
    package var graphID: String
    package var graphName: String
    package var action: GraphAction
    /// Nil where only the audit trail tells of it.
    package var hangClass: HangClass?
    package var alertname: String
    package var reason: String
    package var attempt: Int
    /// The signs that the verdict rests on.
    package var signs: [String]
    /// Whether only the mode `shadow` kept it from being sent.
    package var isShadow = false
    /// Whether the recording shows that the graph was restarted at that moment.
    package var isRecorded = false
    /// How the attempt ended; nil while it had not.
    package var ending: String?
    package var outcome = GraphOutcome.unknown(.endOfRecording)
    /// When the hang ended in the recording, or the recording; what several policies decide about it
    /// has the same end.
    package var hangEnd: Timestamp?
    var intentID = ""

    init(_ intent: Intent, at: Timestamp) {
        self.at = at
        graphID = intent.graphID.rawValue
        graphName = intent.graphName
        action = intent.action
        hangClass = intent.hangClass
        alertname = intent.alertname
        reason = intent.reason
        attempt = intent.attempt
        signs = intent.signs ?? []
        intentID = intent.id
    }

    init(shadow entry: AuditEntry, graphName: String, at: Timestamp) {
        self.at = at
        graphID = entry.graphID?.rawValue ?? ""
        self.graphName = graphName
        action = .restart
        hangClass = HangClass(rawValue: entry.reason)
        alertname = ""
        reason = entry.detail
        attempt = 0
        signs = []
        isShadow = true
    }
}
