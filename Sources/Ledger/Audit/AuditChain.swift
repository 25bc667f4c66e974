import Crypto
import SQLite

/// The hash chain of the audit trail: each line carries the SHA-256 of the hash before it and of its
/// own columns. A line that was changed, removed, inserted or moved no longer fits.
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

    /// A row of the table, whatever its kind means.
    struct Line: Hashable, Sendable {
        var sequence: Int64
        var at: Int64
        var graphID: String?
        var kind: String
        var reason: String
        var detail: String
        var intentID: String?

        /// The hash that the line has after `previous`. Every value is encoded with its length, so
        /// that no two lines have the same encoding.
        func hash(after previous: String) -> String {
            var bytes = Array("graphwarden audit 1\n".utf8)
            Self.append(previous, to: &bytes)
            Self.append(sequence, to: &bytes)
            Self.append(at, to: &bytes)
            for text in [graphID, kind, reason, detail, intentID] { Self.append(text, to: &bytes) }
            return Self.hexadecimal(SHA256.hash(data: bytes))
        }

        private static func append(_ number: Int64, to bytes: inout [UInt8]) {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
            }
        }

        private static func append(_ text: String?, to bytes: inout [UInt8]) {
            guard let text else {
                bytes.append(0)
                return
            }
            bytes.append(1)
            append(Int64(text.utf8.count), to: &bytes)
            bytes += Array(text.utf8)
        }

        private static func hexadecimal(_ digest: SHA256.Digest) -> String {
            let digits = Array("0123456789abcdef")
            return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
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
