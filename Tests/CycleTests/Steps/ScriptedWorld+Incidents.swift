import Remediation

@testable import Cycle

/// What reached the disk of incidents.
extension ScriptedWorld {
    /// The newest record of each graph's incident that reached the disk.
    var incidents: [String: IncidentRecord] {
        var records: [String: IncidentRecord] = [:]
        for record in written.flatMap(\.incidents.records) {
            records[record.graphID.rawValue] = record
        }
        return records
    }

    /// The records on disk that have no end.
    var openIncidents: [IncidentRecord] { incidents.values.filter { $0.endedAt == nil } }

    /// The newest state of each task.
    func tasks(of record: IncidentRecord) -> [IncidentRecord.InterruptedTask] {
        var tasks: [String: IncidentRecord.InterruptedTask] = [:]
        for noted in written.flatMap(\.incidents.tasks) where noted.incidentID == record.id {
            tasks[noted.task.id] = noted.task
        }
        return tasks.values.sorted { $0.id < $1.id }
    }

    func timeLine(of record: IncidentRecord) -> [IncidentEvent] {
        written.flatMap(\.incidents.events).filter { $0.incidentID == record.id }
    }
}
