extension RegularExpression {
    /// Expands the template with the captures of the first match; nil if there is no match.
    ///
    /// Stops once the result is longer than `maximumBytes`, because a short template can multiply a
    /// long capture. The caller can tell an incomplete result by its length.
    package func expand(
        _ template: ReplacementTemplate,
        matching text: String,
        maximumBytes: Int = .max
    ) -> String? {
        expand(template, matching: text, maximumBytes: maximumBytes) { _ in }
    }

    /// - Parameter work: called now and then with the number of steps since the last call; throws
    ///   to end the match.
    package func expand<Failure: Error>(
        _ template: ReplacementTemplate,
        matching text: String,
        maximumBytes: Int,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> String? {
        let slots = try program.firstMatch(
            in: text.utf8.span,
            from: 0,
            slotCount: program.slotCount,
            work
        )
        guard let match = slots.map(Match.init) else { return nil }
        var expanded: [UInt8] = []
        append(template, match, Array(text.utf8), to: &expanded, maximumBytes: maximumBytes)
        return String(decoding: expanded, as: UTF8.self)
    }

    /// Replaces every match, like Go's `ReplaceAllString`.
    ///
    /// - Returns: nil if the result is longer than `maximumBytes`. Every match can multiply the
    ///   text.
    package func replacingAll(
        in text: String,
        with template: ReplacementTemplate,
        maximumBytes: Int = .max
    ) -> String? {
        let bytes = Array(text.utf8)
        var replaced: [UInt8] = []
        var (lastEnd, position) = (0, 0)
        while position <= bytes.count,
            let match = firstMatch(in: bytes.span, from: position)
        {
            replaced += bytes[lastEnd..<match.range.lowerBound]
            // As in Go, an empty match directly after another match is skipped.
            if match.range.upperBound > lastEnd || match.range.lowerBound == 0 {
                append(template, match, bytes, to: &replaced, maximumBytes: maximumBytes)
            }
            guard replaced.count <= maximumBytes else { return nil }
            lastEnd = match.range.upperBound
            guard lastEnd <= position else {
                position = lastEnd
                continue
            }
            guard position < bytes.count else { break }
            _ = bytes.span.decodeScalar(at: &position)
        }
        replaced += bytes[lastEnd...]
        guard replaced.count <= maximumBytes else { return nil }
        return String(decoding: replaced, as: UTF8.self)
    }

    private func append(
        _ template: ReplacementTemplate,
        _ match: Match,
        _ bytes: [UInt8],
        to expanded: inout [UInt8],
        maximumBytes: Int = .max
    ) {
        for piece in template.pieces {
            guard expanded.count <= maximumBytes else { return }
            switch piece {
            case .text(let text): expanded += text.utf8
            case .number(let number): expanded += bytes[match.capture(number) ?? 0..<0]
            case .name(let name):
                // If several captures have this name, the first one that took part in the match.
                let range = captureNames.indices.lazy
                    .filter { captureNames[$0] == name }
                    .compactMap(match.capture).first
                expanded += bytes[range ?? 0..<0]
            }
        }
    }
}
