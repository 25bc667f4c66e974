package import Coordination
package import Remediation

/// The input of one step: everything since the last one.
package struct CycleInput: Sendable {
    /// Both clocks at the time of the step.
    package var clock: ClockReading
    /// The newest poll of the cloud; nil if none has ended since the last step.
    package var readings: Readings?
    /// Samples of another monitoring service since the last step, those of one series in order of
    /// time.
    package var delayed: [DelayedSample] = []
    /// What graphs said of their nodes since the last step, that of one graph in order of time.
    package var nodes: [NodeReading] = []
    /// Results of effects of earlier steps.
    package var reports: [Report] = []
    /// What the record of incidents wants to know of effects of earlier steps.
    package var notes: [IncidentNote] = []
    /// Messages with alerts, oldest first. Each gets one `AlertReply`.
    package var messages: [AlertMessage] = []
    /// What persons want. Each gets one `Effect.answer` in `Ready.afterDisk`.
    package var orders: [Order] = []
    /// What Alertmanagers answered when they were asked for silences, oldest first.
    package var silences: [SilenceReport] = []
    /// What the newest reading of the job list of the last month gave; nil if there is none.
    package var jobHistory: JobHistoryReading?
    /// What is known of other agents; nil if that is as before, or there are none.
    package var cluster: ClusterReading?
    /// The outcome of writing `Ready.toDisk` of the last step; nil before the first step.
    package var disk: DiskOutcome?
    /// Why samples are not kept on disk; nil if they are, or if nobody keeps them.
    package var historyFailure: String?
    /// Samples from before the start that came in since the last step.
    package var earlier: EarlierSamples?
    /// Why samples from before the start cannot be read; nil if they can, or if nobody is asked.
    package var earlierFailure: String?
    /// New settings from a reload.
    package var settings: CycleSettings?
    /// Whether the files of the credential have changed since the last poll.
    package var isCredentialReplaced = false
    /// See `FleetView.standIns`.
    package var standIns: [GraphID: Int] = [:]
    /// The last step before the agent stops: reports are processed and nothing new is started.
    package var isStopping = false

    package init(clock: ClockReading) {
        self.clock = clock
    }
}

/// Whether a write reached the disk.
package enum DiskOutcome: Hashable, Sendable {
    case written
    /// Nothing was written, with a human-readable reason.
    case refused(String)
}

/// One message with alerts.
package struct AlertMessage: Hashable, Sendable {
    /// Chosen by the caller; identifies the reply.
    package var id: Int
    package var alerts: [IncomingAlert]

    package init(id: Int, alerts: [IncomingAlert]) {
        self.id = id
        self.alerts = alerts
    }
}

/// The reply to the sender of a message, valid once the step is on disk.
package struct AlertReply: Hashable, Sendable {
    package enum Refusal: Error, Hashable, Sendable {
        /// Alerts are disabled, or some are about graphs that may not have been listed yet. The
        /// others were accepted.
        case notReady
        /// The limit on received alerts is reached. None of the alerts was accepted.
        case full
    }

    package var id: Int
    /// One reception for each alert, in their order.
    package var answer: Result<[Reception], Refusal>
    /// Of a message that is refused although some of its alerts were accepted, one for each alert.
    package var partial: [Reception] = []
}
