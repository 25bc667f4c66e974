package import Time

/// One entry of the time line of an incident.
package struct IncidentEvent: Hashable, Sendable, Codable {
    package let incidentID: String
    /// Counts from 1 within the incident.
    package let position: Int
    package let at: Timestamp
    /// A word from a fixed set: a `Kind`, or the kind of a line of the audit trail.
    package let kind: String
    /// One or more sentences for people, or an answer of the cloud as it came.
    package let text: String

    package init(incidentID: String, position: Int, at: Timestamp, kind: String, text: String) {
        self.incidentID = incidentID
        self.position = position
        self.at = at
        self.kind = kind
        self.text = text
    }

    /// What the audit trail has no line for.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case firstSign, alertPending, alertFiring, verdict, status, gates, job, answer, tasks
        case recovery, size, clock, decision, closed
    }
}

/// What differs from the incidents on disk.
package struct IncidentChanges: Hashable, Sendable {
    package var records: [IncidentRecord] = []
    package var events: [IncidentEvent] = []
    package var tasks: [NotedTask] = []

    package init() {}

    package var isEmpty: Bool { records.isEmpty && events.isEmpty && tasks.isEmpty }

    /// A task of an incident. The same task may be noted again.
    package struct NotedTask: Hashable, Sendable {
        package let incidentID: String
        package let task: IncidentRecord.InterruptedTask

        package init(incidentID: String, task: IncidentRecord.InterruptedTask) {
            self.incidentID = incidentID
            self.task = task
        }
    }
}

/// What only the record wants to know of an effect. Nothing is decided by it.
package enum IncidentNote: Hashable, Sendable {
    /// The answer to the POST of an intent as it came, without secrets.
    case answer(GraphID, String, at: Timestamp)
    /// What the graph was working on before its restart.
    case tasks(GraphID, [IncidentRecord.InterruptedTask], omitted: Int, at: Timestamp)
}

/// An incident with the events of its time line, oldest first, and the tasks that were killed.
package struct IncidentTimeLine: Hashable, Sendable {
    package let record: IncidentRecord
    package let events: [IncidentEvent]
    package let tasks: [IncidentRecord.InterruptedTask]

    package init(
        record: IncidentRecord,
        events: [IncidentEvent],
        tasks: [IncidentRecord.InterruptedTask] = []
    ) {
        self.record = record
        self.events = events
        self.tasks = tasks
    }
}
