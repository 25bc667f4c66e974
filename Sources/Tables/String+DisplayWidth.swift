extension String {
    /// The number of columns that a terminal uses. Names of graphs may be Chinese, whose characters
    /// take two.
    package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// At most `width` columns of the text; a text that is cut ends in an ellipsis.
    package func cutToWidth(_ width: Int) -> String {
        guard displayWidth > width else { return self }
        var kept = ""
        var used = 1
        for character in self {
            used += character.displayWidth
            guard used <= width else { break }
            kept.append(character)
        }
        return width > 0 ? kept + "…" : ""
    }
}

extension Character {
    /// Combining characters belong to the first one.
    fileprivate var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        return Self.wide.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// The blocks of Unicode's East Asian Width property whose characters are wide or fullwidth,
    /// and pictographs.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
