import Remediation
import SQLite
import Time

/// The answers to orders of persons.
extension Database {
    /// Replaces an answer that nobody was given, and removes those that are too old or too many.
    func save(_ answered: [AnsweredOrder]) throws {
        guard let newest = answered.map(\.at).max() else { return }
        for answer in answered {
            try execute(
                sql: """
                    INSERT INTO order_answer (id, at, json) VALUES (?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET at = excluded.at, json = excluded.json
                    """,
                arguments: [answer.id, answer.at.milliseconds, try JSONText.encode(answer)]
            )
        }
        try execute(
            sql: "DELETE FROM order_answer WHERE at < ?",
            arguments: [(newest - AnsweredOrder.retention).milliseconds]
        )
        try execute(
            sql: """
                DELETE FROM order_answer WHERE id IN (
                    SELECT id FROM order_answer ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?)
                """,
            arguments: [AnsweredOrder.capacity]
        )
    }

    func answeredOrders() throws -> [AnsweredOrder] {
        try fetchAll(sql: "SELECT id, json FROM order_answer ORDER BY id").map { row in
            let id: String = try row.get("id")
            return try JSONText.decode(
                AnsweredOrder.self,
                from: try row.get("json"),
                table: "order_answer",
                key: id
            )
        }
    }
}
