package import Remediation

/// Everything that came in since the last step.
package struct CycleInput: Sendable {
    /// Both clocks at the moment of the step.
    package var clock: ClockReading
    /// The newest poll of the cloud; nil when none has ended since the last step.
    package var readings: Readings?
    /// What came of the effects of earlier steps, and the orders of people.
    package var reports: [Report] = []
    /// Messages with alerts of others, oldest first. Each gets one `AlertReply`.
    package var messages: [AlertMessage] = []
    /// What became of `Ready.toDisk` of the last step; nil before the first one.
    package var disk: DiskOutcome?
    /// Settings to go on with, from a reload.
    package var settings: CycleSettings?
    /// The last step before the end: what came back is taken in and nothing new is begun.
    package var isStopping = false

    package init(clock: ClockReading) {
        self.clock = clock
    }
}

/// Whether what had to reach the disk is there.
package enum DiskOutcome: Hashable, Sendable {
    case written
    /// Nothing was written; the reason for people.
    case refused(String)
}

/// One message with alerts that somebody sent.
package struct AlertMessage: Hashable, Sendable {
    /// Chosen by the caller; names the reply.
    package var id: Int
    package var alerts: [IncomingAlert]

    package init(id: Int, alerts: [IncomingAlert]) {
        self.id = id
        self.alerts = alerts
    }
}

/// What the sender of a message is told, once what it says is on disk.
package struct AlertReply: Hashable, Sendable {
    package enum Refusal: Error, Hashable, Sendable {
        /// Alerts are not taken, or some are about graphs that may not have been listed yet: those
        /// that could be taken were.
        case notReady
        /// No room, and nothing that could be forgotten. None of the alerts was taken.
        case full
    }

    package var id: Int
    /// One reception for each alert, in their order.
    package var answer: Result<[Reception], Refusal>
}
