package import JSON
package import Remediation
import Time

/// The audit trail as JSON.
package enum HistoryDocument {
    static func line(_ record: AuditRecord) -> JSONValue {
        let entry = record.entry
        return [
            "sequence": .integer(record.sequence),
            "at": .string(entry.at.rfc3339Milliseconds),
            "graphId": entry.graphID.map { .string($0.rawValue) } ?? .null,
            "kind": .string(entry.kind.rawValue),
            "severity": .string(entry.severity.rawValue),
            "reason": .string(entry.reason),
            "detail": .string(entry.detail),
            "intentId": entry.intentID.map { .string($0) } ?? .null,
            "hash": .string(record.hash),
        ]
    }

    package static func report(_ report: ChainReport) -> JSONValue {
        [
            "intact": .bool(report.isIntact),
            "lines": .integer(Int64(report.lines)),
            "firstSequence": report.firstSequence.map { .integer($0) } ?? .null,
            "lastSequence": .integer(report.lastSequence),
            "anchorSequence": .integer(report.anchorSequence),
            "hash": .string(report.headHash),
            "fault": report.fault.map { fault in
                ["sequence": .integer(fault.sequence), "problem": .string(fault.problem)]
            } ?? .null,
            "text": .string("\(report)"),
        ]
    }
}
