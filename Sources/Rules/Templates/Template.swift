/// A text with actions in `{{ }}`, as the labels and annotations of alerting rules hold it: the
/// part of Go's text/template that rules use, with Prometheus' functions (template/template.go).
///
/// What is not supported (the function `tmpl`, methods of times) is an error when the rule file is
/// read; so are unknown functions, variables and templates, and a wrong number of arguments.
package struct Template: Sendable, Hashable {
    /// As written in the rule file.
    package let text: String
    let nodes: [TemplateNode]
    private let definitions: [String: [TemplateNode]]

    /// - Parameter name: stands in the messages, as in Prometheus: `__alert_NAME`.
    package init(_ text: String, name: String) throws(TemplateError) {
        self.text = text
        // Nearly every label is plain text.
        guard text.utf8.contains(UInt8(ascii: "{")) else {
            nodes = [.text(text)]
            definitions = [:]
            return
        }
        var parser = TemplateParser(try TemplateLexer.tokens(of: text, name: name), name: name)
        (nodes, definitions) = try parser.parse()
    }

    /// The text of a template without actions; `nil` for any other.
    var literal: String? {
        guard nodes.count <= 1 else { return nil }
        guard let node = nodes.first else { return "" }
        return if case .text(let text) = node { text } else { nil }
    }

    /// The text with all actions carried out.
    func expand(_ data: TemplateData) throws(TemplateError) -> String {
        if let literal { return literal }
        var evaluator = TemplateEvaluator(data: data, definitions: definitions)
        return try evaluator.expand(nodes)
    }

    package static func == (left: Template, right: Template) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why a template cannot be read or expanded, in the words of Go's text/template.
package struct TemplateError: Error, Hashable, CustomStringConvertible {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    init(name: String, line: Int, _ message: String) {
        self.message = "template: \(name):\(line): \(message)"
    }

    package var description: String { message }
}

/// What a template can see.
struct TemplateData {
    /// Labels of the sample that the rule's expression returned, `__name__` included.
    var labels: [String: String]
    var value: Double
    var externalLabels: [String: String]
    var externalURL: String
    /// Evaluates an expression at the time of the rule's evaluation, for the function `query`.
    var query: (String) throws(TemplateError) -> [TemplateSample]
    /// The time of the evaluation, in seconds since the Unix epoch.
    var now: Double
}

/// One element of what the function `query` returns.
struct TemplateSample: Sendable, Hashable {
    var labels: [String: String]
    var value: Double
}
