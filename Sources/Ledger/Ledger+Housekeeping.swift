import SQLite
import Glibc
import Remediation
package import Time

/// What keeps the ledger small.
extension Ledger {
    /// Removes audit lines, ended intents and incidents from before `instant`, and returns the
    /// space to the file system. Lines go from the oldest on, so that the rest remains a chain; an
    /// incident goes with the line that seals it. The newest intent of each graph stays, because
    /// the next one is numbered after it. Returns how many rows were removed.
    @discardableResult
    package func prune(before instant: Timestamp) throws(LedgerError) -> Int {
        let pruned = try write { db in
            let arguments = [instant.milliseconds]
            let lines = try db.pruneAudit(before: instant)
            try db.execute(
                sql: """
                    DELETE FROM intent
                    WHERE created_at < ?
                        AND EXISTS (SELECT 1 FROM ending WHERE intent_id = intent.id)
                        AND EXISTS (
                            SELECT 1 FROM intent AS later
                            WHERE later.graph_id = intent.graph_id
                                AND later.attempt > intent.attempt)
                    """,
                arguments: arguments
            )
            let intents = db.changesCount
            return try lines + intents + db.pruneIncidents()
        }
        if pruned > 0 { try giveSpaceBack() }
        return pruned
    }

    /// Deleted rows leave free pages behind, and the file shrinks only when the log is written
    /// back.
    private func giveSpaceBack() throws(LedgerError) {
        do {
            try database.writeWithoutTransaction { db in
                try db.execute(
                    sql: "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)"
                )
            }
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// How much the ledger occupies, its write-ahead log included.
    package func sizeBytes() throws(LedgerError) -> Int {
        guard file != nil else { return try sizeInMemory() }
        var sum = 0
        for suffix in ["", "-wal", "-shm"] {
            var status = stat()
            guard unsafe stat(path + suffix, &status) == 0 else {
                if errno == ENOENT, !suffix.isEmpty { continue }
                throw LedgerError(opening: path, failedWith: errno)
            }
            sum += Int(status.st_size)
        }
        return sum
    }

    private func sizeInMemory() throws(LedgerError) -> Int {
        try read { db in
            try db.fetchValue(
                Int.self,
                sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ) ?? 0
        }
    }
}
