import Crypto
import SQLite

/// The hash chain of the audit trail: each line carries the SHA-256 of the hash before it and of
/// its own columns. A line that was changed, removed, inserted or moved no longer fits.
///
/// The chain begins at an anchor. Pruning moves the anchor to the last line that it removes, so the
/// rest stays verifiable.
enum AuditChain {
    /// A place in the chain: the number of a line and its hash.
    struct Link: Hashable, Sendable {
        var sequence: Int64
        /// 64 hexadecimal digits.
        var hash: String
    }

    /// Before the first line of a ledger.
    static let origin = Link(sequence: 0, hash: String(repeating: "0", count: 64))

    /// The SHA-256 of values, each encoded with its length, so that no two lists of values have the
    /// same encoding.
    struct Digest {
        private var hash = SHA256()

        init(_ purpose: String) { hash.update(data: Array("\(purpose)\n".utf8)) }

        mutating func add(_ number: Int64) {
            hash.update(
                data: stride(from: 56, through: 0, by: -8).map {
                    UInt8(truncatingIfNeeded: number >> Int64($0))
                }
            )
        }

        mutating func add(_ text: String?) {
            guard let text else { return hash.update(data: [0]) }
            hash.update(data: [1])
            add(Int64(text.utf8.count))
            hash.update(data: Array(text.utf8))
        }

        /// 64 hexadecimal digits.
        consuming func finish() -> String {
            let digits = Array("0123456789abcdef")
            return String(
                hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            )
        }
    }

    /// A row of the table, whatever its kind means.
    struct Line: Hashable, Sendable {
        var sequence: Int64
        var at: Int64
        var graphID: String?
        var kind: String
        var reason: String
        var detail: String
        var intentID: String?

        /// The hash that the line has after `previous`.
        func hash(after previous: String) -> String {
            var digest = Digest("graphwarden audit 1")
            digest.add(previous)
            digest.add(sequence)
            digest.add(at)
            for text in [graphID, kind, reason, detail, intentID] { digest.add(text) }
            return digest.finish()
        }
    }

    static let columns = "seq, at, graph_id, kind, reason, detail, intent_id"
}

extension AuditChain.Line {
    init(row: Row) throws {
        sequence = try row.get("seq")
        at = try row.get("at")
        graphID = try row.get("graph_id")
        kind = try row.get("kind")
        reason = try row.get("reason")
        detail = try row.get("detail")
        intentID = try row.get("intent_id")
    }
}

extension Database {
    enum ChainEnd: String {
        /// The last line that was removed.
        case anchor
        /// The newest line.
        case head
    }

    func chainLink(_ end: ChainEnd) throws -> AuditChain.Link {
        let row = try fetchOne(
            sql: "SELECT seq, hash FROM audit_chain WHERE place = ?",
            arguments: [end.rawValue]
        )
        guard let row else { return AuditChain.origin }
        return AuditChain.Link(sequence: try row.get("seq"), hash: try row.get("hash"))
    }

    func setChainLink(_ end: ChainEnd, _ link: AuditChain.Link) throws {
        try execute(
            sql: """
                INSERT INTO audit_chain (place, seq, hash) VALUES (?, ?, ?)
                ON CONFLICT (place) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
                """,
            arguments: [end.rawValue, link.sequence, link.hash]
        )
    }

    /// Numbers that were used once are never used again, also those of a line that somebody
    /// inserted by hand.
    func lastAuditSequence() throws -> Int64 {
        try fetchValue(Int64.self, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
    }
}
