import GoText

/// Why a template cannot be parsed or expanded, in the words of Go's text/template.
package struct TemplateError: Error, Hashable, CustomStringConvertible {
    let message: String

    /// Cut, because a message may quote a name as long as the template.
    private static let longestMessage = 3_000

    package init(_ message: String) {
        self.message = message.cut(atMost: Self.longestMessage)
    }

    init(name: String, line: Int, _ message: String) {
        self.init("template: \(name):\(line): \(message)")
    }

    package var description: String { message }
}

/// The text of a template, for the places in error messages.
final class TemplateSource {
    /// What Prometheus puts before every text. It counts for the columns of the first line.
    private static let prefix =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
        + "{{$externalURL := .ExternalURL}}{{$value := .Value}}"

    /// Of a part and of a message. Both may quote as much as the whole template.
    private static let maximumQuotedBytes = 1 << 10

    let name: String
    let text: String
    /// The offset of each line in Unicode scalars and its place in the text. Found once: a text may
    /// have many errors.
    private lazy var lines: [(offset: Int, start: String.Index)] = {
        var lines = [(offset: 0, start: text.startIndex)]
        let scalars = text.unicodeScalars
        for (offset, index) in zip(0..., scalars.indices) where scalars[index] == "\n" {
            lines.append((offset + 1, scalars.index(after: index)))
        }
        return lines
    }()

    init(name: String, text: String) {
        (self.name, self.text) = (name, text)
    }

    /// An error while the named template within the source is expanded. The column counts bytes
    /// from 0, as in Go.
    func error(_ message: String, at part: TemplatePart, of template: String) -> TemplateError {
        let line = (lines.firstIndex { $0.offset > part.offset } ?? lines.count) - 1
        var column = text.unicodeScalars[lines[line].start...]
            .prefix(part.offset - lines[line].offset)
            .reduce(0) { $0 + UTF8.width($1) }
        if line == 0 { column += Self.prefix.utf8.count }
        return TemplateError(
            "template: \(name):\(line + 1):\(column): executing \"\(template)\" "
                + "at <\(Self.shown(part.description))>: \(Self.shown(message))"
        )
    }

    private static func shown(_ text: String) -> String {
        var shown = BoundedText(maximumBytes: maximumQuotedBytes)
        shown.appendPrefix(of: text)
        return shown.text
    }
}
