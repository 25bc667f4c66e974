import Agent
import Cycle
import Ledger
import Remediation
import Time

/// Says what the audit trail says of one graph, once it is on disk.
struct NarratedLedger: LedgerWriter {
    let base: any LedgerWriter
    let graphID: GraphID
    let timeline: RehearsalTimeline
    let say: @Sendable (String) -> Void

    func write(_ toDisk: ToDisk) async throws(LedgerError) {
        try await base.write(toDisk)
        for entry in toDisk.changes.audit where entry.graphID == graphID {
            if entry.kind == .stalled { timeline.note(stall: entry.detail) }
            timeline.note(detail: entry.detail)
            say(entry.detail)
        }
    }

    func tidy(before time: Timestamp) async throws(LedgerError) -> Int {
        try await base.tidy(before: time)
    }
}
