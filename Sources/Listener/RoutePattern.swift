import URI

/// A route pattern, split into segments. Paths are matched with their encoded segments and decoded
/// one segment at a time.
struct RoutePattern: Sendable {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
        case rest(String)

        /// Lower ranks are more specific.
        var rank: Int {
            switch self {
            case .literal: 0
            case .parameter: 1
            case .rest: 2
            }
        }
    }

    private let segments: [Segment]

    init(_ pattern: String) {
        segments = RequestTarget.segments(of: pattern[...]).map { text in
            guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(String(text)) }
            let name = text.dropFirst().dropLast()
            guard name.hasSuffix("...") else { return .parameter(String(name)) }
            return .rest(String(name.dropLast(3)))
        }
    }

    func matches(_ path: [Substring]) -> Bool {
        for (index, segment) in segments.enumerated() {
            if case .rest = segment { return true }
            guard index < path.count else { return false }
            switch segment {
            case .literal(let text):
                guard Self.isEncoding(path[index], of: text) else { return false }
            case .parameter:
                guard !path[index].isEmpty else { return false }
            case .rest:
                break
            }
        }
        return path.count == segments.count
    }

    /// An encoded byte has three characters, so a long segment needs no decoding for each route.
    private static func isEncoding(_ segment: Substring, of text: String) -> Bool {
        segment.utf8.count <= 3 * text.utf8.count
            && (try? PercentEncoding.decode(segment)) == text
    }

    func parameters(_ path: [Substring]) -> [String: String] {
        var parameters: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            switch segment {
            case .literal: break
            case .parameter(let name):
                parameters[name] = try? PercentEncoding.decode(path[index])
            case .rest(let name):
                let rest = path.dropFirst(index).joined(separator: "/")
                parameters[name] = try? PercentEncoding.decode(rest)
            }
        }
        return parameters
    }

    /// Whether both patterns are equally specific: the same route under different methods.
    func hasSameRank(as other: RoutePattern) -> Bool {
        segments.map(\.rank) == other.segments.map(\.rank)
    }

    /// Orders the more specific pattern first, comparing segments from the left.
    static func < (left: RoutePattern, right: RoutePattern) -> Bool {
        left.segments.map(\.rank).lexicographicallyPrecedes(right.segments.map(\.rank))
    }
}
