import RE2

/// The patterns of one expression, or of all selectors of one request. One that occurs twice is
/// compiled once, and all together stay within one budget.
struct PatternCache {
    private var patterns: [[UInt8]: LabelValuePattern] = [:]
    private var budget = PatternBudget()

    mutating func pattern(_ text: String) throws(RegularExpressionError) -> LabelValuePattern {
        let key = Array(text.utf8)
        if let known = patterns[key] { return known }
        let pattern = try LabelValuePattern(text, within: &budget)
        patterns[key] = pattern
        return pattern
    }
}
