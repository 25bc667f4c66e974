import HTTPClient

extension HTTPResponse {
    private static let summaryMaximumLength = 300

    /// The status and, of a response in plain text, the first line, which has the reason.
    var summary: String {
        let line = String(decoding: body.prefix(4 * Self.summaryMaximumLength), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .first { !$0.allSatisfy(\.isWhitespace) }
        guard let line, !line.hasPrefix("{") else { return "status \(status)" }
        return "status \(status): \(line.prefix(Self.summaryMaximumLength))"
    }
}
