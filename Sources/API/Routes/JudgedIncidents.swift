import Cycle
import Remediation

/// Incidents with what is known of their decisions now. They may be judged and labelled after the
/// incident has ended, and where agents share their records the own ledger has none of those.
struct JudgedIncidents: IncidentSource {
    let source: any IncidentSource
    let board: StatusBoard

    func incidents(_ filter: IncidentFilter) throws(AuditSourceError) -> [IncidentRecord] {
        let machine = board.current.machine
        return try source.incidents(filter).map { $0.judged(by: machine) }
    }

    func incident(_ id: String) throws(AuditSourceError) -> IncidentTimeLine? {
        guard let found = try source.incident(id) else { return nil }
        let record = found.record.judged(by: board.current.machine)
        return IncidentTimeLine(record: record, events: found.events, tasks: found.tasks)
    }
}

extension IncidentRecord {
    fileprivate func judged(by machine: Machine) -> IncidentRecord {
        guard let known = machine.decision(ofIncident: id, graphID) else { return self }
        var judged = self
        judged.decision = known
        return judged
    }
}
