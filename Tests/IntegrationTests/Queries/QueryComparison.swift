import JSON

/// Whether two answers of the query API are equivalent: the same error with the same text, or the
/// same label sets with the same times and, within 1e-9, the same values.
enum QueryComparison {
    /// How the answers differ; nil if they are equivalent.
    static func difference(_ ours: JSONValue, _ theirs: JSONValue) -> String? {
        guard ours["status"] == theirs["status"] else { return "one of them is an error" }
        if ours["status"] == "error" {
            guard ours["errorType"] == theirs["errorType"] else { return "types of the error" }
            let (left, right) = (text(ours["error"]), text(theirs["error"]))
            return left == right ? nil : "text of the error"
        }
        guard let left = ours["data"], let right = theirs["data"],
            left["resultType"] == right["resultType"]
        else { return "type of the result" }
        guard let type = left["resultType"]?.stringValue, type == "vector" || type == "matrix"
        else { return points([left["result"] ?? .null], [right["result"] ?? .null]) }
        return series(left["result"]?.arrayValue ?? [], right["result"]?.arrayValue ?? [])
    }

    /// The part of an error that must be equal: the kind of mistake and its position. Deliberately
    /// not compared are the parser's wording, which is that of Prometheus 3, the parameter's name,
    /// which 2.42 omits for ranges, and which two of several series are named.
    private static func text(_ value: JSONValue?) -> String {
        var text = value?.stringValue ?? ""
        let prefix = "invalid parameter \"query\": "
        if text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
        if let mark = text.firstRange(of: "parse error") { return String(text[..<mark.upperBound]) }
        return String(text.prefix { $0 != "[" })
    }

    private static func series(_ ours: [JSONValue], _ theirs: [JSONValue]) -> String? {
        guard ours.count == theirs.count else {
            return "\(ours.count) elements instead of \(theirs.count)"
        }
        let left = sorted(ours)
        let right = sorted(theirs)
        for (mine, other) in zip(left, right) {
            guard mine.key == other.key else { return "\(mine.key) instead of \(other.key)" }
            if let difference = points(values(mine.element), values(other.element)) {
                return "\(mine.key): \(difference)"
            }
        }
        return nil
    }

    private static func sorted(_ elements: [JSONValue]) -> [(key: String, element: JSONValue)] {
        elements.map { element in
            let bytes = try? element["metric"]?.serialized(.sorted)
            return (String(decoding: bytes ?? [], as: UTF8.self), element)
        }.sorted { $0.key < $1.key }
    }

    private static func values(_ element: JSONValue) -> [JSONValue] {
        element["values"]?.arrayValue ?? element["value"].map { [$0] } ?? []
    }

    private static func points(_ ours: [JSONValue], _ theirs: [JSONValue]) -> String? {
        guard ours.count == theirs.count else {
            return "\(ours.count) points instead of \(theirs.count)"
        }
        for (mine, other) in zip(ours, theirs) {
            let (left, right) = (mine[1]?.stringValue ?? "", other[1]?.stringValue ?? "")
            guard mine[0]?.doubleValue == other[0]?.doubleValue, isEqual(left, right) else {
                return "\(left) instead of \(right)"
            }
        }
        return nil
    }

    private static func isEqual(_ left: String, _ right: String) -> Bool {
        guard left != right else { return true }
        guard let left = Double(left), let right = Double(right), left.isFinite, right.isFinite
        else { return false }
        // Near zero, differences of large numbers have rounding errors of any relative size.
        let scale = max(left.magnitude, right.magnitude, 1e-3)
        return (left - right).magnitude <= 1e-9 * scale
    }
}
