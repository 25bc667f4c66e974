import Cycle
import PromQL

/// Finds entries of `graphs` that never apply, because an earlier entry matches every graph that
/// they match.
enum ShadowedEntries {
    /// The index of such an entry and of the first that shadows it. Incomplete: patterns are
    /// compared by their form, and only with one earlier entry at a time.
    static func find(_ entries: [GraphMatch]) -> [(shadowed: Int, by: Int)] {
        entries.indices.compactMap { index in
            entries[..<index].firstIndex { covers($0, entries[index]) }.map { (index, $0) }
        }
    }

    /// Whether every graph that `narrow` matches is matched by `wide`.
    private static func covers(_ wide: GraphMatch, _ narrow: GraphMatch) -> Bool {
        covers(wide.id, narrow.id, mayBeEmpty: false)
            && covers(wide.name, narrow.name, mayBeEmpty: false)
            && wide.tags.allSatisfy { tag, pattern in
                covers(pattern, narrow.tags[tag], mayBeEmpty: true)
            }
    }

    private static func covers(
        _ wide: LabelValuePattern?,
        _ narrow: LabelValuePattern?,
        mayBeEmpty: Bool
    ) -> Bool {
        guard let wide else { return true }
        if wide.source == ".*" || wide.source == ".+" && !mayBeEmpty { return true }
        guard let narrow else { return false }
        if wide == narrow { return true }
        if let texts = narrow.literals { return texts.allSatisfy(wide.matches) }
        guard let short = prefix(of: wide), let long = prefix(of: narrow) else { return false }
        return long.hasPrefix(short)
    }

    /// `prod-` for the pattern `prod-.*`; nil for any other form.
    private static func prefix(of pattern: LabelValuePattern) -> Substring? {
        guard pattern.source.hasSuffix(".*") else { return nil }
        let prefix = pattern.source.dropLast(2)
        return prefix.contains { "\\.+*?()|[]{}^$".contains($0) } ? nil : prefix
    }
}
