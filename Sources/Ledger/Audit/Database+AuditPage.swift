import Remediation
import SQLite
import Time

extension Database {
    /// How many lines one call looks at, whether they match or not.
    private static let scannedLines = 20_000

    /// Looks at a bounded range of numbers, so that a filter that matches nothing costs no more
    /// than another.
    func auditPage(_ query: AuditQuery) throws -> AuditPage {
        var page = AuditPage()
        let limit = min(max(query.limit, 1), 1000)
        guard let oldest = try fetchValue(Int64.self, sql: "SELECT min(seq) FROM audit"),
            let newest = try fetchValue(Int64.self, sql: "SELECT max(seq) FROM audit")
        else { return page }
        let end = min(query.before ?? Int64.max, newest &+ 1)
        let start = max(oldest, end &- Int64(Self.scannedLines))
        guard start < end else { return page }
        let rows = try fetchAll(
            sql: Self.auditSelection,
            arguments: [
                start, end, query.graphID?.rawValue, query.since?.milliseconds,
                query.until?.milliseconds, query.kind?.rawValue, query.outcome, limit,
            ]
        )
        page.lines = try rows.compactMap(AuditRecord.init(row:))
        let last: Int64 = try rows.count == limit ? rows.last?.get("seq") ?? start : start
        page.next = last > oldest ? last : nil
        return page
    }

    private static let auditSelection = """
        SELECT \(AuditChain.columns), hash FROM audit
        WHERE seq >= ?1 AND seq < ?2
            AND (?3 IS NULL OR graph_id = ?3)
            AND (?4 IS NULL OR at >= ?4)
            AND (?5 IS NULL OR at < ?5)
            AND (?6 IS NULL OR kind = ?6)
            AND (?7 IS NULL
                OR EXISTS (
                    SELECT 1 FROM ending
                    WHERE ending.intent_id = audit.intent_id AND ending.outcome = ?7)
                OR EXISTS (
                    SELECT 1 FROM outcome
                    WHERE outcome.intent_id = audit.intent_id AND outcome.label = ?7))
        ORDER BY seq DESC LIMIT ?8
        """
}
