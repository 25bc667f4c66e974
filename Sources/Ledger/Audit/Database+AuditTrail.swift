import Remediation
import SQLite
import Time

extension Database {
    /// Continues the chain. A call for each step, because the end of the chain is read and written
    /// once.
    func append(_ entries: [AuditEntry]) throws {
        guard !entries.isEmpty else { return }
        var head = try chainLink(.head)
        var sequence = max(try lastAuditSequence(), head.sequence)
        for entry in entries {
            sequence += 1
            let line = AuditChain.Line(entry, sequence: sequence)
            head = AuditChain.Link(sequence: sequence, hash: line.hash(after: head.hash))
            try execute(
                sql: """
                    INSERT INTO audit (\(AuditChain.columns), hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    line.sequence, line.at, line.graphID, line.kind, line.reason, line.detail,
                    line.intentID, head.hash,
                ]
            )
        }
        try setChainLink(.head, head)
    }

    /// In the order of the numbers, so that it reads the lines to be removed and one more. The
    /// index by time would read all that stay.
    static let firstKeptLine = """
        SELECT seq FROM audit NOT INDEXED WHERE at >= ?1 AND at <= ?2 ORDER BY seq LIMIT 1
        """

    static let lastLineBefore = """
        SELECT seq, hash FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT 1
        """

    /// Removes the oldest lines, up to the first that is not from before `instant`. A line whose
    /// time is after the last clock reading, by more than a day, was written while the clock was
    /// wrong and keeps none before it.
    ///
    /// - Returns: how many lines were removed.
    func pruneAudit(before instant: Timestamp) throws -> Int {
        let latest = try fetchValue(Int64.self, sql: "SELECT wall + 86400000 FROM clock")
        let first = try fetchValue(
            Int64.self,
            sql: Self.firstKeptLine,
            arguments: [instant.milliseconds, latest ?? Int64.max]
        )
        let last = try fetchOne(sql: Self.lastLineBefore, arguments: [first ?? Int64.max])
        guard let last else { return 0 }
        let anchor = AuditChain.Link(sequence: try last.get("seq"), hash: try last.get("hash"))
        // The schema lets only lines up to the anchor go.
        try setChainLink(.anchor, anchor)
        try execute(sql: "DELETE FROM audit WHERE seq <= ?", arguments: [anchor.sequence])
        return changesCount
    }
}

extension AuditChain.Line {
    fileprivate init(_ entry: AuditEntry, sequence: Int64) {
        self.init(
            sequence: sequence,
            at: entry.at.milliseconds,
            graphID: entry.graphID?.rawValue,
            kind: entry.kind.rawValue,
            reason: entry.reason,
            detail: entry.detail,
            intentID: entry.intentID
        )
    }
}
