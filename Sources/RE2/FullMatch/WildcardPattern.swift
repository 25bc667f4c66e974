/// A pattern of literal pieces separated by `.*` and `.+`, such as a prefix, a suffix or a
/// substring.
struct WildcardPattern: Sendable {
    /// The maximum length of a piece in bytes. The search compares a piece at every position, so
    /// its length multiplies the time; patterns with longer pieces are left to the automaton.
    private static let maximumPiece = 64

    /// The first piece must match at the start and the last at the end; either may be empty.
    private let pieces: [[UInt8]]
    /// The minimum number of scalars between each piece and the next.
    private let gaps: [Int]

    /// nil if the pattern has another form.
    init?(_ node: PatternNode) {
        var pieces: [[UInt8]] = [[]]
        var gaps: [Int] = []
        for part in WildcardPattern.parts(of: node) {
            switch part {
            case .scalar(let set):
                guard let only = set.members(limit: 1)?.first, let scalar = Unicode.Scalar(only)
                else { return nil }
                pieces[pieces.count - 1] += Array(String(scalar).utf8)
            case .repetition(.scalar(.all), let minimum, nil, _):
                if pieces.count > 1, pieces[pieces.count - 1].isEmpty {
                    gaps[gaps.count - 1] += minimum
                } else {
                    gaps.append(minimum)
                    pieces.append([])
                }
            default: return nil
            }
        }
        guard pieces.allSatisfy({ $0.count <= WildcardPattern.maximumPiece }) else { return nil }
        (self.pieces, self.gaps) = (pieces, gaps)
    }

    var byteCount: Int { pieces.reduce(0) { $0 + $1.count + 56 } }

    private static func parts(of node: PatternNode) -> [PatternNode] {
        switch node {
        case .empty: []
        case .concatenation(let parts): parts.flatMap(parts(of:))
        case .capture(_, let inner): parts(of: inner)
        default: [node]
        }
    }

    func matches(_ text: String) -> Bool {
        let bytes = text.utf8.span
        guard let last = pieces.last, let first = pieces.first,
            WildcardPattern.isPiece(first, in: bytes, at: 0)
        else { return false }
        guard pieces.count > 1 else { return bytes.count == first.count }
        let end = bytes.count - last.count
        var position = first.count
        for index in 0..<gaps.count {
            guard skip(gaps[index], in: bytes, &position), position <= end else { return false }
            guard index + 1 < pieces.count - 1 else { break }
            // The leftmost position is always right, since it leaves the most text for the other
            // pieces.
            guard let found = find(pieces[index + 1], in: bytes, from: position, to: end) else {
                return false
            }
            position = found + pieces[index + 1].count
        }
        return WildcardPattern.isPiece(last, in: bytes, at: end)
    }

    private func skip(_ count: Int, in bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        for _ in 0..<count {
            guard position < bytes.count else { return false }
            _ = bytes.decodeScalar(at: &position)
        }
        return true
    }

    private func find(
        _ piece: [UInt8],
        in bytes: Span<UInt8>,
        from start: Int,
        to end: Int
    ) -> Int? {
        var position = start
        while position + piece.count <= end {
            if WildcardPattern.isPiece(piece, in: bytes, at: position) { return position }
            position += 1
        }
        return nil
    }

    private static func isPiece(_ piece: [UInt8], in bytes: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, start + piece.count <= bytes.count else { return false }
        for index in piece.indices where bytes[start + index] != piece[index] { return false }
        return true
    }
}
