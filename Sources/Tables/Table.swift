import GoText

// Tables is how commands show lists to people: columns that fit the terminal, ages as kubectl
// prints them. It knows neither the terminal nor the clock: width, colour and time are arguments.

/// A table of text. Each column is as wide as its widest cell; three spaces separate columns.
package struct Table: Sendable {
    package struct Column: Sendable {
        package let title: String
        /// Whether the column holds sentences, which may be cut where the terminal is too narrow.
        package let isFreeText: Bool

        package init(_ title: String, isFreeText: Bool = false) {
            self.title = title
            self.isFreeText = isFreeText
        }
    }

    package var columns: [Column]
    package var rows: [[Cell]]

    package init(_ columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    private static let gap = "   "
    /// A column is not cut below this width: less says nothing.
    private static let narrowest = 8

    /// The lines of the table, without a space at their ends.
    ///
    /// - Parameters:
    ///   - width: the columns of the terminal, which lines do not exceed if cutting free text
    ///     achieves that; nil to cut nothing.
    ///   - hasHeader: whether the titles come first.
    ///   - isColored: whether cells have the colours of their tones.
    package func lines(width: Int?, hasHeader: Bool = true, isColored: Bool = false) -> [String] {
        let header = columns.map { Cell($0.title) }
        let all = (hasHeader ? [header] : []) + rows
        let widths = fit(naturalWidths(all), into: width)
        return all.map { line($0, widths, isColored: isColored) }
    }

    /// `lines`, at most `height` of them: the last then says how many rows are left out. A terminal
    /// that scrolls cannot be redrawn.
    package static func cut(_ lines: [String], toHeight height: Int?) -> [String] {
        guard let height, lines.count > height else { return lines }
        let kept = max(0, height - 1)
        return lines.prefix(kept) + ["... \(lines.count - kept) more"]
    }

    private func naturalWidths(_ rows: [[Cell]]) -> [Int] {
        columns.indices.map { index in
            rows.map { index < $0.count ? $0[index].text.displayWidth : 0 }.max() ?? 0
        }
    }

    /// Cuts the widest free-text column until the table fits or nothing more can be cut.
    private func fit(_ natural: [Int], into width: Int?) -> [Int] {
        guard let width else { return natural }
        var widths = natural
        while true {
            let excess = widths.reduce(Self.gap.count * max(0, widths.count - 1), +) - width
            let candidates = columns.indices.filter {
                columns[$0].isFreeText && widths[$0] > Self.narrowest
            }
            guard excess > 0, let widest = candidates.max(by: { widths[$0] < widths[$1] }) else {
                return widths
            }
            // Not below the next widest: that one is cut next.
            let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            let floor = max(Self.narrowest, min(next, widths[widest] - 1))
            widths[widest] = max(floor, widths[widest] - excess)
        }
    }

    private func line(_ cells: [Cell], _ widths: [Int], isColored: Bool) -> String {
        var text = ""
        var padding = ""
        for (cell, width) in zip(cells, widths) {
            let shown = cell.text.cutToWidth(width)
            if !shown.isEmpty {
                text += padding + (isColored ? cell.tone.colored(shown) : shown)
                padding = ""
            }
            padding += String(repeating: " ", count: width - shown.displayWidth) + Self.gap
        }
        return text
    }
}

/// A cell of a table.
package struct Cell: Sendable, Hashable {
    /// What a text means to the reader.
    package enum Tone: Sendable {
        case plain, good, warning, bad

        /// In the colours of ECMA-48, "Select Graphic Rendition".
        package func colored(_ text: String) -> String {
            switch self {
            case .plain: text
            case .good: "\u{1B}[32m\(text)\u{1B}[0m"
            case .warning: "\u{1B}[33m\(text)\u{1B}[0m"
            case .bad: "\u{1B}[31m\(text)\u{1B}[0m"
            }
        }
    }

    /// One line. Characters that act on a terminal appear as escapes.
    package let text: String
    package let tone: Tone
    /// Whether the text changes by itself.
    package let isAge: Bool

    /// An age, see `Age`.
    package init(age: String) {
        text = age
        tone = .plain
        isAge = true
    }

    package init(_ text: String, _ tone: Tone = .plain) {
        self.text = text.escapingUnsafe()
        self.tone = tone
        isAge = false
    }
}
