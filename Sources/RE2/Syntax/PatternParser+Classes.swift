extension PatternParser {
    /// Parses a class in brackets; the current scalar is the opening bracket.
    mutating func parseClass() throws(RegularExpressionError) -> ScalarSet {
        let start = position
        position += 1
        let isNegated = peek() == "^"
        if isNegated { position += 1 }
        var ranges: [ClosedRange<UInt32>] = []
        // A closing bracket in first place is a member.
        var isFirst = true
        while isFirst || peek() != "]" {
            guard ranges.count <= Self.maximumRanges else { throw error(.tooLarge, from: start) }
            isFirst = false
            if let set = try parseNamedClass() {
                ranges += set.ranges
            } else if let set = try parseClassEscape() {
                ranges += set.ranges
            } else {
                ranges += folded(ScalarSet([try parseRange(inClassAt: start)])).ranges
            }
        }
        position += 1
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }

    /// Parses `[:alpha:]` or `[:^alpha:]`. Returns nil and consumes nothing if neither follows.
    private mutating func parseNamedClass() throws(RegularExpressionError) -> ScalarSet? {
        guard peek() == "[", peek(1) == ":", let end = endOfNamedClass() else { return nil }
        let start = position
        var name = scalars[(position + 2)..<end]
        position = end + 2
        let isNegated = name.first == "^"
        if isNegated { name = name.dropFirst() }
        guard let set = NamedClasses.posix(text(name)) else {
            throw error(.invalidClassRange, from: start)
        }
        return isNegated ? folded(set).inverted : folded(set)
    }

    private func endOfNamedClass() -> Int? {
        var index = position + 2
        while index + 1 < scalars.count {
            if scalars[index] == ":", scalars[index + 1] == "]" { return index }
            index += 1
        }
        return nil
    }

    /// Parses `a` or `a-z`. A hyphen that does not form a range is a literal member.
    private mutating func parseRange(
        inClassAt classStart: Int
    ) throws(RegularExpressionError) -> ClosedRange<UInt32> {
        let start = position
        let low = try parseMember(inClassAt: classStart)
        guard peek() == "-", let next = peek(1), next != "]" else { return low...low }
        position += 1
        let high = try parseMember(inClassAt: classStart)
        guard low <= high else { throw error(.invalidClassRange, from: start) }
        return low...high
    }

    private mutating func parseMember(
        inClassAt classStart: Int
    ) throws(RegularExpressionError) -> UInt32 {
        if peek() == "\\" { return try parseEscape() }
        guard let scalar = take() else {
            throw error(.missingBracket, from: classStart, to: scalars.count)
        }
        return scalar.value
    }
}
