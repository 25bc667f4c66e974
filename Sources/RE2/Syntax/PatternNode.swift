/// The syntax tree of a pattern.
indirect enum PatternNode: Hashable, Sendable {
    case empty
    /// Any scalar of a set; a literal is a set with one member.
    case scalar(ScalarSet)
    case assertion(Assertion)
    case concatenation([PatternNode])
    case alternation([PatternNode])
    /// A capture, numbered from 1 in the order of the opening parentheses.
    case capture(Int, PatternNode)
    /// A nil `maximum` means no limit.
    case repetition(PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool)
}

/// A condition on a position between two scalars. It consumes nothing.
enum Assertion: Hashable, Sendable {
    case textStart, textEnd
    case lineStart, lineEnd
    case wordBoundary, noWordBoundary
}

extension PatternNode {
    static func sequence(_ nodes: [PatternNode]) -> PatternNode {
        switch nodes.count {
        case 0: .empty
        case 1: nodes[0]
        default: .concatenation(nodes)
        }
    }

    /// A pattern that matches only whole texts.
    static func wholeText(_ node: PatternNode) -> PatternNode {
        .sequence([.assertion(.textStart), node, .assertion(.textEnd)])
    }

    static func choice(_ nodes: [PatternNode]) -> PatternNode {
        nodes.count == 1 ? nodes[0] : .alternation(nodes)
    }

    /// Whether the node can match the empty text.
    var matchesEmpty: Bool {
        switch self {
        case .empty, .assertion: true
        case .scalar: false
        case .concatenation(let parts): parts.allSatisfy(\.matchesEmpty)
        case .alternation(let choices): choices.contains(where: \.matchesEmpty)
        case .capture(_, let inner): inner.matchesEmpty
        case .repetition(let inner, let minimum, _, _): minimum == 0 || inner.matchesEmpty
        }
    }

    /// Whether counted repetitions, multiplied where they nest, stay within `limit`. Go rejects a
    /// pattern that exceeds it, since the program grows with the product.
    func repeatsAtMost(_ limit: Int) -> Bool {
        switch self {
        case .empty, .scalar, .assertion: true
        case .concatenation(let parts), .alternation(let parts):
            parts.allSatisfy { $0.repeatsAtMost(limit) }
        case .capture(_, let inner): inner.repeatsAtMost(limit)
        case .repetition(let inner, let minimum, let maximum, _):
            PatternNode.repetition(inner, minimum, maximum, staysWithin: limit)
        }
    }

    private static func repetition(
        _ inner: PatternNode,
        _ minimum: Int,
        _ maximum: Int?,
        staysWithin limit: Int
    ) -> Bool {
        // `*`, `+` and `?` count as 1, and `{n,}` as n.
        let count = maximum ?? minimum
        guard count > 1 else { return inner.repeatsAtMost(limit) }
        return count <= limit && inner.repeatsAtMost(limit / count)
    }
}

extension Assertion {
    func holds(in bytes: Span<UInt8>, at position: Int) -> Bool {
        switch self {
        case .textStart: position == 0
        case .textEnd: position == bytes.count
        case .lineStart: position == 0 || bytes[position - 1] == 0x0a
        case .lineEnd: position == bytes.count || bytes[position] == 0x0a
        case .wordBoundary: isWordBoundary(bytes, position)
        case .noWordBoundary: !isWordBoundary(bytes, position)
        }
    }

    /// In RE2, word characters are ASCII, so single bytes decide.
    private func isWordBoundary(_ bytes: Span<UInt8>, _ position: Int) -> Bool {
        let before = position > 0 && isWord(bytes[position - 1])
        let after = position < bytes.count && isWord(bytes[position])
        return before != after
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
        default: false
        }
    }
}
