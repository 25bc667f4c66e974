// Text from outside (names and ids from the cloud, labels and annotations of received alerts, error
// texts of servers) may hold anything. Shown raw, it could move the cursor of a terminal, forge a
// line of the log, or reorder what a page says. Every sink for people escapes it by the functions
// here: the log handler, the status page, the JSON of the API, and the command line.

extension Unicode.Scalar {
    /// Whether it has no shape of its own but changes how other text is shown: control characters
    /// (C0, DEL, C1), format characters (bidirectional controls, zero-width characters, tags) and
    /// line and paragraph separators.
    package var isUnsafeToShow: Bool {
        if isASCII { return value < 0x20 || value == 0x7F }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    /// As in JSON and Go: `\u202e`, or a surrogate pair above U+FFFF.
    package var unicodeEscape: String {
        UTF16.encode(self)?.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() ?? ""
    }
}

extension String {
    /// Ids, names and fingerprints from outside are shown up to this number of characters. Those of
    /// GES have 36.
    package static let displayedIdentifierMaximum = 64
    /// Other text from outside.
    package static let displayedTextMaximum = 2_000

    /// One line for people, without characters that are unsafe to show: they appear as escapes.
    package func displayed(atMost limit: Int = Self.displayedTextMaximum) -> String {
        cut(atMost: limit).escapingUnsafe()
    }

    /// The first `limit` characters, with an ellipsis if anything is missing.
    package func cut(atMost limit: Int) -> String {
        // No character has more UTF-8 bytes than that of the whole text.
        guard utf8.count > limit, unicodeScalars.count > limit else { return self }
        return String(unicodeScalars.prefix(limit)) + "\u{2026}"
    }

    /// - Parameter allowed: unsafe characters to keep, such as the newline.
    package func escapingUnsafe(except allowed: Set<Unicode.Scalar> = []) -> String {
        guard unicodeScalars.contains(where: { $0.isUnsafeToShow && !allowed.contains($0) }) else {
            return self
        }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isUnsafeToShow, !allowed.contains(scalar) {
                text += scalar.unicodeEscape
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
