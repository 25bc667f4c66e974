/// Why a template cannot be parsed or expanded, in the words of Go's text/template.
package struct TemplateError: Error, Hashable, CustomStringConvertible {
    let message: String

    package init(_ message: String) {
        self.message = message
    }

    init(name: String, line: Int, _ message: String) {
        self.message = "template: \(name):\(line): \(message)"
    }

    package var description: String { message }
}

/// The text of a template, for the places in error messages.
struct TemplateSource: Sendable {
    /// What Prometheus puts before every text. It counts for the columns of the first line.
    private static let prefix =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
        + "{{$externalURL := .ExternalURL}}{{$value := .Value}}"

    let name: String
    let text: String

    /// An error while the named template within the source is expanded. The column counts bytes
    /// from 0, as in Go.
    func error(_ message: String, at part: TemplatePart, of template: String) -> TemplateError {
        let before = text.unicodeScalars.prefix(part.offset)
        let line = before.count { $0 == "\n" }
        var column = before.reversed().prefix { $0 != "\n" }.reduce(0) { $0 + UTF8.width($1) }
        if line == 0 { column += Self.prefix.utf8.count }
        return TemplateError(
            "template: \(name):\(line + 1):\(column): executing \"\(template)\" "
                + "at <\(part)>: \(message)"
        )
    }
}
