import SQLite

extension Schema {
    /// Chains the lines that are there.
    static func chainAudit(_ db: Database) throws {
        try db.execute(sql: chain)
        var head = AuditChain.origin
        while true {
            let rows = try db.fetchAll(
                sql: """
                    SELECT \(AuditChain.columns) FROM audit WHERE seq > ? ORDER BY seq LIMIT 1000
                    """,
                arguments: [head.sequence]
            )
            guard !rows.isEmpty else { break }
            for row in rows {
                let line = try AuditChain.Line(row: row)
                head = AuditChain.Link(sequence: line.sequence, hash: line.hash(after: head.hash))
                try db.execute(
                    sql: "UPDATE audit SET hash = ? WHERE seq = ?",
                    arguments: [head.hash, head.sequence]
                )
            }
        }
        if head == AuditChain.origin {
            // All lines may have been removed as old, and their numbers are not used again.
            head.sequence = try db.lastAuditSequence()
            try db.setChainLink(.anchor, head)
        }
        try db.setChainLink(.head, head)
        try db.execute(sql: chainConstraints)
    }

    /// - `audit_chain`: where the chain begins and where it ends.
    private static let chain = """
        CREATE TABLE audit_chain (
            place TEXT NOT NULL PRIMARY KEY CHECK (place IN ('anchor', 'head')),
            seq INTEGER NOT NULL CHECK (seq >= 0),
            hash TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
        DROP TRIGGER audit_stays;
        """

    private static let chainConstraints = """
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'the audit trail is never changed'); END;
        CREATE TRIGGER audit_keeps_its_end BEFORE DELETE ON audit
        WHEN old.seq > coalesce((SELECT seq FROM audit_chain WHERE place = 'anchor'), 0)
        BEGIN SELECT raise(ABORT, 'only lines before the anchor are removed'); END;
        CREATE TABLE ledger_identity (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            value TEXT NOT NULL CHECK (length(value) = 32)
        ) STRICT;
        INSERT INTO ledger_identity (id, value) VALUES (1, lower(hex(randomblob(16))));
        """
}
