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
