/// Recognizes patterns that match a fixed list of texts, such as `a(b|c)?`, and lists these texts.
struct LiteralAnalysis {
    /// The maximum length of a list that results from combining choices. Patterns beyond it are
    /// left to the automaton.
    private static let maximumProduct = 256
    /// The bytes that may be copied to make the list, which bounds its memory: a long prefix of
    /// many words would be repeated for each of them.
    private var remainingBytes = 1 << 20

    /// All texts that the node matches as a whole, without duplicates; nil if there are too many.
    static func texts(of node: PatternNode) -> [String]? {
        var analysis = LiteralAnalysis()
        return analysis.texts(of: node)
    }

    private mutating func texts(of node: PatternNode) -> [String]? {
        switch node {
        case .empty: return [""]
        case .scalar(let set):
            return set.members(limit: 16)?.compactMap { Unicode.Scalar($0).map { String($0) } }
        case .assertion: return nil
        case .capture(_, let inner): return texts(of: inner)
        case .alternation(let choices):
            var union: [String] = []
            for choice in choices {
                guard let texts = texts(of: choice) else { return nil }
                union += texts
            }
            return unique(union)
        case .concatenation(let parts):
            var product: [String]? = [""]
            for part in parts {
                guard let texts = texts(of: part) else { return nil }
                product = append(texts, to: product)
                if product == nil { return nil }
            }
            return product
        case .repetition(let inner, let minimum, let maximum, _):
            guard let maximum, maximum <= 16, let once = texts(of: inner) else { return nil }
            var power: [String]? = [""]
            var union: [String]? = minimum == 0 ? [""] : []
            for count in 1...max(maximum, 1) where count <= maximum {
                power = append(once, to: power)
                if count >= minimum { union = sum(union, power) }
            }
            guard let union else { return nil }
            return unique(union)
        }
    }

    /// Every text of `left`, continued by every text of `right`.
    private mutating func append(
        _ right: [String],
        to left: consuming [String]?
    ) -> [String]? {
        guard var left else { return nil }
        let added = right.reduce(0) { $0 + $1.utf8.count }
        if right.count == 1 {
            // Mostly one more letter of a word: in place, so that a long word costs no square.
            guard charge(left.count * added) else { return nil }
            for index in left.indices { left[index] += right[0] }
            return left
        }
        // A long list may get one prefix or suffix, but two lists are combined only within the
        // limit.
        guard left.count == 1 || left.count * right.count <= Self.maximumProduct else { return nil }
        let known = left.reduce(0) { $0 + $1.utf8.count }
        guard charge(left.count * added + right.count * known) else { return nil }
        return left.flatMap { start in right.map { start + $0 } }
    }

    private mutating func charge(_ bytes: Int) -> Bool {
        remainingBytes -= bytes
        return remainingBytes >= 0
    }

    private func sum(_ left: [String]?, _ right: [String]?) -> [String]? {
        guard let left, let right, left.count + right.count <= Self.maximumProduct else {
            return nil
        }
        return left + right
    }

    private mutating func unique(_ texts: [String]) -> [String]? {
        guard charge(texts.reduce(0) { $0 + $1.utf8.count }) else { return nil }
        var seen: Set<[UInt8]> = []
        return texts.filter { seen.insert(Array($0.utf8)).inserted }
    }
}
