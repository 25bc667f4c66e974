/// Recognizes patterns that match a fixed list of texts, such as `a(b|c)?`, and lists these texts.
enum LiteralAnalysis {
    /// The maximum length of a list that results from combining choices. Patterns beyond it are
    /// left to the automaton.
    private static let maximumProduct = 256

    /// All texts that the node matches as a whole, without duplicates; nil if there are too many.
    static func texts(of node: PatternNode) -> [String]? {
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
            return parts.reduce([""]) { product($0, texts(of: $1)) }
        case .repetition(let inner, let minimum, let maximum, _):
            guard let maximum, maximum <= 16, let once = texts(of: inner) else { return nil }
            var power: [String]? = [""]
            var union: [String]? = minimum == 0 ? [""] : []
            for count in 1...max(maximum, 1) where count <= maximum {
                power = product(power, once)
                if count >= minimum { union = sum(union, power) }
            }
            return union.map(unique)
        }
    }

    private static func product(_ left: [String]?, _ right: [String]?) -> [String]? {
        guard let left, let right else { return nil }
        // A long list may get one prefix or suffix, but two lists are combined only within the
        // limit.
        guard left.count == 1 || right.count == 1 || left.count * right.count <= maximumProduct
        else { return nil }
        return left.flatMap { start in right.map { start + $0 } }
    }

    private static func sum(_ left: [String]?, _ right: [String]?) -> [String]? {
        guard let left, let right, left.count + right.count <= maximumProduct else { return nil }
        return left + right
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<[UInt8]> = []
        return texts.filter { seen.insert(Array($0.utf8)).inserted }
    }
}
