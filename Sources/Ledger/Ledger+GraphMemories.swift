package import Diagnosis
import SQLite

/// What differs from the memory of diagnosis on disk.
package struct GraphMemoryChanges: Hashable, Sendable {
    package var saved: [GraphMemory]
    /// The ids of graphs.
    package var removed: [String]

    package init(saved: [GraphMemory] = [], removed: [String] = []) {
        self.saved = saved
        self.removed = removed
    }

    package var isEmpty: Bool { saved.isEmpty && removed.isEmpty }
}

extension Database {
    func apply(_ changes: GraphMemoryChanges) throws {
        for id in changes.removed {
            try execute(sql: "DELETE FROM graph_memory WHERE graph_id = ?", arguments: [id])
        }
        for memory in changes.saved {
            try execute(
                sql: """
                    INSERT INTO graph_memory (graph_id, json) VALUES (?, ?)
                    ON CONFLICT (graph_id) DO UPDATE SET json = excluded.json
                    """,
                arguments: [memory.graphID, try JSONText.encode(memory)]
            )
        }
    }
}

extension Ledger {
    /// All of them, in no particular order.
    package func loadGraphMemories() throws(LedgerError) -> [GraphMemory] {
        try read { db in
            try db.fetchAll(sql: "SELECT graph_id, json FROM graph_memory").map { row in
                try JSONText.decode(
                    GraphMemory.self,
                    from: try row.get("json"),
                    table: "graph_memory",
                    key: try row.get("graph_id")
                )
            }
        }
    }
}
