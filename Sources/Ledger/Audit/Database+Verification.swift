import Remediation
import SQLite

extension Database {
    /// How many lines are in memory at a time.
    private static let pageLines = 1000

    /// Recomputes every hash, in the transaction of the caller. `mayContinue` is asked after each
    /// page of lines.
    ///
    /// - Returns: nil if `mayContinue` said no.
    func verifyAuditChain(mayContinue: () -> Bool = { true }) throws -> ChainReport? {
        let anchor = try chainLink(.anchor)
        let head = try chainLink(.head)
        var report = ChainReport(headHash: head.hash, anchorSequence: anchor.sequence)
        var last = anchor
        // A line inserted before the anchor would not be read otherwise.
        var cursor = Int64.min
        while true {
            let rows = try fetchAll(
                sql: """
                    SELECT \(AuditChain.columns), hash FROM audit
                    WHERE seq > ? ORDER BY seq LIMIT \(Self.pageLines)
                    """,
                arguments: [cursor]
            )
            for row in rows {
                let line = try AuditChain.Line(row: row)
                report.lines += 1
                if report.firstSequence == nil { report.firstSequence = line.sequence }
                report.fault = fault(of: line, hash: try row.get("hash"), after: last)
                if report.fault != nil { return report }
                last = AuditChain.Link(sequence: line.sequence, hash: try row.get("hash"))
                cursor = line.sequence
            }
            guard rows.count == Self.pageLines else { break }
            guard mayContinue() else { return nil }
        }
        report.lastSequence = last.sequence
        report.fault = faultAtTheEnd(last, head)
        return report
    }

    private func fault(
        of line: AuditChain.Line,
        hash: String,
        after last: AuditChain.Link
    ) -> ChainReport.Fault? {
        let problem: String
        if line.sequence <= last.sequence {
            problem = "it has the number of a line that was removed as old"
        } else if hash.isEmpty {
            problem = "it has no hash; another program wrote it"
        } else if hash != line.hash(after: last.hash) {
            problem = "it was changed, inserted or moved, or a line before it was removed"
        } else {
            return nil
        }
        return ChainReport.Fault(sequence: line.sequence, problem: problem)
    }

    /// The chain alone does not show that its newest lines are missing.
    private func faultAtTheEnd(
        _ last: AuditChain.Link,
        _ head: AuditChain.Link
    ) -> ChainReport.Fault? {
        if last.sequence < head.sequence {
            return ChainReport.Fault(
                sequence: last.sequence + 1,
                problem: "it is missing; lines up to \(head.sequence) were written"
            )
        }
        guard last != head else { return nil }
        return ChainReport.Fault(
            sequence: last.sequence,
            problem: "it is not the newest line that the agent wrote"
        )
    }
}
